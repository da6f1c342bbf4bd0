/* SPDX-License-Identifier: ISC */
/* What account says of an account whose state a token overrides: pam_prftkn/override.c, through the real libpam. */
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "pam_stack.h"

#define IGNORED PAM_MAXTRIES /* what the stack makes of PAM_IGNORE: pam_stack.c */

static int after(const char *options, unsigned overridden, int (*then)(pam_handle_t *pamh, int flags))
{
	struct outcome outcome;

	stack_answers("result 0\nuser %s\nuid %u\noverridden %u\n", stack_user, stack_uid, overridden);
	stack_authenticate(&(struct login){.options = options, .answer = STACK_TOKEN, .then = then}, &outcome);
	assert_int_equal(outcome.code, PAM_SUCCESS);
	return outcome.then;
}

static void holds(void **state)
{
	(void)state;
	for (unsigned bits = 1; bits <= 3; bits++)
		assert_int_equal(after("override", bits, pam_acct_mgmt), PAM_SUCCESS);
	assert_int_equal(after("override", 0, pam_acct_mgmt), IGNORED);
}

static void not_asked_for(void **state)
{
	(void)state;
	assert_int_equal(after(NULL, 3, pam_acct_mgmt), IGNORED);
}

static void nobody_authenticated(void **state)
{
	(void)state;
	assert_int_equal(stack_call(&(struct login){.options = "override"}, pam_acct_mgmt), PAM_IGNORE);
}

static void refused_token(void **state)
{
	struct outcome outcome;

	(void)state;
	stack_answers("result 34\nuser %s\nuid %u\noverridden 3\n", stack_user, stack_uid);
	stack_authenticate(&(struct login){.options = "override", .answer = STACK_TOKEN, .then = pam_acct_mgmt}, &outcome);
	assert_int_equal(outcome.code, PAM_AUTH_ERR);
	assert_int_equal(outcome.then, IGNORED);
	/* OK, but of somebody else */
	stack_answers("result 0\nuser %s\nuid %u\noverridden 3\n", stack_user, stack_uid + 1);
	stack_authenticate(&(struct login){.options = "override", .answer = STACK_TOKEN, .then = pam_acct_mgmt}, &outcome);
	assert_int_equal(outcome.code, PAM_AUTH_ERR);
	assert_int_equal(outcome.then, IGNORED);
}

static int as_root(pam_handle_t *pamh, int flags)
{
	int status;

	assert_int_equal(pam_set_item(pamh, PAM_USER, "root"), PAM_SUCCESS);
	status = pam_acct_mgmt(pamh, flags);
	assert_int_equal(pam_set_item(pamh, PAM_USER, stack_user), PAM_SUCCESS);
	return status;
}

static void another_user(void **state)
{
	(void)state;
	assert_int_equal(after("override", 3, as_root), IGNORED);
}

static int again(pam_handle_t *pamh, int flags)
{
	stack_answers_ok();
	assert_int_equal(pam_authenticate(pamh, flags), PAM_SUCCESS);
	return pam_acct_mgmt(pamh, flags);
}

static int again_refused(pam_handle_t *pamh, int flags)
{
	stack_answers("do crash\n");
	assert_int_not_equal(pam_authenticate(pamh, flags), PAM_SUCCESS);
	return pam_acct_mgmt(pamh, flags);
}

static int by_password(pam_handle_t *pamh, int flags)
{
	stack_write("before", "a password", 0600);
	(void)pam_authenticate(pamh, flags);
	return pam_acct_mgmt(pamh, flags);
}

static void authenticated_again(void **state)
{
	struct outcome outcome;

	(void)state;
	assert_int_equal(after("override", 3, again), IGNORED);
	assert_int_equal(after("override", 3, again_refused), IGNORED);
	stack_answers("result 0\nuser %s\nuid %u\noverridden 3\n", stack_user, stack_uid);
	stack_authenticate(&(struct login){.options = "override", .before = STACK_TOKEN, .then = by_password}, &outcome);
	assert_int_equal(outcome.code, PAM_SUCCESS);
	assert_int_equal(outcome.then, IGNORED);
}

static void bad_option(void **state)
{
	(void)state;
	assert_int_equal(stack_call(&(struct login){.options = "overrides"}, pam_acct_mgmt), PAM_SERVICE_ERR);
	assert_non_null(strstr(stack_log(), "<3> pam_prftkn(probe:account): option not valid: overrides\n"));
}

static void other_service(void **state)
{
	(void)state;
	assert_int_equal(after("override services=probe", 3, pam_acct_mgmt), PAM_SUCCESS);
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, NULL, NULL, NULL}
	static const struct CMUnitTest tests[] = {
		ROW("account with override is PAM_SUCCESS after a token that overrides something, else PAM_IGNORE (override MUST 1)",
		    holds),
		ROW("without the option it is PAM_IGNORE whatever the token overrides", not_asked_for),
		ROW("without authenticate it is PAM_IGNORE (override MUST 1)", nobody_authenticated),
		ROW("a token that is refused, or somebody else's, overrides nothing (override MUST 1)", refused_token),
		ROW("for another PAM_USER than the token's it is PAM_IGNORE (override MUST 1)", another_user),
		ROW("the next authenticate ends it, with a token, refused, or a password (override MUST 2)", authenticated_again),
		ROW("a bad option is PAM_SERVICE_ERR and named in the log here too (pam_prftkn MUST 4)", bad_option),
		ROW("services= and override go together", other_service),
	};

	return cmocka_run_group_tests_name("pam override", tests, stack_open, stack_close);
}
