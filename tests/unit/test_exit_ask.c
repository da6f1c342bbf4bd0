/* SPDX-License-Identifier: ISC */
/* How programs are asked, and what counts as an answer: rules/exit_ask.c. */
#include "rules/exit_ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exit_play.h"

#define TWO "db1.example.org\ndb2.example.org\n"
#define THREE TWO "db3.example.org\n"
#define AT "QIBM_QNS_SDDSTAUTH AUTH0100 "

static const char *answer_of(struct exit_play *play, const char *destinations)
{
	const struct request q = exit_request("alice");

	assert_result(exit_play_check(play, &q, destinations), AUTHZ_OK);
	return exit_play_answer(play);
}

static void expect(struct exit_play *play, const char *destinations, const char *answer)
{
	assert_string_equal(answer_of(play, destinations), answer);
}

static void expect_error(struct exit_play *play, const char *destinations, enum authz_result expected, const char *subject)
{
	const struct request q = exit_request("alice");

	assert_result(exit_play_check(play, &q, destinations), expected);
	assert_string_equal(play->w->rules.subject, subject);
	assert_int_equal(play->w->answer.rows.used, 0);
}

static void lowest_first(void **state)
{
	struct world *w = *state;
	struct exit_play play;

	exit_play_begin(&play, w, NULL, 0);
	exit_play_lines(w, SDDST, AUTH, 70000);
	exit_play_lines(w, SDDST, AUTH, 2);
	exit_play_lines(w, SDDST, AUTH, EXIT_NUMBER_MAX);
	exit_play_lines(w, SDDST, AUTH, 10);
	exit_play_lines(w, "QIBM_OTHER", AUTH, 1);
	exit_play_lines(w, SDDST, "AUTH0200", 1);
	expect(&play, TWO, "|00");
	assert_string_equal(play.ran, "/exit/2 /exit/10 /exit/70000 /exit/2147483647 ");
	exit_play_end(&play);
}

