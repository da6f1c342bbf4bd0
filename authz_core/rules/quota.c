/* SPDX-License-Identifier: ISC */
#include "rules/quota.h"

#include <string.h>

#include "rules/pack.h"
#include "rules/remove_all.h"
#include "rules/tries.h"

#define SWEEP_STEPS 8        /* records that every generation looks at */
#define SWEEP_STEPS_MAKER 256 /* when a maker has no place left */
#define SWEEP_STEPS_FULL 4096 /* when nobody has */
#define FITS_LIFE 600000000  /* microseconds after which what was found to fit is found out anew: it may have been enlarged */

struct counter {
	unsigned char key[5];
	size_t key_length;
};

static struct counter total_counter(void)
{
	return (struct counter){.key = {'C'}, .key_length = 1};
}

static struct counter maker_counter(uid_t maker)
{
	struct counter c = {.key_length = 5};
	struct pack p = {.at = c.key, .size = sizeof c.key};

	pack_bytes(&p, "M", 1);
	pack_number(&p, maker, 4);
	return c;
}

static enum authz_result counter_read(struct rules *r, struct store_txn *t, const struct counter *c, uint64_t *value)
{
	unsigned char bytes[8];
	struct unpack u = {.at = bytes};
	enum authz_result result;
	bool found;

	result = store_get(t, c->key, c->key_length, bytes, sizeof bytes, &u.left, &found);
	*value = result == AUTHZ_OK && found ? unpack_number(&u, 8) : 0;
	if (result == AUTHZ_OK && found && !unpack_done(&u))
		result = AUTHZ_STORE_DAMAGED;
	return rules_store(r, r->tokens, result);
}

static enum authz_result counter_add(struct rules *r, struct store_txn *t, const struct counter *c, int by)
{
	unsigned char bytes[8];
	struct pack p = {.at = bytes, .size = sizeof bytes};
	uint64_t value;
	enum authz_result result = counter_read(r, t, c, &value);

	if (result != AUTHZ_OK)
		return result;
	if (by < 0 && value == 0)
		return rules_store(r, r->tokens, AUTHZ_STORE_DAMAGED);
	pack_number(&p, by < 0 ? value - 1 : value + 1, 8);
	if (by < 0 && value == 1)
		return rules_store(r, r->tokens, store_delete(t, c->key, c->key_length));
	return rules_store(r, r->tokens, store_put(t, c->key, c->key_length, bytes, p.used));
}

enum authz_result quota_count(struct rules *r, struct store_txn *t, uint64_t *tokens)
{
	struct counter total = total_counter();

	return counter_read(r, t, &total, tokens);
}

enum authz_result quota_removed(struct rules *r, struct store_txn *t, const struct token_record *token)
{
	struct counter total = total_counter(), own = maker_counter(token->maker);
	enum authz_result result = counter_add(r, t, &total, -1);

	return result == AUTHZ_OK ? counter_add(r, t, &own, -1) : result;
}

struct sweep {
	unsigned char key[STORE_KEY_MAX], kept[STORE_KEY_MAX];
	size_t key_length, kept_length;
	unsigned steps;
	bool live_seen, wrapped;
};

/* The next sweep goes on here. */
static void sweep_keep(struct sweep *s)
{
	memcpy(s->kept, s->key, s->key_length);
	s->kept_length = s->key_length;
}

static enum authz_result sweep_load(struct rules *r, struct store_txn *t, struct sweep *s)
{
	bool found;
	enum authz_result result = store_get(t, "W", 1, s->key, sizeof s->key, &s->key_length, &found);

	if (!found)
		s->key_length = 0;
	sweep_keep(s);
	return rules_store(r, r->tokens, result);
}

/* One token: removed if it has expired, or was removed with all.  One that stays is where the next sweep goes on. */
static enum authz_result sweep_one(struct rules *r, struct store_txn *t, struct sweep *s, const unsigned char *value,
                                   size_t length, const struct host_clock *now)
{
	unsigned char again[TOKEN_RECORD_MAX];
	struct token_record token;
	enum authz_result result;
	bool found, removed;

	if (!token_record_unpack(&token, value, length))
		return rules_store(r, r->tokens, AUTHZ_STORE_DAMAGED);
	/* The walk sees what was committed: an earlier sweep of this transaction may have removed it already. */
	result = store_get(t, s->key, s->key_length, again, sizeof again, &length, &found);
	if (result != AUTHZ_OK || !found)
		return rules_store(r, r->tokens, result);
	result = removed_with_all(r, t, &token, &removed);
	if (result != AUTHZ_OK)
		return result;
	if (!removed && token_time_left(&token, now->wall, now->boot) > 0) {
		s->live_seen = true;
		sweep_keep(s);
		return AUTHZ_OK;
	}
	result = quota_removed(r, t, &token);
	if (result != AUTHZ_OK)
		return result;
	return rules_store(r, r->tokens, store_delete(t, s->key, s->key_length));
}

/* From where the last one ended, and past the end once more from the beginning; over any run of counters too. */
static enum authz_result sweep(struct rules *r, struct store_txn *t, unsigned steps, const struct host_clock *now)
{
	unsigned char value[TOKEN_RECORD_MAX];
	struct sweep s = {.steps = steps};
	enum authz_result result = sweep_load(r, t, &s);
	size_t length;
	bool matched;

