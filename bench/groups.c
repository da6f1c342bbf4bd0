/* SPDX-License-Identifier: ISC */
/*
 * groups fill FOLDER NUMBER MEMBERS: publish a view of so many cabinets in the folder, and print the same as lines of /etc/group.
 * Each user is in as many cabinets as each cabinet has members, unless MEMBERS is all there are.
 * groups ask SERVICE NUMBER [module]: what look-ups cost; SERVICE "nscd" is what nsswitch.conf says, by nscd.  Prints WHAT and
 * nanoseconds, with a tab between.  With "module" the module's own calls are timed, without libc before them.
 */
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
#define WARM 200

typedef enum nss_status by_name(const char *, struct group *, char *, size_t, int *);

static unsigned long number;
static by_name *module_call;
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

/* ---- ask */

/* Groups and users that are asked for again and again, all over the view: nscd knows what was asked for before, and no other. */
static unsigned long noise(unsigned long n)
{
	const unsigned long some = number < WARM ? number : WARM;

	return (n * 2654435761u >> 7) % some * (number / some);
}

static bool name_is(const char *begin, unsigned long n, bool there)
{
	struct group g, *found = NULL;
	char name[64];
	int error = 0;

	snprintf(name, sizeof name, "%s%lu", begin, noise(n));
	if (module_call != NULL)
		return (module_call(name, &g, big, big_size, &error) == NSS_STATUS_SUCCESS) == there;
	getgrnam_r(name, &g, big, big_size, &found);
	return (found != NULL) == there;
}

static bool hit(unsigned long n)
{
	return name_is(AUTHZ_GROUP_PREFIX "g", n, true);
}

static bool miss(unsigned long n)
{
	return name_is(AUTHZ_GROUP_PREFIX "no", n, false);
}

static bool by_gid(unsigned long n)
{
	struct group g, *found = NULL;

	getgrgid_r(AUTHZ_GID_LOW + (gid_t)noise(n), &g, big, big_size, &found);
	return found != NULL;
}

static bool by_user(unsigned long n)
{
	gid_t gids[64];
	char name[32];
	int count = 64;

	snprintf(name, sizeof name, "u%lu", noise(n));
	return getgrouplist(name, 5, gids, &count) > 1;
}

static bool begin_and_end(unsigned long n)
{
	(void)n;
	setgrent();
	endgrent();
	return true;
}

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
	struct group g, *found;
	unsigned long seen = 0;
	double begin = now();

	setgrent();
	while (getgrent_r(&g, big, big_size, &found) == 0)
		seen++;
	endgrent();
	return seen < number ? -1 : (now() - begin) / (double)seen;
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

static int ask(const char *service)
{
	if (strcmp(service, "nscd") != 0)
		__nss_configure_lookup("group", service);
	printf("getgrnam, hit\t%.0f\n", cost(hit));
	if (module_call != NULL)
		return 0;
	printf("getgrnam, miss\t%.0f\n", cost(miss));
	printf("getgrgid, hit\t%.0f\n", cost(by_gid));
	printf("initgroups\t%.0f\n", cost(by_user));
	printf("sweep, each\t%.0f\n", sweep());
	printf("8 threads, hit\t%.0f\n", threads());
	printf("setgrent, endgrent\t%.0f\n", cost(begin_and_end));
	return 0;
}

int main(int argc, char **argv)
{
	void *module;

	if (argc < 4)
		return 2;
	big = malloc(big_size);
	if (strcmp(argv[1], "fill") == 0) {
		number = strtoul(argv[3], NULL, 10);
		return argc == 5 ? fill(argv[2], strtoul(argv[4], NULL, 10)) : 2;
	}
	number = strtoul(argv[3], NULL, 10);
	if (argc == 5) {
		module = dlopen("libnss_cabinet.so.2", RTLD_NOW);
		*(void **)&module_call = module == NULL ? NULL : dlsym(module, "_nss_cabinet_getgrnam_r");
		if (module_call == NULL)
			return 1;
	}
	return ask(argv[2]);
}
