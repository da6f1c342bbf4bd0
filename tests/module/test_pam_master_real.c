/* SPDX-License-Identifier: ISC */
/* Masters with the real helper: what the rules say comes through, and nothing is left behind. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "client/api_call.h"
#include "pam_master.h"
#include "pam_real.h"

#define MANY 300
#define DESCRIPTORS "/proc/self/fd"

/* What the host asks of the helper. */
static enum authz_result ask(enum operation operation, const char *master, const char *owners, const char *user, int forbid)
{
	struct api_call *call = api_begin(operation);
	struct authz_error error;
	const struct api_text texts[] = {
		{"master", master, FIELD_MASTER}, {"owners", owners, FIELD_OWNERS}, {"user", user, FIELD_USER},
	};
	enum authz_result result;

	assert_non_null(call);
	assert_int_equal(api_texts(call, texts, 3), AUTHZ_OK);
	if (forbid >= 0) {
		call->request.forbid = forbid;
		call->request.has |= HAS(FORBID);
	}
	result = api_end(call, api_ask(real_client(), call), &error);
	if (result != AUTHZ_OK)
		print_message("%s %s\n", authz_result_code(result), error.subject);
	return result;
}

static int log_in(const char *answer, const char *more, struct outcome *outcome)
{
	char options[700];

	snprintf(options, sizeof options, "%s master split=split %s", real_options, more);
	stack_authenticate(&(struct login){.user = master_owner, .answer = answer, .rhost = "192.0.2.7",
	                                   .options = master_options(options)}, outcome);
	return outcome->code;
}

static void define_and_enter(void **state)
{
	struct outcome outcome;

	(void)state;
	assert_int_equal(log_in(master_answer, "", &outcome), PAM_IGNORE);
	assert_non_null(strstr(stack_log(), "AZ-MASTER"));
	assert_int_equal(ask(OP_MASTER_DEFINE, master_name, NULL, NULL, -1), AUTHZ_OK);
	assert_int_equal(log_in(master_answer, "", &outcome), PAM_IGNORE);
	assert_non_null(strstr(stack_log(), "AZ-SET"));
	assert_int_equal(ask(OP_MASTER_GRANT, master_name, master_owner, NULL, -1), AUTHZ_OK);
	assert_int_equal(log_in(master_answer, "", &outcome), PAM_SUCCESS);
	assert_non_null(strstr(stack_log(), "master let in"));
	assert_int_equal(log_in("*nobody-of-this-host*x", "", &outcome), PAM_IGNORE);
	assert_null(strstr(stack_log(), "nobody-of-this-host"));
}

static void wrong_password(void **state)
{
	char answer[80];
	struct outcome outcome;

	(void)state;
	snprintf(answer, sizeof answer, "*%s*wrong", master_name);
	assert_int_equal(log_in(answer, "", &outcome), PAM_IGNORE);
	assert_non_null(strstr(stack_log(), "CPF22E2"));
	assert_string_equal(outcome.authtok, answer);
}

static void by_name(void **state)
{
	char options[700];
	struct outcome outcome;

	(void)state;
	snprintf(options, sizeof options, "%s split=split", real_options);
	stack_authenticate(&(struct login){.service = "split", .user = master_split, .becomes = master_owner,
	                                   .answer = MASTER_PASSWORD, .options = master_options(options)}, &outcome);
	assert_int_equal(outcome.code, PAM_SUCCESS);
	snprintf(options, sizeof options, "%s split=split", real_options);
	stack_authenticate(&(struct login){.service = "split", .user = master_split, .answer = "wrong",
	                                   .options = master_options(options)}, &outcome);
	assert_int_equal(outcome.code, PAM_AUTH_ERR);
}

static void no_mailbox(void **state)
{
	struct outcome outcome;

	(void)state;
	assert_int_equal(log_in("letter box", "mailbox", &outcome), PAM_IGNORE);
	assert_string_equal(stack_log(), "");
	assert_string_equal(outcome.authtok, "letter box");
}

static unsigned descriptors(void)
{
	DIR *dir = opendir(DESCRIPTORS);
	unsigned count = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		count++;
	closedir(dir);
	return count;
}

static long pages(void)
{
	long number = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	assert_true(f != NULL && fscanf(f, "%*d %ld", &number) == 1);
	fclose(f);
	return number;
}

static void many(void)
{
	char wrong[80];
	struct outcome outcome;

	snprintf(wrong, sizeof wrong, "*%s*wrong", master_name);
	for (int i = 0; i < MANY; i++) {
		assert_int_equal(log_in(i % 2 == 0 ? master_answer : wrong, "", &outcome), i % 2 == 0 ? PAM_SUCCESS : PAM_IGNORE);
		assert_int_equal(master_entries(""), 0);
	}
}

/* What is lost in each login is lost in each round; what libc settles on is not. */
static void nothing_left(void **state)
{
	unsigned before;
	long first, then;
	int grown = 0;

	(void)state;
	many();
	before = descriptors();
	for (int round = 0; round < 3; round++) {
		first = pages();
		many();
		then = pages();
		grown += then > first + 8;
	}
	assert_int_equal(descriptors(), before);
#if !defined __SANITIZE_ADDRESS__
	assert_in_range(grown, 0, 2);
#endif
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, master_begin, NULL, NULL}
	static const struct CMUnitTest tests[] = {
		ROW("a master enters when it is defined and was given the owner, and not before", define_and_enter),
		ROW("with a wrong password it does not", wrong_password),
		ROW("by a name that is split it does", by_name),
		ROW("who has no mailbox is the next module's", no_mailbox),
		ROW("logins of masters, good and bad, leave no memory, descriptor or entry (pam_prftkn MUST 3)", nothing_left),
	};

	return cmocka_run_group_tests_name("pam master real", tests, master_open_real, stack_close);
}
