/* SPDX-License-Identifier: ISC */
/* The state of an account and its stamp: rules/account.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "rules/account.h"

#define TODAY 20778

static const struct host_config usual = {.uid_min = 1000};
static const struct host_config empty_allowed = {.uid_min = 1000, .empty_password_allowed = true};

static struct host_account sound(void)
{
	return (struct host_account){.known = true, .crypt = "$6$salt$hash", .last_change = TODAY - 10, .maximum = -1,
	                             .expire = -1, .inactive = -1};
}

static struct account_state state_with(const struct host_config *c, const struct host_account *a, bool disabled)
{
	struct profile_state p = {.disabled = disabled};

	return account_state(c, a, &p, TODAY);
}

static void expect(const struct host_account *a, bool disabled, enum password_state password)
{
	struct account_state s = state_with(&usual, a, false);

	assert_int_equal(s.disabled, disabled);
	assert_false(s.disabled_by_authz);
	assert_int_equal(s.password, password);
}

static void usual_account(void **state)
{
	struct host_account a = sound();

	(void)state;
	expect(&a, false, PASSWORD_SET);
}

static void crypt_fields(void **state)
{
	static const struct { const char *crypt; bool disabled; enum password_state password; } rows[] = {
		{"*", false, PASSWORD_NONE}, {"!", false, PASSWORD_NONE}, {"!!", false, PASSWORD_NONE}, {"!*", false, PASSWORD_NONE},
		{"!$6$salt$hash", true, PASSWORD_SET}, {"!!$6$salt$hash", true, PASSWORD_SET}, {"!x", true, PASSWORD_SET},
		{"", true, PASSWORD_SET}, {"x", false, PASSWORD_SET}, {"*LK*", false, PASSWORD_SET}, {"!!!", true, PASSWORD_SET},
	};
	struct host_account a;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		a = sound();
		snprintf(a.crypt, sizeof a.crypt, "%s", rows[i].crypt);
		expect(&a, rows[i].disabled, rows[i].password);
	}
}

static void empty_field(void **state)
{
	struct host_account a = sound();

	(void)state;
	a.crypt[0] = '\0';
	assert_true(state_with(&usual, &a, false).disabled);
	assert_false(state_with(&empty_allowed, &a, false).disabled);
}

static void expiry_date(void **state)
{
	static const struct { long expire; bool disabled; } rows[] = {
		{-1, false}, {TODAY + 1, false}, {TODAY, true}, {TODAY - 1, true}, {1, true}, {0, true},
	};
	struct host_account a = sound();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		a.expire = rows[i].expire;
		expect(&a, rows[i].disabled, PASSWORD_SET);
	}
}

static void password_ages(void **state)
{
	static const struct { long last_change, maximum, inactive; bool disabled; enum password_state password; } rows[] = {
		{TODAY, 0, -1, false, PASSWORD_SET},
		{TODAY - 30, 30, -1, false, PASSWORD_SET},
		{TODAY - 31, 30, -1, false, PASSWORD_HAS_EXPIRED},
		{TODAY - 31, -1, -1, false, PASSWORD_SET},
		{-1, 30, -1, false, PASSWORD_SET}, /* no date: aging is off */
		{0, -1, -1, false, PASSWORD_HAS_EXPIRED}, /* must be changed */
		{0, 99999, 0, false, PASSWORD_HAS_EXPIRED},
		{TODAY - 31, 30, 1, false, PASSWORD_HAS_EXPIRED},
		{TODAY - 32, 30, 1, true, PASSWORD_HAS_EXPIRED},
		{TODAY - 31, 30, 0, true, PASSWORD_HAS_EXPIRED},
		{TODAY - 1000, 30, -1, false, PASSWORD_HAS_EXPIRED},
	};
	struct host_account a = sound();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		a.last_change = rows[i].last_change;
		a.maximum = rows[i].maximum;
		a.inactive = rows[i].inactive;
		expect(&a, rows[i].disabled, rows[i].password);
	}
}

