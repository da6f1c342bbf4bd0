/* SPDX-License-Identifier: ISC */
/* The twelve cells of the special values, each with none, one and both of the special authorities: rules/matrix.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rules/matrix.h"

enum case_of { SELF, DISABLED, EXPIRED, NONE, LIVE, UNKNOWN, UNKNOWN_ALLOWED, DISABLED_EXPIRED, SELF_DISABLED };

struct cell {
	enum password_value value;
	enum case_of which;
	enum authz_result without, allobj, secadm, both; /* by what the caller holds */
	unsigned flags; /* when allowed */
};

#define OK AUTHZ_OK
#define SAME(result) AUTHZ_##result, AUTHZ_##result, AUTHZ_##result, AUTHZ_##result
#define BOTH AUTHZ_NO_AUTHORITY, AUTHZ_NO_AUTHORITY, AUTHZ_NO_AUTHORITY, AUTHZ_OK

static struct account_state state_of(enum case_of which)
{
	struct account_state s = {.password = PASSWORD_SET};

	s.disabled = which == DISABLED || which == DISABLED_EXPIRED || which == SELF_DISABLED;
	if (which == EXPIRED || which == DISABLED_EXPIRED)
		s.password = PASSWORD_HAS_EXPIRED;
	if (which == NONE)
		s.password = PASSWORD_NONE;
	if (which == UNKNOWN || which == UNKNOWN_ALLOWED)
		s.password = PASSWORD_UNKNOWN;
	return s;
}

static void check(const struct cell *c)
{
	const struct { uint32_t special; enum authz_result expected; } held[] = {
		{0, c->without}, {SPECIAL_ALLOBJ, c->allobj}, {SPECIAL_SECADM, c->secadm}, {SPECIAL_ALL, c->both},
	};
	struct account_state s = state_of(c->which);
	unsigned flags;
	size_t i;

	for (i = 0; i < 4; i++) {
		flags = 0xff;
		assert_int_equal(matrix(c->value, c->which == SELF || c->which == SELF_DISABLED, &s, held[i].special,
		                        c->which == UNKNOWN_ALLOWED, &flags), held[i].expected);
		if (held[i].expected == AUTHZ_OK)
			assert_int_equal(flags, c->flags);
	}
}

static void run(void **state)
{
	check(*state);
}

#define CELL(sentence, value, which, expected, flags) \
	{sentence, run, NULL, NULL, &(struct cell){PASSWORD_##value, which, expected, flags}}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CELL("T7: *NOPWD for one's own profile is CPF227F", NOPWD, SELF, SAME(NOPWD_SELF), 0),
		CELL("T7: *NOPWD for a disabled profile is CPF22E3", NOPWD, DISABLED, SAME(DISABLED), 0),
		CELL("T7: *NOPWD for an expired password is CPF22E4", NOPWD, EXPIRED, SAME(PASSWORD_EXPIRED), 0),
		CELL("T7: *NOPWD for a profile without a password is allowed", NOPWD, NONE, SAME(OK), 0),
		CELL("T7: *NOPWDSTS for one's own profile is allowed", NOPWDSTS, SELF, SAME(OK), 0),
		CELL("T7: *NOPWDSTS for a disabled profile is CPF22E3", NOPWDSTS, DISABLED, SAME(DISABLED), 0),
		CELL("T7: *NOPWDSTS for an expired password needs both special authorities (matrix MUST 1)", NOPWDSTS, EXPIRED,
		     BOTH, TOKEN_WAS_EXPIRED),
		CELL("T7: *NOPWDSTS for a profile without a password is allowed", NOPWDSTS, NONE, SAME(OK), 0),
		CELL("T7: *NOPWDCHK for one's own profile is allowed", NOPWDCHK, SELF, SAME(OK), 0),
		CELL("T7: *NOPWDCHK for a disabled profile needs both special authorities (matrix MUST 1)", NOPWDCHK, DISABLED,
		     BOTH, TOKEN_WAS_DISABLED),
		CELL("T7: *NOPWDCHK for an expired password needs both special authorities (matrix MUST 1)", NOPWDCHK, EXPIRED,
		     BOTH, TOKEN_WAS_EXPIRED),
		CELL("T7: *NOPWDCHK for a profile without a password is allowed", NOPWDCHK, NONE, SAME(OK), 0),
		CELL("a given password for one's own profile is allowed", GIVEN, SELF, SAME(OK), 0),
		CELL("a given password for a disabled profile is CPF22E3, whatever authorities", GIVEN, DISABLED, SAME(DISABLED), 0),
		CELL("a given password that has expired is CPF22E4, whatever authorities", GIVEN, EXPIRED, SAME(PASSWORD_EXPIRED), 0),

		CELL("*NOPWD for an enabled profile with a password is allowed", NOPWD, LIVE, SAME(OK), 0),
		CELL("*NOPWDCHK for an enabled profile overrides nothing", NOPWDCHK, LIVE, SAME(OK), 0),
		CELL("disabled comes before expired", NOPWD, DISABLED_EXPIRED, SAME(DISABLED), 0),
		CELL("*NOPWDCHK overrides both at once", NOPWDCHK, DISABLED_EXPIRED, BOTH, TOKEN_WAS_DISABLED | TOKEN_WAS_EXPIRED),
		CELL("one's own comes before disabled", NOPWD, SELF_DISABLED, SAME(NOPWD_SELF), 0),
		CELL("an account that shadow does not know is refused *NOPWD (matrix MUST 2)", NOPWD, UNKNOWN, SAME(ACCOUNT_UNKNOWN), 0),
		CELL("and *NOPWDSTS (matrix MUST 2)", NOPWDSTS, UNKNOWN, SAME(ACCOUNT_UNKNOWN), 0),
		CELL("not *NOPWDCHK (matrix MUST 2)", NOPWDCHK, UNKNOWN, SAME(OK), 0),
		CELL("where the site says so it is allowed *NOPWD (matrix MUST 2)", NOPWD, UNKNOWN_ALLOWED, SAME(OK), 0),
		CELL("and *NOPWDSTS where the site says so (matrix MUST 2)", NOPWDSTS, UNKNOWN_ALLOWED, SAME(OK), 0),
	};

	return cmocka_run_group_tests_name("matrix", tests, NULL, NULL);
}