static void nobody_registered(void **state)
{
	struct world *w = *state;
	struct exit_play play;
	struct store_txn *t;
	struct exit_point p = {.name = {SDDST, AUTH}, .maximum = 1};

	exit_play_begin(&play, w, NULL, 0);
	expect(&play, TWO, "|00");
	t = begin(w->rules.authority, true);
	assert_result(exit_point_write(&w->rules, t, &p), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	expect(&play, TWO, "|00");
	assert_int_equal(play.runs, 0);
	exit_play_end(&play);
}

static void all_must_say_yes(void **state)
{
	static const struct exit_said said[] = {
		{"/exit/1", .bytes = "*YES\n*NO\n*YES\n"}, {"/exit/2", .bytes = "*NO\n*NO\n*YES\n"},
		{"/exit/4", .bytes = "*NO\n*NO\n*YES\n"},
	};
	struct world *w = *state;
	struct exit_play play;
	uint32_t number;

	exit_play_begin(&play, w, said, 3);
	for (number = 1; number <= 4; number++)
		exit_play_lines(w, SDDST, AUTH, number);
	expect(&play, THREE, "1 2 |210");
	assert_int_equal(play.runs, 4); /* each is asked, whatever those before it have said */
	assert_non_null(strstr(play.input, "destinations 3\ndestination db1.example.org\ndestination db2.example.org\n"
	                                   "destination db3.example.org\n"));
	exit_play_end(&play);
}

/* Another of them is asked too, so that its *YES cannot stand in for what is refused. */
static void answers_of_lines(void **state)
{
	static const struct { const char *bytes; size_t length; const char *answer; const char *cause; } rows[] = {
#define BYTES(text) text, sizeof text - 1
		{BYTES("*YES\n*YES\n"), "|00", NULL},
		{BYTES("*NO\n*YES\n"), "2 |10", NULL},
		{BYTES("*yes\n*YES\n"), "2 |10", NULL},
		{BYTES(" *YES\n*YES\n"), "2 |10", NULL},
		{BYTES("*YES \n*YES\n"), "2 |10", NULL},
		{BYTES("*YES\r\n*YES\n"), "2 |10", NULL},
		{BYTES("*YES\0\n*YES\n"), "2 |10", NULL},
		{BYTES("\n\n"), "2 |11", NULL},
		{BYTES("YES\n*YES*YES\n"), "2 |11", NULL},
		{BYTES("\0\0\0\0\n\xff\xfe\n"), "2 |11", NULL},
		{BYTES("*YES\n"), NULL, "1 answers of 2"},
		{BYTES("\n"), NULL, "1 answers of 2"},
		{BYTES("*YES\n*YES\n*YES\n"), NULL, "3 answers of 2"},
		{BYTES("*YES\n*YES\n\n"), NULL, "3 answers of 2"},
		{BYTES("*YES\n*YES"), NULL, "its last line has no newline"},
		{BYTES("*YES\n*YES\n*"), NULL, "its last line has no newline"},
		{BYTES("*YES\n*YES\n\0"), NULL, "its last line has no newline"},
		{BYTES("*YES*YES"), NULL, "its last line has no newline"},
#undef BYTES
	};
	struct exit_said said = {.path = "/exit/2"};
	struct world *w = *state;
	struct exit_play play;
	char subject[SUBJECT_SIZE];
	size_t i;

	exit_play_begin(&play, w, &said, 1);
	exit_play_lines(w, SDDST, AUTH, 1);
	exit_play_lines(w, SDDST, AUTH, 2);
	exit_play_lines(w, SDDST, AUTH, 3);
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		said.bytes = rows[i].bytes;
		said.length = rows[i].length;
		snprintf(subject, sizeof subject, AT "2 /exit/2: %s", rows[i].cause != NULL ? rows[i].cause : "");
		if (rows[i].answer != NULL)
			expect(&play, TWO, rows[i].answer);
		else
			expect_error(&play, TWO, AUTHZ_EXIT_FAILED, subject);
		assert_int_equal(play.runs, rows[i].answer != NULL ? 3 : 2); /* the first error ends it */
	}
	said.bytes = "";
	said.length = 0;
	expect_error(&play, TWO, AUTHZ_EXIT_FAILED, AT "2 /exit/2: 0 answers of 2");
	exit_play_end(&play);
}

static void answers_of_records(void **state)
{
	static const struct { const char *bytes; size_t length; const char *answer; const char *cause; } rows[] = {
#define BYTES(text) text, sizeof text - 1
		{BYTES("*YES*YES"), "|00", NULL},
		{BYTES("*YES*NO "), "2 |01", NULL},
		{BYTES("*yes*YES"), "2 |10", NULL},
		{BYTES(" *YE*YES"), "2 |10", NULL},
		{BYTES("\0\0\0\0*YES"), "2 |10", NULL},
		{BYTES("    YES*"), "2 |11", NULL},
		{BYTES("*YES"), NULL, "1 answers of 2"},
		{BYTES("*YES*YES*YES"), NULL, "3 answers of 2"},
		{BYTES("*YES*YE"), NULL, "7 bytes of 8"},
		{BYTES("*YES*YES\n"), NULL, "9 bytes of 8"},
		{BYTES("*YES\n*YES\n"), NULL, "10 bytes of 8"},
		{BYTES("*YES*YES\0"), NULL, "9 bytes of 8"},
#undef BYTES
	};
	struct exit_said said = {.path = "/exit/2"};
	struct world *w = *state;
	struct exit_play play;
	struct exit_program e = exit_program_of(2);
	char subject[SUBJECT_SIZE];
	size_t i;

	exit_play_begin(&play, w, &said, 1);
	e.input = EXIT_INPUT_RECORD;
	exit_play_put(w, SDDST, AUTH, &e);
	exit_play_lines(w, SDDST, AUTH, 3);
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		said.bytes = rows[i].bytes;
		said.length = rows[i].length;
		snprintf(subject, sizeof subject, AT "2 /exit/2: %s", rows[i].cause != NULL ? rows[i].cause : "");
		if (rows[i].answer != NULL)
			expect(&play, TWO, rows[i].answer);
		else
			expect_error(&play, TWO, AUTHZ_EXIT_FAILED, subject);
	}
	exit_play_end(&play);
}

