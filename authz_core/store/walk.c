/* SPDX-License-Identifier: ISC */
/* What looks at many records, and at the store's own. */
#include <string.h>

#include "store/internal.h"

static bool own_record(const struct layout_record *r)
{
	return r->bytes[0] == '\0';
}

static bool has_prefix(const struct layout_record *r, const void *prefix, size_t length)
{
	return r->key_length >= length && (length == 0 || memcmp(r->bytes, prefix, length) == 0);
}

static enum authz_result damaged(struct store_txn *t, enum authz_result result)
{
	return store_note(t->store, result, (const char[2]){t->name, '\0'});
}

enum authz_result store_next(struct store_txn *t, const void *prefix, size_t prefix_length, unsigned steps,
                             unsigned char key[STORE_KEY_MAX], size_t *key_length, void *value, size_t size,
                             size_t *length, bool *matched)
{
	struct layout_record r;
	enum authz_result result;
	bool found = false;

	*matched = false;
	*length = 0;
	do {
		result = t->empty ? AUTHZ_OK : layout_next(&t->layout, t->header.seal_key, key, *key_length, &r, &found);
		if (result != AUTHZ_OK || !found) {
			*key_length = 0;
			return damaged(t, result);
		}
		memcpy(key, r.bytes, r.key_length);
		*key_length = r.key_length;
		if (own_record(&r))
			continue;
		*matched = has_prefix(&r, prefix, prefix_length);
		steps -= steps > 0;
	} while (!*matched && (steps > 0 || own_record(&r)));
	if (!*matched)
		return AUTHZ_OK;
	*length = r.length - RECORD_ENVELOPE;
	if (*length > size)
		return damaged(t, AUTHZ_STORE_DAMAGED);
	if (*length > 0)
		memcpy(value, r.bytes + r.key_length + RECORD_ENVELOPE, *length);
	return AUTHZ_OK;
}

enum authz_result store_stats(struct store_txn *t, struct store_stats *out)
{
	*out = (struct store_stats){0};
	if (t->empty)
		return AUTHZ_OK;
	*out = (struct store_stats){.sequence = t->header.sequence, .records = t->header.records,
	                            .bytes = (uint64_t)t->layout.end};
	return AUTHZ_OK;
}

enum authz_result store_secret(struct store_txn *t, unsigned char secret[32])
{
	memcpy(secret, t->header.secret, SECRET_SIZE);
	return AUTHZ_OK;
}

enum authz_result store_check(struct store_txn *t, uint64_t *records)
{
	enum authz_result result;
	uint64_t all = 1;

	*records = 0;
	if (t->empty)
		return AUTHZ_OK;
	result = layout_check(&t->layout, t->header.seal_key, &all);
	*records = all > 0 ? all - 1 : 0;
	if (result == AUTHZ_OK && all != t->header.records + 1)
		result = AUTHZ_STORE_DAMAGED;
	return damaged(t, result);
}
