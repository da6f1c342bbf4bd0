/* SPDX-License-Identifier: ISC */
/* A user is gone: rules/cabinet_forget.c. */
#include "cabinet_kit.h"

#include <stdio.h>
#include <string.h>


static int setup(void **state)
{
	struct world *w;

	if (world_setup(state) != 0)
		return -1;
	w = *state;
	host_makes(w, "plain", CABINET_SHARED);
	host_makes(w, "inner", CABINET_SHARED);
	make_member(w, "plain", "alice");
	make_member(w, "plain", "bob");
	make_member(w, "inner", "alice");
	host_adds_administrator(w, "plain", "alice");
	host_sets_password(w, "alice", "secret");
	host_authorizes(w, "alice", "bob");
	host_authorizes(w, "bob", "alice");
	return 0;
}

static enum authz_result forget(struct world *w, const char *user)
{
	struct request q = {.has = HAS(USER)};

	snprintf(q.user, sizeof q.user, "%s", user);
	answer_init(&w->answer);
	return cabinet_forget(&w->rules, &q, &w->answer);
}

static uint64_t links(struct world *w, const char *user, enum cabinet_list list)
{
	struct cabinet_entity entity = {.kind = 'u'};
	struct store_txn *t = begin(w->rules.authority, false);
	uint64_t count;

	snprintf(entity.name, sizeof entity.name, "%s", user);
	assert_result(cabinet_link_count(&w->rules, t, &entity, list, &count), AUTHZ_OK);
	store_abort(t);
	return count;
}

static bool has_record(struct world *w, const char *name)
{
	struct store_txn *t = begin(w->rules.authority, false);
	struct cabinet c;
	bool found;

	assert_result(cabinet_read(&w->rules, t, name, &c, &found), AUTHZ_OK);
	store_abort(t);
	return found;
}

static void forgotten(void **state)
{
	struct world *w = *state;
	struct cabinet_link link;

	fake_host_find(&w->fake, "alice")->gone = true;
	world_host(w);
	assert_result(forget(w, "alice"), AUTHZ_OK);
	assert_int_equal(w->answer.reply.count, 5);
	assert_true(links(w, "alice", LIST_MEMBER_OF) == 0 && links(w, "alice", LIST_ADMIN_OF) == 0);
	assert_true(links(w, "alice", LIST_GUESTS) == 0 && links(w, "alice", LIST_GUEST_OF) == 0);
	assert_true(links(w, "bob", LIST_GUESTS) == 0 && links(w, "bob", LIST_GUEST_OF) == 0);
	assert_false(has_record(w, "alice"));
	assert_true(find_member(w, "plain", 'u', "bob", &link)); /* and nobody else's */
	assert_true(has_record(w, "plain"));
	assert_non_null(strstr(w->fake.outcome, "event=cabinet.forget"));
	assert_non_null(strstr(w->fake.outcome, "owner=alice"));
	assert_result(forget(w, "alice"), AUTHZ_OK);
	assert_int_equal(w->answer.reply.count, 0);
	fake_host_user(&w->fake, "alice", UID_ALICE); /* the next of that name, even with the same number */
	assert_int_equal(links(w, "alice", LIST_MEMBER_OF), 0);
}

/* A shared cabinet of that name is another thing. */
static void cabinets_stay(void **state)
{
	struct world *w = *state;

	world_host(w);
	assert_result(forget(w, "plain"), AUTHZ_OK);
	assert_int_equal(w->answer.reply.count, 0);
	assert_true(has_record(w, "plain"));
}

static void strangers(void **state)
{
	struct world *w = *state;
	const uint64_t commits = sequence(w->rules.authority);

	give_special(w, "sam", SPECIAL_SUPERVISOR);
	world_caller(w, "sam");
	assert_result(forget(w, "alice"), AUTHZ_HOST_ONLY);
	world_caller(w, "alice");
	assert_result(forget(w, "alice"), AUTHZ_HOST_ONLY);
	world_host(w);
	assert_result(forget(w, ""), AUTHZ_BAD_PARAMETER);
	assert_result(forget(w, "al:ice"), AUTHZ_BAD_PARAMETER);
	assert_int_equal(sequence(w->rules.authority), commits + 1); /* sam's special authority */
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("of a user who is forgotten nothing is left (cabinet_forget MUST 2)", forgotten),
		TEST("a cabinet of the name of a user who is forgotten stays", cabinets_stay),
		TEST("the host alone forgets a user (cabinet_forget MUST 1)", strangers),
	};

	return cmocka_run_group_tests_name("cabinet_forget", tests, NULL, NULL);
}
