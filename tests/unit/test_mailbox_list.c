/* SPDX-License-Identifier: ISC */
/* Listing mailboxes: rules/mailbox_list.c; and userdel. */
#include "mailboxes.h"

#include <stdio.h>
#include <string.h>

#include "cabinet_kit.h"

static int setup(void **state)
{
	struct world *w;

	if (mailboxes_setup(state) != 0)
		return -1;
	w = *state;
	make_groups(w);
	assert_result(set_group(w, "other", NULL, NULL, 0, 0, false), AUTHZ_OK);
	assert_result(add_box(w, "alice", "built", "one", "192.0.2.7"), AUTHZ_OK);
	host_adds_box(w, "bob", "site", "one");
	host_adds_box(w, "eve", "other", "one");
	return 0;
}

static bool lists(struct world *w, struct request q, const char *row)
{
	const char *all = all_rows(w, mailbox_list, q, NULL), *at = strstr(all, row);

	return at != NULL && (at == all || at[-1] == '\n');
}

static unsigned rows(struct world *w, struct request q)
{
	const char *at = all_rows(w, mailbox_list, q, NULL);
	unsigned count = 0;

	for (; (at = strchr(at, '\n')) != NULL; at++)
		count++;
	return count;
}

static struct request of(const char *user, const char *group)
{
	struct request q = {.has = (user != NULL ? HAS(USER) : 0) | (group != NULL ? HAS(BOX_GROUP) : 0)};

	snprintf(q.user, sizeof q.user, "%s", user != NULL ? user : "");
	snprintf(q.box_group, sizeof q.box_group, "%s", group != NULL ? group : "");
	return q;
}

static void all(void **state)
{
	struct world *w = *state;
	struct mailbox m;
	struct store_txn *t;

	assert_int_equal(rows(w, of(NULL, NULL)), 3);
	assert_true(lists(w, of(NULL, NULL), "alice|built|192.0.2.7|live\n"));
	assert_true(lists(w, of(NULL, NULL), "bob|site||live\n"));
	assert_int_equal(rows(w, of(NULL, "site")), 1);
	assert_true(lists(w, of(NULL, "site"), "bob|site||live\n"));
	assert_true(lists(w, of("bob", NULL), "bob|site||live\n"));
	assert_int_equal(rows(w, of("bob", "built")), 0);
	assert_int_equal(rows(w, of("sam", NULL)), 0);
	fake_host_find(&w->fake, "alice")->user.uid = 2002;
	assert_true(lists(w, of(NULL, NULL), "alice|built|192.0.2.7|gone\n"));
	fake_host_find(&w->fake, "alice")->gone = true;
	assert_true(lists(w, of("alice", NULL), "alice|built|192.0.2.7|gone\n"));
	assert_true(find_box(w, "bob", &m));
	m.pending = MAILBOX_DELETING;
	m.ticket = 7;
	t = begin(w->rules.authority, true);
	assert_result(mailbox_write(&w->rules, t, &m), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	assert_true(lists(w, of(NULL, NULL), "bob|site||pending\n"));
}

static void who(void **state)
{
	struct world *w = *state;

	world_caller(w, "mail");
	assert_int_equal(rows(w, of(NULL, NULL)), 2);
	assert_int_equal(rows(w, of("eve", NULL)), 0);
	disable(w, "mail");
	assert_int_equal(rows(w, of(NULL, NULL)), 0);
	world_caller(w, "alice");
	assert_int_equal(rows(w, of(NULL, NULL)), 1);
	assert_true(lists(w, of("alice", NULL), "alice|"));
	assert_int_equal(rows(w, of("bob", NULL)), 0);
	w->rules.caller.uid++; /* the next of that name */
	assert_int_equal(rows(w, of(NULL, NULL)), 0);
	world_caller(w, "helpdesk");
	assert_int_equal(rows(w, of(NULL, NULL)), 0);
	world_caller(w, "sam");
	assert_int_equal(rows(w, of(NULL, NULL)), 3);
}

static void pages(void **state)
{
	struct world *w = *state;
	struct store_txn *t = begin(w->rules.authority, true);
	struct mailbox m = {.group = "other", .uid = 3000};
	unsigned i, count = 0, number;
	const char *at;

	for (i = 0; i < 300; i++) {
		snprintf(m.owner, sizeof m.owner, "user%u", i);
		assert_result(mailbox_write(&w->rules, t, &m), AUTHZ_OK);
	}
	assert_result(store_commit(t), AUTHZ_OK);
	at = all_rows(w, mailbox_list, of(NULL, "other"), &number);
	assert_true(number > 2);
	for (; (at = strchr(at, '\n')) != NULL; at++)
		count++;
	assert_int_equal(count, 301);
}

static void forgotten(void **state)
{
	struct world *w = *state;
	struct request q = {.has = HAS(USER), .user = "bob"};
	struct box_group g;
	struct mailbox m;
	const unsigned asked = site(w)->asked;

	fake_host_find(&w->fake, "bob")->gone = true;
	answer_init(&w->answer);
	assert_result(cabinet_forget(&w->rules, &q, &w->answer), AUTHZ_OK);
	assert_false(find_box(w, "bob", &m));
	assert_true(find_box(w, "alice", &m));
	find_group(w, "site", &g);
	assert_int_equal(g.boxes, 0);
	assert_int_equal(site(w)->asked, asked); /* it is not told */
	fake_host_user(&w->fake, "bob", UID_BOB);
	assert_result(bind_box(w, "bob", "one", NULL), AUTHZ_NO_MAILBOX);
}

static void forget(struct world *w, const char *user)
{
	struct request q = {.has = HAS(USER)};

	world_host(w);
	answer_init(&w->answer);
	snprintf(q.user, sizeof q.user, "%s", user);
	assert_result(cabinet_forget(&w->rules, &q, &w->answer), AUTHZ_OK);
}

/* The next user of that name often has the uid, too. */
static void forgotten_roles(void **state)
{
	struct world *w = *state;
	struct box_group g;

	if (!find_box(w, "alice", &(struct mailbox){.uid = 0}))
		host_adds_box(w, "alice", "built", "one");
	forget(w, "bob"); /* who has none */
	find_group(w, "built", &g);
	assert_string_equal(g.manager, "mail");
	forget(w, "mail");
	forget(w, "helpdesk");
	find_group(w, "built", &g);
	assert_string_equal(g.manager, "");
	assert_string_equal(g.master, "");
	assert_string_equal(g.crypt, "");
	find_group(w, "site", &g);
	assert_string_equal(g.manager, "");
	world_caller(w, "mail");
	assert_result(alter_box(w, "alice", NULL, "two", NULL), AUTHZ_SPECIAL_REQUIRED);
	assert_result(bind_box(w, "alice", "master", NULL), AUTHZ_INVALID_PASSWORD);
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("mailboxes, those of a group, and one; live, pending or gone", all),
		TEST("*SECADM, the manager and the owner see a mailbox, and nobody else (mailbox_list MUST 1)", who),
		TEST("a list of many has pages", pages),
		TEST("of a user who is forgotten no mailbox is left (cabinet_forget MUST 2)", forgotten),
		TEST("nor is it a group's manager, or its master (cabinet_forget MUST 2)", forgotten_roles),
	};

	return cmocka_run_group_tests_name("mailbox_list", tests, NULL, NULL);
}
