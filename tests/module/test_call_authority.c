/* SPDX-License-Identifier: ISC */
/* The calls of authz.h on authorities, against the real helper and one that answers what it is told. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "compat/client.h"
#include "compat_kit.h"

static struct authz_error error;
static const struct authz_object queue = {"queue", "AB.CD"};
static const struct authz_entity of_bin = {.user = "bin"};

struct seen {
	size_t count;
	struct authz_authority last;
};

static void see(void *context, const struct authz_authority *a)
{
	struct seen *s = context;

	s->count++;
	s->last = *a;
}

static void life(void **state)
{
	const struct authz_object generic = {"queue", "AB.*"};
	const struct authz_authority_filter filter = {.type = "queue", .name = "AB.CD", .by = AUTHZ_NAME_MATCHING};
	struct authz_cursor cursor = {.length = 0};
	struct seen s = {.count = 0};
	uint32_t mask = 17;

	(void)state;
	assert_int_equal(authz_authority_check(compat_client(), &queue, &of_bin, 4, &error), AUTHZ_NOT_AUTHORIZED_OBJECT);
	assert_string_equal(error.subject, "AB.CD");
	assert_int_equal(authz_authority_set(compat_client(), &generic, &of_bin, 4 | 8, &error), AUTHZ_OK);
	assert_int_equal(authz_authority_check(compat_client(), &queue, &of_bin, 4, &error), AUTHZ_OK);
	assert_int_equal(authz_authority_get(compat_client(), &queue, &of_bin, &mask, NULL), AUTHZ_OK);
	assert_int_equal(mask, 4 | 8);
	assert_int_equal(authz_authority_explicit(compat_client(), &queue, &of_bin, &mask, &error), AUTHZ_OK);
	assert_int_equal(mask, 0);
	assert_int_equal(authz_authority_list(compat_client(), &filter, &cursor, see, &s, &error), AUTHZ_OK);
	assert_int_equal(s.count, 1);
	assert_string_equal(s.last.profile, "AB.*");
	assert_string_equal(s.last.entity, "bin");
	assert_int_equal(s.last.kind, 'p');
	assert_int_equal(s.last.mask, 4 | 8);
	assert_int_equal(s.last.gone, 0);
	assert_int_equal(authz_authority_copy(compat_client(), &generic, "NEW", &error), AUTHZ_OK);
	assert_int_equal(authz_authority_copy(compat_client(), &generic, "NEW", &error), AUTHZ_HAS_RECORDS);
	assert_int_equal(authz_authority_copy(compat_client(), &(struct authz_object){"queue", "X"}, "Y", &error), AUTHZ_UNKNOWN_REF_OBJECT);
	assert_int_equal(authz_authority_delete(compat_client(), &generic, &error), AUTHZ_OK);
	assert_int_equal(authz_authority_delete(compat_client(), &generic, &error), AUTHZ_OK);
	assert_int_equal(authz_authority_get(compat_client(), &queue, &of_bin, &mask, &error), AUTHZ_OK);
	assert_int_equal(mask, 0);
}

/* Nobody is asked. */
static void not_asked(void **state)
{
	const struct authz_object bad[] = {{NULL, "A"}, {"", "A"}, {"queue", NULL}, {"queue", ""}, {"a-type-of-17-byte", "A"},
	                                   {"queue", "1234567890123456789012345678901234567890123456789"}};
	const struct authz_entity none = {.user = NULL}, both = {"bin", "bin"}, longer = {.user = "a-name-of-more-than-thirty-two-byt"};
	struct authz_cursor cursor = {.length = sizeof cursor.bytes + 1};
	struct seen s = {.count = 0};
	uint32_t mask = 17;
	size_t i;

	(void)state;
	kit_fake("result 0\nmask 4\n");
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_int_equal(authz_authority_get(compat_client(), &bad[i], &of_bin, &mask, &error), AUTHZ_BAD_PARAMETER);
		assert_int_equal(mask, 0);
	}
	assert_int_equal(authz_authority_check(compat_client(), &queue, &none, 4, &error), AUTHZ_BAD_PARAMETER);
	assert_int_equal(authz_authority_check(compat_client(), &queue, &both, 4, &error), AUTHZ_BAD_PARAMETER);
	assert_int_equal(authz_authority_set(compat_client(), &queue, &longer, 4, &error), AUTHZ_BAD_PARAMETER);
	assert_string_equal(error.subject, "principal");
	assert_int_equal(authz_authority_copy(compat_client(), &queue, NULL, &error), AUTHZ_BAD_PARAMETER);
	assert_int_equal(authz_authority_copy(compat_client(), &(struct authz_object){"queue", NULL}, "B", &error), AUTHZ_BAD_PARAMETER);
	assert_int_equal(authz_authority_list(compat_client(), NULL, &cursor, see, &s, &error), AUTHZ_BAD_PARAMETER);
	assert_false(kit_asked());
}

/* AUTHZ_OK is what the answer says, and all that it promises. */
static void incomplete(void **state)
{
	static const char *const answers[] = {"result 0\n", "result 0\nmask -1\n", "result 0\nmask 4294967296\n"};
	static const char *const rows[] = {
		"result 0\nrow queue|A\n", "result 0\nrow queue|A|p|bin|x||0|1\n", "result 0\nrow queue|A|p|bin|0||0|1\n",
		"result 0\nrow queue|A|x|bin|4||0|1\n", "result 0\nrow queue|A|p||4||0|1\n", "result 0\nrow |A|p|bin|4||0|1\n",
		"result 0\nrow queue|A|p|a-name-of-more-than-thirty-two-byt|4||0|1\n", "result 0\nrow queue|A|p|bin|4||-1|1\n",
		"result 0\nrow queue|A|p|bin|4||0|\n",
	};
	uint32_t mask;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		kit_fake(answers[i]);
		mask = 17;
		assert_int_equal(authz_authority_get(compat_client(), &queue, &of_bin, &mask, &error), AUTHZ_HELPER_GARBLED);
		assert_int_equal(mask, 0);
	}
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct authz_cursor cursor = {.length = 0};
		struct seen s = {.count = 0};

		kit_fake(rows[i]);
		assert_int_equal(authz_authority_list(compat_client(), NULL, &cursor, see, &s, &error), AUTHZ_HELPER_GARBLED);
		assert_int_equal(s.count, 0);
	}
	kit_fake("result 0\n");
	assert_int_equal(authz_authority_delete(compat_client(), &queue, &error), AUTHZ_HELPER_GARBLED);
	kit_fake("result 0\ncount 0\ntotal 1\n"); /* it would never end */
	assert_int_equal(authz_authority_delete(compat_client(), &queue, &error), AUTHZ_HELPER_GARBLED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"authorities are set, asked, listed, copied and deleted", life, kit_real, NULL, NULL},
		{"names that are none, and a cursor that is none, are refused without a question", not_asked, NULL, NULL, NULL},
		{"an answer that is not whole is none", incomplete, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("call_authority", tests, kit_make, state_close);
}
