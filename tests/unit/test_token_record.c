/* SPDX-License-Identifier: ISC */
/* The record of a token: rules/token_record.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "rules/token_record.h"

static void fill(struct token_record *t)
{
	memset(t, 0, sizeof *t);
	t->type = '2';
	t->password = PASSWORD_NOPWDSTS;
	t->state = TOKEN_SPENT;
	t->flags = TOKEN_WAS_DISABLED | TOKEN_WAS_EXPIRED;
	t->owner = 4000000000u;
	t->maker = 1001;
	memset(t->owner_name, 'o', NAME_SIZE - 1);
	t->made_wall = INT64_C(1800000000000000);
	t->made_boot = -1;
	t->chain_wall = 5;
	t->chain_boot = INT64_MAX;
	t->timeout = 3600;
	t->spent_wall = 7;
	memset(t->boot_id, 0xb0, sizeof t->boot_id);
	memset(t->stamp, 0x51, sizeof t->stamp);
	t->bind_uid = (uid_t)-1;
	memset(t->bind_service, 's', sizeof t->bind_service - 1);
	memset(t->bind_rhost, 'r', sizeof t->bind_rhost - 1);
	memset(t->bind_tty, 't', sizeof t->bind_tty - 1);
	memset(t->master_name, 'm', NAME_SIZE - 1);
	t->master = 1100;
	t->entered = 4000000001u;
}

static void there_and_back(void **state)
{
	unsigned char bytes[TOKEN_RECORD_MAX];
	struct token_record before, after;
	size_t length;

	(void)state;
	fill(&before);
	length = token_record_pack(&before, bytes);
	assert_true(length > 0 && length <= sizeof bytes);
	assert_true(token_record_unpack(&after, bytes, length));
	assert_int_equal(after.type, '2');
	assert_int_equal(after.password, PASSWORD_NOPWDSTS);
	assert_int_equal(after.state, TOKEN_SPENT);
	assert_int_equal(after.flags, 3);
	assert_true(after.owner == 4000000000u && after.maker == 1001);
	assert_string_equal(after.owner_name, before.owner_name);
	assert_true(after.made_wall == before.made_wall && after.made_boot == -1);
	assert_true(after.chain_wall == 5 && after.chain_boot == INT64_MAX);
	assert_int_equal(after.timeout, 3600);
	assert_int_equal(after.spent_wall, 7);
	assert_memory_equal(after.boot_id, before.boot_id, sizeof after.boot_id);
	assert_memory_equal(after.stamp, before.stamp, sizeof after.stamp);
	assert_true(after.bind_uid == (uid_t)-1);
	assert_string_equal(after.bind_service, before.bind_service);
	assert_string_equal(after.bind_rhost, before.bind_rhost);
	assert_string_equal(after.bind_tty, before.bind_tty);
	assert_string_equal(after.master_name, before.master_name);
	assert_true(after.master == 1100 && after.entered == 4000000001u);
}

/* What stands behind the terminal of a record of today is what the old form has not. */
static void before_masters(void **state)
{
	unsigned char bytes[TOKEN_RECORD_MAX];
	struct token_record t;
	size_t length;

	(void)state;
	fill(&t);
	t.master_name[0] = '\0';
	length = token_record_pack(&t, bytes) - 9;
	bytes[0] = 1;
	assert_true(token_record_unpack(&t, bytes, length));
	assert_true(t.master_name[0] == '\0' && t.bind_tty[0] == 't');
	assert_false(token_record_unpack(&t, bytes, length + 9));
	bytes[0] = 2;
	assert_false(token_record_unpack(&t, bytes, length));
}

static void each_length(void **state)
{
	unsigned char bytes[TOKEN_RECORD_MAX + 1] = {0};
	struct token_record t;
	size_t length, cut;

	(void)state;
	fill(&t);
	length = token_record_pack(&t, bytes);
	for (cut = 0; cut < length; cut++)
		assert_false(token_record_unpack(&t, bytes, cut));
	assert_false(token_record_unpack(&t, bytes, length + 1));
}

static void unknown_values(void **state)
{
	static const struct { size_t at; unsigned char byte; } rows[] = {
		{0, 0}, {0, 3},       /* version */
		{1, '0'}, {1, '4'},   /* type */
		{2, 0}, {2, 5},       /* password */
		{3, 3}, {3, 255},     /* state */
	};
	unsigned char bytes[TOKEN_RECORD_MAX];
	struct token_record t;
	size_t length, i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		fill(&t);
		length = token_record_pack(&t, bytes);
		bytes[rows[i].at] = rows[i].byte;
		assert_false(token_record_unpack(&t, bytes, length));
	}
	fill(&t);
	t.timeout = 0;
	assert_false(token_record_unpack(&t, bytes, token_record_pack(&t, bytes)));
	fill(&t);
	t.timeout = 3601;
	assert_false(token_record_unpack(&t, bytes, token_record_pack(&t, bytes)));
	fill(&t);
	t.owner_name[0] = '\0';
	assert_false(token_record_unpack(&t, bytes, token_record_pack(&t, bytes)));
}

static void key_is_a_hash(void **state)
{
	unsigned char token[TOKEN_SIZE] = {1}, other[TOKEN_SIZE] = {2}, key[TOKEN_KEY_SIZE], key2[TOKEN_KEY_SIZE];
	char id[TOKEN_ID_SIZE], hex[3];

	(void)state;
	token_key(token, key);
	assert_int_equal(key[0], 'T');
	assert_memory_not_equal(key + 1, token, TOKEN_SIZE);
	token_key(token, key2);
	assert_memory_equal(key, key2, sizeof key);
	token_key(other, key2);
	assert_memory_not_equal(key + 1, key2 + 1, 8);
	token_id(key, id);
	assert_int_equal(strlen(id), 16);
	snprintf(hex, sizeof hex, "%02x", key[1]);
	assert_memory_equal(id, hex, 2);
}

static void both_clocks(void **state)
{
	struct token_record t;
	const int64_t second = 1000000;

	(void)state;
	fill(&t);
	t.timeout = 10;
	t.made_wall = 1000 * second;
	t.made_boot = 50 * second;
	assert_int_equal(token_time_left(&t, 1000 * second, 50 * second), 10 * second);
	assert_int_equal(token_time_left(&t, 1004 * second, 51 * second), 6 * second);
	assert_int_equal(token_time_left(&t, 1001 * second, 57 * second), 3 * second);
	assert_int_equal(token_time_left(&t, 1010 * second, 50 * second), 0);
	assert_true(token_time_left(&t, 1000 * second, 61 * second) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"the largest record fits and comes out again", there_and_back, NULL, NULL, NULL},
		{"a record of before masters carries nobody's name, and one cut to its length is none", before_masters, NULL, NULL, NULL},
		{"a record cut anywhere, or longer, is none", each_length, NULL, NULL, NULL},
		{"a record with a value that is not known is none", unknown_values, NULL, NULL, NULL},
		{"the key is a hash of the token and the id its beginning", key_is_a_hash, NULL, NULL, NULL},
		{"what is left is what the earlier of the two clocks leaves", both_clocks, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("token_record", tests, NULL, NULL);
}