/* Whatever stands in its output, what did not end as it should has said nothing. */
static void failures(void **state)
{
	static const struct { enum authz_result result; const char *why, *cause; } rows[] = {
		{AUTHZ_LAUNCH_FAILED, "/exit/2: ended with status 3", "ended with status 3"},
		{AUTHZ_LAUNCH_FAILED, "/exit/2: killed by signal 11", "killed by signal 11"},
		{AUTHZ_LAUNCH_FAILED, "/exit/2: late", "late"},
		{AUTHZ_LAUNCH_FAILED, "/exit/2: busy", "busy"},
		{AUTHZ_LAUNCH_FAILED, "/exit/2: too much output", "too much output"},
		{AUTHZ_LAUNCH_FAILED, "/exit/2: No such file or directory", "No such file or directory"},
		{AUTHZ_LAUNCH_FAILED, "/exit/2: authz-launch is out of reach at /run/authz/launch.sock: Connection refused",
		 "authz-launch is out of reach at /run/authz/launch.sock: Connection refused"},
		{AUTHZ_LAUNCH_FAILED, "", "it was not run"},
		{AUTHZ_LAUNCH_FAILED, "said \n\x1b[2J of itself", "said ??[2J of itself"},
		{AUTHZ_LAUNCH_FAILED, "/exit/22: late", "/exit/22: late"},
		{AUTHZ_INTERNAL, "/exit/2: whatever", "whatever"},
		{AUTHZ_EXIT_DENIED, "/exit/2: whatever", "whatever"},
	};
	struct exit_said said = {.path = "/exit/2"};
	struct world *w = *state;
	struct exit_play play;
	char subject[SUBJECT_SIZE];
	size_t i;

	exit_play_begin(&play, w, &said, 1);
	exit_play_lines(w, SDDST, AUTH, 1);
	exit_play_lines(w, SDDST, AUTH, 2);
	exit_play_lines(w, SDDST, AUTH, 3);
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		said.result = rows[i].result;
		said.why = rows[i].why;
		snprintf(subject, sizeof subject, AT "2 /exit/2: %s", rows[i].cause);
		expect_error(&play, TWO, AUTHZ_EXIT_FAILED, subject);
		assert_string_equal(play.ran, "/exit/1 /exit/2 ");
	}
	exit_play_end(&play);
}

static enum authz_result says_too_long(void *arg, struct host_launch *what, char why[HOST_SUBJECT_SIZE])
{
	(void)arg;
	(void)why;
	what->output_length = what->output_size + 1;
	return AUTHZ_OK;
}

static void too_much(void **state)
{
	struct world *w = *state;
	struct exit_said said = {.path = "/exit/2"};
	struct exit_play play;
	char *line = malloc(65537);

	assert_non_null(line);
	exit_play_begin(&play, w, &said, 1);
	exit_play_lines(w, SDDST, AUTH, 2);
	memset(line, '*', 65537);
	line[65535] = '\n';
	said.bytes = line;
	said.length = 65536;
	expect(&play, "db1\n", "2 |1"); /* a long line is no */
	said.length = 65537;
	expect_error(&play, "db1\n", AUTHZ_EXIT_FAILED, AT "2 /exit/2: too much output");
	w->fake.launch.program = says_too_long;
	expect_error(&play, "db1\n", AUTHZ_EXIT_FAILED, AT "2 /exit/2: too much output");
	free(line);
	exit_play_end(&play);
}

