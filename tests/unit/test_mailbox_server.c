/* SPDX-License-Identifier: ISC */
/* What password servers are asked, and what counts as an answer: rules/mailbox_server.c. */
#include "rules/mailbox_server.h"

#include <stdio.h>
#include <string.h>

#include "world.h"

struct said {
	const char *bytes;
	size_t length;
	enum authz_result result;
};

static struct said says;

static enum authz_result say(void *arg, struct host_launch *what, char why[HOST_SUBJECT_SIZE])
{
	(void)arg;
	what->output_length = says.length;
	if (says.result != AUTHZ_OK) {
		snprintf(why, HOST_SUBJECT_SIZE, "%.200s: %s", what->path, says.bytes);
		return says.result;
	}
	memcpy(what->output, says.bytes, says.length < what->output_size ? says.length : what->output_size);
	return AUTHZ_OK;
}

static struct server_reply ask(struct world *w, struct server_question q)
{
	struct server_reply reply;

	if (q.until == 0)
		q.until = mailbox_server_until(&w->rules, &w->fake.now);
	assert_result(mailbox_server_ask(&w->rules, &q, &reply), AUTHZ_OK);
	return reply;
}

static void answers(void **state)
{
	static char long_line[2000];
#define SAYS(text) {text, sizeof text - 1, AUTHZ_OK}
	static const struct {
		struct said said;
		enum server_answer answer;
	} rows[] = {
		{SAYS("ok\n"), SERVER_OK},
		{SAYS("error\n"), SERVER_REFUSED},
		{SAYS("error no such owner\n"), SERVER_REFUSED},
		{SAYS(""), SERVER_OUT_OF_REACH},
		{SAYS("\n"), SERVER_OUT_OF_REACH},
		{SAYS("ok"), SERVER_OUT_OF_REACH},
		{SAYS("error"), SERVER_OUT_OF_REACH},
		{SAYS("ok\n\n"), SERVER_OUT_OF_REACH},
		{SAYS("ok\nok\n"), SERVER_OUT_OF_REACH},
		{SAYS("error\nok\n"), SERVER_OUT_OF_REACH},
		{SAYS("\nok\n"), SERVER_OUT_OF_REACH},
		{SAYS("ok\r\n"), SERVER_OUT_OF_REACH},
		{SAYS("ok \n"), SERVER_OUT_OF_REACH},
		{SAYS(" ok\n"), SERVER_OUT_OF_REACH},
		{SAYS("OK\n"), SERVER_OUT_OF_REACH},
		{SAYS("okay\n"), SERVER_OUT_OF_REACH},
		{SAYS("okx"), SERVER_OUT_OF_REACH},
		{SAYS("errorx"), SERVER_OUT_OF_REACH},
		{SAYS("ok\0\n"), SERVER_OUT_OF_REACH},
		{SAYS("ok\n\0"), SERVER_OUT_OF_REACH},
		{SAYS("error \n"), SERVER_OUT_OF_REACH},
		{SAYS("error a\0b\n"), SERVER_OUT_OF_REACH},
		{SAYS("errors\n"), SERVER_OUT_OF_REACH},
		{{long_line, sizeof long_line, AUTHZ_OK}, SERVER_OUT_OF_REACH},
		{{"too much output", 0, AUTHZ_LAUNCH_FAILED}, SERVER_OUT_OF_REACH},
		{{"ended with status 1", 0, AUTHZ_LAUNCH_FAILED}, SERVER_OUT_OF_REACH},
		{{"late", 0, AUTHZ_LAUNCH_FAILED}, SERVER_OUT_OF_REACH},
		{{"ok\n", 3, AUTHZ_LAUNCH_FAILED}, SERVER_OUT_OF_REACH},
		{{"ok\n", 3, AUTHZ_INTERNAL}, SERVER_OUT_OF_REACH},
	};
#undef SAYS
	const struct server_question q = {.command = SERVER_BIND, .path = "/srv/pw", .owner = "alice", .group = "mail", .password = "x"};
	struct world *w = *state;
	size_t i;

	memset(long_line, 'k', sizeof long_line - 1);
	memcpy(long_line, "error ", 6);
	long_line[sizeof long_line - 1] = '\n';
	w->fake.launch.program = say;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		says = rows[i].said;
		if (ask(w, q).answer != rows[i].answer)
			fail_msg("row %zu: %s", i, says.bytes);
	}
}

