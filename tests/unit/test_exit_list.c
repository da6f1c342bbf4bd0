/* SPDX-License-Identifier: ISC */
/* The list of exit points and their programs: rules/exit_list.c. */
#include "exits.h"

#include <stdio.h>
#include <string.h>

#include "cabinet_kit.h"
#include "masters.h"

static enum authz_result put(struct world *w, const char *point, int64_t number)
{
	const struct request q = exit_wish(point, "AUTH0100", number);

	return exit_do(w, exit_add, &q);
}

static struct request about(const char *point, const char *format)
{
	struct request q = {.has = 0};

	if (point != NULL)
		assert_true(request_set_string(&q, FIELD_POINT, point));
	if (format != NULL)
		assert_true(request_set_string(&q, FIELD_FORMAT, format));
	return q;
}

static const char *rows_of(struct world *w, const char *point, const char *format)
{
	return all_rows(w, exit_list, about(point, format), NULL);
}

static void rows(void **state)
{
	struct world *w = *state;
	struct request q = exit_wish(SITE_POINT, "AUTH0100", 20);

	assert_string_equal(rows_of(w, NULL, NULL), "");
	world_caller(w, "sam");
	q.which = EXIT_INPUT_RECORD;
	q.wait = 500;
	q.has |= HAS(WAIT) | HAS(TEXT);
	snprintf(q.text, sizeof q.text, "asks change control");
	exit_wish_data(&q, "a\0\xff", 3);
	assert_result(exit_do(w, exit_add, &q), AUTHZ_OK);
	assert_result(put(w, SITE_POINT, 3), AUTHZ_OK);
	assert_result(exit_set(w, "A_POINT", 5), AUTHZ_OK);
	assert_string_equal(rows_of(w, NULL, NULL),
	                    "A_POINT|AUTH0100||5\n"
	                    SITE_POINT "|AUTH0100|3|/usr/libexec/exit-3|lines|0||0||1004|1795248000\n"
	                    SITE_POINT "|AUTH0100|20|/usr/libexec/exit-20|record|500|asks change control|3|6100ff|1004|1795248000\n");
}

static void of_one(void **state)
{
	struct world *w = *state;
	struct request q;

	assert_result(put(w, "B", 1), AUTHZ_OK);
	assert_result(exit_set(w, "BB", -1), AUTHZ_OK);
	q = exit_wish("AZ_SIGNON", "SIGN0100", 2);
	assert_result(exit_do(w, exit_add, &q), AUTHZ_OK);
	assert_string_equal(rows_of(w, "BB", NULL), "BB|AUTH0100||16\n");
	assert_string_equal(rows_of(w, "BB", "AUTH0100"), "BB|AUTH0100||16\n");
	assert_memory_equal(rows_of(w, "AZ_SIGNON", NULL), "AZ_SIGNON|SIGN0100|2|/", 22);
	q = about("C", NULL);
	assert_result(exit_do(w, exit_list, &q), AUTHZ_NO_EXIT_POINT);
	assert_string_equal(w->rules.subject, "C");
	q = about("C", "AUTH0100");
	assert_result(exit_do(w, exit_list, &q), AUTHZ_NO_EXIT_POINT);
	assert_string_equal(w->rules.subject, "C AUTH0100");
}

static void expect_bad(struct world *w, const struct request *q, const char *parameter)
{
	assert_result(exit_do(w, exit_list, q), AUTHZ_BAD_PARAMETER);
	assert_string_equal(w->rules.subject, parameter);
}

static void forms(void **state)
{
	static const char *const cursors[] = {"", "B", "B AUTH0100", "B AUTH0100 x", "B AUTH0100 3 ", "b AUTH0100 3",
		"B AUTH0100 2147483648", "B AUTH0100 99999999999", "QIBM_QNS_SDDSTAUTH9999 AUTH0100 3", "B AUTH0100 3\n"};
	struct world *w = *state;
	struct request q = about("b", NULL);
	size_t i;

	expect_bad(w, &q, "point");
	q = about("", NULL);
	expect_bad(w, &q, "point");
	q = about(NULL, "AUTH0100");
	expect_bad(w, &q, "point");
	q = about("B", "SIGN0100");
	expect_bad(w, &q, "format");
	q = about("B", "auth0100");
	expect_bad(w, &q, "format");
	for (i = 0; i < sizeof cursors / sizeof cursors[0]; i++) {
		q = (struct request){.has = HAS(CURSOR), .cursor.length = strlen(cursors[i])};
		memcpy(q.cursor.bytes, cursors[i], q.cursor.length);
		expect_bad(w, &q, "cursor");
	}
	memset(q.cursor.bytes, 'A', q.cursor.length = sizeof q.cursor.bytes); /* as long as it may be */
	expect_bad(w, &q, "cursor");
	memcpy(q.cursor.bytes, "B AUTH0100 3\0", q.cursor.length = 13);
	expect_bad(w, &q, "cursor");
}

