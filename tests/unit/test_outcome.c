/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>

#include <cmocka.h>

#include "compat/outcome.h"
#include "qusec.h"

struct error {
	Qus_EC_t ec;
	char data[40];
};

static void make(struct error *e, int provided)
{
	memset(e, 'x', sizeof *e);
	e->ec.Bytes_Provided = provided;
}

static void expect(const struct error *e, const char *id, const void *data, size_t length)
{
	assert_int_equal(e->ec.Bytes_Available, 16 + length);
	assert_memory_equal(e->ec.Exception_Id, id, 7);
	assert_memory_equal(e->data, data, length);
	assert_int_equal(e->data[length], 'x');
}

static void no_place(void **state)
{
	static const int sizes[] = {0, 7, -5};
	struct error error;
	struct outcome o;
	unsigned char output[32], zeros[32] = {0};
	size_t i;

	(void)state;
	for (i = 0; i <= sizeof sizes / sizeof *sizes; i++) {
		if (i > 0)
			make(&error, sizes[i - 1]);
		memset(output, 'x', sizeof output);
		errno = 0;
		assert_false(outcome_begin(&o, LIST_HELD, i > 0 ? &error : NULL, output, sizeof output));
		assert_int_equal(errno, EINVAL);
		assert_memory_equal(output, zeros, sizeof output);
		errno = 0;
		assert_false(outcome_begin(&o, LIST_HELD, NULL, NULL, sizeof output));
		assert_int_equal(errno, EINVAL);
	}
}

static void null_output(void **state)
{
	struct error error;
	struct outcome o;

	(void)state;
	make(&error, sizeof error);
	errno = EBADF;
	assert_false(outcome_begin(&o, LIST_HELD, &error, NULL, 4));
	assert_int_equal(errno, EBADF);
	expect(&error, "CPF3C90", "", 0);
	make(&error, sizeof error);
	assert_true(outcome_begin(&o, LIST_HELD, &error, NULL, 0));
	assert_int_equal(error.ec.Bytes_Available, 0x78787878);
}

static void begin(struct outcome *o, enum exception_list list, struct error *error)
{
	make(error, sizeof *error);
	assert_true(outcome_begin(o, list, error, NULL, 0));
	errno = EBADF;
}

static void kinds_of_data(void **state)
{
	const struct authz_error special = {"*SECADM"}, too_long = {"a subject that is longer than a profile"};
	const int reason = AUTHZ_STORE_DAMAGED, number = 7;
	char ended[24] = "QSYPTKN   AUTHZ     ";
	struct error error;
	struct outcome o;

	(void)state;
	begin(&o, LIST_GENERATE, &error);
	strcpy(o.user, "alice");
	outcome_result(&o, AUTHZ_DISABLED, &too_long);
	expect(&error, "CPF22E3", "alice     ", 10);
	begin(&o, LIST_GENERATE, &error);
	strcpy(o.user, "tenletters");
	outcome_result(&o, AUTHZ_USE_REQUIRED, &special);
	expect(&error, "CPF22E9", "tenletters", 10);
	begin(&o, LIST_REMOVE, &error);
	outcome_result(&o, AUTHZ_SPECIAL_REQUIRED, &special);
	expect(&error, "CPF222E", "*SECADM   ", 10);
	begin(&o, LIST_REMOVE, &error);
	outcome_result(&o, AUTHZ_SPECIAL_REQUIRED, &too_long);
	expect(&error, "CPF222E", "a subject ", 10);
	begin(&o, LIST_HELD, &error);
	outcome_result(&o, AUTHZ_TOKEN_SPENT, &special);
	expect(&error, "CPF2274", "", 0);
	begin(&o, LIST_HELD, &error);
	outcome_result(&o, AUTHZ_STORE_DAMAGED, &special);
	memcpy(ended + 20, &reason, sizeof reason);
	expect(&error, "CPF9872", ended, sizeof ended);
	begin(&o, LIST_HELD, &error);
	outcome_number(&o, EXCEPTION_CPF3C36, number);
	expect(&error, "CPF3C36", &number, sizeof number);
}

static void success(void **state)
{
	const struct authz_error error_of_ours = {""};
	struct error error, expected;
	struct outcome o;

	(void)state;
	begin(&o, LIST_GENERATE, &error);
	expected = error;
	expected.ec.Bytes_Available = 0;
	outcome_result(&o, AUTHZ_OK, &error_of_ours);
	assert_memory_equal(&error, &expected, sizeof error);
}

/* As it was when the call began, whatever was met on the way. */
static void errno_stays(void **state)
{
	const struct authz_error none = {""};
	struct error error;
	struct outcome o;

	(void)state;
	make(&error, sizeof error);
	errno = ECHILD;
	assert_true(outcome_begin(&o, LIST_HELD, &error, NULL, 0));
	errno = ENOMEM;
	outcome_result(&o, AUTHZ_OK, &none);
	assert_int_equal(errno, ECHILD);
	errno = ENOMEM;
	outcome_result(&o, AUTHZ_NO_MEMORY, &none);
	assert_int_equal(errno, ECHILD);
	errno = ENOMEM;
	outcome_number(&o, EXCEPTION_CPF3C3C, 1);
	assert_int_equal(errno, ECHILD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"without room for an answer the call ends, output cleared, errno EINVAL (outcome MUST 1, outcome MUST 2)", no_place,
		 NULL, NULL, NULL},
		{"an output that is NULL is CPF3C90, after room for saying so", null_output, NULL, NULL, NULL},
		{"exception data are what the document's message has for &1, &2, &3", kinds_of_data, NULL, NULL, NULL},
		{"success writes bytes available 0 and nothing else", success, NULL, NULL, NULL},
		{"errno is as it was before the call", errno_stays, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("outcome", tests, NULL, NULL);
}
