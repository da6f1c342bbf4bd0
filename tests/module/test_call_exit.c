/* SPDX-License-Identifier: ISC */
/* The calls of authz.h about exits, against a helper that answers what it is told. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "compat/client.h"
#include "compat_kit.h"
#include "wire/request.h"

#define MANY 10002
#define ROWS10(text) text text text text text text text text text text

static const struct authz_exit_activity sound = {.change_request = "CR0815", .sequence = 1, .activity = "ACT01", .type = "*OBJ",
                                                 .transport = "*HOST", .verb = "*SNDINS", .user = "bin"};
static struct authz_error error;
static const char *destinations[MANY];
static char names[MANY][80];
static struct authz_exit_answer answers[MANY];

/* h0, h1, …; answers that are left from elsewhere. */
static void name_all(void)
{
	size_t i;

	for (i = 0; i < MANY; i++) {
		snprintf(names[i], sizeof names[i], "h%zu", i);
		destinations[i] = names[i];
	}
	memset(answers, 0xff, sizeof answers);
}

static enum authz_result check(size_t count)
{
	return authz_exit_check(compat_client(), &sound, destinations, count, answers, &error);
}

static void all_are_no(size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (answers[i].yes != 0 || answers[i].number != 0)
			fail_msg("answer %zu is %d %u", i, answers[i].yes, answers[i].number);
}

static void one_part(void **state)
{
	(void)state;
	name_all();
	destinations[1] = "DB1.Example.ORG.";
	kit_fake("result 0\nrow 7|2147483647\nrow 0102\n");
	assert_int_equal(check(4), AUTHZ_OK);
	assert_true(answers[0].yes != 0 && answers[0].number == 0);
	assert_true(answers[1].yes == 0 && answers[1].number == 7);
	assert_true(answers[2].yes != 0 && answers[3].yes == 0);
	assert_int_equal(answers[3].number, 2147483647);
	kit_was_asked("operation 114", "point QIBM_QNS_SDDSTAUTH", "format AUTH0100", "user bin",
	              "data CR0815\\01\\0ACT01\\0*OBJ\\0*HOST\\0*SNDINS\\0\\0", "lines 4", "first h0", "last h3", NULL);
	kit_fake("result 0\nbare\nrow 0\n");
	destinations[0] = "db1.example.org.";
	assert_int_equal(check(1), AUTHZ_OK);
	assert_true(answers[0].yes != 0);
	kit_was_asked("lines 1", "first db1.example.org", NULL);
}

static void two_parts(void **state)
{
	size_t i;

	(void)state;
	name_all();
	kit_fake("result 0\nrow 10\n" ROWS10("fill 1000 0\n"));
	kit_answer("answer.h10000", "result 0\nrow 20|30\nrow 02\n");
	assert_int_equal(check(MANY), AUTHZ_OK);
	for (i = 0; i < 10001; i++)
		assert_true(answers[i].yes != 0);
	assert_true(answers[10001].yes == 0 && answers[10001].number == 30);
	kit_was_asked("lines 10000", "first h0", "last h9999", "lines 2", "first h10000", "last h10001", NULL);
	kit_answer("answer.h10000", "result 166\nsubject P\n");
	name_all();
	assert_int_equal(check(MANY), AUTHZ_EXIT_FAILED);
	assert_string_equal(error.subject, "P");
	all_are_no(MANY);
	kit_answer("answer.h10000", "result 0\nbare\nrow 0\n");
	name_all();
	assert_int_equal(check(MANY), AUTHZ_HELPER_GARBLED);
	all_are_no(MANY);
	assert_int_equal(remove(beside_state("answer.h10000")), 0);
}