static void who(void **state)
{
	static const char *const strangers[] = {"alice", "ada"};
	struct world *w = *state;
	struct request q = about(NULL, NULL), wrong = about("b", NULL);
	size_t i;

	fake_host_user(&w->fake, "ada", 1200);
	give_special(w, "ada", SPECIAL_ALLOBJ | SPECIAL_SUPERVISOR);
	assert_result(put(w, "B", 1), AUTHZ_OK);
	for (i = 0; i < sizeof strangers / sizeof strangers[0]; i++) {
		world_caller(w, strangers[i]);
		assert_result(exit_do(w, exit_list, &q), AUTHZ_SPECIAL_REQUIRED);
		assert_true(w->answer.rows.used == 0 && w->answer.reply.has == 0);
		assert_result(exit_do(w, exit_list, &wrong), AUTHZ_SPECIAL_REQUIRED);
	}
	world_caller(w, "sam");
	assert_result(exit_do(w, exit_list, &q), AUTHZ_OK);
	assert_true(w->answer.rows.used > 0);
}

/* ---- pages */

static struct request largest(const char *point, int64_t number)
{
	struct request q = exit_wish(point, "AUTH0100", number);

	q.has |= HAS(TEXT) | HAS(WAIT);
	q.wait = EXIT_WAIT_MAX;
	q.which = EXIT_INPUT_RECORD;
	memset(q.server + 1, 'p', sizeof q.server - 2);
	memset(q.text, 't', sizeof q.text - 1);
	exit_wish_data(&q, "", 0);
	memset(q.data.bytes, 0xff, q.data.length = AUTHZ_EXIT_DATA_MAX);
	return q;
}

static unsigned lines_of(const char *text)
{
	unsigned count = 0;

	for (; (text = strchr(text, '\n')) != NULL; text++)
		count++;
	return count;
}

/* Names, numbers and data as long as they may be. */
static void fill(struct world *w)
{
	char point[EXIT_POINT_SIZE];
	struct request q;
	int64_t i, k;

	for (i = 0; i < 3; i++) {
		snprintf(point, sizeof point, "LONG_NAME_OF_POINT_%d", (int)i);
		assert_result(exit_set(w, point, EXIT_PROGRAMS_MAX), AUTHZ_OK);
		for (k = 0; k < 20; k++) {
			q = largest(point, EXIT_NUMBER_MAX - k);
			assert_result(exit_do(w, exit_add, &q), AUTHZ_OK);
		}
	}
}

static void pages(void **state)
{
	struct world *w = *state;
	const char *text;
	unsigned count;

	fill(w);
	text = all_rows(w, exit_list, about(NULL, NULL), &count);
	assert_int_equal(lines_of(text), 60);
	assert_true(count > 3);
	assert_non_null(strstr(text, "LONG_NAME_OF_POINT_0|AUTH0100|2147483628|"));
	assert_non_null(strstr(text, "LONG_NAME_OF_POINT_2|AUTH0100|2147483647|"));
	text = all_rows(w, exit_list, about("LONG_NAME_OF_POINT_1", "AUTH0100"), &count);
	assert_int_equal(lines_of(text), 20);
	assert_true(count > 1);
}

static struct request first_page(struct world *w)
{
	struct request q = about(NULL, NULL);

	assert_result(exit_do(w, exit_list, &q), AUTHZ_OK);
	assert_true(w->answer.reply.has == 1u << REPLY_CURSOR);
	q.has |= HAS(CURSOR);
	memcpy(&q.cursor, &w->answer.reply.cursor, sizeof q.cursor);
	return q;
}

