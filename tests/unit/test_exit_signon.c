/* SPDX-License-Identifier: ISC */
/* May a user sign on: rules/exit_signon.c, rules/exit_host.c. */
#include <stdio.h>
#include <string.h>

#include "exit_play.h"

#define AT EXIT_POINT_SIGNON " " EXIT_FORMAT_SIGNON " "

static struct request signon(const char *user)
{
	struct request q = {.operation = OP_EXIT_SIGNON, .has = HAS(USER) | HAS(SERVICE), .service = "sshd"};

	snprintf(q.user, sizeof q.user, "%s", user);
	return q;
}

static enum authz_result ask(struct exit_play *play, const struct request *q)
{
	play->runs = 0;
	play->ran[0] = '\0';
	play->w->rules.subject[0] = '\0';
	return exit_signon(&play->w->rules, q);
}

static void put(struct world *w, uint32_t number)
{
	exit_play_lines(w, EXIT_POINT_SIGNON, EXIT_FORMAT_SIGNON, number);
}

static void nothing_registered(void **state)
{
	struct world *w = *state;
	struct exit_play play;
	struct request q = signon("alice");
	const unsigned outcomes = w->fake.outcomes;

	exit_play_begin(&play, w, NULL, 0);
	w->fake.user_result = AUTHZ_INTERNAL; /* whatever else is out of reach */
	w->fake.clock_result = AUTHZ_INTERNAL;
	w->fake.outcome_lost = true;
	assert_result(ask(&play, &q), AUTHZ_OK);
	snprintf(q.rhost, sizeof q.rhost, "a b\nc");
	assert_result(ask(&play, &q), AUTHZ_OK);
	q = signon("nosuch");
	assert_result(ask(&play, &q), AUTHZ_OK);
	exit_play_lines(w, EXIT_POINT_COMMAND, EXIT_FORMAT_COMMAND, 1);
	exit_play_lines(w, SDDST, AUTH, 1);
	assert_result(ask(&play, &q), AUTHZ_OK);
	assert_int_equal(play.runs, 0);
	assert_int_equal(w->fake.outcomes, outcomes);
	exit_play_end(&play);
}

static void the_hosts(void **state)
{
	struct world *w = *state;
	struct exit_play play;
	const struct request q = signon("alice");

	exit_play_begin(&play, w, NULL, 0);
	put(w, 1);
	world_caller(w, "alice");
	assert_result(ask(&play, &q), AUTHZ_HOST_ONLY);
	world_caller(w, "sam");
	assert_result(ask(&play, &q), AUTHZ_HOST_ONLY);
	assert_int_equal(play.runs, 0);
	assert_non_null(strstr(w->fake.outcome, "event=exit.signon phase=done result=AZ-ROOT actor=sam"));
	exit_play_end(&play);
}

static void lines(void **state)
{
	struct world *w = *state;
	struct exit_play play;
	struct request q = signon("ALICE");
	struct exit_program e = exit_program_of(4);

	exit_play_begin(&play, w, NULL, 0);
	memcpy(e.data, "of  nine", e.data_length = 8);
	exit_play_put(w, EXIT_POINT_SIGNON, EXIT_FORMAT_SIGNON, &e);
	assert_result(ask(&play, &q), AUTHZ_OK);
	assert_string_equal(play.input, "authz-exit 1\npoint AZ_SIGNON\nformat SIGN0100\nnumber 4\ndata of  nine\nservice sshd\n"
	                                "user alice\ndestinations 1\ndestination this.example.org\n");
	q.has |= HAS(RHOST) | HAS(TTY) | HAS(ACTOR) | HAS(MASTER);
	q.actor = UID_PORTAL;
	snprintf(q.rhost, sizeof q.rhost, "192.0.2.7");
	snprintf(q.tty, sizeof q.tty, "ssh");
	snprintf(q.master, sizeof q.master, "helga");
	assert_result(ask(&play, &q), AUTHZ_OK);
	assert_non_null(strstr(play.input, "\nservice sshd\nuser alice\nactor portal\nmaster helga\nfrom 192.0.2.7\n"
	                                   "destinations 1\n"));
	assert_non_null(strstr(w->fake.outcome, "result=OK actor=root uid=0 owner=alice master=helga service=sshd "
	                                        "rhost=192.0.2.7 tty=ssh behalf=1001"));
	q.actor = 4711;
	assert_result(ask(&play, &q), AUTHZ_OK);
	assert_non_null(strstr(play.input, "\nactor 4711\n"));
	q.actor = 0;
	assert_result(ask(&play, &q), AUTHZ_OK);
	assert_non_null(strstr(play.input, "\nactor root\n"));
	exit_play_end(&play);
}