/* The first error is of all; what was said before it, and after it, of none. */
static void error_after_yes(void **state)
{
	static const struct exit_said said[] = {{"/exit/3", .bytes = "*YES\n"}};
	const struct exit_destination all[] = {{"a"}, {"b"}};
	struct world *w = *state;
	struct exit_programs programs;
	const struct exit_name name = {SDDST, AUTH};
	const struct exit_activity activity = {.user = "alice", .transport = "*HOST"};
	const struct exit_asking asking = {.programs = &programs, .activity = &activity, .to = {all, 2}, .within_ms = 1000};
	unsigned char first[] = {0, 0};
	struct exit_play play;

	exit_play_begin(&play, w, said, 1);
	exit_play_lines(w, SDDST, AUTH, 1);
	exit_play_lines(w, SDDST, AUTH, 3);
	assert_result(exit_programs_read(&w->rules, &name, &programs), AUTHZ_OK);
	assert_result(exit_ask(&w->rules, &asking, first), AUTHZ_EXIT_FAILED);
	assert_true(first[0] != 0 && first[1] != 0);
	exit_programs_free(&programs);
	exit_play_end(&play);
}

static void long_paths(void **state)
{
	const struct exit_name name = {"A2345678901234567890", "B2345678"};
	struct exit_program e = exit_program_of(EXIT_NUMBER_MAX);
	char cause[SUBJECT_SIZE + 64], out[SUBJECT_SIZE];
	size_t length, path;

	(void)state;
	for (path = 1; path < sizeof e.path; path += 6) {
		memset(e.path, 'p', path);
		memcpy(e.path, "/", 1);
		e.path[path] = '\0';
		for (length = 0; length <= 200; length++) {
			memset(cause, 'c', length);
			cause[length] = '\0';
			exit_sentence(&name, &e, cause, out);
			assert_memory_equal(out, "A2345678901234567890 B2345678 2147483647", 40);
			assert_true(out[40] == ' ' || out[40] == ':' || out[40] == '\0');
			if (length > 0)
				assert_string_equal(out + strlen(out) - length, cause);
			if (path + length + 43 < SUBJECT_SIZE)
				assert_non_null(strstr(out, e.path));
			else
				assert_true(out[40] == ':' || strncmp(out + 40, " ...p", 5) == 0);
		}
	}
	memset(cause, 'c', sizeof cause - 1);
	cause[sizeof cause - 1] = '\0';
	exit_sentence(&name, &e, cause, out); /* of the longest that no host says the end goes */
	assert_memory_equal(out, "A2345678901234567890 B2345678 2147483647: ccc", 45);
}

/* As the real host shows a path that is too long for it. */
static void long_path_of_host(void **state)
{
	struct world *w = *state;
	char why[HOST_SUBJECT_SIZE], path[SERVER_SIZE];
	struct exit_program e = exit_program_of(2);
	struct exit_said said = {.path = e.path, .result = AUTHZ_LAUNCH_FAILED, .why = why};
	const struct request q = exit_request("alice");
	struct exit_play play;

	memset(path, 'a', sizeof path - 1);
	path[0] = '/';
	path[sizeof path - 1] = '\0';
	memcpy(e.path, path, sizeof path);
	snprintf(why, sizeof why, "%.128s: late", path);
	exit_play_begin(&play, w, &said, 1);
	exit_play_put(w, SDDST, AUTH, &e);
	assert_result(exit_play_check(&play, &q, "db1\n"), AUTHZ_EXIT_FAILED);
	assert_int_equal(strlen(w->rules.subject), SUBJECT_SIZE - 1);
	assert_string_equal(w->rules.subject + SUBJECT_SIZE - 1 - 8, "aa: late");
	assert_memory_equal(w->rules.subject, AT "2 ...aaa", strlen(AT) + 8);
	exit_play_end(&play);
}

/* ---- what is not open meanwhile, and what is not in it */

