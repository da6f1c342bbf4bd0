/* SPDX-License-Identifier: ISC */
/* What the rules about members change is what the groups of the host are from their reply on. */
#include "cabinet_kit.h"
#include "cabinet_world.h"

#include <stdio.h>
#include <string.h>

static struct world *begin_world(void **state)
{
	struct cabinet_world *c = *state;

	world_host(&c->w);
	host_makes(&c->w, "plain", CABINET_SHARED);
	host_makes(&c->w, "inner", CABINET_SHARED);
	return &c->w;
}

/* The members of a group, as the published view has them: "alice bob". */
static const char *members(struct world *w, const char *cabinet)
{
	struct cabinet_world *c = (struct cabinet_world *)w;
	static char text[512];
	char group[64];
	struct view_group g;
	struct view v;
	uint32_t i;
	size_t used = 0;

	text[0] = '\0';
	snprintf(group, sizeof group, "%s%s", AUTHZ_GROUP_PREFIX, cabinet);
	assert_int_equal(c->folder.publisher.open(&c->folder, VIEW_PUBLISHED, &v), VIEW_FOUND);
	assert_int_equal(view_by_name(&v, group, &g), VIEW_FOUND);
	for (i = 0; i < g.members; i++)
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i > 0 ? " " : "", g.text + g.starts[i]);
	view_close(&v);
	return text;
}

static void one_by_one(void **state)
{
	struct world *w = begin_world(state);

	assert_result(add_member(w, "inner", "alice"), AUTHZ_OK);
	assert_string_equal(members(w, "inner"), "alice");
	assert_result(add_member(w, "plain", "inner"), AUTHZ_OK);
	assert_string_equal(members(w, "plain"), "alice");
	w->fake.host.config.nested_users = true;
	assert_result(add_member(w, "inner", "bob"), AUTHZ_OK);
	assert_true(strstr(members(w, "plain"), "bob") != NULL && strstr(members(w, "plain"), "alice") != NULL);
	assert_result(set_member(w, "inner", "bob", 2, ""), AUTHZ_OK);
	assert_true(strstr(members(w, "inner"), "bob") != NULL);
	assert_result(remove_member(w, "inner", "alice"), AUTHZ_OK);
	assert_string_equal(members(w, "plain"), "bob");
	assert_string_equal(members(w, "inner"), "bob");
	assert_result(remove_member(w, "plain", "inner"), AUTHZ_OK);
	assert_string_equal(members(w, "plain"), "");
	assert_string_equal(members(w, "inner"), "bob");
}

static void forgotten(void **state)
{
	struct world *w = begin_world(state);
	struct request q = {.has = HAS(USER), .user = "alice"};

	assert_result(add_member(w, "inner", "alice"), AUTHZ_OK);
	assert_result(add_member(w, "plain", "bob"), AUTHZ_OK);
	assert_result(add_member(w, "plain", "alice"), AUTHZ_OK);
	assert_result(cabinet_forget(&w->rules, &q, &w->answer), AUTHZ_OK);
	assert_string_equal(members(w, "plain"), "bob");
	assert_string_equal(members(w, "inner"), "");
}

static const char text[] = "inner,alice\nplain,bob\nplain,eve,D\nplain,inner\n";
static size_t text_read;

static bool open_text(void *context)
{
	(void)context;
	text_read = 0;
	return true;
}

static long get_text(void *context, void *bytes, size_t size)
{
	const size_t left = sizeof text - 1 - text_read, some = size < left ? size : left;

	(void)context;
	memcpy(bytes, text + text_read, some);
	text_read += some;
	return (long)some;
}

static void loaded(void **state)
{
	static const struct rules_stream stream = {.open = open_text, .get = get_text};
	struct world *w = begin_world(state);
	struct request q = {.has = HAS(REPORT)};

	assert_result(cabinet_load(&w->rules, &q, &stream, &w->answer), AUTHZ_LOAD_REFUSED); /* eve is not in */
	assert_string_equal(members(w, "inner"), "");
	assert_result(add_member(w, "plain", "eve"), AUTHZ_OK);
	assert_result(cabinet_load(&w->rules, &q, &stream, &w->answer), AUTHZ_OK);
	assert_string_equal(members(w, "inner"), "alice");
	assert_null(strstr(members(w, "plain"), "eve"));
	assert_true(strstr(members(w, "plain"), "alice") != NULL && strstr(members(w, "plain"), "bob") != NULL);
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = cabinet_world_setup, .teardown_func = cabinet_world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("who is added is shown by the group, and whoever holds it, and who is removed is not", one_by_one),
		TEST("who is forgotten is in no group", forgotten),
		TEST("a load is shown as a whole", loaded),
	};

	return cmocka_run_group_tests_name("cabinet_shown", tests, NULL, NULL);
}