/* In another spelling, in another part. */
static void twice(void **state)
{
	(void)state;
	name_all();
	kit_fake("result 0\nbare\n" ROWS10("fill 1000 0\n"));
	destinations[10001] = "H5.";
	assert_int_equal(check(MANY), AUTHZ_BAD_PARAMETER);
	assert_non_null(strstr(error.subject, "twice"));
	all_are_no(MANY);
	destinations[10001] = "no name";
	memset(answers, 0xff, sizeof answers);
	assert_int_equal(check(MANY), AUTHZ_BAD_PARAMETER);
	assert_non_null(strstr(error.subject, "destination 10002"));
	all_are_no(MANY);
	assert_false(kit_asked());
}

static void not_asked(void **state)
{
	static char longer[4000];
	struct authz_exit_activity bad[8];
	const char *none[] = {"", "a\nb", "a b", "\n", NULL};
	size_t i;

	(void)state;
	kit_fake("result 0\nbare\nrow 0\n");
	memset(longer, 'x', sizeof longer - 1);
	for (i = 0; i < 8; i++)
		bad[i] = sound;
	bad[0].user = NULL;
	bad[1].point = "A_NAME_OF_21_BYTES_AB";
	bad[2].format = "AUTH01000";
	bad[3].transport = NULL;
	bad[4].transport = "*host";
	bad[5].global_name = longer;
	bad[6].user = longer;
	bad[7].change_request = longer;
	for (i = 0; i < 8; i++) {
		name_all();
		assert_int_equal(authz_exit_check(compat_client(), &bad[i], destinations, 1, answers, &error), AUTHZ_BAD_PARAMETER);
		all_are_no(1);
	}
	for (i = 0; i < 5; i++) {
		name_all();
		destinations[1] = none[i];
		assert_int_equal(check(3), AUTHZ_BAD_PARAMETER);
		assert_string_equal(error.subject, "destination 2 (it is none)");
		all_are_no(3);
	}
	assert_int_equal(check(0), AUTHZ_BAD_PARAMETER);
	assert_string_equal(error.subject, "destinations");
	assert_int_equal(authz_exit_check(compat_client(), &sound, destinations, 0, NULL, NULL), AUTHZ_BAD_PARAMETER);
	assert_false(kit_asked());
}

/* Two destinations. */
static void no_answer(void **state)
{
	static const char *const rows[] = {
		"", "bare\n", "row 00\n", "bare\nrow 0\n", "bare\nrow 000\n", "bare\nrow 0|0\n", "bare\nrow 00|\n", "bare\nrow 00\nrow 0\n",
		"bare\nrow 00\nbare\n", "bare\nrow 01\n", "row 10\nrow 02\n", "row 10\nrow 0/\n", "row 10\nrow 0 \n", "row 10\nrow 0\x80\n",
		"row 0\nrow 00\n", "row 010\nrow 00\n", "row -1\nrow 00\n", "row 2147483648\nrow 00\n", "row 4294967297\nrow 00\n",
		"row 10|10\nrow 00\n", "row 20|10\nrow 00\n", "row +1\nrow 00\n", "row  1\nrow 00\n", "row 1x\nrow 00\n", "row 10|\nrow 00\n",
		("row 1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|17|18|19|20|21|22|23|24|25|26|27|28|29|30|31|32|33|34|35|36|37|38|39|40|41|42|43|"
		"44|45|46|47|48|49|50|51|52|53|54|55|56|57|58|59|60|61|62|63|64|65\nrow 00\n"),
	};
	char answer[400];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		name_all();
		snprintf(answer, sizeof answer, "result 0\n%s", rows[i]);
		kit_fake(answer);
		if (check(2) != AUTHZ_HELPER_GARBLED)
			fail_msg("taken for an answer: %s", rows[i]);
		all_are_no(2);
	}
	kit_fake("result 0\nbare\nfill 1001 0\n");
	assert_int_equal(check(1001), AUTHZ_HELPER_GARBLED);
	kit_fake("result 0\nbare\nfill 1000 0\nrow 0\n");
	assert_int_equal(check(1001), AUTHZ_OK);
}

