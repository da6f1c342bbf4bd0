/* SPDX-License-Identifier: ISC */
/* A password against the second field of shadow, by the real libcrypt: host/crypt_field.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <crypt.h>
#include <malloc.h>

#include "host/machine.h"

static const char *secret_of_test, *hash_of_test;
static unsigned frees, left;

/* Every block that crypt_field.c gives back is looked through first. */
void __real_free(void *block);
void __wrap_free(void *block);

void __wrap_free(void *block)
{
	const size_t size = block != NULL ? malloc_usable_size(block) : 0;

	frees++;
	if (secret_of_test != NULL)
		left += memmem(block, size, secret_of_test, strlen(secret_of_test)) != NULL ||
		        memmem(block, size, hash_of_test, strlen(hash_of_test)) != NULL;
	__real_free(block);
}

static unsigned hashes;
static char last_hash[HOST_CRYPT_SIZE];

/* Every hash that libcrypt makes is counted. */
char *__real_crypt_r(const char *phrase, const char *setting, struct crypt_data *data);
char *__wrap_crypt_r(const char *phrase, const char *setting, struct crypt_data *data);

char *__wrap_crypt_r(const char *phrase, const char *setting, struct crypt_data *data)
{
	char *hash = __real_crypt_r(phrase, setting, data);

	if (hash != NULL && hash[0] != '*') {
		hashes++;
		snprintf(last_hash, sizeof last_hash, "%s", hash);
	}
	return hash;
}

static bool matches(const char *field, const char *secret)
{
	bool same = true;

	assert_int_equal(crypt_field_matches(NULL, field, secret, &same), AUTHZ_OK);
	return same;
}

static void hash_of(const char *setting, const char *secret, char field[HOST_CRYPT_SIZE])
{
	static struct crypt_data data;
	const char *hash;

	memset(&data, 0, sizeof data);
	hash = crypt_r(secret, setting, &data);
	assert_true(hash != NULL && hash[0] == '$');
	snprintf(field, HOST_CRYPT_SIZE, "%s", hash);
}

static void methods(void **state)
{
#ifdef CRYPT_GENSALT_IMPLEMENTS_DEFAULT_PREFIX
	static char yescrypt[CRYPT_GENSALT_OUTPUT_SIZE];
#endif
	static const char *const settings[] = {
		"$6$rounds=1000$saltsalt", "$5$rounds=1000$saltsalt",
#ifdef CRYPT_GENSALT_IMPLEMENTS_DEFAULT_PREFIX
		yescrypt,
#endif
	};
	char field[HOST_CRYPT_SIZE], locked[HOST_CRYPT_SIZE + 2];
	size_t i;

	(void)state;
#ifdef CRYPT_GENSALT_IMPLEMENTS_DEFAULT_PREFIX
	assert_non_null(crypt_gensalt_rn("$y$", 1, "0123456789abcdef", 16, yescrypt, sizeof yescrypt));
#endif
	for (i = 0; i < sizeof settings / sizeof settings[0]; i++) {
		hash_of(settings[i], "geheim", field);
		assert_true(matches(field, "geheim"));
		assert_false(matches(field, "gehein"));
		assert_false(matches(field, ""));
		assert_false(matches(field, "geheimgeheim"));
		snprintf(locked, sizeof locked, "!!%s", field);
		assert_true(matches(locked, "geheim"));
		field[strlen(field) - 1] ^= 1;
		assert_false(matches(field, "geheim"));
	}
}

static void no_hash(void **state)
{
	static const char *const fields[] = {"", "*", "!", "!!", "!*", "x", "*0", "*1", "$", "$$", "$6$", "$zz$unknown$method", "!x"};
	static const char *const secrets[] = {"", "*", "*0", "*1", "x", "!"};
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof fields / sizeof fields[0]; i++)
		for (j = 0; j < sizeof secrets / sizeof secrets[0]; j++)
			assert_false(matches(fields[i], secrets[j]));
}

/* For a hash of today: its method and cost, then a salt. */
static const char *setting_of_today(void)
{
#ifdef CRYPT_GENSALT_IMPLEMENTS_DEFAULT_PREFIX
	static char setting[CRYPT_GENSALT_OUTPUT_SIZE];

	assert_non_null(crypt_gensalt_rn(NULL, 0, "0123456789abcdef", 16, setting, sizeof setting));
	return setting;
#else
	return "$6$saltsalt";
#endif
}

