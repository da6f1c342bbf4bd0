/* SPDX-License-Identifier: ISC */
/* Mailboxes and groups as records: rules/mailbox_record.c. */
#include "mailboxes.h"

#include <string.h>

static int setup(void **state)
{
	if (mailboxes_setup(state) != 0)
		return -1;
	make_groups(*state);
	host_adds_box(*state, "alice", "built", "one");
	return 0;
}

static void put(struct world *w, const char *key, const void *value, size_t length)
{
	struct store_txn *t = begin(w->rules.authority, true);

	assert_result(value != NULL ? store_put(t, key, strlen(key), value, length) : store_delete(t, key, strlen(key)), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
}

static size_t get(struct world *w, const char *key, unsigned char *value, size_t size)
{
	struct store_txn *t = begin(w->rules.authority, false);
	size_t length;
	bool found;

	assert_result(store_get(t, key, strlen(key), value, size, &length, &found), AUTHZ_OK);
	assert_true(found);
	store_abort(t);
	return length;
}

static void expect_damage(struct world *w)
{
	const uint64_t commits = sequence(w->rules.authority);

	assert_result(bind_box(w, "alice", "one", NULL), AUTHZ_STORE_DAMAGED);
	assert_result(bind_box(w, "alice", "master", NULL), AUTHZ_STORE_DAMAGED);
	assert_result(alter_box(w, "alice", NULL, "two", NULL), AUTHZ_STORE_DAMAGED);
	assert_result(delete_box(w, "alice"), AUTHZ_STORE_DAMAGED);
	assert_int_equal(sequence(w->rules.authority), commits);
}

static void lost(void **state)
{
	static const char *const keys[] = {"Mi", "Mgbuilt"};
	struct world *w = *state;
	unsigned char value[1024];
	size_t length, i;

	for (i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		length = get(w, keys[i], value, sizeof value);
		put(w, keys[i], NULL, 0);
		expect_damage(w);
		put(w, keys[i], value, length);
		assert_result(bind_box(w, "alice", "one", NULL), AUTHZ_OK);
	}
	length = get(w, "Mgbuilt", value, sizeof value);
	put(w, "Mgunlisted", value, length);
	assert_result(set_group(w, "unlisted", NULL, NULL, 0, 0, false), AUTHZ_STORE_DAMAGED);
	put(w, "Mbbob", NULL, 0);
	assert_result(bind_box(w, "bob", "one", NULL), AUTHZ_NO_MAILBOX);
}

static void insane(void **state)
{
	static const char *const keys[] = {"Mgbuilt", "Mbalice"};
	struct world *w = *state;
	unsigned char value[1024];
	size_t length, i;

	for (i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		length = get(w, keys[i], value, sizeof value);
		put(w, keys[i], value, length - 1);
		expect_damage(w);
		value[length] = 0;
		put(w, keys[i], value, length + 1);
		expect_damage(w);
		value[0] ^= 0xff;
		put(w, keys[i], value, length);
		expect_damage(w);
		value[0] ^= 0xff;
		put(w, keys[i], value, length);
		assert_result(bind_box(w, "alice", "one", NULL), AUTHZ_OK);
	}
}

static void whole(void **state)
{
	struct world *w = *state;
	struct mailbox m = {.owner = "bob", .uid = UID_BOB, .group = "site", .address = "2001:db8::/32", .crypt = "$6$x", .turn = 3,
	                    .pending = MAILBOX_DELETING, .ticket = UINT64_C(0x8000000000000001), .changed_by = 7, .changed_at = -5},
	               back;
	struct store_txn *t = begin(w->rules.authority, true);

	assert_result(mailbox_write(&w->rules, t, &m), AUTHZ_OK);
	memcpy(m.group, "built", 6);
	assert_result(mailbox_write(&w->rules, t, &m), AUTHZ_INTERNAL); /* it stays in its group */
	memcpy(m.group, "site", 5);
	assert_result(store_commit(t), AUTHZ_OK);
	assert_true(find_box(w, "bob", &back));
	m.group[5] = '\0';
	assert_memory_equal(&back, &m, sizeof m);
}

#define TEST(says, test) {.name = says, .test_func = test, .setup_func = setup, .teardown_func = world_teardown}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a group that is lost is damage, and so is its name (mailbox_record MUST 1)", lost),
		TEST("a record with a byte wrong is damage (mailbox_record MUST 2)", insane),
		TEST("a mailbox is read as it was written", whole),
	};

	return cmocka_run_group_tests_name("mailbox_record", tests, NULL, NULL);
}
