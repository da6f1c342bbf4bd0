/* SPDX-License-Identifier: ISC */
/* The MUST is in the header.  The tag, of the whole block, is the nonce too: no two blocks have the same. */
#include "rules/sealed_key.h"

#include <sodium.h>
#include <string.h>

#define BLOCK (SEALED_KEY_MAX + 1) /* the length, the key, zeros */

struct secrets {
	unsigned char tag[32], stream[crypto_stream_KEYBYTES];
};

static enum authz_result derive(struct rules *r, struct store_txn *t, struct secrets *s)
{
	static const char purpose[] = "authz: a cursor";
	unsigned char secret[32];
	enum authz_result result = rules_store(r, r->authority, store_secret(t, secret));

	_Static_assert(sizeof *s == crypto_generichash_BYTES_MAX, "two keys of one hash");
	if (result == AUTHZ_OK)
		crypto_generichash((unsigned char *)s, sizeof *s, (const unsigned char *)purpose, sizeof purpose, secret, sizeof secret);
	sodium_memzero(secret, sizeof secret);
	return result;
}

static void make_tag(const struct secrets *s, const unsigned char block[BLOCK], unsigned char tag[SEALED_TAG])
{
	crypto_generichash(tag, SEALED_TAG, block, BLOCK, s->tag, sizeof s->tag);
}

static void turn(const struct secrets *s, const unsigned char tag[SEALED_TAG], const unsigned char *from, unsigned char *to)
{
	unsigned char nonce[crypto_stream_NONCEBYTES] = {0};

	memcpy(nonce, tag, SEALED_TAG);
	crypto_stream_xor(to, from, BLOCK, nonce, s->stream);
}

enum authz_result sealed_key_write(struct rules *r, struct store_txn *t, const unsigned char *key, size_t length,
                                   struct reply *reply)
{
	unsigned char block[BLOCK] = {(unsigned char)length};
	struct secrets s;
	enum authz_result result;

	if (length == 0)
		return AUTHZ_OK;
	if (length > SEALED_KEY_MAX)
		return rules_refuse(r, AUTHZ_INTERNAL, "cursor");
	result = derive(r, t, &s);
	if (result != AUTHZ_OK)
		return result;
	memcpy(block + 1, key, length);
	make_tag(&s, block, reply->cursor.bytes);
	turn(&s, reply->cursor.bytes, block, reply->cursor.bytes + SEALED_TAG);
	reply->cursor.length = CURSOR_SIZE;
	reply->has |= 1u << REPLY_CURSOR;
	sodium_memzero(&s, sizeof s);
	return AUTHZ_OK;
}

enum authz_result sealed_key_read(struct rules *r, struct store_txn *t, const struct request *request,
                                  unsigned char key[SEALED_KEY_MAX], size_t *length)
{
	const unsigned char *const cursor = request->cursor.bytes;
	unsigned char block[BLOCK], tag[SEALED_TAG];
	struct secrets s;
	enum authz_result result;

	*length = 0;
	if (request->cursor.length == 0)
		return AUTHZ_OK;
	if (request->cursor.length != CURSOR_SIZE)
		return rules_refuse(r, AUTHZ_BAD_PARAMETER, "cursor");
	result = derive(r, t, &s);
	if (result != AUTHZ_OK)
		return result;
	turn(&s, cursor, cursor + SEALED_TAG, block);
	make_tag(&s, block, tag);
	sodium_memzero(&s, sizeof s);
	if (sodium_memcmp(tag, cursor, SEALED_TAG) != 0 || block[0] == 0 || block[0] > SEALED_KEY_MAX)
		return rules_refuse(r, AUTHZ_BAD_PARAMETER, "cursor");
	*length = block[0];
	memcpy(key, block + 1, *length);
	return AUTHZ_OK;
}