static void by_authz(void **state)
{
	struct host_account a = sound();
	struct account_state s = state_with(&usual, &a, true);

	(void)state;
	assert_true(s.disabled && s.disabled_by_authz);
	a.known = false;
	s = state_with(&usual, &a, true);
	assert_true(s.disabled && s.disabled_by_authz);
	assert_int_equal(s.password, PASSWORD_UNKNOWN);
}

static void unknown(void **state)
{
	struct host_account a = {.known = false};

	(void)state;
	expect(&a, false, PASSWORD_UNKNOWN);
}

struct stamped {
	unsigned char secret[32];
	struct host_user user;
	struct host_account account;
	struct profile_state profile;
	gid_t gids[3];
	size_t count;
};

static struct stamped base(void)
{
	return (struct stamped){.secret = {1}, .user = {.name = "alice", .uid = 1002}, .account = sound(),
	                        .gids = {1002, 30, 20}, .count = 3};
}

static void stamp_of(const struct stamped *s, unsigned char stamp[STAMP_SIZE])
{
	account_stamp(stamp, s->secret, &s->user, &s->account, &s->profile, s->gids, s->count);
}

static void expect_stamp(const struct stamped *s, bool same)
{
	struct stamped before = base();
	unsigned char a[STAMP_SIZE], b[STAMP_SIZE];

	stamp_of(&before, a);
	stamp_of(s, b);
	assert_int_equal(memcmp(a, b, STAMP_SIZE) == 0, same);
}

static void stamp_changes(void **state)
{
	struct stamped s = base();

	(void)state;
	expect_stamp(&s, true);
	s.user.uid++;
	expect_stamp(&s, false);
	s = base();
	strcpy(s.account.crypt, "$6$salt$hasi");
	expect_stamp(&s, false);
	strcpy(s.account.crypt, "!$6$salt$hash");
	expect_stamp(&s, false);
	s = base();
	s.account.last_change++;
	expect_stamp(&s, false);
	s = base();
	s.account.expire = TODAY + 5;
	expect_stamp(&s, false);
	s = base();
	s.profile.disable_count++;
	expect_stamp(&s, false);
	s = base();
	s.account.known = false;
	expect_stamp(&s, false);
	s = base();
	s.secret[31] = 9;
	expect_stamp(&s, false);
}

static void stamp_stays(void **state)
{
	struct stamped s = base();

	(void)state;
	s.profile.special = SPECIAL_ALL;
	s.profile.changed_at = 5;
	s.user.gid = 77;
	s.gids[0] = 20;
	s.gids[2] = 1002; /* another order */
	expect_stamp(&s, true);
}

static void stamp_groups(void **state)
{
	struct stamped s = base();

	(void)state;
	s.gids[1] = 31;
	expect_stamp(&s, false);
	s = base();
	s.count = 2;
	expect_stamp(&s, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"an account with a password is enabled", usual_account, NULL, NULL, NULL},
		{"! before a hash disables; *, !, !! and !* are no password (account MUST 1)", crypt_fields, NULL, NULL, NULL},
		{"an empty field is disabled unless configured (account MUST 1)", empty_field, NULL, NULL, NULL},
		{"an account is disabled from its expiry date on (account MUST 1)", expiry_date, NULL, NULL, NULL},
		{"passwords expire after their maximum, accounts after inactivity (account MUST 1)", password_ages, NULL, NULL, NULL},
		{"authz disables, with shadow or without (account MUST 1)", by_authz, NULL, NULL, NULL},
		{"a user whom shadow does not know is unknown, neither enabled nor disabled", unknown, NULL, NULL, NULL},
		{"the stamp changes with uid, crypt field, last change, expiry date and each disabling (account MUST 2)",
		 stamp_changes, NULL, NULL, NULL},
		{"the stamp does not change with the order of groups, or with what is no part of it", stamp_stays, NULL, NULL, NULL},
		{"the stamp changes with the groups that it is given", stamp_groups, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("account", tests, NULL, NULL);
}
