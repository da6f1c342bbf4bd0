/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a record is taken only whole: version, key, value and the length of each are as they were written.
 * MUST 2: a record of one key is never taken for that of another, nor one of another store.
 *
 * In the file a record is: version 1 | SipHash-2-4 8 | value.  The hash, keyed with the store's own key, covers version,
 * length of the key, key and value: so the record carries its key in the 8 bytes of the hash.
 */
#ifndef AUTHZ_STORE_RECORD_H
#define AUTHZ_STORE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/store.h"

#define RECORD_ENVELOPE 9
#define RECORD_MAX (RECORD_ENVELOPE + STORE_VALUE_MAX)
#define SEAL_KEY_SIZE 16
#define SECRET_SIZE 32
#define BOOT_ID_SIZE 16

/* The store's own record.  Keys that begin with a NUL are the store's own. */
#define HEADER_KEY "\0H"
#define HEADER_KEY_LENGTH 2
#define HEADER_SIZE (2 + SEAL_KEY_SIZE + SECRET_SIZE + BOOT_ID_SIZE + 8 + 8)

struct header {
	bool durable;
	unsigned char seal_key[SEAL_KEY_SIZE]; /* of the hashes in the records */
	unsigned char secret[SECRET_SIZE];     /* handed out by store_secret */
	unsigned char boot_id[BOOT_ID_SIZE];   /* of the last commit */
	uint64_t sequence;                     /* of the last commit */
	uint64_t records;                      /* without this one */
};

/* Make the record of a value in "out", which has room for RECORD_ENVELOPE + length bytes. */
void record_seal(const unsigned char seal_key[SEAL_KEY_SIZE], const void *key, size_t key_length, const void *value,
                 size_t length, unsigned char *out);
/* Is this the record that was written under this key?  The header's is sealed with a key that is no secret. */
bool record_whole(const unsigned char seal_key[SEAL_KEY_SIZE], const void *key, size_t key_length, const void *record,
                  size_t length);

void header_new(struct header *h, bool durable);
void header_pack(const struct header *h, unsigned char out[RECORD_ENVELOPE + HEADER_SIZE]);
bool header_unpack(struct header *h, const unsigned char *record, size_t length);

#endif
