/* SPDX-License-Identifier: ISC */
/* A host that lives long: thousands of logins in one process, each from pam_start to pam_end. */
#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "pam_real.h"
#include "scratch.h"

#ifndef __has_feature /* of gcc */
#define __has_feature(what) 0
#endif
#if defined __SANITIZE_ADDRESS__ || __has_feature(address_sanitizer)
#define KEEPS_FREED true /* and looks for leaks itself */
#else
#define KEEPS_FREED false
#endif

#define WARM_UP 200
#define MANY 10000
#define PAGES_MORE 64 /* less than half of what one lost copy of a token in each login comes to */
#define ROUNDS 4      /* what is lost in each login is lost in each round; what a thread settles on is not */

struct state {
	unsigned descriptors, children;
	long pages; /* of memory in use */
};

static FILE *open_of(const char *pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%.16s/%s", pid, name);
	return fopen(path, "re");
}

static bool is_child(const char *pid)
{
	char text[1024] = "", *end;
	FILE *f = open_of(pid, "stat");
	int parent = 0;

	if (f == NULL)
		return false;
	end = fgets(text, sizeof text, f) != NULL ? strrchr(text, ')') : NULL;
	fclose(f);
	return end != NULL && sscanf(end, ") %*c %d", &parent) == 1 && parent == getpid();
}

/* Dead ones too. */
static unsigned count_children(void)
{
	const struct dirent *entry;
	unsigned count = 0;
	DIR *folder = opendir("/proc");

	assert_non_null(folder);
	while ((entry = readdir(folder)) != NULL)
		count += isdigit((unsigned char)entry->d_name[0]) && is_child(entry->d_name);
	closedir(folder);
	return count;
}

static long count_pages(const char *pid)
{
	FILE *f = open_of(pid, "statm");
	long pages;

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%*d %ld", &pages), 1);
	fclose(f);
	return pages;
}

static struct state look(void)
{
	return (struct state){.descriptors = (unsigned)open_descriptors(), .children = count_children(),
	                      .pages = count_pages("self")};
}

/* It shows its descriptors to nobody; how long the kernel's table of them is, is public. */
static unsigned table_of(const char *pid)
{
	char line[128];
	unsigned size = 0;
	FILE *f = open_of(pid, "status");

	assert_non_null(f);
	while (size == 0 && fgets(line, sizeof line, f) != NULL)
		(void)sscanf(line, "FDSize: %u", &size);
	fclose(f);
	assert_true(size > 0);
	return size;
}

static bool grew(long before, long after)
{
	return !KEEPS_FREED && after > before + PAGES_MORE;
}

/* One of the kinds of answers in turn, and what has to come of it. */
static void log_in(unsigned n, const char *good, const char *options)
{
	const struct {
		const char *answer;
		int code;
	} kinds[] = {
		{good, PAM_SUCCESS}, {STACK_TOKEN, PAM_AUTH_ERR}, {good, PAM_SUCCESS}, {"prftkn_short", PAM_AUTH_ERR},
		{good, PAM_SUCCESS}, {"a password", PAM_IGNORE},
	};
	const struct login login = {.user = real_owner, .rhost = "192.0.2.7", .tty = "ssh", .options = options,
	                            .answer = kinds[n % 6].answer};
	struct outcome outcome;

	stack_authenticate(&login, &outcome);
	if (outcome.code != kinds[n % 6].code)
		fail_msg("login %u of kind %u: %d instead of %d; %s", n, n % 6, outcome.code, kinds[n % 6].code, stack_log());
}

/* "service": its process, or NULL. */
static struct state look_at_service(const char *service)
{
	if (service == NULL)
		return (struct state){0};
	return (struct state){.descriptors = table_of(service), .pages = count_pages(service)};
}

/* MANY logins; says whether memory grew here or there. */
static bool grows_in_round(const char *good, const char *options, const char *service)
{
	const struct state before = look(), served = look_at_service(service);
	struct state after, then;

	for (unsigned i = 0; i < MANY; i++)
		log_in(i, good, options);
	after = look();
	then = look_at_service(service);
	assert_int_equal(after.children, service != NULL);
	assert_int_equal(after.descriptors, before.descriptors);
	assert_int_equal(then.descriptors, served.descriptors);
	print_message("%ld pages, then %ld; the service %ld, then %ld\n", before.pages, after.pages, served.pages, then.pages);
	return grew(before.pages, after.pages) || grew(served.pages, then.pages);
}

/* "socket" as the option has it: "none" is by child. */
static void many_by(const char *socket, const char *service)
{
	char good[AUTHZ_TOKEN_TEXT_SIZE], options[512];
	unsigned round = 0;

	real_generate((struct authz_token_request){.type = AUTHZ_MULTIPLE_USE, .timeout = 3600}, good);
	snprintf(options, sizeof options, "%s socket=%s", service == NULL ? real_options : "helper=/nowhere/helper min_uid=1", socket);
	for (unsigned i = 0; i < WARM_UP; i++)
		log_in(i, good, options);
	while (grows_in_round(good, options, service))
		if (++round == ROUNDS)
			fail_msg("memory grew in each of %u rounds of %u logins", round, MANY);
}

static void many_by_child(void **state)
{
	(void)state;
	many_by("none", NULL);
}

static pid_t service_pid;

static void become_service(void)
{
	char program[] = "authz-helper", serve[] = "--serve", option[] = "--state", folder[256];
	char *argv[] = {program, serve, option, folder, NULL};

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that crashes leaves no service behind */
	(void)!freopen("/dev/null", "w", stderr);
	snprintf(folder, sizeof folder, "%s", stack_path("state"));
	execv(stack_path("authz-helper"), argv);
	_exit(99);
}

static void many_by_socket(void **state)
{
	const struct timespec tick = {.tv_nsec = 10000000};
	char path[256], pid[16];

	(void)state;
	snprintf(path, sizeof path, "%s", stack_path("state/helper.sock"));
	service_pid = fork();
	assert_true(service_pid >= 0);
	if (service_pid == 0)
		become_service();
	for (int i = 0; i < 2000 && access(path, F_OK) != 0; i++)
		nanosleep(&tick, NULL);
	snprintf(pid, sizeof pid, "%ld", (long)service_pid);
	many_by(path, pid);
}

static int end_service(void **state)
{
	(void)state;
	if (service_pid <= 0)
		return 0;
	kill(service_pid, SIGKILL);
	return waitpid(service_pid, NULL, 0) == service_pid ? 0 : -1;
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, NULL, NULL, NULL}
	static const struct CMUnitTest tests[] = {
		ROW("10,000 logins in one process, by child, leave no memory, descriptor or child (pam_prftkn MUST 3)", many_by_child),
		{"10,000 logins in one process, by socket, leave none of these there nor in the service", many_by_socket, NULL,
		 end_service, NULL},
	};

	return cmocka_run_group_tests_name("pam many", tests, real_open, stack_close);
}
