/* SPDX-License-Identifier: ISC */
/* Z-MEMSHP: rules/cabinet_where.c. */
#include "cabinet_kit.h"

#include <stdio.h>
#include <string.h>

/* alice is in plain, and in left, which is in outer and other. */
static int setup(void **state)
{
	static const char *const names[] = {"plain", "left", "outer", "other"};
	struct world *w;
	size_t i;

	if (world_setup(state) != 0)
		return -1;
	w = *state;
	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		host_makes(w, names[i], CABINET_SHARED);
	make_member(w, "plain", "alice");
	make_member(w, "left", "alice");
	make_member(w, "left", "bob");
	make_member(w, "outer", "left");
	make_member(w, "other", "left");
	host_adds_administrator(w, "plain", "bob");
	give_special(w, "sam", SPECIAL_SUPERVISOR);
	host_sets_password(w, "alice", "secret");
	world_caller(w, "alice");
	return 0;
}

static struct request of(const char *user)
{
	struct request q = {.id = 1};

	if (user[0] != '\0')
		assert_true(request_set_string(&q, FIELD_USER, user));
	return q;
}

static enum authz_result ask(struct world *w, struct request q)
{
	answer_init(&w->answer);
	return cabinet_where(&w->rules, &q, &w->answer);
}

/* The rows without their ISNs, which are looked at. */
static const char *where(struct world *w)
{
	static char text[4096];
	char line[256], *isn, *rest;
	const char *at, *end;
	size_t used = 0;

	text[0] = '\0';
	for (at = answered(w); *at != '\0'; at = end + 1) {
		end = strchr(at, '\n');
		snprintf(line, sizeof line, "%.*s", (int)(end - at), at);
		isn = strstr(line, "|S|") + 3;
		rest = strchr(isn, '|');
		assert_true(rest > isn);
		used += (size_t)snprintf(text + used, sizeof text - used, "%.*s%s\n", (int)(isn - line), line, rest + 1);
	}
	return text;
}

static void own(void **state)
{
	struct world *w = *state;
	struct request q = of("");

	assert_result(ask(w, q), AUTHZ_OK);
	assert_string_equal(where(w), "plain|S||shared||\nleft|S||shared||\nouter|S|left|shared||\nother|S|left|shared||\n");
	assert_result(ask(w, of("alice")), AUTHZ_OK);
	assert_string_equal(where(w), "plain|S||shared||\nleft|S||shared||\nouter|S|left|shared||\nother|S|left|shared||\n");
	world_caller(w, "eve");
	assert_result(ask(w, q), AUTHZ_OK);
	assert_string_equal(answered(w), "");
	world_host(w); /* which is nobody */
	assert_result(ask(w, q), AUTHZ_OK);
	assert_string_equal(answered(w), "");
	world_caller(w, "eve");
	act_as(&q, "alice", "secret");
	assert_result(ask(w, q), AUTHZ_OK);
	assert_int_equal(strncmp(where(w), "plain|", 6), 0);
	act_as(&q, "alice", "wrong");
	assert_result(ask(w, q), AUTHZ_CABINET_PASSWORD);
}

static void of_others(void **state)
{
	struct world *w = *state;

	world_caller(w, "bob"); /* an administrator of a cabinet that she is in */
	assert_result(ask(w, of("alice")), AUTHZ_SPECIAL_REQUIRED);
	assert_result(ask(w, of("nosuch")), AUTHZ_SPECIAL_REQUIRED);
	world_caller(w, "sam");
	assert_result(ask(w, of("alice")), AUTHZ_OK);
	assert_int_equal(strncmp(where(w), "plain|", 6), 0);
	assert_result(ask(w, of("nosuch")), AUTHZ_USER_NOT_FOUND);
	world_host(w);
	assert_result(ask(w, of("bob")), AUTHZ_OK);
	assert_string_equal(where(w), "left|S||shared||\nouter|S|left|shared||\nother|S|left|shared||\n");
}

static void locked(void **state)
{
	struct world *w = *state;

	lock_cabinet(w, "outer");
	assert_result(ask(w, of("")), AUTHZ_OK);
	assert_string_equal(where(w), "plain|S||shared||\nleft|S||shared||\nother|S|left|shared||\n");
	lock_cabinet(w, "left");
	assert_result(ask(w, of("")), AUTHZ_OK);
	assert_string_equal(where(w), "plain|S||shared||\n");
	unlock_cabinet(w, "left");
	unlock_cabinet(w, "outer");
	assert_result(ask(w, of("")), AUTHZ_OK);
	assert_string_equal(where(w), "plain|S||shared||\nleft|S||shared||\nouter|S|left|shared||\nother|S|left|shared||\n");
}

static void another_user(void **state)
{
	struct world *w = *state;

	fake_host_find(&w->fake, "alice")->gone = true;
	world_caller(w, "sam");
	assert_result(ask(w, of("alice")), AUTHZ_OK); /* what is left of her */
	assert_int_equal(strncmp(where(w), "plain|", 6), 0);
	fake_host_user(&w->fake, "alice", 5002);
	assert_result(ask(w, of("alice")), AUTHZ_OK);
	assert_string_equal(answered(w), "");
	world_caller(w, "alice");
	assert_result(ask(w, of("")), AUTHZ_OK);
	assert_string_equal(answered(w), "");
}

static void paged(void **state)
{
	struct world *w = *state;
	struct cabinet c = {.type = CABINET_SHARED};
	struct cabinet_link link = {.relation = RELATION_MEMBER, .member = {.kind = 'u', .name = "eve"}, .profile_type = 1,
	                            .uid = UID_EVE};
	struct store_txn *t = begin(w->rules.authority, true);
	char name[64];
	const char *text, *at;
	unsigned i, pages;

	for (i = 0; i < 3000; i++) {
		snprintf(c.name, sizeof c.name, "many%u", i);
		c.gid = 2100500000 + i;
		assert_result(cabinet_next_isn(&w->rules, t, &c.isn), AUTHZ_OK);
		assert_result(cabinet_write(&w->rules, t, &c), AUTHZ_OK);
		memcpy(link.cabinet, c.name, sizeof link.cabinet);
		assert_result(cabinet_link_add(&w->rules, t, &link), AUTHZ_OK);
	}
	assert_result(store_commit(t), AUTHZ_OK);
	world_caller(w, "eve");
	text = all_rows(w, cabinet_where, of(""), &pages);
	assert_true(pages > 1);
	for (i = 0; i < 3000; i++) {
		snprintf(name, sizeof name, "many%u|S|", i);
		at = strstr(text, name);
		assert_true(at != NULL && strstr(at + 1, name) == NULL);
	}
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("everybody sees where he may go, by himself and through others", own),
		TEST("only a supervisor sees where another may go (cabinet_where MUST 1)", of_others),
		TEST("nobody goes into a cabinet that is locked, nor by one", locked),
		TEST("who has the name of a user who is gone has nothing of his", another_user),
		TEST("page by page every cabinet comes once", paged),
	};

	return cmocka_run_group_tests_name("cabinet_where", tests, NULL, NULL);
}
