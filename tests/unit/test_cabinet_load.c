/* SPDX-License-Identifier: ISC */
/* Many members at once: rules/cabinet_load.c and rules/cabinet_lines.c. */
#include "cabinet_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "authz.h"
#include "rules/cabinet_lines.h"

/* The other end of the stream: "text", or, with "endless", lines without end. */
static struct input {
	char *text;
	size_t length, read, opened, most; /* most: bytes of one read; 0: as many as are asked for */
	bool endless, broken, full;
} input;

static bool open_input(void *context)
{
	(void)context;
	input.opened++;
	return !input.full;
}

static long get(void *context, void *bytes, size_t size)
{
	size_t left = input.length - input.read;

	(void)context;
	if (input.endless) {
		memset(bytes, 'x', size);
		input.read += size;
		return (long)size;
	}
	if (left == 0 && input.broken)
		return -1;
	if (input.most > 0 && size > input.most)
		size = input.most;
	if (size > left)
		size = left;
	memcpy(bytes, input.text + input.read, size);
	input.read += size;
	return (long)size;
}

static const struct rules_stream stream = {.open = open_input, .get = get};

static enum authz_result ask(struct world *w, int report)
{
	const struct request q = {.has = HAS(REPORT), .report = report};

	input.read = input.opened = 0;
	answer_init(&w->answer);
	w->rules.subject[0] = '\0';
	return cabinet_load(&w->rules, &q, &stream, &w->answer);
}

static enum authz_result load_bytes(struct world *w, int report, const char *bytes, size_t length)
{
	enum authz_result result;

	input.text = malloc(length + 1);
	assert_non_null(input.text);
	memcpy(input.text, bytes, length);
	input.length = length;
	result = ask(w, report);
	free(input.text);
	return result;
}

static enum authz_result load(struct world *w, int report, const char *text)
{
	return load_bytes(w, report, text, strlen(text));
}

/* bob administers plain and inner, sam supervises. */
static int setup(void **state)
{
	struct world *w;

	if (world_setup(state) != 0)
		return -1;
	w = *state;
	memset(&input, 0, sizeof input);
	host_makes(w, "plain", CABINET_SHARED);
	host_makes(w, "inner", CABINET_SHARED);
	host_makes(w, "other", CABINET_SHARED);
	host_makes(w, "safe", CABINET_STANDALONE);
	give_profile(w, "safe", 4321, 7);
	host_adds_administrator(w, "plain", "bob");
	host_adds_administrator(w, "inner", "bob");
	make_member(w, "plain", "portal");
	give_special(w, "sam", SPECIAL_SUPERVISOR);
	world_caller(w, "bob");
	return 0;
}

static bool is_in(struct world *w, const char *cabinet, const char *user)
{
	struct cabinet_link link;

	return find_member(w, cabinet, 'u', user, &link);
}

static void loaded(void **state)
{
	struct world *w = *state;
	const uint64_t commits = sequence(w->rules.authority);
	struct cabinet_link link;

	assert_result(load(w, 0, "plain,alice,,1,\nplain,eve,,2,\ninner , sam ,, 3 , safe\r\nplain,portal,D\nplain,inner"), AUTHZ_OK);
	assert_int_equal(w->answer.reply.count, 5);
	assert_int_equal(w->answer.reply.total, 5);
	assert_int_equal(w->answer.rows.used, 0);
	assert_int_equal(sequence(w->rules.authority), commits + 1);
	assert_true(find_member(w, "plain", 'u', "alice", &link) && link.profile_type == 1 && link.uid == UID_ALICE);
	assert_true(find_member(w, "plain", 'u', "eve", &link) && link.profile_type == 2);
	assert_true(find_member(w, "inner", 'u', "sam", &link) && link.profile_type == 3 && link.special.security == 4321);
	assert_true(find_member(w, "plain", 'c', "inner", &link));
	assert_false(is_in(w, "plain", "portal"));
	assert_non_null(strstr(w->fake.outcome, "event=cabinet.load"));
	assert_non_null(strstr(w->fake.outcome, "lines=5 added=4 removed=1 refused=0 sum="));
}

