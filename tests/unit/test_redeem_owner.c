/* SPDX-License-Identifier: ISC */
/* What becomes of a token when its owner's account changes: rules/redeem.c. */
#include "spared.h"

#include <string.h>

static void change_uid(struct world *w)
{
	fake_host_find(&w->fake, "alice")->user.uid = 4000;
}

static void change_password(struct world *w)
{
	strcpy(fake_host_find(&w->fake, "alice")->account.crypt, "$6$new");
}

static void change_date(struct world *w)
{
	fake_host_find(&w->fake, "alice")->account.last_change++;
}

static void change_expiry(struct world *w)
{
	fake_host_find(&w->fake, "alice")->account.expire = FAKE_DAY + 500;
}

static void stale(void **state)
{
	static void (*const changes[])(struct world *) = {change_uid, change_password, change_date, change_expiry};
	struct world *w = *state;
	struct spared f;
	size_t i;

	for (i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		spared_make(&f, w);
		changes[i](w);
		spared_refused(&f, AUTHZ_TOKEN_STALE);
		spared_works(&f);
	}
}

static void disabled_and_enabled(void **state)
{
	struct world *w = *state;
	struct spared f;

	spared_make(&f, w);
	disable(w, "alice");
	spared_refused(&f, AUTHZ_DISABLED);
	enable(w, "alice");
	spared_refused(&f, AUTHZ_TOKEN_STALE);
	make_token(w, '1', -1, f.token); /* a new one is as good as any */
	assert_result(redeem(w, f.token, "alice"), AUTHZ_OK);
}

static void locked(void **state)
{
	struct world *w = *state;
	struct fake_user *alice;
	struct spared f;

	spared_make(&f, w);
	alice = fake_host_find(&w->fake, "alice");
	strcpy(alice->account.crypt, "!$y$j9T$abc$def"); /* passwd -l */
	spared_refused(&f, AUTHZ_DISABLED);
	strcpy(alice->account.crypt, "$y$j9T$abc$def"); /* passwd -u: as before */
	spared_works(&f);
}

static void dates_that_pass(void **state)
{
	struct world *w = *state;
	struct fake_user *alice = fake_host_find(&w->fake, "alice");
	unsigned char token[TOKEN_SIZE];

	alice->account.expire = FAKE_DAY + 1;
	w->fake.now.wall = ((int64_t)(FAKE_DAY + 1) * 86400 - 30) * 1000000; /* half a minute before midnight */
	make_token(w, '2', 3600, token);
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	fake_host_pass(&w->fake, 60);
	assert_int_equal(w->fake.now.today, FAKE_DAY + 1);
	assert_result(redeem(w, token, "alice"), AUTHZ_DISABLED);
	alice->account.expire = -1;
	alice->account.maximum = 10;
	alice->account.last_change = FAKE_DAY + 1 - 10;
	make_token(w, '2', 3600, token);
	fake_host_day(&w->fake, FAKE_DAY + 2);
	w->fake.now.wall = ((int64_t)(FAKE_DAY + 2) * 86400) * 1000000;
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_EXPIRED);
	w->fake.now.wall = ((int64_t)(FAKE_DAY + 1) * 86400 + 100) * 1000000; /* only the day has passed, as a time zone would */
	assert_result(redeem(w, token, "alice"), AUTHZ_PASSWORD_EXPIRED);
}

static void override_holds(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	unsigned char token[TOKEN_SIZE], other[TOKEN_SIZE];

	make_token(w, '2', -1, other);
	disable(w, "alice");
	world_caller(w, "sam");
	q.password = PASSWORD_NOPWDCHK;
	q.type = '2';
	assert_result(generate(w, &q, token), AUTHZ_OK);
	world_caller(w, "portal");
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	assert_result(redeem(w, other, "alice"), AUTHZ_DISABLED);
	disable(w, "alice"); /* once more: that was not overridden */
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_STALE);
	fake_host_find(&w->fake, "alice")->account.last_change = 0;
	enable(w, "alice");
	world_caller(w, "sam");
	q.password = PASSWORD_NOPWDSTS;
	assert_result(generate(w, &q, token), AUTHZ_OK);
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	disable(w, "alice"); /* expired was overridden, disabled was not */
	assert_result(redeem(w, token, "alice"), AUTHZ_DISABLED);
}

static void override_of_an_enabled_one(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	unsigned char token[TOKEN_SIZE];

	world_caller(w, "sam");
	q.password = PASSWORD_NOPWDCHK;
	q.type = '2';
	assert_result(generate(w, &q, token), AUTHZ_OK);
	disable(w, "alice");
	assert_result(redeem(w, token, "alice"), AUTHZ_DISABLED);
	enable(w, "alice");
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_STALE);
}

static void groups_change(void **state)
{
	struct world *w = *state;
	struct fake_user *alice = fake_host_find(&w->fake, "alice");
	unsigned char token[TOKEN_SIZE];

	fake_host_group(&w->fake, "staff", 50);
	make_token(w, '2', -1, token);
	fake_host_join(alice, &w->fake.groups[0]);
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	w->fake.host.config.kill_on_group_change = true;
	make_token(w, '2', -1, token);
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	alice->more_count = 0;
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_STALE);
	fake_host_join(alice, &w->fake.groups[0]);
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	alice->user.gid = 77;
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_STALE);
}

static void gone(void **state)
{
	struct world *w = *state;
	struct spared f;

	spared_make(&f, w);
	fake_host_find(&w->fake, "alice")->gone = true;
	spared_refused(&f, AUTHZ_USER_NOT_FOUND);
	fake_host_user(&w->fake, "alice", 4000); /* made anew, with another uid */
	spared_refused(&f, AUTHZ_TOKEN_STALE);
	spared_works(&f);
	spared_make(&f, w);
	memcpy(w->fake.host.config.system_profiles, "alice\0", 7);
	spared_refused(&f, AUTHZ_SYSTEM_PROFILE);
	spared_works(&f);
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a token dies with each change of uid, crypt field, last change and expiry date (presented MUST 5)",
		     stale),
		TEST("disabling kills the tokens of before for good (presented MUST 5) (profile MUST 3)",
		     disabled_and_enabled),
		TEST("a locked password refuses the token while it is locked (presented MUST 5)", locked),
		TEST("a date that passes by itself refuses the token from then on (presented MUST 5)", dates_that_pass),
		TEST("what *NOPWDCHK overrode at generation stays overridden, and nothing else (presented MUST 5)",
		     override_holds),
		TEST("*NOPWDCHK for an enabled account is no word about a later disabling (presented MUST 5)",
		     override_of_an_enabled_one),
		TEST("a change of groups kills a token only where the site says so (presented MUST 5)", groups_change),
		TEST("the token of a user who is gone, made anew, or now the system's is refused (presented MUST 5)",
		     gone),
	};

	return cmocka_run_group_tests_name("redeem, owner", tests, NULL, NULL);
}