/* What does no work makes no hash: libcrypt gives up a setting that it does not know at once. */
static void same_work(void **state)
{
	static const char *const fields[] = {"", "*", "!", "$zz$unknown"};
	const char *setting = setting_of_today();
	const size_t method = (size_t)(strrchr(setting, '$') + 1 - setting);
	char possible[HOST_CRYPT_SIZE];
	size_t i;

	(void)state;
	hash_of(setting, "gehein", possible);
	hashes = 0;
	assert_false(matches(possible, "geheim"));
	assert_int_equal(hashes, 1);
	for (i = 0; i < sizeof fields / sizeof fields[0]; i++) {
		hashes = 0;
		assert_false(matches(fields[i], "geheim"));
		assert_int_equal(hashes, 1);
		assert_memory_equal(last_hash, setting, method);
	}
}

static void long_ones(void **state)
{
	char field[HOST_CRYPT_SIZE], secret[PASSWORD_SIZE], crypt_field[HOST_CRYPT_SIZE];

	(void)state;
	memset(secret, 'p', sizeof secret - 1);
	secret[sizeof secret - 1] = '\0';
	hash_of("$6$rounds=1000$saltsalt", "p", field);
	assert_false(matches(field, secret));
	memset(crypt_field, '$', sizeof crypt_field - 1);
	crypt_field[sizeof crypt_field - 1] = '\0';
	assert_false(matches(crypt_field, secret));
}

static void made(void **state)
{
	char field[HOST_CRYPT_SIZE], again[HOST_CRYPT_SIZE], secret[PASSWORD_SIZE];

	(void)state;
	assert_int_equal(crypt_field_make(NULL, "geheim", field), AUTHZ_OK);
	assert_int_equal(crypt_field_make(NULL, "geheim", again), AUTHZ_OK);
	assert_int_equal(field[0], '$');
	assert_string_not_equal(field, again); /* each has a salt of its own */
	assert_true(matches(field, "geheim") && matches(again, "geheim"));
	assert_false(matches(field, "Geheim") || matches(field, ""));
	memset(secret, 'p', sizeof secret - 1);
	secret[sizeof secret - 1] = '\0';
	if (crypt_field_make(NULL, secret, field) == AUTHZ_OK)
		assert_true(matches(field, secret));
	else
		assert_int_equal(crypt_field_make(NULL, secret, field), AUTHZ_BAD_PARAMETER);
	assert_true(crypt_field_make(NULL, secret + 2, field) == AUTHZ_OK && matches(field, secret + 2));
}

static void made_and_wiped(void **state)
{
	char field[HOST_CRYPT_SIZE];

	(void)state;
	secret_of_test = "ganz geheim";
	hash_of_test = secret_of_test;
	frees = left = 0;
	assert_int_equal(crypt_field_make(NULL, "ganz geheim", field), AUTHZ_OK);
	secret_of_test = NULL;
	assert_int_not_equal(frees, 0);
	assert_int_equal(left, 0);
}

static void wiped(void **state)
{
	char field[HOST_CRYPT_SIZE];

	(void)state;
	hash_of("$6$rounds=1000$saltsalt", "ganz geheim", field);
	secret_of_test = "ganz geheim";
	hash_of_test = field + strlen("$6$rounds=1000$saltsalt$");
	frees = left = 0;
	assert_true(matches(field, "ganz geheim"));
	secret_of_test = NULL;
	assert_int_not_equal(frees, 0);
	assert_int_equal(left, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"the password and no other, by each method, locked or not", methods, NULL, NULL, NULL},
		{"what is no hash fits no password", no_hash, NULL, NULL, NULL},
		{"a field that no password fits costs the work of one that could (crypt_field MUST 1)", same_work, NULL, NULL, NULL},
		{"neither the password nor its hash stays in memory (crypt_field MUST 2)", wiped, NULL, NULL, NULL},
		{"a field is made for a password, with a salt of its own", made, NULL, NULL, NULL},
		{"nor does it where a field is made (crypt_field MUST 2)", made_and_wiped, NULL, NULL, NULL},
		{"passwords and fields of full length", long_ones, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("crypt_field", tests, NULL, NULL);
}