static void ends(void **state)
{
	static const char *const ends[] = {"\n", "\r\n", " \t\n", ".\n", " . \n", "."};
	struct world *w = *state;
	char text[128];
	size_t i;

	for (i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		snprintf(text, sizeof text, "plain,alice\n%s%s", ends[i], i < 5 ? "no line at all\n" : "");
		assert_result(load(w, 0, text), AUTHZ_OK);
		assert_int_equal(w->answer.reply.total, 1);
		assert_int_equal(input.read, strlen(text)); /* what comes behind it is read, and passed over */
		assert_result(remove_member(w, "plain", "alice"), AUTHZ_OK);
	}
	assert_result(load(w, 0, ""), AUTHZ_OK);
	assert_int_equal(w->answer.reply.total, 0);
	assert_result(load(w, 0, "\nplain,alice\n"), AUTHZ_OK);
	assert_int_equal(w->answer.reply.total, 0);
	assert_false(is_in(w, "plain", "alice"));
}

static void not_understood(void **state)
{
	static const char *const lines[] = {
		"plain", ",", "plain,", ",alice", "plain,alice,X", "plain,alice,d", "plain,alice,DD", "plain,alice,D,1", "plain,alice,D,,safe",
		"plain,alice,,1,,", "plain,alice,,1,safe,more", "Plain,alice", "plain,al:ice", "plain,-alice", "plain,al ice", "..",
		"a-cabinet-name-that-is-longer-than-any,alice", "plain,a-user-name-that-is-longer-than-any-can-be",
		"plain,alice,,3,a-special-name-that-is-longer-than-any", "\"plain\",\"alice\"",
	};
	struct world *w = *state;
	const uint64_t commits = sequence(w->rules.authority);
	char text[256];
	size_t i;

	for (i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		snprintf(text, sizeof text, "plain,eve\n%s\nplain,sam\n", lines[i]);
		assert_result(load(w, 0, text), AUTHZ_LOAD_REFUSED);
		assert_int_equal(strncmp(w->rules.subject, "2: 92: ", 7), 0);
	}
	assert_result(load_bytes(w, 0, "plain,alice\0x,D\n", 16), AUTHZ_LOAD_REFUSED);
	assert_int_equal(sequence(w->rules.authority), commits);
}

static void all_or_nothing(void **state)
{
	static const struct { const char *lines, *says; } rows[] = {
		{"plain,alice\nplain,nosuch\n", "2: 32: "}, {"plain,alice\nother,eve\n", "2: 15: "}, {"plain,alice\nplain,plain\n", "2: 97: "},
		{"plain,alice\nplain,safe\n", "2: 93: "}, {"plain,portal\nplain,alice\n", "1: 95: "}, {"plain,alice\nplain,eve,D\n", "2: AZ-MEMBER: "},
		{"plain,alice\nplain,eve,,3,nosuch\n", "2: 99: "}, {"plain,alice\nplain,eve,,3\n", "2: 99: "},
		{"plain,inner\ninner,alice\n", "2: 91: "}, {"inner,other\nplain,inner\n", "2: 90: "}, {"nosuch,alice\n", "1: 15: "},
		{"plain,alice\nplain,ALICE,D\n", "2: 92: "},
	};
	struct world *w = *state;
	uint64_t commits = sequence(w->rules.authority);
	const unsigned records = count_records(w, w->rules.authority, 'Z');
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_result(load(w, 0, rows[i].lines), AUTHZ_LOAD_REFUSED);
		if (strncmp(w->rules.subject, rows[i].says, strlen(rows[i].says)) != 0)
			fail_msg("%s, not %s", w->rules.subject, rows[i].says);
		assert_int_equal(w->fake.outcome_result, AUTHZ_LOAD_REFUSED);
	}
	assert_int_equal(sequence(w->rules.authority), commits);
	assert_int_equal(count_records(w, w->rules.authority, 'Z'), records);
}