/* What is behind it comes, new or not, and what was listed does not come again. */
static void changed_between(void **state)
{
	struct world *w = *state;
	const struct request all = exit_wish("LONG_NAME_OF_POINT_0", "AUTH0100", EXIT_NUMBER_ALL);
	struct request q;
	const char *text;

	fill(w);
	q = first_page(w);
	assert_memory_equal(q.cursor.bytes, "LONG_NAME_OF_POINT_0 AUTH0100 21474836", 38);
	assert_result(put(w, "LONG_NAME_OF_POINT_0", 1), AUTHZ_OK); /* before the cursor */
	assert_result(put(w, "LONG_NAME_OF_POINT_1", 1), AUTHZ_OK);
	assert_result(exit_set(w, "A_NEW_ONE", -1), AUTHZ_OK);
	assert_result(exit_set(w, "LONG_NAME_OF_POINT_2", 0), AUTHZ_OK);
	text = all_rows(w, exit_list, q, NULL);
	assert_null(strstr(text, "LONG_NAME_OF_POINT_0|AUTH0100|1|"));
	assert_non_null(strstr(text, "LONG_NAME_OF_POINT_0|AUTH0100|2147483647|"));
	assert_null(strstr(text, "LONG_NAME_OF_POINT_0|AUTH0100|2147483628|")); /* on the first page */
	assert_non_null(strstr(text, "LONG_NAME_OF_POINT_1|AUTH0100|1|"));
	assert_null(strstr(text, "A_NEW_ONE"));
	assert_null(strstr(text, "LONG_NAME_OF_POINT_2"));
	assert_result(exit_do(w, exit_remove, &all), AUTHZ_OK); /* programs of it were listed: it does not come as empty too */
	text = all_rows(w, exit_list, q, NULL);
	assert_null(strstr(text, "LONG_NAME_OF_POINT_0"));
	assert_int_equal(lines_of(text), 21);
	assert_result(exit_set(w, "LONG_NAME_OF_POINT_0", 0), AUTHZ_OK); /* the point of the cursor itself */
	assert_int_equal(lines_of(all_rows(w, exit_list, q, NULL)), 21);
	q.has |= HAS(POINT);
	snprintf(q.point, sizeof q.point, "LONG_NAME_OF_POINT_0");
	assert_string_equal(all_rows(w, exit_list, q, NULL), "");
}

static void emptied_point_filled(void **state)
{
	struct world *w = *state;
	struct request q = about(NULL, NULL);

	assert_result(exit_set(w, "B", -1), AUTHZ_OK);
	q.has |= HAS(CURSOR);
	memcpy(q.cursor.bytes, "B AUTH0100 0", q.cursor.length = 12);
	assert_string_equal(all_rows(w, exit_list, q, NULL), "");
	assert_result(put(w, "B", 1), AUTHZ_OK);
	assert_int_equal(lines_of(all_rows(w, exit_list, q, NULL)), 1);
}

static const char key_point[] = "XpB\0AUTH0100", key_program[] = "XeB\0AUTH0100\0\0\0\0\1";

static void damaged(void **state)
{
	struct world *w = *state;
	struct request q = about(NULL, NULL), other = about("C", NULL);

	assert_result(put(w, "B", 1), AUTHZ_OK);
	assert_result(put(w, "C", 1), AUTHZ_OK);
	record_drop(w, key_program, sizeof key_program - 1);
	assert_result(exit_do(w, exit_list, &q), AUTHZ_STORE_DAMAGED);
	assert_result(exit_do(w, exit_list, &other), AUTHZ_OK);
	record_drop(w, key_point, sizeof key_point - 1);
	assert_result(exit_do(w, exit_list, &q), AUTHZ_STORE_DAMAGED);
	record_put(w, "Xl", 2, "\1\0\1", 3);
	assert_result(exit_do(w, exit_list, &other), AUTHZ_STORE_DAMAGED);
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = exits_setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a program has a row with all that is registered of it, and a point without any its maximum", rows),
		TEST("the list is of one point, or of one of its formats", of_one),
		TEST("what is no point, no format and no cursor is refused by its name", forms),
		TEST("the host and *SECADM alone see what is registered (exit_list MUST 1)", who),
		TEST("the list has pages, with rows as long as they may be", pages),
		TEST("what is there all the time is listed once, whatever comes and goes between two pages (exit_list MUST 2)", changed_between),
		TEST("a point that was listed without programs, and has some now, is listed with them", emptied_point_filled),
		TEST("a list that has lost a program or a point is damage", damaged),
	};

	return cmocka_run_group_tests_name("exit_list", tests, NULL, NULL);
}
