/* SPDX-License-Identifier: ISC */
/*
 * groups fill FOLDER NUMBER MEMBERS: publish a view of so many cabinets in the folder, and print the same as lines of /etc/group.
 * Each user is in as many cabinets as each cabinet has members, unless MEMBERS is all there are.
 * groups ask SERVICE NUMBER [module]: what look-ups cost.  SERVICE "nsswitch" is what nsswitch.conf says, through nscd if that
 * runs.  Prints WHAT and nanoseconds, with a tab between, and what is left in the process.  With "module" the module's own
 * calls are timed, without libc before them.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <nss.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "config.h"
#include "view/publish.h"

#define TURN 40000000.0 /* nanoseconds for each row */
#define THREADS 8
#define WARM 200 /* groups and users that are asked for again and again: nscd knows what was asked for before, and no other */
#define MISSES ((AUTHZ_GID_HIGH - AUTHZ_GID_LOW) / 2) /* from so many on there is no group */

static unsigned long number;
static __thread char *big; /* the answer's buffer */
static const size_t big_size = 16 << 20;

/* This thread's time on a processor: a look-up waits for nothing, and other work on the machine is not counted. */
static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* ---- fill */

static char *text_of(const char *begin, unsigned long n)
{
	char *text;

	if (asprintf(&text, "%s%lu", begin, n) < 0)
		exit(1);
	return text;
}

static int fill(const char *folder, unsigned long members)
{
	const unsigned long users = number > members ? number : members;
	struct view_cabinet *c = calloc(number, sizeof *c);
	struct view_membership *m = calloc(users, sizeof *m);
	const char **names = calloc(number * members, sizeof *names);
	gid_t *gids = calloc(number * members + users, sizeof *gids);
	struct view_content content = {1, c, number, m, users, NULL};
	const int fd = open(folder, O_RDONLY | O_DIRECTORY);
	unsigned long i, j, u;

	if (c == NULL || m == NULL || names == NULL || gids == NULL || fd < 0)
		return 1;
	for (u = 0; u < users; u++)
		m[u] = (struct view_membership){text_of("u", u), gids + u * (number * members / users), 0};
	for (i = 0; i < number; i++) {
		c[i] = (struct view_cabinet){text_of(AUTHZ_GROUP_PREFIX "g", i), AUTHZ_GID_LOW + (gid_t)i, names + i * members, members,
		                             NULL, 0, VIEW_LIST_ALL};
		printf("%s:x:%u:", c[i].name, c[i].gid);
		for (j = 0; j < members; j++) {
			u = (i + j * 7) % users;
			names[i * members + j] = m[u].user;
			gids[u * (number * members / users) + m[u].gid_count++] = c[i].gid;
			printf("%s%s", j > 0 ? "," : "", m[u].user);
		}
		puts("");
	}
	return publish_write(fd, &content) == AUTHZ_OK && publish_mark(fd) == AUTHZ_OK && publish_rename(fd) == AUTHZ_OK ? 0 : 1;
}

/* ---- whom to ask: libc, or a module itself */

static enum nss_status libc_name(const char *name, struct group *g, char *buffer, size_t size, int *error)
{
	struct group *found = NULL;

	*error = getgrnam_r(name, g, buffer, size, &found);
	return found != NULL ? NSS_STATUS_SUCCESS : NSS_STATUS_NOTFOUND;
}

static enum nss_status libc_gid(gid_t gid, struct group *g, char *buffer, size_t size, int *error)
{
	struct group *found = NULL;

	*error = getgrgid_r(gid, g, buffer, size, &found);
	return found != NULL ? NSS_STATUS_SUCCESS : NSS_STATUS_NOTFOUND;
}

static enum nss_status libc_next(struct group *g, char *buffer, size_t size, int *error)
{
	struct group *found = NULL;

	*error = getgrent_r(g, buffer, size, &found);
	return found != NULL ? NSS_STATUS_SUCCESS : NSS_STATUS_NOTFOUND;
}

static enum nss_status libc_user(const char *user, gid_t group, long *start, long *size, gid_t **gids, long limit, int *error)
{
	int count = (int)*size;

	(void)limit;
	*error = 0;
	*start = getgrouplist(user, group, *gids, &count);
	return *start > 1 ? NSS_STATUS_SUCCESS : NSS_STATUS_NOTFOUND;
}

static enum nss_status libc_begin(int stayopen)
{
	(void)stayopen;
	setgrent();
	return NSS_STATUS_SUCCESS;
}

static enum nss_status libc_end(void)
{
	endgrent();
	return NSS_STATUS_SUCCESS;
}

static struct {
	enum nss_status (*name)(const char *, struct group *, char *, size_t, int *);
	enum nss_status (*gid)(gid_t, struct group *, char *, size_t, int *);
	enum nss_status (*user)(const char *, gid_t, long *, long *, gid_t **, long, int *);
	enum nss_status (*next)(struct group *, char *, size_t, int *);
	enum nss_status (*begin)(int);
	enum nss_status (*end)(void);
} of = {libc_name, libc_gid, libc_user, libc_next, libc_begin, libc_end};

/* The module's own calls, of a service of any name. */
static bool take_module(const char *service)
{
	static const char *const calls[] = {"getgrnam_r", "getgrgid_r", "initgroups_dyn", "getgrent_r", "setgrent", "endgrent"};
	void **const to[] = {(void **)&of.name, (void **)&of.gid, (void **)&of.user, (void **)&of.next, (void **)&of.begin,
	                     (void **)&of.end};
	char name[128];
	void *module;
	size_t i;

	snprintf(name, sizeof name, "libnss_%s.so.2", service);
	module = dlopen(name, RTLD_NOW);
	for (i = 0; module != NULL && i < sizeof calls / sizeof *calls; i++) {
		snprintf(name, sizeof name, "_nss_%s_%s", service, calls[i]);
		*to[i] = dlsym(module, name);
		if (*to[i] == NULL)
			return false;
	}
	return module != NULL;
}