static void change_meanwhile(struct exit_play *play, const char *path)
{
	struct store_txn *t;
	struct exit_point p;
	const struct exit_name name = {SDDST, AUTH};
	bool found;

	if (strcmp(path, "/exit/1") != 0)
		return;
	exit_play_lines(play->w, SDDST, AUTH, 2);
	exit_play_lines(play->w, SDDST, AUTH, 9);
	t = begin(play->w->rules.authority, true);
	assert_result(exit_point_read(&play->w->rules, t, &name, &p, &found), AUTHZ_OK);
	assert_result(exit_program_drop(&play->w->rules, t, &p, 5, &found), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
}

static void read_once(void **state)
{
	struct world *w = *state;
	struct exit_play play;

	exit_play_begin(&play, w, NULL, 0);
	exit_play_lines(w, SDDST, AUTH, 1);
	exit_play_lines(w, SDDST, AUTH, 5);
	expect(&play, TWO, "|00");
	assert_int_equal(play.files_most, play.files);
	play.meanwhile = change_meanwhile; /* which needs the writer lock */
	expect(&play, TWO, "|00");
	assert_string_equal(play.ran, "/exit/1 /exit/5 ");
	play.meanwhile = NULL;
	expect(&play, TWO, "|00");
	assert_string_equal(play.ran, "/exit/1 /exit/2 /exit/9 ");
	exit_play_end(&play);
}

static void lost(void **state)
{
	static const struct { const char *kind; uint32_t number; } rows[] = {{"Xl", 0}, {"Xp", 0}, {"Xe", 2}, {"Xe", 1}};
	struct world *w = *state;
	const struct request q = exit_request("alice");
	struct exit_play play;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		exit_play_begin(&play, w, NULL, 0);
		exit_play_lines(w, SDDST, AUTH, 1);
		exit_play_lines(w, SDDST, AUTH, 2);
		expect(&play, TWO, "|00");
		exit_play_lose(w, rows[i].kind, SDDST, AUTH, rows[i].number);
		assert_result(exit_play_check(&play, &q, TWO), AUTHZ_STORE_DAMAGED);
		assert_int_equal(play.runs, 0);
		assert_int_equal(w->answer.rows.used, 0);
		assert_non_null(strstr(w->fake.outcome, "result=AZ-DAMAGED"));
		exit_play_end(&play);
		world_teardown(state);
		world_setup(state);
		w = *state;
	}
}

/* Nobody can have registered it: no registration takes a record for another format. */
static void record_of_lines(void **state)
{
	struct world *w = *state;
	struct exit_programs programs;
	const struct exit_name name = {EXIT_POINT_SIGNON, EXIT_FORMAT_SIGNON};
	struct exit_program e = exit_program_of(2);

	e.input = EXIT_INPUT_RECORD;
	exit_play_put(w, EXIT_POINT_SIGNON, EXIT_FORMAT_SIGNON, &e);
	assert_result(exit_programs_read(&w->rules, &name, &programs), AUTHZ_STORE_DAMAGED);
	exit_programs_free(&programs);
}

/* ---- time */

static void each_its_time(void **state)
{
	struct world *w = *state;
	struct exit_said said[] = {{"/exit/1", .takes = 9}, {"/exit/2", .takes = 20.5}, {"/exit/3", .takes = 0.499}};
	struct exit_program e = exit_program_of(2);
	struct exit_play play;

	exit_play_begin(&play, w, said, 3);
	exit_play_lines(w, SDDST, AUTH, 1);
	e.wait_ms = EXIT_WAIT_MAX;
	exit_play_put(w, SDDST, AUTH, &e);
	exit_play_lines(w, SDDST, AUTH, 3);
	exit_play_lines(w, SDDST, AUTH, 4);
	expect(&play, TWO, "|00");
	assert_int_equal(play.wait_ms[0], 2000);  /* launch_wait */
	assert_int_equal(play.wait_ms[1], 21000); /* what is left */
	assert_int_equal(play.wait_ms[2], 500);
	assert_int_equal(play.wait_ms[3], 1);
	assert_true(play.proceeded_ms > 30000 && play.proceeded_runs == 0);
	assert_int_equal(play.waits, HOST_WAITS_ACTIVITY);
	said[2].takes = 0.5;
	expect_error(&play, TWO, AUTHZ_EXIT_FAILED, AT "4 /exit/4: late: no time was left");
	assert_int_equal(play.runs, 3);
	said[2].takes = 1e6;
	expect_error(&play, TWO, AUTHZ_EXIT_FAILED, AT "4 /exit/4: late: no time was left");
	said[0].takes = -60; /* a clock that goes back gives nobody more than all there is */
	said[1].takes = said[2].takes = 0;
	w->fake.host.config.launch_wait_ms = 60000;
	expect(&play, TWO, "|00");
	assert_int_equal(play.wait_ms[0], 30000);
	assert_int_equal(play.wait_ms[2], 30000);
	exit_play_end(&play);
}

