/* SPDX-License-Identifier: ISC */
/* May a user of sudo run a command: rules/exit_command.c. */
#include <stdio.h>
#include <string.h>

#include "authority_kit.h"
#include "exit_play.h"

#define NO_OBJECT "command (its path is not a whole and plain one that could have an authority)"
#define AT EXIT_POINT_COMMAND " " EXIT_FORMAT_COMMAND " "
#define COMMAND(q, text) exit_data(q, text, sizeof text)

static struct request command(const char *user)
{
	struct request q = {.operation = OP_EXIT_COMMAND, .has = HAS(USER) | HAS(PRINCIPAL), .principal = "root"};

	snprintf(q.user, sizeof q.user, "%s", user);
	COMMAND(&q, "/usr/bin/id\0-u\0-n");
	return q;
}

static enum authz_result ask(struct exit_play *play, const struct request *q)
{
	play->runs = 0;
	play->ran[0] = '\0';
	play->w->rules.subject[0] = '\0';
	return exit_command(&play->w->rules, q);
}

static void put(struct world *w, uint32_t number)
{
	exit_play_lines(w, EXIT_POINT_COMMAND, EXIT_FORMAT_COMMAND, number);
}

static void nothing_at_all(void **state)
{
	struct world *w = *state;
	struct exit_play play;
	struct request q = command("eve");
	const unsigned outcomes = w->fake.outcomes;

	exit_play_begin(&play, w, NULL, 0);
	w->fake.groups_result = AUTHZ_INTERNAL;
	w->fake.clock_result = AUTHZ_INTERNAL;
	w->fake.outcome_lost = true;
	assert_result(ask(&play, &q), AUTHZ_OK);
	exit_data(&q, "/usr/bin/id", 11); /* its arguments were too long */
	assert_result(ask(&play, &q), AUTHZ_OK);
	exit_data(&q, "", 0); /* so was its path */
	assert_result(ask(&play, &q), AUTHZ_OK);
	snprintf(q.principal, sizeof q.principal, "John Doe");
	assert_result(ask(&play, &q), AUTHZ_OK);
	assert_int_equal(play.runs, 0);
	assert_int_equal(w->fake.outcomes, outcomes);
	exit_play_end(&play);
}

static void the_hosts(void **state)
{
	struct world *w = *state;
	struct exit_play play;
	const struct request q = command("alice");

	exit_play_begin(&play, w, NULL, 0);
	put(w, 1);
	world_caller(w, "sam");
	assert_result(ask(&play, &q), AUTHZ_HOST_ONLY);
	assert_int_equal(play.runs, 0);
	exit_play_end(&play);
}

static void lines(void **state)
{
	struct world *w = *state;
	struct exit_play play;
	struct request q = command("ALICE");

	exit_play_begin(&play, w, NULL, 0);
	put(w, 4);
	assert_result(ask(&play, &q), AUTHZ_OK);
	assert_string_equal(play.input, "authz-exit 1\npoint AZ_COMMAND\nformat CMND0100\nnumber 4\nuser alice\nas root\n"
	                                "command /usr/bin/id\narg -u\narg -n\ndestinations 1\ndestination this.example.org\n");
	COMMAND(&q, "/bin/a b\0\0 x \0\0a\nuser root\0\\134\0gr\xc3\xbcn\x7f\t");
	assert_result(ask(&play, &q), AUTHZ_OK);
	assert_non_null(strstr(play.input, "\ncommand /bin/a b\narg \narg  x \narg \narg a\\012user root\narg \\134134\n"
	                                   "arg gr\\303\\274n\\177\\011\ndestinations 1\n"));
	COMMAND(&q, "sudoedit");
	assert_result(ask(&play, &q), AUTHZ_OK);
	assert_non_null(strstr(play.input, "\ncommand sudoedit\ndestinations 1\n"));
	exit_play_end(&play);
}