static void reported(void **state)
{
	struct world *w = *state;

	assert_result(load(w, 1, "plain,alice\nplain,nosuch\nother,eve\nplain,portal\nplain,eve\nnonsense\nplain,eve,D\nplain,sam,D\n"),
	              AUTHZ_OK);
	assert_int_equal(w->answer.reply.count, 2);
	assert_int_equal(w->answer.reply.total, 8);
	assert_string_equal(answered(w), "2|32|Member (address) nosuch could not be found.\n"
	                    "3|15|Invalid administrator status: neither supervisor nor administrator of cabinet other.\n"
	                    "4|95|Member not added - portal is already a member of this list.\n"
	                    "6|92|Member not added - error in parameter list: member.\n"
	                    "7|92|Member not added - error in parameter list: the same member twice.\n"
	                    "8|AZ-MEMBER|sam is not a member of this list.\n");
	assert_true(is_in(w, "plain", "alice") && is_in(w, "plain", "eve"));
	assert_false(is_in(w, "other", "eve"));
	assert_non_null(strstr(w->fake.outcome, "lines=8 added=2 removed=0 refused=6"));
}

/* All of it refused is nothing to be committed. */
static void all_refused(void **state)
{
	struct world *w = *state;
	const uint64_t commits = sequence(w->rules.authority);

	assert_result(load(w, 1, "plain,nosuch\nother,eve\n"), AUTHZ_OK);
	assert_int_equal(w->answer.reply.count, 0);
	assert_result(load(w, 1, "plain,portal\n"), AUTHZ_OK);
	assert_int_equal(sequence(w->rules.authority), commits);
	assert_string_equal(answered(w), "1|95|Member not added - portal is already a member of this list.\n");
}

static void unknown_cabinet(void **state)
{
	struct world *w = *state;

	world_caller(w, "sam");
	assert_result(load(w, 1, "plain,alice\nnosuch,alice\n"), AUTHZ_LOAD_REFUSED);
	assert_string_equal(w->rules.subject, "2: 98: Shared cabinet nosuch does not exist");
	assert_false(is_in(w, "plain", "alice"));
	assert_result(load(w, 1, "plain,alice\nsafe,alice\n"), AUTHZ_LOAD_REFUSED);
	world_caller(w, "bob"); /* who does not learn that */
	assert_result(load(w, 1, "plain,alice\nnosuch,alice\n"), AUTHZ_OK);
	assert_int_equal(w->answer.reply.count, 1);
	assert_non_null(strstr(answered(w), "2|15|"));
}

static void locked(void **state)
{
	struct world *w = *state;

	lock_cabinet(w, "inner");
	assert_result(load(w, 1, "inner,alice\nplain,inner\nplain,eve\n"), AUTHZ_OK);
	assert_string_equal(answered(w), "1|AZ-LOCKED|Cabinet inner is marked for deletion and locked.\n"
	                    "2|AZ-LOCKED|Cabinet inner is marked for deletion and locked.\n");
	assert_true(is_in(w, "plain", "eve"));
}

static void strangers(void **state)
{
	struct world *w = *state;
	struct request q = {.has = HAS(REPORT)};

	world_caller(w, "eve");
	assert_result(load(w, 0, "plain,alice\n"), AUTHZ_CABINET_ADMIN);
	assert_int_equal(input.opened + input.read, 0);
	join(w, "plain", 'u', "eve"); /* in one that administers nothing */
	assert_result(load(w, 0, "plain,alice\n"), AUTHZ_CABINET_ADMIN);
	assert_int_equal(input.opened + input.read, 0);
	host_sets_password(w, "bob", "secret"); /* as whom she may */
	act_as(&q, "bob", "secret");
	input.text = strdup("plain,alice\n");
	input.length = strlen(input.text);
	assert_result(cabinet_load(&w->rules, &q, &stream, &w->answer), AUTHZ_OK);
	assert_true(is_in(w, "plain", "alice"));
	free(input.text);
	world_caller(w, "bob");
	input.full = true;
	assert_result(load(w, 0, "plain,eve\n"), AUTHZ_TOO_MANY);
	assert_int_equal(input.read, 0);
}