static void break_clock(struct exit_play *play, const char *path)
{
	if (strcmp(path, "/exit/1") == 0)
		play->w->fake.clock_result = AUTHZ_INTERNAL;
}

static void no_clock(void **state)
{
	struct world *w = *state;
	struct exit_play play;

	exit_play_begin(&play, w, NULL, 0);
	exit_play_lines(w, SDDST, AUTH, 1);
	exit_play_lines(w, SDDST, AUTH, 2);
	play.meanwhile = break_clock;
	expect_error(&play, TWO, AUTHZ_INTERNAL, "a clock could not be read");
	assert_int_equal(play.runs, 1);
	expect_error(&play, TWO, AUTHZ_INTERNAL, "a clock could not be read");
	assert_int_equal(play.runs, 0);
	exit_play_end(&play);
}

/* ---- as many as there may be */

static void the_most(void **state)
{
	struct world *w = *state;
	struct exit_said said[EXIT_PROGRAMS_MAX] = {{.path = NULL}};
	char paths[EXIT_PROGRAMS_MAX][24], *text = malloc(10000 * 65 + 1), *no = malloc(50001), *at = text;
	struct exit_program e;
	struct exit_play play;
	const char *answer;
	uint32_t k;
	size_t i;

	assert_true(text != NULL && no != NULL);
	exit_play_begin(&play, w, said, EXIT_PROGRAMS_MAX);
	for (k = 0; k < EXIT_PROGRAMS_MAX; k++) {
		e = exit_program_of(EXIT_NUMBER_MAX - k);
		e.data_length = sizeof e.data;
		memset(e.data, 'd', sizeof e.data);
		exit_play_put(w, SDDST, AUTH, &e);
		snprintf(paths[k], sizeof paths[k], "/exit/%u", e.number);
		said[k] = (struct exit_said){.path = paths[k]};
	}
	for (i = 0; i < 10000; i++)
		at += sprintf(at, "%048zu.%015zu\n", i, i);
	said[0].bytes = no; /* the highest number */
	for (i = 0; i < 10000; i++)
		memcpy(no + 5 * i, i == 9999 ? "*NO \n" : "*YES\n", 5);
	said[0].length = 50000;
	play.text_length = (size_t)(at - text);
	play.piece = 4095;
	play.text = text;
	answer = answer_of(&play, NULL);
	assert_memory_equal(answer, "2147483647 |", 12);
	assert_int_equal(strlen(answer), 12 + 10000);
	assert_int_equal(strspn(answer + 12, "0"), 9999);
	assert_int_equal(answer[12 + 9999], '1');
	assert_int_equal(play.runs, 64);
	assert_true(play.input_length > 10000 * (12 + 64 + 1) && play.input_length <= 1 << 20);
	exit_play_end(&play);
	free(no);
	free(text);
}