/* ---- what to ask */

static char names[WARM][32], none[WARM][32], users[WARM][32];
static gid_t gids[WARM];

/* All over the view, in no order; made before, so that no row has the making in it. */
static void choose(void)
{
	const unsigned long some = number < WARM ? number : WARM;
	unsigned long i, n;

	for (i = 0; i < WARM; i++) {
		n = (i * 2654435761u >> 7) % some * (number / some);
		snprintf(names[i], sizeof names[i], AUTHZ_GROUP_PREFIX "g%lu", n);
		snprintf(none[i], sizeof none[i], AUTHZ_GROUP_PREFIX "no%lu", n);
		snprintf(users[i], sizeof users[i], "u%lu", n);
		gids[i] = AUTHZ_GID_LOW + (gid_t)n;
	}
}

static bool hit(unsigned long n)
{
	struct group g;
	int error;

	return of.name(names[n % WARM], &g, big, big_size, &error) == NSS_STATUS_SUCCESS;
}

static bool miss(unsigned long n)
{
	struct group g;
	int error;

	return of.name(none[n % WARM], &g, big, big_size, &error) == NSS_STATUS_NOTFOUND;
}

static bool gid_hit(unsigned long n)
{
	struct group g;
	int error;

	return of.gid(gids[n % WARM], &g, big, big_size, &error) == NSS_STATUS_SUCCESS;
}

static bool gid_miss(unsigned long n)
{
	struct group g;
	int error;

	return of.gid(gids[n % WARM] + MISSES, &g, big, big_size, &error) == NSS_STATUS_NOTFOUND;
}

static bool by_user(unsigned long n)
{
	static gid_t *list;
	static long size = 64;
	long start = 1;
	int error;

	if (list == NULL)
		list = malloc((size_t)size * sizeof *list);
	list[0] = 5;
	return of.user(users[n % WARM], 5, &start, &size, &list, -1, &error) == NSS_STATUS_SUCCESS && start > 1;
}

static bool begin_and_end(unsigned long n)
{
	(void)n;
	return of.begin(0) == NSS_STATUS_SUCCESS && of.end() == NSS_STATUS_SUCCESS;
}

/* ---- how long it takes */

/* Nanoseconds for each; below 0: a wrong answer. */
static double cost(bool (*call)(unsigned long))
{
	unsigned long n = 0, many = 1;
	double begin, took = 0;

	if (!call(n))
		return -1;
	for (begin = now(); took < TURN; many *= 2) {
		for (; n < many; n++)
			if (!call(n))
				return -1;
		took = now() - begin;
	}
	return took / (double)n;
}

static double sweep(void)
{
	unsigned long seen = 0;
	struct group g;
	double begin;
	int error;

	if (of.begin(0) != NSS_STATUS_SUCCESS)
		return -1;
	for (begin = now(); of.next(&g, big, big_size, &error) == NSS_STATUS_SUCCESS;)
		seen++;
	begin = now() - begin;
	of.end();
	return seen < number ? -1 : begin / (double)seen;
}

static void *thread(void *result)
{
	big = malloc(big_size);
	*(double *)result = cost(hit);
	free(big);
	return NULL;
}

static double threads(void)
{
	pthread_t t[THREADS];
	double each[THREADS], all = 0;
	int i;

	for (i = 0; i < THREADS; i++)
		pthread_create(&t[i], NULL, thread, &each[i]);
	for (i = 0; i < THREADS; i++) {
		pthread_join(t[i], NULL);
		all += each[i];
	}
	return all / THREADS;
}

/* ---- what it leaves */

static long resident(void)
{
	long all = 0, here = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (f == NULL || fscanf(f, "%ld %ld", &all, &here) != 2)
		here = 0;
	if (f != NULL)
		fclose(f);
	return here * (sysconf(_SC_PAGESIZE) / 1024);
}

static int descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	int count = 0;

	if (d == NULL)
		return 0;
	while (readdir(d) != NULL)
		count++;
	closedir(d);
	return count;
}

static int ask(void)
{
	const int open_before = descriptors();
	long before;

	memset(big, 1, big_size);
	before = resident();
	printf("getgrnam, hit\t%.0f\n", cost(hit));
	printf("getgrnam, miss\t%.0f\n", cost(miss));
	printf("getgrgid, hit\t%.0f\n", cost(gid_hit));
	printf("getgrgid, miss\t%.0f\n", cost(gid_miss));
	printf("initgroups\t%.0f\n", cost(by_user));
	printf("sweep, each\t%.0f\n", sweep());
	printf("setgrent, endgrent\t%.0f\n", cost(begin_and_end));
	printf("left resident, KiB\t%ld\n", resident() - before);
	printf("left open\t%d\n", descriptors() - open_before);
	printf("8 threads, hit\t%.0f\n", threads());
	return 0;
}

int main(int argc, char **argv)
{
	if (argc < 4)
		return 2;
	number = strtoul(argv[3], NULL, 10);
	if (strcmp(argv[1], "fill") == 0)
		return argc == 5 ? fill(argv[2], strtoul(argv[4], NULL, 10)) : 2;
	big = malloc(big_size);
	choose();
	if (argc == 5 ? !take_module(argv[2]) :
	                strcmp(argv[2], "nsswitch") != 0 && __nss_configure_lookup("group", argv[2]) != 0)
		return 1;
	return ask();
}