/* Of commands that differ in one byte, or in where an argument ends. */
static void never_the_same(void **state)
{
	struct world *w = *state;
	struct exit_play play;
	struct request q = command("alice");
	char seen[256][512], bytes[] = "/bin/a\0?";
	unsigned i, k;

	exit_play_begin(&play, w, NULL, 0);
	put(w, 1);
	for (i = 0; i < 256; i++) {
		bytes[7] = (char)i; /* NUL: two arguments that are empty */
		exit_data(&q, bytes, sizeof bytes);
		assert_result(ask(&play, &q), AUTHZ_OK);
		snprintf(seen[i], sizeof seen[i], "%s", play.input);
		for (k = 0; k < i; k++)
			assert_string_not_equal(seen[i], seen[k]);
	}
	COMMAND(&q, "/bin/a\0x y");
	assert_result(ask(&play, &q), AUTHZ_OK);
	snprintf(seen[0], sizeof seen[0], "%s", play.input);
	COMMAND(&q, "/bin/a\0x\0y");
	assert_result(ask(&play, &q), AUTHZ_OK);
	assert_string_not_equal(seen[0], play.input);
	exit_play_end(&play);
}

static void the_longest(void **state)
{
	struct world *w = *state;
	struct exit_play play;
	struct request q = command("alice");
	struct exit_program e = exit_program_of(2);
	char bytes[DATA_SIZE];

	exit_play_begin(&play, w, NULL, 0);
	e.data_length = sizeof e.data;
	memset(e.data, 'd', sizeof e.data);
	exit_play_put(w, EXIT_POINT_COMMAND, EXIT_FORMAT_COMMAND, &e);
	memset(bytes, '\\', sizeof bytes);
	bytes[DATA_SIZE - 1] = '\0';
	exit_data(&q, bytes, sizeof bytes);
	assert_result(ask(&play, &q), AUTHZ_OK);
	assert_true(play.input_length > 4 * (DATA_SIZE - 1));
	memset(bytes, 0, sizeof bytes); /* a path of one byte, and as many arguments as there can be */
	bytes[0] = 'x';
	exit_data(&q, bytes, sizeof bytes);
	assert_result(ask(&play, &q), AUTHZ_OK);
	assert_true(play.input_length > 5 * (DATA_SIZE - 2));
	exit_play_end(&play);
}

static void too_long(void **state)
{
	struct world *w = *state;
	struct exit_play play;
	struct request q = command("alice");

	exit_play_begin(&play, w, NULL, 0);
	put(w, 1);
	exit_data(&q, "/usr/bin/id", 11);
	assert_result(ask(&play, &q), AUTHZ_BAD_PARAMETER);
	assert_string_equal(w->rules.subject, "arguments");
	exit_data(&q, "", 0);
	assert_result(ask(&play, &q), AUTHZ_BAD_PARAMETER);
	assert_string_equal(w->rules.subject, "command");
	assert_int_equal(play.runs, 0);
	exit_play_end(&play);
}

static void bad_values(void **state)
{
	struct world *w = *state;
	struct exit_play play;
	struct request q = command("");

	exit_play_begin(&play, w, NULL, 0);
	assert_result(ask(&play, &q), AUTHZ_BAD_PARAMETER);
	assert_string_equal(w->rules.subject, "user");
	q = command("nosuch");
	assert_result(ask(&play, &q), AUTHZ_USER_NOT_FOUND);
	assert_null(strstr(w->fake.outcome, "nosuch"));
	q = command("alice");
	q.principal[0] = '\0';
	assert_result(ask(&play, &q), AUTHZ_BAD_PARAMETER);
	assert_string_equal(w->rules.subject, "as");
	q = command("alice");
	exit_data(&q, "\0-u", 4);
	assert_result(ask(&play, &q), AUTHZ_BAD_PARAMETER);
	assert_string_equal(w->rules.subject, "command");
	exit_data(&q, "/bin/id\0-u", 10);
	assert_result(ask(&play, &q), AUTHZ_BAD_PARAMETER);
	assert_string_equal(w->rules.subject, "arguments");
	put(w, 1);
	q = command("alice");
	snprintf(q.principal, sizeof q.principal, "root\nuser root");
	assert_result(ask(&play, &q), AUTHZ_BAD_PARAMETER);
	assert_string_equal(w->rules.subject, "as");
	w->fake.user_result = AUTHZ_INTERNAL;
	assert_result(ask(&play, &q), AUTHZ_INTERNAL);
	assert_int_equal(play.runs, 0);
	exit_play_end(&play);
}

