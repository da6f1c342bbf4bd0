/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "compat/z_code.h"

static const struct row {
	enum authz_result result;
	const char *name, *code;
	int exit_status;
} results[] = {
#define X(name, number, code, pam, exit, sentence) {AUTHZ_##name, #name, code, exit},
	AUTHZ_RESULTS(X)
#undef X
};

#define RESULTS (sizeof results / sizeof *results)

/* Of the documents' lists; Z-ADD17A has neither 94 nor 96. */
static const int documented[] = {0, 2, 3, 4, 8, 15, 32, 53, 77, 90, 91, 92, 93, 95, 97, 98, 99};
static const int ours[] = {55, 56, 57, 58, 59};

static int has(const int *codes, size_t count, int code)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (codes[i] == code)
			return 1;
	return 0;
}

static void every_result(void **state)
{
	size_t i;
	int kind;

	(void)state;
	for (i = 0; i < RESULTS; i++)
		for (kind = 0; kind < Z_CODES; kind++) {
			const int code = z_code((enum z_codes)kind, results[i].result);

			assert_int_equal(code == 0, results[i].result == AUTHZ_OK);
			if (!has(documented, sizeof documented / sizeof *documented, code) && !has(ours, sizeof ours / sizeof *ours, code))
				fail_msg("AUTHZ_%s is %d", results[i].name, code);
		}
}

/* A result whose own code has two digits is that code, but of Z-ERA05, for which 98 is 90. */
static void own_codes(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < RESULTS; i++)
		if (strlen(results[i].code) == 2 && strspn(results[i].code, "0123456789") == 2)
			assert_int_equal(z_code(Z_MEMBERS, results[i].result), atoi(results[i].code));
	assert_int_equal(z_code(Z_ERASE, AUTHZ_NO_CABINET), 90);
	assert_int_equal(z_code(Z_ERASE, AUTHZ_NOT_MARKED), 92);
	assert_int_equal(z_code(Z_CABINETS, AUTHZ_NO_CABINET), 53);
}

/* What is out of reach is no refusal, and what may have been carried out is told from what was not. */
static void out_of_reach(void **state)
{
	static const enum authz_result perhaps[] = {AUTHZ_HELPER_LATE, AUTHZ_HELPER_DIED, AUTHZ_AUDIT_CUT, AUTHZ_VIEW_NOT_PUBLISHED};
	size_t i, k;
	int kind;

	(void)state;
	for (i = 0; i < RESULTS; i++) {
		int code = 59;

		for (k = 0; k < sizeof perhaps / sizeof *perhaps; k++)
			if (perhaps[k] == results[i].result)
				code = 58;
		for (kind = 0; kind < Z_CODES && results[i].exit_status >= 3; kind++)
			assert_int_equal(z_code((enum z_codes)kind, results[i].result), code);
	}
}

static void outside(void **state)
{
	(void)state;
	assert_int_equal(z_code(Z_MEMBERS, (enum authz_result)4711), 59);
	assert_int_equal(z_code(Z_ERASE, (enum authz_result)-1), 59);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"every result has a code of the documents or one of five others, and success alone is 00 (z_code MUST 1)",
		 every_result, NULL, NULL, NULL},
		{"a result that is one of the documents' codes is that code", own_codes, NULL, NULL, NULL},
		{"out of reach is 59, and 58 where it may have been carried out", out_of_reach, NULL, NULL, NULL},
		{"a number that is no result is 59", outside, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("z_code", tests, NULL, NULL);
}