	while (result == AUTHZ_OK && s.steps-- > 0) {
		result = rules_store(r, r->tokens, store_next(t, "", 0, 1, s.key, &s.key_length, value, sizeof value, &length,
		                                              &matched));
		if (result != AUTHZ_OK)
			break;
		if (s.key_length == 0) {
			s.kept_length = 0;
			if (s.wrapped)
				break;
			s.wrapped = true;
		} else if (s.key[0] == 'T') {
			result = sweep_one(r, t, &s, value, length, now);
		} else if (tries_are_over(r, s.key, s.key_length, value, length, now)) {
			result = rules_store(r, r->tokens, store_delete(t, s.key, s.key_length));
		} else if (!s.live_seen) {
			sweep_keep(&s);
		}
	}
	if (result != AUTHZ_OK)
		return result;
	return rules_store(r, r->tokens, s.kept_length == 0 ? store_delete(t, "W", 1)
	                                                    : store_put(t, "W", 1, s.kept, s.kept_length));
}

/* How many fit; UINT64_MAX where that is not known, or not any more. */
static enum authz_result fits_read(struct rules *r, struct store_txn *t, const struct host_clock *now, uint64_t *fits,
                                   bool *found)
{
	unsigned char bytes[16];
	struct unpack u = {.at = bytes};
	int64_t since;
	enum authz_result result = store_get(t, "F", 1, bytes, sizeof bytes, &u.left, found);

	*fits = UINT64_MAX;
	if (result != AUTHZ_OK || !*found)
		return rules_store(r, r->tokens, result);
	*fits = unpack_number(&u, 8);
	since = (int64_t)unpack_number(&u, 8);
	if (!unpack_done(&u))
		return rules_store(r, r->tokens, AUTHZ_STORE_DAMAGED);
	if (now->boot < since || now->boot - since >= FITS_LIFE)
		*fits = UINT64_MAX;
	return AUTHZ_OK;
}

static enum authz_result fits_write(struct rules *r, struct store_txn *t, const struct host_clock *now, uint64_t fits)
{
	unsigned char bytes[16];
	struct pack p = {.at = bytes, .size = sizeof bytes};

	pack_number(&p, fits, 8);
	pack_number(&p, (uint64_t)now->boot, 8);
	return rules_store(r, r->tokens, store_put(t, "F", 1, bytes, p.used));
}

enum authz_result quota_sweep(struct rules *r, struct store_txn *t, const struct host_clock *now)
{
	return sweep(r, t, SWEEP_STEPS, now);
}

static enum authz_result room(struct rules *r, struct store_txn *t, uid_t maker, const char *maker_name,
                              const struct host_clock *now, bool *noted)
{
	struct counter total = total_counter(), own = maker_counter(maker);
	uint64_t in_all, of_maker, fits;
	enum authz_result result = counter_read(r, t, &total, &in_all);

	if (result == AUTHZ_OK)
		result = counter_read(r, t, &own, &of_maker);
	if (result == AUTHZ_OK)
		result = fits_read(r, t, now, &fits, noted);
	if (result != AUTHZ_OK)
		return result;
	if (in_all >= r->host->config.quota_total)
		return rules_refuse(r, AUTHZ_TOKENS_FULL, "");
	if (in_all >= fits)
		return rules_refuse(r, AUTHZ_TOKENS_FULL, QUOTA_FILE_SYSTEM);
	if (of_maker >= r->host->config.quota_maker)
		return rules_refuse(r, AUTHZ_MAKER_FULL, maker_name);
	return AUTHZ_OK;
}

enum authz_result quota_take(struct rules *r, struct store_txn *t, uid_t maker, const char *maker_name,
                             const struct host_clock *now)
{
	struct counter total = total_counter(), own = maker_counter(maker);
	enum authz_result result = sweep(r, t, SWEEP_STEPS, now);
	bool noted = false;

	if (result == AUTHZ_OK)
		result = room(r, t, maker, maker_name, now, &noted);
	if (result == AUTHZ_TOKENS_FULL || result == AUTHZ_MAKER_FULL) {
		result = sweep(r, t, result == AUTHZ_TOKENS_FULL ? SWEEP_STEPS_FULL : SWEEP_STEPS_MAKER, now);
		if (result == AUTHZ_OK)
			result = room(r, t, maker, maker_name, now, &noted);
	}
	/* its place is taken while there is room: a full file system may have none for one more record */
	if (result == AUTHZ_OK && !noted)
		result = fits_write(r, t, now, UINT64_MAX);
	if (result == AUTHZ_OK)
		result = counter_add(r, t, &total, 1);
	if (result == AUTHZ_OK)
		result = counter_add(r, t, &own, 1);
	return result;
}

static enum authz_result note_fits(struct rules *r, struct store_txn *t, const struct host_clock *now, bool *fewer)
{
	struct counter total = total_counter();
	uint64_t fits, before, after;
	bool noted;
	enum authz_result result = fits_read(r, t, now, &fits, &noted);

	if (result == AUTHZ_OK)
		result = counter_read(r, t, &total, &before);
	if (result == AUTHZ_OK && fits == UINT64_MAX) {
		fits = before;
		result = fits_write(r, t, now, fits);
	}
	if (result == AUTHZ_OK)
		result = sweep(r, t, SWEEP_STEPS_FULL, now);
	if (result == AUTHZ_OK)
		result = counter_read(r, t, &total, &after);
	*fewer = result == AUTHZ_OK && after < fits;
	return result;
}

enum authz_result quota_no_room(struct rules *r, const struct host_clock *now)
{
	struct store_txn *t;
	bool fewer = false;
	enum authz_result result = rules_begin(r, r->tokens, true, &t);

	if (result == AUTHZ_OK)
		result = note_fits(r, t, now, &fewer);
	if (result == AUTHZ_OK)
		result = rules_store(r, r->tokens, store_commit(t));
	else
		store_abort(t);
	if ((result == AUTHZ_OK && !fewer) || result == AUTHZ_STORE_NO_ROOM)
		return rules_refuse(r, AUTHZ_TOKENS_FULL, QUOTA_FILE_SYSTEM);
	return result;
}