/* Before it could have them all: so much does not fit on the way to it. */
static void early(void **state)
{
	size_t i;

	(void)state;
	name_all();
	for (i = 0; i < 10000; i++)
		snprintf(names[i], sizeof names[i], "a-name-that-is-as-long-as-most-names-of-hosts-are-not.h%zu", i);
	kit_fake("result 3\nsubject bin\ndo early\n");
	assert_int_equal(check(10000), (enum authz_result)3);
	all_are_no(10000);
	kit_fake("result 0\nbare\n" ROWS10("fill 1000 0\n") "do early\n");
	assert_int_equal(check(10000), AUTHZ_HELPER_GARBLED);
	all_are_no(10000);
}

static void out_of_reach(void **state)
{
	(void)state;
	name_all();
	kit_none();
	assert_int_equal(check(2), AUTHZ_HELPER_MISSING);
	all_are_no(2);
	kit_fake("result 0\nbare\nrow 00\ndo killed\n");
	name_all();
	assert_int_equal(check(2), AUTHZ_HELPER_DIED);
	all_are_no(2);
	kit_fake("result 0\nbare\nrow 00\ndo longer\n");
	name_all();
	assert_int_equal(check(2), AUTHZ_HELPER_GARBLED);
	all_are_no(2);
}

static bool was_asked_for(const char *word)
{
	char line[512];
	bool found = false;
	FILE *f = fopen(beside_state("asked"), "re");

	assert_non_null(f);
	while (fgets(line, sizeof line, f) != NULL)
		found = found || strncmp(line, word, strlen(word)) == 0;
	fclose(f);
	return found;
}

static void signon(void **state)
{
	const struct authz_session session = {.service = "sshd", .rhost = "192.0.2.7", .tty = "ssh", .reauth = 1, .actor = 7};
	const struct authz_session without = {.rhost = "192.0.2.7"};

	(void)state;
	kit_fake("result 0\n");
	assert_int_equal(authz_exit_signon(compat_client(), "bin", "mail", &session, &error), AUTHZ_OK);
	assert_false(was_asked_for("reauth ") || was_asked_for("wrong "));
	kit_was_asked("operation 115", "user bin", "service sshd", "rhost 192.0.2.7", "tty ssh", "actor 7", "master mail", NULL);
	assert_int_equal(authz_exit_signon(compat_client(), "bin", "", &session, NULL), AUTHZ_OK);
	assert_false(was_asked_for("master "));
	kit_fake("result 163\nsubject P 10\n");
	assert_int_equal(authz_exit_signon(compat_client(), "bin", NULL, &session, &error), AUTHZ_EXIT_DENIED);
	assert_string_equal(error.subject, "P 10");
	kit_fake("result 0\n");
	assert_int_equal(authz_exit_signon(compat_client(), NULL, NULL, &session, &error), AUTHZ_BAD_PARAMETER);
	assert_int_equal(authz_exit_signon(compat_client(), "bin", NULL, NULL, &error), AUTHZ_BAD_PARAMETER);
	assert_int_equal(authz_exit_signon(compat_client(), "bin", NULL, &without, &error), AUTHZ_BAD_PARAMETER);
	assert_string_equal(error.subject, "service");
	assert_int_equal(authz_exit_signon(compat_client(), "a-name-of-more-than-thirty-two-byt", NULL, &session, &error), AUTHZ_BAD_PARAMETER);
	assert_false(kit_asked());
}

/* "data " and what there is of it. */
static void was_data(const char *text, size_t length, const char *end)
{
	static char line[DATA_SIZE + 20];

	snprintf(line, sizeof line, "data %.*s%s", (int)length, text, end);
	kit_was_asked("operation 116", line, NULL);
}