static void bad_values(void **state)
{
	struct world *w = *state;
	struct exit_play play;
	const struct request of_alice = signon("alice");
	struct request q = of_alice;
	static const char *const bad[] = {"a b", "a\nuser root", "a\x7f", " ", "\t"};
	size_t i;

	exit_play_begin(&play, w, NULL, 0);
	put(w, 1);
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		q = of_alice;
		snprintf(q.rhost, sizeof q.rhost, "%s", bad[i]);
		assert_result(ask(&play, &q), AUTHZ_BAD_PARAMETER);
		assert_string_equal(w->rules.subject, "from");
		q = of_alice;
		snprintf(q.service, sizeof q.service, "%s", bad[i]);
		assert_result(ask(&play, &q), AUTHZ_BAD_PARAMETER);
		assert_string_equal(w->rules.subject, "service");
		q = of_alice;
		snprintf(q.master, sizeof q.master, "%s", bad[i]);
		assert_result(ask(&play, &q), AUTHZ_BAD_PARAMETER);
		assert_string_equal(w->rules.subject, "master");
	}
	q = of_alice;
	q.service[0] = '\0';
	assert_result(ask(&play, &q), AUTHZ_BAD_PARAMETER);
	q = of_alice;
	q.has |= HAS(ACTOR);
	q.actor = -1;
	assert_result(ask(&play, &q), AUTHZ_BAD_PARAMETER);
	q.actor = UINT32_MAX;
	assert_result(ask(&play, &q), AUTHZ_BAD_PARAMETER);
	assert_string_equal(w->rules.subject, "actor");
	q = signon("nosuch");
	assert_result(ask(&play, &q), AUTHZ_USER_NOT_FOUND);
	assert_string_equal(w->rules.subject, "nosuch");
	assert_null(strstr(w->fake.outcome, "nosuch"));
	q = signon("");
	assert_result(ask(&play, &q), AUTHZ_USER_NOT_FOUND);
	w->fake.user_result = AUTHZ_INTERNAL;
	assert_result(ask(&play, &of_alice), AUTHZ_INTERNAL);
	assert_int_equal(play.runs, 0);
	exit_play_end(&play);
}

static void yes_and_no(void **state)
{
	static const struct exit_said said[] = {
		{.path = "/exit/3", .bytes = "*NO\n"}, {.path = "/exit/7", .bytes = "*NO\n"}, {.path = "/exit/1", .bytes = "*YES\n"},
	};
	struct world *w = *state;
	struct exit_play play;
	const struct request q = signon("alice");

	exit_play_begin(&play, w, said, 3);
	put(w, 1);
	put(w, 9);
	assert_result(ask(&play, &q), AUTHZ_OK);
	put(w, 7);
	put(w, 3);
	assert_result(ask(&play, &q), AUTHZ_EXIT_DENIED);
	assert_string_equal(w->rules.subject, AT "3 /exit/3");
	assert_int_equal(play.runs, 4);
	assert_non_null(strstr(w->fake.outcome, "event=exit.signon phase=done result=AZ-DENIED"));
	assert_non_null(strstr(w->fake.outcome, "owner=alice service=sshd number=3 subject=AZ_SIGNON"));
	exit_play_end(&play);
}

static void errors(void **state)
{
	static const struct exit_said said[] = {
		{.path = "/exit/1", .result = AUTHZ_LAUNCH_FAILED, .why = "/exit/1: late", .takes = 2},
		{.path = "/exit/2", .bytes = "*YES\n", .takes = 2.4999}, {.path = "/exit/4", .bytes = "*YES\n*YES\n"},
	};
	struct world *w = *state;
	struct exit_play play;
	const struct request q = signon("alice");

	exit_play_begin(&play, w, said, 3);
	put(w, 4);
	assert_result(ask(&play, &q), AUTHZ_EXIT_FAILED);
	assert_string_equal(w->rules.subject, AT "4 /exit/4: 2 answers of 1");
	put(w, 2);
	assert_result(ask(&play, &q), AUTHZ_EXIT_FAILED);
	assert_string_equal(w->rules.subject, AT "4 /exit/4: late: no time was left");
	assert_true(play.wait_ms[0] <= 2500 && play.waits == HOST_WAITS_PROMPT);
	put(w, 1);
	assert_result(ask(&play, &q), AUTHZ_EXIT_FAILED);
	assert_string_equal(w->rules.subject, AT "1 /exit/1: late");
	assert_int_equal(play.runs, 1);
	w->fake.clock_result = AUTHZ_INTERNAL;
	assert_result(ask(&play, &q), AUTHZ_INTERNAL);
	exit_play_end(&play);
}