/* By a cabinet that one is in, or by one that this one is in, while both are live; and nobody who is disabled. */
static void administrators_by_cabinets(void **state)
{
	struct world *w = *state;

	host_makes(w, "leads", CABINET_SHARED);
	host_makes(w, "north", CABINET_SHARED);
	join(w, "north", 'u', "eve");
	join(w, "leads", 'c', "north");
	world_caller(w, "eve");
	assert_result(load(w, 0, "plain,alice\n"), AUTHZ_CABINET_ADMIN);
	assert_int_equal(input.opened, 0);
	host_adds_administrator(w, "plain", "leads");
	assert_result(load(w, 0, "plain,alice\n"), AUTHZ_OK);
	lock_cabinet(w, "north");
	world_caller(w, "eve");
	assert_result(load(w, 0, "plain,sam\n"), AUTHZ_CABINET_ADMIN);
	assert_int_equal(input.opened, 0);
	unlock_cabinet(w, "north");
	lock_cabinet(w, "leads");
	world_caller(w, "eve");
	assert_result(load(w, 0, "plain,sam\n"), AUTHZ_CABINET_ADMIN);
	assert_int_equal(input.opened, 0);
	unlock_cabinet(w, "leads");
	disable(w, "eve");
	world_caller(w, "eve");
	assert_result(load(w, 0, "plain,sam\n"), AUTHZ_CABINET_ADMIN);
	assert_int_equal(input.opened, 0);
	enable(w, "eve");
	world_caller(w, "eve");
	assert_result(load(w, 0, "plain,sam\n"), AUTHZ_OK);
}

static void bounded(void **state)
{
	struct world *w = *state;
	char *text = malloc(8 * (CABINET_LINES_HOST_MAX + 2)), *at = text;
	unsigned i;

	input.endless = true;
	assert_result(ask(w, 0), AUTHZ_BAD_PARAMETER);
	assert_string_equal(w->rules.subject, "input (more than 4 MiB)");
	assert_in_range(input.read, CABINET_LINES_USER_BYTES + 1, CABINET_LINES_USER_BYTES + 65536);
	world_host(w);
	assert_result(ask(w, 0), AUTHZ_BAD_PARAMETER);
	assert_string_equal(w->rules.subject, "input (more than 64 MiB)");
	assert_in_range(input.read, CABINET_LINES_HOST_BYTES + 1, CABINET_LINES_HOST_BYTES + 65536);
	input.endless = false;
	for (i = 0; i <= CABINET_LINES_HOST_MAX; i++)
		at = stpcpy(at, "a,b\n");
	assert_result(load(w, 0, text), AUTHZ_BAD_PARAMETER);
	text[4 * (CABINET_LINES_USER_MAX + 1)] = '\0';
	world_caller(w, "bob");
	assert_result(load(w, 0, text), AUTHZ_BAD_PARAMETER);
	text[4 * CABINET_LINES_USER_MAX] = '\0';
	assert_result(load(w, 0, text), AUTHZ_LOAD_REFUSED);
	free(text);
}

static void broken_off(void **state)
{
	struct world *w = *state;

	input.broken = true;
	assert_result(load(w, 1, "plain,alice\nplain,eve\n"), AUTHZ_LOAD_REFUSED);
	assert_string_equal(w->rules.subject, "3: the input broke off");
	assert_result(load(w, 1, "plain,alice\nplain,e"), AUTHZ_LOAD_REFUSED);
	assert_string_equal(w->rules.subject, "2: the input broke off");
	assert_false(is_in(w, "plain", "alice"));
}

static void in_pieces(void **state)
{
	struct world *w = *state;

	input.most = 1;
	assert_result(load(w, 0, "plain,alice,,2,\nplain,eve,,3,safe\n"), AUTHZ_OK);
	assert_true(is_in(w, "plain", "alice") && is_in(w, "plain", "eve"));
}

/* ---- what is asked, and when */

struct asking {
	struct world *w;
	unsigned users;
};

/* Another process could write meanwhile. */
static void asked(void *arg, const char *what)
{
	struct asking *a = arg;
	struct store_options o = {.folder = scratch_path(a->w->folder, "store"), .durable = true, .lock_wait_ms = 10, .hold_ms = 4000,
	                          .boot_id = BOOT_ID};
	struct store_txn *t = NULL;
	struct store *s;

	if (strcmp(what, "user") != 0 && strcmp(what, "group") != 0)
		return;
	a->users += strcmp(what, "user") == 0;
	assert_result(store_open(&s, &o), AUTHZ_OK);
	assert_result(store_begin(s, true, &t), AUTHZ_OK);
	store_abort(t);
	store_close(s);
}