/* Each of 64 is the first to say no somewhere. */
static void all_say_no(void **state)
{
	struct world *w = *state;
	struct exit_said said[EXIT_PROGRAMS_MAX] = {{.path = NULL}};
	char paths[EXIT_PROGRAMS_MAX][24], says[EXIT_PROGRAMS_MAX][5 * EXIT_PROGRAMS_MAX + 1], text[EXIT_PROGRAMS_MAX * 8] = "";
	struct exit_play play;
	const char *answer;
	unsigned k, i;

	exit_play_begin(&play, w, said, EXIT_PROGRAMS_MAX);
	for (k = 0; k < EXIT_PROGRAMS_MAX; k++) {
		exit_play_lines(w, SDDST, AUTH, 2147483000 + k);
		snprintf(paths[k], sizeof paths[k], "/exit/%u", 2147483000 + k);
		says[k][0] = '\0';
		for (i = 0; i < EXIT_PROGRAMS_MAX; i++)
			strcat(says[k], i == k ? "*NO\n" : "*YES\n");
		said[k] = (struct exit_said){.path = paths[k], .bytes = says[k]};
		sprintf(text + strlen(text), "h%u\n", k);
	}
	answer = strchr(answer_of(&play, text), '|');
	assert_non_null(answer);
	for (k = 0; k < EXIT_PROGRAMS_MAX; k++)
		assert_int_equal(answer[1 + k], '1' + (int)k);
	exit_play_end(&play);
}

/* ---- memory */

static unsigned fails_in; /* calls; 0: none fails */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);

static bool is_out(void)
{
	return fails_in > 0 && --fails_in == 0;
}

void *__wrap_malloc(size_t size)
{
	return is_out() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return is_out() ? NULL : __real_calloc(count, size);
}

static void no_memory(void **state)
{
	struct world *w = *state;
	const struct request q = exit_request("alice");
	struct exit_play play;
	enum authz_result result;
	unsigned n, refused = 0;

	exit_play_begin(&play, w, NULL, 0);
	exit_play_lines(w, SDDST, AUTH, 1);
	for (n = 1;; n++) {
		fails_in = n;
		result = exit_play_check(&play, &q, TWO);
		if (fails_in > 0)
			break; /* there was enough of it */
		if (result == AUTHZ_OK)
			continue; /* what was not had was not needed */
		assert_int_equal(w->answer.rows.used, 0);
		refused += result == AUTHZ_NO_MEMORY;
	}
	fails_in = 0;
	assert_result(result, AUTHZ_OK);
	assert_string_equal(exit_play_answer(&play), "|00");
	assert_true(refused >= 7);
	exit_play_end(&play);
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = world_setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("programs are asked the lowest number first, and of their own point and format alone", lowest_first),
		TEST("where nothing is registered nobody is asked, and the answer is yes", nobody_registered),
		TEST("all must say *YES, all are asked about all, and the first *NO is named (exit_ask MUST 3)", all_must_say_yes),
		TEST("of lines: what is yes, what is no, and what is no answer", answers_of_lines),
		TEST("of records: what is yes, what is no, and what is no answer", answers_of_records),
		TEST("whatever goes wrong with a program is an error that names it, and the first one ends it (exit_ask MUST 4)", failures),
		TEST("too much output is an error, and a long line is no", too_much),
		TEST("after an error nothing is yes", error_after_yes),
		TEST("of an error the path is what is shortened, never point, format, number or cause", long_paths),
		TEST("the cause is found behind a path that the host had to shorten", long_path_of_host),
		TEST("while a program runs no transaction is open, and what is registered then is not asked (exit_ask MUST 1)", read_once),
		TEST("a point's list, a point, or a program that is lost refuses all (exit_ask MUST 2)", lost),
		TEST("a record for a format that has none is damage", record_of_lines),
		TEST("each has its time, and all together thirty seconds (exit_ask MUST 5)", each_its_time),
		TEST("without a clock nobody is asked, and nothing is yes", no_clock),
		TEST("64 programs with all of their data, and 10000 of the longest destinations", the_most),
		TEST("where memory ends nothing is yes", no_memory),
		TEST("each of 64 programs can be the first that said *NO", all_say_no),
	};

	return cmocka_run_group_tests_name("exit_ask", tests, NULL, NULL);
}
