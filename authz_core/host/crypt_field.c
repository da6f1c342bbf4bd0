/* SPDX-License-Identifier: ISC */
/*
 * A password against the second field of shadow, by libcrypt.
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

static bool is_same(const char *a, const char *b)
{
	const size_t length = strlen(a);

	return length == strlen(b) && sodium_memcmp(a, b, length) == 0;
}

static enum authz_result compare(struct crypt_data *data, const char *crypt_field, const char *secret, bool *matches)
{
	char setting[256];
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
