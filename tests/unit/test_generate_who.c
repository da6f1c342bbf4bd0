/* SPDX-License-Identifier: ISC */
/* Who gets a token for whom, and which refusal of several: rules/generate.c. */
#include "world.h"

#include <stdio.h>
#include <string.h>

#include "authz.h"

/* What a request deserves; each row deserves all that is named, and gets the earliest. */
struct deserves {
	bool parameter, timeout, type, system, unknown, use, self, disabled, expired, quota;
	enum authz_result gets;
};

static void arrange(struct world *w, const struct deserves *d, struct request *q)
{
	struct fake_user *alice = fake_host_find(&w->fake, "alice");
	const char *user = d->system ? "QSYS" : d->unknown ? "nosuch" : "alice";

	*q = ask_token(user);
	if (d->parameter)
		q->password = 9;
	if (d->timeout)
		q->timeout = 0;
	if (d->type)
		q->type = '9';
	world_caller(w, d->self ? "alice" : d->use ? "eve" : "portal");
	if (d->disabled)
		strcpy(alice->account.crypt, "!$6$locked");
	if (d->expired)
		alice->account.last_change = 0;
	w->fake.host.config.quota_total = d->quota ? 1 : 100;
}

static void order(void **state)
{
	static const struct deserves rows[] = {
		{.parameter = true, .timeout = true, .gets = AUTHZ_BAD_PARAMETER},
		{.timeout = true, .type = true, .gets = AUTHZ_BAD_TIMEOUT},
		{.type = true, .system = true, .gets = AUTHZ_BAD_TYPE},
		{.system = true, .unknown = true, .gets = AUTHZ_SYSTEM_PROFILE}, /* QSYS is no user here */
		{.unknown = true, .use = true, .gets = AUTHZ_USER_NOT_FOUND},
		{.use = true, .disabled = true, .gets = AUTHZ_USE_REQUIRED},
		{.use = true, .expired = true, .gets = AUTHZ_USE_REQUIRED},
		{.use = true, .quota = true, .gets = AUTHZ_USE_REQUIRED},
		{.self = true, .disabled = true, .gets = AUTHZ_NOPWD_SELF},
		{.self = true, .quota = true, .gets = AUTHZ_NOPWD_SELF},
		{.disabled = true, .expired = true, .gets = AUTHZ_DISABLED},
		{.expired = true, .quota = true, .gets = AUTHZ_PASSWORD_EXPIRED},
		{.quota = true, .gets = AUTHZ_TOKENS_FULL},
	};
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	struct request q;
	size_t i;

	make_token(w, '2', -1, token); /* the one that there is room for */
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct fake_user before = *fake_host_find(&w->fake, "alice");

		arrange(w, &rows[i], &q);
		expect_generate(w, &q, rows[i].gets);
		*fake_host_find(&w->fake, "alice") = before;
	}
	assert_int_equal(total_tokens(w), 1);
}

static void insufficient_before_quota(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");

	fake_host_find(&w->fake, "alice")->account.last_change = 0;
	w->fake.host.config.quota_total = 0;
	q.password = PASSWORD_NOPWDSTS;
	expect_generate(w, &q, AUTHZ_NO_AUTHORITY);
	assert_string_equal(authz_result_code(AUTHZ_NO_AUTHORITY), "CPF4AB8");
}

static void stranger_learns_nothing(void **state)
{
	struct world *w = *state;
	struct fake_user *alice = fake_host_find(&w->fake, "alice");
	struct request q = ask_token("alice");
	char subject[SUBJECT_SIZE];

	world_caller(w, "eve");
	expect_generate(w, &q, AUTHZ_USE_REQUIRED);
	memcpy(subject, w->rules.subject, sizeof subject);
	strcpy(alice->account.crypt, "!x");
	alice->account.expire = 1;
	disable(w, "alice");
	for (q.password = PASSWORD_NOPWD; q.password <= PASSWORD_NOPWDSTS; q.password++) {
		expect_generate(w, &q, AUTHZ_USE_REQUIRED);
		assert_string_equal(w->rules.subject, subject);
	}
	assert_string_equal(authz_result_code(AUTHZ_USE_REQUIRED), "CPF22E9");
}

static void not_for_system_profiles(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("root");
	static const char *const names[] = {"root", "nobody", "daemon", "qsys", "QTCP", "robot", "zero"};
	size_t i;

	fake_host_user(&w->fake, "nobody", 65534);
	fake_host_user(&w->fake, "daemon", 1);
	fake_host_user(&w->fake, "qsys", 3000);
	fake_host_user(&w->fake, "robot", 3001);
	fake_host_user(&w->fake, "zero", 0);
	memcpy(w->fake.host.config.system_profiles, "robot\0", 7);
	world_host(w);
	for (i = 0; i < sizeof names / sizeof names[0]; i++) {
		snprintf(q.user, sizeof q.user, "%s", names[i]);
		q.password = PASSWORD_NOPWDCHK;
		expect_generate(w, &q, AUTHZ_SYSTEM_PROFILE);
		assert_string_equal(w->rules.subject, names[i]);
	}
	assert_int_equal(count_records(w, w->rules.tokens, 'T'), 0);
}

static void another_form_of_the_name(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("ALICE"); /* NSS may know it in another form */

	expect_generate(w, &q, AUTHZ_OK);
	assert_string_equal(w->answer.reply.user, "alice");
	fake_host_user(&w->fake, "robot", 3001);
	memcpy(w->fake.host.config.system_profiles, "robot\0", 7);
	q = ask_token("RoBoT");
	expect_generate(w, &q, AUTHZ_SYSTEM_PROFILE);
}