static enum authz_result no_name(void *context, char out[HOST_NAME_SIZE])
{
	(void)context;
	strcpy(out, "not a name");
	return AUTHZ_OK;
}

static enum authz_result capitals(void *context, char out[HOST_NAME_SIZE])
{
	(void)context;
	strcpy(out, "DB1");
	return AUTHZ_OK;
}

static void host_names(void **state)
{
	struct world *w = *state;
	struct exit_play play;
	const struct request q = signon("alice");

	exit_play_begin(&play, w, NULL, 0);
	put(w, 1);
	w->fake.host.host_name = capitals;
	assert_result(ask(&play, &q), AUTHZ_OK);
	assert_non_null(strstr(play.input, "\ndestination db1\n"));
	w->fake.host.host_name = no_name;
	assert_result(ask(&play, &q), AUTHZ_INTERNAL);
	assert_string_equal(w->rules.subject, "the name of this host");
	exit_play_end(&play);
}

static void root_gets_in(void **state)
{
	static const struct exit_said said[] = {{.path = "/exit/1", .bytes = "*NO\n"}};
	struct world *w = *state;
	struct exit_play play;
	struct request q = signon("root"), of_alice = signon("alice");

	exit_play_begin(&play, w, said, 1);
	fake_host_user(&w->fake, "toor", 0);
	put(w, 1);
	assert_result(ask(&play, &of_alice), AUTHZ_EXIT_DENIED);
	assert_result(ask(&play, &q), AUTHZ_OK);
	assert_int_equal(play.runs, 0);
	assert_non_null(strstr(w->fake.outcome, "event=exit.signon phase=done result=OK actor=root uid=0 owner=root "
	                                        "service=sshd asked=no"));
	q = signon("toor");
	assert_result(ask(&play, &q), AUTHZ_OK);
	w->fake.outcome_lost = true;
	assert_result(ask(&play, &q), AUTHZ_OK);
	exit_play_end(&play);
}

static void damage(void **state)
{
	static const struct { const char *kind; uint32_t number; } rows[] = {{"Xl", 0}, {"Xp", 0}, {"Xe", 1}};
	struct world *w = *state;
	struct exit_play play;
	const struct request q = signon("alice"), of_root = signon("root");
	size_t i;

	for (i = 0; i < 3; i++) {
		exit_play_begin(&play, w, NULL, 0);
		put(w, 1);
		exit_play_lose(w, rows[i].kind, EXIT_POINT_SIGNON, EXIT_FORMAT_SIGNON, rows[i].number);
		assert_result(ask(&play, &q), AUTHZ_STORE_DAMAGED);
		assert_int_equal(play.runs, 0);
		assert_non_null(strstr(w->fake.outcome, "result=AZ-DAMAGED actor=root uid=0 owner=alice"));
		assert_result(ask(&play, &of_root), AUTHZ_OK);
		assert_non_null(strstr(w->fake.outcome, "owner=root service=sshd asked=no"));
		exit_play_end(&play);
		world_teardown(state);
		world_setup(state);
		w = *state;
	}
}

static void lost_record(void **state)
{
	struct world *w = *state;
	struct exit_play play;
	const struct request q = signon("alice");

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
		TEST("where nothing is registered nobody is asked, and nothing is refused (exit_signon MUST 1)", nothing_registered),
		TEST("the host alone asks", the_hosts),
		TEST("what an exit of a sign-on reads", lines),
		TEST("what no line can have is refused, and so is who is no user", bad_values),
		TEST("all must say *YES; the first *NO is the refusal", yes_and_no),
		TEST("errors name the program; all have two seconds and a half", errors),
		TEST("the destination is this host's name, in its canonical form", host_names),
		TEST("a user with uid 0 is not asked about, and that is on record (exit_signon MUST 2)", root_gets_in),
		TEST("a lost record of the store refuses all but uid 0", damage),
		TEST("without its record there is no yes (exit_signon MUST 3)", lost_record),
	};

	return cmocka_run_group_tests_name("exit_signon", tests, NULL, NULL);
}
