/* SPDX-License-Identifier: ISC */
/* Groups of mailboxes: rules/mailbox_group.c. */
#include "mailboxes.h"

#include <stdio.h>
#include <string.h>

#include "cabinet_kit.h"

static enum authz_result erase(struct world *w, const char *name)
{
	struct request q = {.has = HAS(BOX_GROUP)};

	snprintf(q.box_group, sizeof q.box_group, "%s", name);
	return box_group_delete(&w->rules, &q);
}

static struct request wish(const char *name)
{
	struct request q = {.has = HAS(BOX_GROUP)};

	snprintf(q.box_group, sizeof q.box_group, "%s", name);
	return q;
}

static void made(void **state)
{
	struct world *w = *state;
	struct box_group g;

	make_groups(w);
	find_group(w, "site", &g);
	assert_string_equal(g.server, SITE_SERVER);
	assert_string_equal(g.master, "helpdesk");
	assert_int_equal(g.master_uid, UID_HELPDESK);
	assert_string_equal(g.manager, "mail");
	assert_int_equal(g.manager_uid, UID_MAIL);
	assert_int_equal(g.options, BOX_DEFAULT);
	assert_non_null(strstr(w->fake.outcome, "event=mailbox.group.set"));
	assert_non_null(strstr(w->fake.outcome, "entity=site"));
	assert_null(strstr(w->fake.outcome, "$6$"));
	assert_string_equal(all_rows(w, box_group_list, (struct request){.has = 0}, NULL),
	                    "built||helpdesk|mail|allow-binds,allow-reg|0\n"
	                    "site|" SITE_SERVER "|helpdesk|mail|allow-binds,allow-reg|0\n");
	assert_result(set_group(w, "site", "", "", BOX_CHECK | BOX_POPULATE | BOX_AUDIT_BINDS, BOX_DEFAULT, false), AUTHZ_OK);
	assert_string_equal(all_rows(w, box_group_list, (struct request){.has = 0}, NULL),
	                    "built||helpdesk|mail|allow-binds,allow-reg|0\nsite|||mail|check,audit-binds,populate|0\n");
}

static void who(void **state)
{
	static const char *const strangers[] = {"alice", "mail", "helpdesk"};
	struct world *w = *state;
	struct request q = wish("built");
	size_t i;

	make_groups(w);
	for (i = 0; i < sizeof strangers / sizeof strangers[0]; i++) {
		const uint64_t commits = sequence(w->rules.authority);

		world_caller(w, strangers[i]);
		assert_result(box_group_set(&w->rules, &q), AUTHZ_SPECIAL_REQUIRED);
		assert_result(erase(w, "built"), AUTHZ_SPECIAL_REQUIRED);
		answer_init(&w->answer);
		assert_result(box_group_list(&w->rules, &(struct request){.has = 0}, &w->answer), AUTHZ_SPECIAL_REQUIRED);
		assert_int_equal(sequence(w->rules.authority), commits);
	}
	world_caller(w, "sam"); /* *SECADM */
	assert_result(box_group_set(&w->rules, &q), AUTHZ_OK);
	assert_result(erase(w, "built"), AUTHZ_OK);
}

static void in_use(void **state)
{
	struct world *w = *state;

	make_groups(w);
	host_adds_box(w, "alice", "built", "one");
	assert_result(set_group(w, "built", NULL, NULL, 0, BOX_ALLOW_BINDS, false), AUTHZ_IN_USE);
	assert_result(erase(w, "built"), AUTHZ_IN_USE);
	assert_result(set_group(w, "built", NULL, NULL, 0, BOX_ALLOW_BINDS, true), AUTHZ_OK);
	assert_result(bind_box(w, "helpdesk", "master", NULL), AUTHZ_OK); /* by "site", which still lets it */
	assert_result(set_group(w, "site", NULL, "", 0, 0, false), AUTHZ_OK);
	assert_result(bind_box(w, "helpdesk", "master", NULL), AUTHZ_NO_OWN_BIND); /* at once */
	assert_result(delete_box(w, "alice"), AUTHZ_OK);
	assert_result(set_group(w, "built", NULL, NULL, BOX_ALLOW_BINDS, 0, false), AUTHZ_OK);
	assert_result(erase(w, "built"), AUTHZ_OK);
	assert_result(erase(w, "built"), AUTHZ_NO_BOX_GROUP);
}

static void expect_bad(struct world *w, const struct request *q, const char *subject)
{
	const uint64_t commits = sequence(w->rules.authority);

	assert_result(box_group_set(&w->rules, q), AUTHZ_BAD_PARAMETER);
	assert_string_equal(w->rules.subject, subject);
	assert_int_equal(sequence(w->rules.authority), commits);
}

