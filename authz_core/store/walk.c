/* SPDX-License-Identifier: ISC */
#include "store/walk.h"

#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "store/held.h"

struct walk {
	const struct store_progress *progress;
	uint64_t seen, records, total;
};

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
	return store_note(t->store, held_result(t, result), (const char[2]){t->name, '\0'});
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
	struct statvfs fs;

	*out = (struct store_stats){0};
	if (fstatvfs(t->store->folder_fd, &fs) == 0)
		out->free = fs.f_bavail * (uint64_t)fs.f_frsize;
	if (t->empty)
		return AUTHZ_OK;
	out->sequence = t->header.sequence;
	out->records = t->header.records;
	out->bytes = (uint64_t)t->layout.end;
	return AUTHZ_OK;
}

enum authz_result store_secret(struct store_txn *t, unsigned char secret[32])
{
	memcpy(secret, t->header.secret, SECRET_SIZE);
	return AUTHZ_OK;
}

static enum authz_result count_record(void *context, const struct layout_record *r)
{
	struct walk *w = context;

	w->seen++;
	if (own_record(r))
		return AUTHZ_OK;
	w->records++;
	return walk_tell(w->progress, w->records, w->total) ? AUTHZ_OK : AUTHZ_STOPPED;
}

enum authz_result walk_damaged(struct store_txn *t, enum authz_result result, int64_t at)
{
	char place[40];

	if (held_result(t, result) != result)
		return damaged(t, result);
	snprintf(place, sizeof place, "%c at byte %lld", t->name, (long long)at);
	return store_fail(t->store, result, place);
}

bool walk_tell(const struct store_progress *p, uint64_t done, uint64_t total)
{
	if (p == NULL || (done % WALK_TELL != 0 && done != total))
		return true;
	return p->tell(p->context, done, total);
}

enum authz_result store_check(struct store_txn *t, const struct store_progress *progress, uint64_t *records)
{
	struct walk w = {.progress = progress, .total = t->header.records};
	enum authz_result result;
	int64_t at = 0;

	*records = 0;
	if (t->empty)
		return AUTHZ_OK;
	result = layout_walk(&t->layout, t->header.seal_key, count_record, &w, &at);
	*records = w.records;
	if (result == AUTHZ_STOPPED)
		return store_fail(t->store, result, NULL);
	if (result != AUTHZ_OK)
		return walk_damaged(t, result, at);
	return damaged(t, w.seen == t->header.records + 1 ? AUTHZ_OK : AUTHZ_STORE_DAMAGED);
}