static void asked_once(void **state)
{
	struct world *w = *state;
	struct asking a = {.w = w};

	w->fake.asked = asked;
	w->fake.asked_arg = &a;
	world_caller(w, "sam");
	assert_result(load(w, 1, "plain,alice\ninner,alice\nother,alice,,3,eve\nother,eve\nplain,nosuch\nother,nosuch\n"), AUTHZ_OK);
	assert_int_equal(a.users, 3); /* alice, eve, nosuch */
	assert_int_equal(w->answer.reply.count, 4);
	w->fake.user_result = AUTHZ_INTERNAL;
	assert_result(load(w, 1, "plain,eve\n"), AUTHZ_INTERNAL);
	assert_false(is_in(w, "plain", "eve"));
}

/* 10,000 of them: 160 cabinets with 63 users, but for 80 pairs. */
static void large(void **state)
{
	struct world *w = *state;
	char *text = malloc(10000 * 32), *at = text;
	uint64_t commits;
	unsigned c, u, lines = 0;
	char name[16];

	for (u = 0; u < 63; u++) {
		snprintf(name, sizeof name, "user%u", u);
		fake_host_user(&w->fake, name, 7000 + u);
	}
	for (c = 0; c < 160; c++) {
		snprintf(name, sizeof name, "cab%u", c);
		host_makes(w, name, CABINET_SHARED);
		host_adds_administrator(w, name, "bob");
		for (u = 0; u < 63 && lines < 10000; u++, lines++)
			at += sprintf(at, "%s,user%u,,%u,\n", name, u, 1 + u % 2);
	}
	assert_int_equal(lines, 10000);
	commits = sequence(w->rules.authority);
	assert_result(load(w, 0, text), AUTHZ_OK);
	assert_int_equal(w->answer.reply.count, 10000);
	assert_int_equal(sequence(w->rules.authority), commits + 1);
	assert_true(is_in(w, "cab0", "user0") && is_in(w, "cab100", "user62") && is_in(w, "cab158", "user45"));
	assert_result(load(w, 1, text), AUTHZ_OK); /* again: each of them is refused, and as many said as there is room for */
	assert_int_equal(w->answer.reply.count, 0);
	assert_int_equal(w->answer.reply.total, 10000);
	assert_true(w->answer.rows.used > 50000 && !w->answer.rows.full);
	assert_int_equal(sequence(w->rules.authority), commits + 1);
	free(text);
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("members are added, for all three types of profile, and removed, in one transaction", loaded),
		TEST("an empty line, or one of a period, ends the input", ends),
		TEST("a line that is not understood is refused, with its number (cabinet_lines MUST 2)", not_understood),
		TEST("one line that is refused, for whatever a call of one would be, refuses all (cabinet_load MUST 1) (cabinet_load MUST 2) "
		     "(cabinet_lines MUST 3)", all_or_nothing),
		TEST("with a report what can be done is, and the rest is told", reported),
		TEST("where all lines are refused nothing is committed", all_refused),
		TEST("an unknown shared cabinet refuses all, with a report too (cabinet_load MUST 3)", unknown_cabinet),
		TEST("a locked cabinet is neither filled nor added", locked),
		TEST("nothing is read of who administers nothing (cabinet_load MUST 4)", strangers),
		TEST("what one administers by a cabinet one may load", administrators_by_cabinets),
		TEST("of an input that is too long no more is kept than there may be (cabinet_lines MUST 1)", bounded),
		TEST("an input that broke off changes nothing", broken_off),
		TEST("an input comes in whatever pieces", in_pieces),
		TEST("each name is asked for once, and none of them under the lock (cabinet_load MUST 4)", asked_once),
		TEST("10,000 lines are one commit", large),
	};

	return cmocka_run_group_tests_name("cabinet_load", tests, NULL, NULL);
}