static void command(void **state)
{
	static char path[DATA_SIZE + 2], whole[2 * DATA_SIZE];
	const char *const id[] = {"/usr/bin/id", "-u", "", "a b\xff"}, *const hole[] = {"/usr/bin/id", NULL}, *const none[] = {"", "a"};
	const char *const longer[] = {"/usr/bin/id", path};
	const char *const path_alone[] = {path};

	(void)state;
	kit_fake("result 0\n");
	assert_int_equal(authz_exit_command(compat_client(), "bin", "root", id, 4, &error), AUTHZ_OK);
	kit_was_asked("operation 116", "user bin", "principal root", "data /usr/bin/id\\0-u\\0\\0a b\xff\\0", NULL);
	assert_int_equal(authz_exit_command(compat_client(), "bin", "root", id, 1, NULL), AUTHZ_OK);
	was_data("/usr/bin/id", 11, "\\0");
	memset(path, 'x', DATA_SIZE + 1);
	assert_int_equal(authz_exit_command(compat_client(), "bin", "root", longer, 2, NULL), AUTHZ_OK);
	was_data("/usr/bin/id", 11, "");
	path[DATA_SIZE - 1 - strlen(id[0]) - 1] = '\0'; /* with both NULs all of it */
	snprintf(whole, sizeof whole, "data %s\\0%s\\0", id[0], path);
	assert_int_equal(authz_exit_command(compat_client(), "bin", "root", longer, 2, NULL), AUTHZ_OK);
	kit_was_asked("operation 116", whole, NULL);
	path[DATA_SIZE - 1 - strlen(id[0]) - 1] = 'x';
	path[DATA_SIZE - strlen(id[0]) - 1] = '\0'; /* and a byte more */
	assert_int_equal(authz_exit_command(compat_client(), "bin", "root", longer, 2, NULL), AUTHZ_OK);
	was_data("/usr/bin/id", 11, "");
	memset(path, 'x', DATA_SIZE);
	assert_int_equal(authz_exit_command(compat_client(), "bin", "root", path_alone, 1, NULL), AUTHZ_OK);
	was_data("", 0, "");
	path[DATA_SIZE] = '\0';
	assert_int_equal(authz_exit_command(compat_client(), "bin", "root", path_alone, 1, NULL), AUTHZ_OK);
	was_data(path, DATA_SIZE, "");
	kit_fake("result 0\n");
	assert_int_equal(authz_exit_command(compat_client(), "bin", "root", hole, 2, &error), AUTHZ_BAD_PARAMETER);
	assert_int_equal(authz_exit_command(compat_client(), "bin", "root", none, 2, &error), AUTHZ_BAD_PARAMETER);
	assert_int_equal(authz_exit_command(compat_client(), "bin", "root", id, 0, &error), AUTHZ_BAD_PARAMETER);
	assert_int_equal(authz_exit_command(compat_client(), "bin", NULL, id, 1, &error), AUTHZ_BAD_PARAMETER);
	assert_int_equal(authz_exit_command(compat_client(), NULL, "root", id, 1, &error), AUTHZ_BAD_PARAMETER);
	assert_false(kit_asked());
	kit_fake("result 150\nsubject /usr/bin/id\n");
	assert_int_equal(authz_exit_command(compat_client(), "bin", "root", id, 1, &error), AUTHZ_NOT_AUTHORIZED_OBJECT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"each destination has its own answer, and a no the number of the program that said so", one_part, NULL, NULL, NULL},
		{"more than ten thousand are asked in parts, and after an error of one all answers are no (api_exit MUST 1)", two_parts, NULL, NULL, NULL},
		{"a destination that is there twice is found in any part and spelling, before anything is asked (api_exit MUST 2)", twice, NULL, NULL, NULL},
		{"a value that is none is refused without a question, and all answers are no", not_asked, NULL, NULL, NULL},
		{"a reply with other numbers, counts or characters than there can be is garbled (api_exit MUST 3)", no_answer, NULL, NULL, NULL},
		{"a refusal before the stream's end is heard, and a yes before it is none (api_exit MUST 3)", early, NULL, NULL, NULL},
		{"all answers are no where the helper is out of reach", out_of_reach, NULL, NULL, NULL},
		{"sign-on needs a service, and asks with what the login program says", signon, NULL, NULL, NULL},
		{"a command is asked about whole, or said to be too long (api_exit MUST 4)", command, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("call_exit", tests, kit_make, state_close);
}
