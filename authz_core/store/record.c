/* SPDX-License-Identifier: ISC */
#include "store/record.h"

#include <sodium.h>
#include <string.h>

#define RECORD_VERSION 1
#define FORMAT_VERSION 1

static const unsigned char header_seal_key[SEAL_KEY_SIZE] = "authz: a header";

static void put_number(unsigned char *to, uint64_t value)
{
	int i;

	for (i = 7; i >= 0; i--, value >>= 8)
		to[i] = (unsigned char)value;
}

static uint64_t get_number(const unsigned char *from)
{
	uint64_t value = 0;
	int i;

	for (i = 0; i < 8; i++)
		value = value << 8 | from[i];
	return value;
}

static void record_hash(const unsigned char seal_key[SEAL_KEY_SIZE], const void *key, size_t key_length,
                        const void *value, size_t length, unsigned char hash[crypto_shorthash_BYTES])
{
	unsigned char all[2 + STORE_KEY_MAX + STORE_VALUE_MAX];

	all[0] = RECORD_VERSION;
	all[1] = (unsigned char)key_length;
	memcpy(all + 2, key, key_length);
	if (length > 0)
		memcpy(all + 2 + key_length, value, length);
	crypto_shorthash(hash, all, 2 + key_length + length, seal_key);
}

void record_seal(const unsigned char seal_key[SEAL_KEY_SIZE], const void *key, size_t key_length, const void *value,
                 size_t length, unsigned char *out)
{
	out[0] = RECORD_VERSION;
	record_hash(seal_key, key, key_length, value, length, out + 1);
	if (length > 0)
		memcpy(out + RECORD_ENVELOPE, value, length);
}

bool record_whole(const unsigned char seal_key[SEAL_KEY_SIZE], const void *key, size_t key_length, const void *record,
                  size_t length)
{
	const unsigned char *bytes = record;
	unsigned char hash[crypto_shorthash_BYTES];

	if (key_length == 0 || key_length > STORE_KEY_MAX || length < RECORD_ENVELOPE || length > RECORD_MAX)
		return false;
	if (bytes[0] != RECORD_VERSION)
		return false;
	if (key_length == HEADER_KEY_LENGTH && memcmp(key, HEADER_KEY, HEADER_KEY_LENGTH) == 0)
		seal_key = header_seal_key;
	record_hash(seal_key, key, key_length, bytes + RECORD_ENVELOPE, length - RECORD_ENVELOPE, hash);
	return sodium_memcmp(hash, bytes + 1, sizeof hash) == 0;
}

void header_new(struct header *h, bool durable)
{
	memset(h, 0, sizeof *h);
	h->durable = durable;
	randombytes_buf(h->seal_key, sizeof h->seal_key);
	randombytes_buf(h->secret, sizeof h->secret);
}

void header_pack(const struct header *h, unsigned char out[RECORD_ENVELOPE + HEADER_SIZE])
{
	unsigned char bytes[HEADER_SIZE], *at = bytes;

	*at++ = FORMAT_VERSION;
	*at++ = h->durable;
	memcpy(at, h->seal_key, SEAL_KEY_SIZE);
	memcpy(at += SEAL_KEY_SIZE, h->secret, SECRET_SIZE);
	memcpy(at += SECRET_SIZE, h->boot_id, BOOT_ID_SIZE);
	put_number(at += BOOT_ID_SIZE, h->sequence);
	put_number(at + 8, h->records);
	record_seal(header_seal_key, HEADER_KEY, HEADER_KEY_LENGTH, bytes, sizeof bytes, out);
	sodium_memzero(bytes, sizeof bytes);
}

bool header_unpack(struct header *h, const unsigned char *record, size_t length)
{
	const unsigned char *at = record + RECORD_ENVELOPE;

	if (length != RECORD_ENVELOPE + HEADER_SIZE || at[0] != FORMAT_VERSION || at[1] > 1)
		return false;
	if (!record_whole(header_seal_key, HEADER_KEY, HEADER_KEY_LENGTH, record, length))
		return false;
	h->durable = at[1];
	memcpy(h->seal_key, at += 2, SEAL_KEY_SIZE);
	memcpy(h->secret, at += SEAL_KEY_SIZE, SECRET_SIZE);
	memcpy(h->boot_id, at += SECRET_SIZE, BOOT_ID_SIZE);
	h->sequence = get_number(at += BOOT_ID_SIZE);
	h->records = get_number(at + 8);
	return true;
}
