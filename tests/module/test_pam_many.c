/* SPDX-License-Identifier: ISC */
/* A host that lives long: thousands of logins in one process, each from pam_start to pam_end. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pam_real.h"

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

struct state {
	unsigned descriptors;
	long pages; /* of memory in use */
};

static unsigned count_descriptors(void)
{
	unsigned count = 0;
	DIR *folder = opendir("/proc/self/fd");

	assert_non_null(folder);
	while (readdir(folder) != NULL)
		count++;
	closedir(folder);
	return count;
}

static struct state look(void)
{
	struct state s = {.descriptors = count_descriptors()};
	FILE *f = fopen("/proc/self/statm", "re");

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%*d %ld", &s.pages), 1);
	fclose(f);
	return s;
}

static void no_child(void)
{
	errno = 0;
	assert_int_equal(waitpid(-1, NULL, WNOHANG | __WALL), -1);
	assert_int_equal(errno, ECHILD);
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

/* "socket" as the option has it: "none" is by child. */
static void many_by(const char *socket)
{
	char good[AUTHZ_TOKEN_TEXT_SIZE], options[512];
	struct state before, after;

	real_generate((struct authz_token_request){.type = AUTHZ_MULTIPLE_USE, .timeout = 3600}, good);
	snprintf(options, sizeof options, "%s socket=%s", real_options, socket);
	for (unsigned i = 0; i < WARM_UP; i++)
		log_in(i, good, options);
	before = look();
	for (unsigned i = 0; i < MANY; i++)
		log_in(i, good, options);
	after = look();
	no_child();
	assert_int_equal(after.descriptors, before.descriptors);
	if (!KEEPS_FREED && after.pages > before.pages + PAGES_MORE)
		fail_msg("%ld pages, then %ld", before.pages, after.pages);
}

static void many_by_child(void **state)
{
	(void)state;
	many_by("none");
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, NULL, NULL, NULL}
	static const struct CMUnitTest tests[] = {
		ROW("10,000 logins in one process, by child, leave no memory, descriptor or child (pam_prftkn MUST 3)", many_by_child),
	};

	return cmocka_run_group_tests_name("pam many", tests, real_open, stack_close);
}