static void matrix_with_accounts(void **state)
{
	static const struct { enum password_value value; const char *caller; bool disabled, expired, none; enum authz_result gets; } rows[] = {
		{PASSWORD_NOPWD, "alice", false, false, false, AUTHZ_NOPWD_SELF},
		{PASSWORD_NOPWDSTS, "alice", false, false, false, AUTHZ_OK},
		{PASSWORD_NOPWDCHK, "alice", false, false, false, AUTHZ_OK},
		{PASSWORD_NOPWD, "sam", true, false, false, AUTHZ_DISABLED},
		{PASSWORD_NOPWDSTS, "sam", true, false, false, AUTHZ_DISABLED},
		{PASSWORD_NOPWDCHK, "sam", true, false, false, AUTHZ_OK},
		{PASSWORD_NOPWDCHK, "portal", true, false, false, AUTHZ_NO_AUTHORITY},
		{PASSWORD_NOPWD, "sam", false, true, false, AUTHZ_PASSWORD_EXPIRED},
		{PASSWORD_NOPWDSTS, "sam", false, true, false, AUTHZ_OK},
		{PASSWORD_NOPWDSTS, "portal", false, true, false, AUTHZ_NO_AUTHORITY},
		{PASSWORD_NOPWDCHK, "sam", false, true, false, AUTHZ_OK},
		{PASSWORD_NOPWDCHK, "portal", false, true, false, AUTHZ_NO_AUTHORITY},
		{PASSWORD_NOPWD, "portal", false, false, true, AUTHZ_OK},
		{PASSWORD_NOPWDSTS, "portal", false, false, true, AUTHZ_OK},
		{PASSWORD_NOPWDCHK, "portal", false, false, true, AUTHZ_OK},
	};
	struct world *w = *state;
	struct fake_user *alice = fake_host_find(&w->fake, "alice"), before = *alice;
	struct request q = ask_token("alice");
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		*alice = before;
		strcpy(alice->account.crypt, rows[i].disabled ? "!$6$x" : rows[i].none ? "*" : "$6$x");
		if (rows[i].expired)
			alice->account.last_change = 0;
		world_caller(w, rows[i].caller);
		q.password = rows[i].value;
		if (generate(w, &q, NULL) != rows[i].gets)
			fail_msg("row %zu", i);
	}
}

static void one_special_is_not_both(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");

	disable(w, "alice");
	q.password = PASSWORD_NOPWDCHK;
	give_special(w, "portal", SPECIAL_ALLOBJ);
	expect_generate(w, &q, AUTHZ_NO_AUTHORITY);
	give_special(w, "portal", SPECIAL_SECADM);
	expect_generate(w, &q, AUTHZ_OK);
	disable(w, "portal"); /* a disabled holder has none */
	expect_generate(w, &q, AUTHZ_NO_AUTHORITY);
}

static void unknown_account(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");

	fake_host_find(&w->fake, "alice")->account.known = false;
	expect_generate(w, &q, AUTHZ_ACCOUNT_UNKNOWN);
	q.password = PASSWORD_NOPWDCHK;
	expect_generate(w, &q, AUTHZ_OK);
	q.password = PASSWORD_NOPWDSTS;
	w->fake.host.config.unknown_account_allowed = true;
	expect_generate(w, &q, AUTHZ_OK);
}

static void failing_writes_nothing(void **state)
{
	static const struct deserves rows[] = {
		{.timeout = true}, {.unknown = true}, {.use = true}, {.self = true}, {.disabled = true}, {.expired = true}, {.quota = true},
	};
	struct world *w = *state;
	uint64_t authority, tokens;
	struct request q;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct fake_user before = *fake_host_find(&w->fake, "alice");

		arrange(w, &rows[i], &q);
		if (rows[i].quota)
			w->fake.host.config.quota_total = 0;
		authority = sequence(w->rules.authority);
		tokens = sequence(w->rules.tokens);
		assert_int_not_equal(generate(w, &q, NULL), AUTHZ_OK);
		assert_int_equal(sequence(w->rules.authority), authority);
		assert_int_equal(sequence(w->rules.tokens), tokens);
		assert_int_equal(last_used_day(w, 'u', UID_ALICE), 0);
		*fake_host_find(&w->fake, "alice") = before;
	}
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("of two codes that a request deserves it gets the earlier one (generate MUST 1)", order),
		TEST("CPF4AB8 comes before CPF4AAA (generate MUST 1)", insufficient_before_quota),
		TEST("a stranger without *USE learns nothing of the account (generate MUST 1)",
		     stranger_learns_nothing),
		TEST("nobody, not even the host, gets a token for a system profile (generate MUST 2)",
		     not_for_system_profiles),
		TEST("whatever form of the name NSS knows, it is the same profile (generate MUST 2)",
		     another_form_of_the_name),
		TEST("the special values decide with the accounts of shadow", matrix_with_accounts),
		TEST("one special authority is not both, and a disabled holder has none", one_special_is_not_both),
		TEST("an account that shadow does not know needs *NOPWDCHK or the site's word", unknown_account),
		TEST("failing writes neither a date nor a token", failing_writes_nothing),
	};

	return cmocka_run_group_tests_name("generate, who", tests, NULL, NULL);
}