static void reasons(void **state)
{
	const struct server_question q = {.command = SERVER_BIND, .path = "/srv/pw", .owner = "alice", .group = "mail", .password = "x"};
	struct world *w = *state;
	char longest[300] = "error ";

	w->fake.launch.program = say;
	says = (struct said){"error no such=owner %0A\n", 24, AUTHZ_OK};
	assert_string_equal(ask(w, q).why, "no_such_owner__0A");
	says = (struct said){"late", 0, AUTHZ_LAUNCH_FAILED};
	assert_string_equal(ask(w, q).why, "late");
	memset(longest + 6, 'a', 293);
	longest[299] = '\n';
	says = (struct said){longest, 300, AUTHZ_OK};
	assert_int_equal(strlen(ask(w, q).why), 63);
	says = (struct said){"ok\n", 3, AUTHZ_OK};
	assert_string_equal(ask(w, q).why, "");
}

static void lines(void **state)
{
	struct world *w = *state;
	struct server_question q = {.command = SERVER_BIND, .path = "/srv/pw", .owner = "alice", .group = "mail",
	                            .address = "192.0.2.7", .password = " p w\\'\"% "};

	w->fake.launch.answer = "ok\n";
	(void)ask(w, q);
	assert_string_equal(w->fake.launch.path, "/srv/pw");
	assert_string_equal(w->fake.launch.input, "authz-password-server 1\ncommand bind\nowner alice\ngroup mail\n"
	                                          "address 192.0.2.7\npassword  p w\\'\"% \n");
	q = (struct server_question){.command = SERVER_REGISTER, .path = "/srv/pw", .owner = "alice", .group = "mail",
	                             .address = "", .password = "old", .new_password = "new"};
	(void)ask(w, q);
	assert_string_equal(w->fake.launch.input, "authz-password-server 1\ncommand register\nowner alice\ngroup mail\n"
	                                          "password old\nnew-password new\n");
	q = (struct server_question){.command = SERVER_DELETE, .path = "/srv/pw", .owner = "alice", .group = "mail"};
	(void)ask(w, q);
	assert_string_equal(w->fake.launch.input, "authz-password-server 1\ncommand delete\nowner alice\ngroup mail\n");
	q.command = SERVER_ADD;
	(void)ask(w, q);
	assert_non_null(strstr(w->fake.launch.input, "\ncommand add\n"));
	q.command = SERVER_ALTER;
	(void)ask(w, q);
	assert_non_null(strstr(w->fake.launch.input, "\ncommand alter\n"));
}

static void passwords(void **state)
{
	struct world *w = *state;
	char password[PASSWORD_SIZE + 1];
	static const char *const bad[] = {"", "a\nb", "\n", "a\r", "\rcommand delete"};
	size_t i;
	struct server_question q = {.command = SERVER_BIND, .path = "/srv/pw", .owner = "alice", .group = "mail",
	                            .password = "a\nowner bob"};
	struct server_reply reply;

	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_result(mailbox_password_fits(&w->rules, bad[i], "new password"), AUTHZ_BAD_PARAMETER);
		assert_string_equal(w->rules.subject, "new password");
	}
	memset(password, 'x', sizeof password);
	password[PASSWORD_SIZE - 1] = '\0';
	assert_result(mailbox_password_fits(&w->rules, password, "password"), AUTHZ_OK);
	password[PASSWORD_SIZE - 1] = 'x';
	password[PASSWORD_SIZE] = '\0';
	assert_result(mailbox_password_fits(&w->rules, password, "password"), AUTHZ_BAD_PARAMETER);
	/* and where somebody forgot to look, no line is written */
	q.until = mailbox_server_until(&w->rules, &w->fake.now);
	assert_result(mailbox_server_ask(&w->rules, &q, &reply), AUTHZ_INTERNAL);
	assert_int_equal(w->fake.launch.count, 0);
}