static void shapes(void **state)
{
	static const char *const names[] = {"", "a b", "a:b", "-a", "a/b", "a\n"}, *const servers[] = {"srv/pw", "/", "/srv\npw"};
	struct world *w = *state;
	struct request q;
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++) {
		q = wish(names[i]);
		expect_bad(w, &q, "group");
	}
	for (i = 0; i < sizeof servers / sizeof servers[0]; i++) {
		q = wish("built");
		q.has |= HAS(SERVER);
		snprintf(q.server, sizeof q.server, "%s", servers[i]);
		expect_bad(w, &q, "server");
	}
	q = wish("built");
	q.mask_add = BOX_ALL + 1;
	expect_bad(w, &q, "options");
	q.mask_add = q.mask_drop = BOX_CHECK;
	expect_bad(w, &q, "options");
	q = wish("built");
	q.has |= HAS(MASTER) | HAS(NEW_SECRET);
	snprintf(q.master, sizeof q.master, "helpdesk");
	expect_bad(w, &q, "password"); /* empty */
	snprintf(q.new_secret, sizeof q.new_secret, "two\nlines");
	expect_bad(w, &q, "password");
}

static void masters(void **state)
{
	struct world *w = *state;
	struct request q = wish("built");
	struct box_group g;

	assert_result(set_group(w, "built", NULL, "nobody-here", 0, 0, false), AUTHZ_USER_NOT_FOUND);
	assert_result(set_group(w, "built", NULL, "root", 0, 0, false), AUTHZ_SYSTEM_PROFILE);
	assert_result(set_group(w, "built", NULL, "mail", 0, 0, false), AUTHZ_SYSTEM_PROFILE);
	q.has |= HAS(MASTER);
	snprintf(q.master, sizeof q.master, "helpdesk");
	expect_bad(w, &q, "password"); /* a new master has a new password */
	q = wish("built");
	q.has |= HAS(NEW_SECRET);
	snprintf(q.new_secret, sizeof q.new_secret, "new");
	expect_bad(w, &q, "master"); /* of whom? */
	assert_result(set_group(w, "built", NULL, "helpdesk", 0, 0, false), AUTHZ_OK);
	assert_result(box_group_set(&w->rules, &q), AUTHZ_OK);
	find_group(w, "built", &g);
	assert_string_equal(g.crypt, "$6$new");
	q = wish("built");
	q.has |= HAS(PRINCIPAL);
	snprintf(q.principal, sizeof q.principal, "helpdesk");
	expect_bad(w, &q, "manager"); /* who gives passwords to owners */
	fake_host_user(&w->fake, "desk", UID_HELPDESK); /* nor by another name of the same user */
	snprintf(q.principal, sizeof q.principal, "desk");
	expect_bad(w, &q, "manager");
	snprintf(q.principal, sizeof q.principal, "mail");
	assert_result(box_group_set(&w->rules, &q), AUTHZ_OK);
	q.principal[0] = '\0'; /* none, and no uid of none's */
	assert_result(box_group_set(&w->rules, &q), AUTHZ_OK);
	fake_host_find(&w->fake, "helpdesk")->user.uid = 1099; /* another one of that name */
	q = wish("built");
	q.has |= HAS(MASTER);
	snprintf(q.master, sizeof q.master, "helpdesk");
	expect_bad(w, &q, "password");
	assert_result(set_group(w, "built", NULL, "", 0, 0, false), AUTHZ_OK);
	find_group(w, "built", &g);
	assert_true(g.master[0] == '\0' && g.crypt[0] == '\0');
}

static void many(void **state)
{
	struct world *w = *state;
	char name[NAME_SIZE], server[SERVER_SIZE];
	const char *rows;
	unsigned i, pages, count = 0;

	memset(server, 's', sizeof server - 1);
	server[0] = '/';
	server[sizeof server - 1] = '\0';
	for (i = 0; i < BOX_GROUPS_MAX; i++) {
		snprintf(name, sizeof name, "a-long-name-of-a-group-%u", i);
		assert_result(set_group(w, name, server, NULL, 0, 0, false), AUTHZ_OK);
	}
	assert_result(set_group(w, "one-more", NULL, NULL, 0, 0, false), AUTHZ_MASTERS_FULL);
	rows = all_rows(w, box_group_list, (struct request){.has = 0}, &pages);
	for (; (rows = strchr(rows, '\n')) != NULL; rows++)
		count++;
	assert_true(pages > 1);
	assert_int_equal(count, BOX_GROUPS_MAX);
	assert_result(erase(w, "a-long-name-of-a-group-7"), AUTHZ_OK);
	assert_result(set_group(w, "one-more", NULL, NULL, 0, 0, false), AUTHZ_OK);
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = mailboxes_setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a group has a server, a manager, a master and options, and no password in the audit (mailbox_group MUST 4)", made),
		TEST("the host and *SECADM alone make groups (mailbox_group MUST 1)", who),
		TEST("a group that has mailboxes is changed by RECONFIGURE alone, at once, and is not deleted (mailbox_group MUST 2)", in_use),
		TEST("what a group may be called, and where its server may be", shapes),
		TEST("a master is a user with a new password, no system profile and not the manager (mailbox_group MUST 3)", masters),
		TEST("there are as many groups as there are, and the list has pages", many),
	};

	return cmocka_run_group_tests_name("mailbox_group", tests, NULL, NULL);
}