/* ---- the authority */

static void expect(struct exit_play *play, const char *user, const char *path, enum authz_result expected)
{
	struct request q = command(user);

	exit_data(&q, path, strlen(path) + 1);
	assert_result(ask(play, &q), expected);
	if (expected == AUTHZ_NOT_AUTHORIZED_OBJECT) {
		assert_string_equal(play->w->rules.subject, path);
		assert_non_null(strstr(play->w->fake.outcome, "event=exit.command phase=done result=2035 actor=root uid=0"));
	}
}

static void by_authority(void **state)
{
	struct world *w = *state;
	struct exit_play play;

	exit_play_begin(&play, w, NULL, 0);
	set_to(w, "queue", "/usr/bin/id", "p:bob", "get"); /* another type */
	world_host(w);
	expect(&play, "eve", "/usr/bin/id", AUTHZ_OK);
	set_to(w, "command", "/usr/bin/id", "p:alice", "use");
	set_to(w, "command", "/usr/sbin/*", "p:bob", "use");
	set_to(w, "command", "/usr/sbin/r?", "p:bob", "none");
	world_host(w);
	expect(&play, "alice", "/usr/bin/id", AUTHZ_OK);
	expect(&play, "eve", "/usr/bin/id", AUTHZ_NOT_AUTHORIZED_OBJECT);
	expect(&play, "sam", "/usr/bin/id", AUTHZ_NOT_AUTHORIZED_OBJECT);
	expect(&play, "eve", "/usr/bin/ids", AUTHZ_OK); /* no profile matches it */
	expect(&play, "bob", "/usr/sbin/useradd", AUTHZ_OK);
	expect(&play, "alice", "/usr/sbin/useradd", AUTHZ_NOT_AUTHORIZED_OBJECT);
	expect(&play, "bob", "/usr/sbin/rm", AUTHZ_NOT_AUTHORIZED_OBJECT); /* the most specific profile counts alone */
	expect(&play, "root", "/usr/sbin/rm", AUTHZ_OK); /* sudo by root is not asked about */
	assert_int_equal(play.runs, 0);
	exit_play_end(&play);
}

static void no_object(void **state)
{
	static const char *const paths[] = {
		"/usr/bin/a-path-of-more-than-forty-eight-bytes-is", "/usr/sbin/*", "/usr/sbin/r?", "/usr/bin/a\nb", "/usr/bin/id ",
	};
	struct world *w = *state;
	struct exit_play play;
	struct request q = command("bob");
	size_t i;

	exit_play_begin(&play, w, NULL, 0);
	for (i = 0; i < sizeof paths / sizeof paths[0]; i++)
		expect(&play, "bob", paths[i], AUTHZ_OK);
	set_to(w, "command", "/usr/sbin/*", "p:bob", "use");
	set_to(w, "command", "/usr/sbin/r?", "p:bob", "none");
	world_host(w);
	assert_int_equal(strlen(paths[0]), 49);
	for (i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		expect(&play, "bob", paths[i], AUTHZ_BAD_PARAMETER);
		assert_string_equal(w->rules.subject, NO_OBJECT);
	}
	expect(&play, "bob", "/usr/bin/a-path-of-exactly-forty-eight-bytes.-it", AUTHZ_OK);
	exit_data(&q, "", 0);
	assert_result(ask(&play, &q), AUTHZ_BAD_PARAMETER);
	exit_data(&q, "/usr/sbin/useradd", 17); /* its arguments were too long, and nobody would be told */
	assert_result(ask(&play, &q), AUTHZ_OK);
	exit_data(&q, "/usr/sbin/rm", 12);
	assert_result(ask(&play, &q), AUTHZ_NOT_AUTHORIZED_OBJECT);
	exit_play_end(&play);
}