static void longest(void **state)
{
	struct world *w = *state;
	char old[PASSWORD_SIZE], new[PASSWORD_SIZE];
	struct server_question q = {.command = SERVER_REGISTER, .path = "/srv/pw", .owner = "a-name-of-thirty-two-bytes-is-all",
	                            .group = "a-name-of-thirty-two-bytes-is-all",
	                            .address = "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255/128", .password = old, .new_password = new};

	memset(old, 'o', sizeof old - 1);
	memset(new, 'n', sizeof new - 1);
	old[sizeof old - 1] = new[sizeof new - 1] = '\0';
	w->fake.launch.answer = "ok\n";
	assert_int_equal(ask(w, q).answer, SERVER_OK);
	assert_non_null(strstr(w->fake.launch.input, new));
}

static void in_time(void **state)
{
	struct world *w = *state;
	struct server_question q = {.command = SERVER_BIND, .path = "/srv/pw", .owner = "alice", .group = "mail", .password = "x"};

	w->fake.launch.answer = "ok\n";
	w->fake.host.config.launch_wait_ms = 700;
	(void)ask(w, q);
	assert_int_equal(w->fake.launch.wait_ms, 700);
	w->fake.host.config.launch_wait_ms = 60000;
	q.until = mailbox_server_until(&w->rules, &w->fake.now);
	(void)ask(w, q);
	assert_int_equal(w->fake.launch.wait_ms, SERVER_LIFE_MS);
	assert_true(SERVER_LIFE_MS < 4000);
	fake_host_pass(&w->fake, 1);
	(void)ask(w, q);
	assert_int_equal(w->fake.launch.wait_ms, SERVER_LIFE_MS - 1000);
	fake_host_pass(&w->fake, 60);
	assert_int_equal(ask(w, q).answer, SERVER_OUT_OF_REACH);
	assert_int_equal(w->fake.launch.count, 3);
}

static void built_in(void **state)
{
	struct world *w = *state;
	char crypt[HOST_CRYPT_SIZE] = "";
	struct server_question q = {.command = SERVER_ADD, .path = "", .owner = "alice", .group = "mail", .password = "one",
	                            .crypt = crypt};

	assert_int_equal(ask(w, q).answer, SERVER_OK);
	q.command = SERVER_BIND;
	assert_int_equal(ask(w, q).answer, SERVER_OK);
	q.password = "two";
	assert_int_equal(ask(w, q).answer, SERVER_REFUSED);
	q.command = SERVER_REGISTER;
	q.new_password = "three";
	assert_int_equal(ask(w, q).answer, SERVER_REFUSED);
	q.password = "one";
	assert_int_equal(ask(w, q).answer, SERVER_OK);
	q.command = SERVER_BIND;
	assert_int_equal(ask(w, q).answer, SERVER_REFUSED);
	q.password = "three";
	assert_int_equal(ask(w, q).answer, SERVER_OK);
	q.command = SERVER_DELETE;
	assert_int_equal(ask(w, q).answer, SERVER_OK);
	crypt[0] = '\0';
	q.command = SERVER_BIND;
	assert_int_equal(ask(w, q).answer, SERVER_REFUSED);
	assert_int_equal(w->fake.launch.count, 0);
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = world_setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("ok and error, each one whole line, are answers, and nothing else is (mailbox_server MUST 1)", answers),
		TEST("a reason is one word of the log, and no line of it (mailbox_server MUST 3)", reasons),
		TEST("what a password server reads", lines),
		TEST("a password that is empty, too long, or could end its line is refused by name (mailbox_server MUST 2)", passwords),
		TEST("the longest passwords fit", longest),
		TEST("all that is asked for one request ends before the helper does (mailbox_server MUST 4)", in_time),
		TEST("the built-in server keeps a hash, and is asked the same", built_in),
	};

	return cmocka_run_group_tests_name("mailbox_server", tests, NULL, NULL);
}
