/* SPDX-License-Identifier: ISC */
/*
 * A password against the second field of shadow, and such a field for one, by libcrypt.
 *
 * MUST 1: a field that no password fits costs what one costs that a password could fit, by the method of passwd(1).
 * MUST 2: neither the password nor its hash stays in memory.
 */
#include <crypt.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "host/machine.h"

#define SETTING_SIZE 256

/* A setting of the method that passwd(1) would use now; for musl one that every libcrypt knows. */
static const char *usual_setting(char *to, size_t size)
{
	static const char fallback[] = "$6$authz.authz.auth";

#ifdef CRYPT_GENSALT_IMPLEMENTS_DEFAULT_PREFIX
	static const char no_secret[16] = "authz.authz.auth";
	const char *setting = crypt_gensalt_rn(NULL, 0, no_secret, sizeof no_secret, to, (int)size);

	return setting != NULL ? setting : fallback;
#else
	(void)to, (void)size;
	return fallback;
#endif
}

/* What libcrypt makes of a setting that it does not know begins so, and is no hash. */
static bool is_hash(const char *text)
{
	return text != NULL && text[0] != '\0' && text[0] != '*' && text[0] != '!';
}

/* With a salt of its own. */
#ifdef CRYPT_GENSALT_IMPLEMENTS_DEFAULT_PREFIX
static bool new_setting(char setting[SETTING_SIZE])
{
	char random[64];

	randombytes_buf(random, sizeof random);
	return crypt_gensalt_rn(NULL, 0, random, sizeof random, setting, SETTING_SIZE) != NULL;
}
#else
static bool new_setting(char setting[SETTING_SIZE])
{
	static const char letters[] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	size_t i;

	memcpy(setting, "$6$", 3);
	for (i = 3; i < 19; i++)
		setting[i] = letters[randombytes_uniform(64)];
	setting[19] = '\0';
	return true;
}
#endif

static bool is_same(const char *a, const char *b)
{
	const size_t length = strlen(a);

	return length == strlen(b) && sodium_memcmp(a, b, length) == 0;
}

enum authz_result crypt_field_make(void *context, const char *secret, char field[HOST_CRYPT_SIZE])
{
	struct crypt_data *data = calloc(1, sizeof *data);
	char setting[SETTING_SIZE];
	enum authz_result result = AUTHZ_INTERNAL;
	const char *hash;

	(void)context;
	memset(field, 0, HOST_CRYPT_SIZE);
	if (data == NULL)
		return AUTHZ_NO_MEMORY;
	errno = 0;
	hash = new_setting(setting) ? crypt_r(secret, setting, data) : NULL;
	if (!is_hash(hash) && errno == ERANGE)
		result = AUTHZ_BAD_PARAMETER;
	if (is_hash(hash) && strlen(hash) < HOST_CRYPT_SIZE) {
		memcpy(field, hash, strlen(hash) + 1);
		result = AUTHZ_OK;
	}
	sodium_memzero(data, sizeof *data);
	free(data);
	return result;
}

static enum authz_result compare(struct crypt_data *data, const char *crypt_field, const char *secret, bool *matches)
{
	char setting[SETTING_SIZE];
	const char *hash = NULL;

	errno = 0;
	if (is_hash(crypt_field))
		hash = crypt_r(secret, crypt_field, data);
	*matches = is_hash(hash) && is_same(hash, crypt_field);
	if (!is_hash(hash) && errno != ENOMEM)
		hash = crypt_r(secret, usual_setting(setting, sizeof setting), data);
	return !is_hash(hash) && errno == ENOMEM ? AUTHZ_NO_MEMORY : AUTHZ_OK;
}

enum authz_result crypt_field_matches(void *context, const char *crypt_field, const char *secret, bool *matches)
{
	struct crypt_data *data = calloc(1, sizeof *data);
	enum authz_result result;

	(void)context;
	*matches = false;
	if (data == NULL)
		return AUTHZ_NO_MEMORY;
	while (*crypt_field == '!')
		crypt_field++;
	result = compare(data, crypt_field, secret, matches);
	sodium_memzero(data, sizeof *data);
	free(data);
	return result;
}