/* Who may run everything by sudo chooses how a path is spelt. */
static void other_spellings(void **state)
{
	static const char *const paths[] = {
		"./id", "../bin/id", "id", "bin/id", "//usr/bin/id", "/usr//bin/id", "/usr/bin/./id", "/usr/bin/../bin/id", "/usr/sbin/../../tmp/id",
		"/usr/bin/id/", "/usr/bin/..", "/usr/bin/.", "/", ".", "..", "sudoedit/", "./sudoedit",
	};
	struct world *w = *state;
	struct exit_play play;
	size_t i;

	exit_play_begin(&play, w, NULL, 0);
	set_to(w, "command", "/usr/bin/id", "p:alice", "use");
	set_to(w, "command", "/usr/sbin/*.**", "p:bob", "use");
	world_host(w);
	for (i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		expect(&play, "bob", paths[i], AUTHZ_BAD_PARAMETER);
		assert_string_equal(w->rules.subject, NO_OBJECT);
	}
	expect(&play, "bob", "/usr/sbin/mkfs.ext4", AUTHZ_OK);
	expect(&play, "bob", "/usr/bin/...", AUTHZ_OK);
	expect(&play, "bob", "/usr/bin/..id", AUTHZ_OK);
	expect(&play, "bob", "/usr/bin/.id", AUTHZ_OK);
	expect(&play, "bob", "sudoedit", AUTHZ_OK);
	set_to(w, "command", "sudoedit", "p:alice", "use");
	world_host(w);
	expect(&play, "bob", "sudoedit", AUTHZ_NOT_AUTHORIZED_OBJECT);
	exit_play_end(&play);
}

static void by_group(void **state)
{
	struct world *w = *state;
	struct exit_play play;

	exit_play_begin(&play, w, NULL, 0);
	fake_host_join(fake_host_find(&w->fake, "eve"), fake_host_group(&w->fake, "staff", 50));
	set_to(w, "command", "/usr/bin/id", "g:staff", "use");
	world_host(w);
	expect(&play, "eve", "/usr/bin/id", AUTHZ_OK);
	expect(&play, "bob", "/usr/bin/id", AUTHZ_NOT_AUTHORIZED_OBJECT);
	w->fake.groups_result = AUTHZ_INTERNAL; /* never fewer groups */
	expect(&play, "eve", "/usr/bin/id", AUTHZ_INTERNAL);
	w->fake.groups_result = AUTHZ_OK;
	fake_host_find(&w->fake, "eve")->more_count = 0;
	expect(&play, "eve", "/usr/bin/id", AUTHZ_NOT_AUTHORIZED_OBJECT);
	exit_play_end(&play);
}

/* ---- both */

static void both(void **state)
{
	static const struct exit_said said[] = {{.path = "/exit/5", .bytes = "*NO\n"}};
	struct world *w = *state;
	struct exit_play play;
	struct request q = command("alice");

	exit_play_begin(&play, w, said, 1);
	put(w, 2);
	set_to(w, "command", "/usr/bin/id", "p:alice", "use");
	world_host(w);
	assert_result(ask(&play, &q), AUTHZ_OK);
	assert_int_equal(play.runs, 1);
	assert_non_null(strstr(w->fake.outcome, "event=exit.command phase=done result=OK actor=root uid=0 owner=alice type=command "
	                                        "run-as=root command=/usr/bin/id"));
	q = command("bob");
	assert_result(ask(&play, &q), AUTHZ_NOT_AUTHORIZED_OBJECT); /* an exit can only take away */
	assert_int_equal(play.runs, 0);
	put(w, 5);
	q = command("alice");
	assert_result(ask(&play, &q), AUTHZ_EXIT_DENIED);
	assert_string_equal(w->rules.subject, AT "5 /exit/5");
	assert_non_null(strstr(w->fake.outcome, " number=5 subject="));
	assert_null(strstr(w->fake.outcome, "-u")); /* arguments may be secret */
	q = command("root");
	assert_result(ask(&play, &q), AUTHZ_OK);
	assert_int_equal(play.runs, 0);
	exit_play_end(&play);
}

/* A path of such bytes, of which each has three on record. */
static void long_paths(void **state)
{
	struct world *w = *state;
	struct exit_play play;
	struct request q = command("alice");
	char path[301], on_record[1024];
	size_t i;

	exit_play_begin(&play, w, NULL, 0);
	put(w, 1);
	memset(path, '\n', sizeof path - 1);
	path[sizeof path - 1] = '\0';
	path[0] = '/';
	exit_data(&q, path, sizeof path);
	assert_result(ask(&play, &q), AUTHZ_OK);
	snprintf(on_record, sizeof on_record, " command-end=");
	for (i = 0; i < 255; i++)
		snprintf(on_record + strlen(on_record), 4, "%%0A");
	assert_non_null(strstr(w->fake.outcome, on_record));
	assert_null(strstr(w->fake.outcome, "truncated"));
	exit_data(&q, path, 256); /* the longest that is there whole */
	q.data.bytes[255] = '\0';
	assert_result(ask(&play, &q), AUTHZ_OK);
	assert_non_null(strstr(w->fake.outcome, " command=/%0A"));
	exit_play_end(&play);
}

static void errors(void **state)
{
	static const struct exit_said said[] = {
		{.path = "/exit/1", .result = AUTHZ_LAUNCH_FAILED, .why = "/exit/1: late", .takes = 2},
	};
	struct world *w = *state;
	struct exit_play play;
	const struct request q = command("alice");

	exit_play_begin(&play, w, said, 1);
	put(w, 1);
	put(w, 2);
	assert_result(ask(&play, &q), AUTHZ_EXIT_FAILED);
	assert_string_equal(w->rules.subject, AT "1 /exit/1: late");
	assert_int_equal(play.runs, 1);
	exit_play_lose(w, "Xe", EXIT_POINT_COMMAND, EXIT_FORMAT_COMMAND, 2);
	assert_result(ask(&play, &q), AUTHZ_STORE_DAMAGED);
	assert_int_equal(play.runs, 0);
	exit_play_end(&play);
}

static void lost_record(void **state)
{
	struct world *w = *state;
	struct exit_play play;
	const struct request q = command("alice");

	exit_play_begin(&play, w, NULL, 0);
	put(w, 1);
	w->fake.outcome_lost = true;
	assert_result(ask(&play, &q), AUTHZ_AUDIT_LOST);
	assert_int_equal(play.runs, 1);
	exit_play_end(&play);
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = world_setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("where nothing is registered and no command is protected, nothing is refused", nothing_at_all),
		TEST("the host alone asks", the_hosts),
		TEST("what an exit of sudo reads", lines),
		TEST("two commands that differ never look the same (exit_command MUST 3)", never_the_same),
		TEST("the longest command, and the one of most arguments, are told whole", the_longest),
		TEST("what was too long is refused where an exit would be told (exit_command MUST 2)", too_long),
		TEST("what is no command and no user is refused", bad_values),
		TEST("the authority is asked where a profile matches the path", by_authority),
		TEST("a path that is no object's name is refused where commands are protected", no_object),
		TEST("no other spelling of a path leads past its profile, or into another's (exit_command MUST 5)", other_spellings),
		TEST("a user's groups count, and what cannot be found out refuses", by_group),
		TEST("the authority and all exits must allow it (exit_command MUST 1)", both),
		TEST("a command has its path on record, or its end, however long it is", long_paths),
		TEST("errors name the program, and a lost record of the store refuses", errors),
		TEST("without its record there is no yes of an exit (exit_command MUST 4)", lost_record),
	};

	return cmocka_run_group_tests_name("exit_command", tests, NULL, NULL);
}
