/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a try counts before its password is looked at, so that no number of them at once is more than the limit.
 * MUST 2: the tries that one caller used up are another caller's still.
 * MUST 3: callers without a name are one caller, however many uids they have.
 * MUST 4: nothing but time and a right password gives a caller new tries; a password that nobody could look at was none.
 * MUST 5: whether there is a cabinet or a mailbox of a name makes no difference to its count.
 */
#include "rules/tries.h"

#include <sodium.h>
#include <string.h>

#include "rules/pack.h"
#include "rules/quota.h"

#define KEY_SIZE 9

/* Whose password it is: a user's, by uid, or what goes by a name. */
struct keeper {
	char kind; /* 'X', or enum tries_of */
	uint32_t number;
	const char *name;
};

struct tries {
	uint64_t count;
	int64_t last; /* boot clock, microseconds */
};

static size_t total_key(unsigned char key[KEY_SIZE], uid_t owner)
{
	struct pack p = {.at = key, .size = KEY_SIZE};

	pack_bytes(&p, "X", 1);
	pack_number(&p, owner, 4);
	return p.used;
}

static size_t pair_key(unsigned char key[KEY_SIZE], const struct keeper *k, uid_t caller)
{
	struct pack p = {.at = key, .size = KEY_SIZE};

	pack_bytes(&p, &k->kind, 1);
	pack_number(&p, k->number, 4);
	pack_number(&p, caller, 4);
	return p.used;
}

static bool unpack(struct tries *tries, const unsigned char *from, size_t length)
{
	struct unpack u = {.at = from, .left = length};

	tries->count = unpack_number(&u, 4);
	tries->last = (int64_t)unpack_number(&u, 8);
	return unpack_done(&u);
}

static enum authz_result read(struct rules *r, struct store_txn *t, const unsigned char *key, size_t key_length,
                              struct tries *tries)
{
	unsigned char value[12];
	size_t length;
	bool found;
	enum authz_result result = store_get(t, key, key_length, value, sizeof value, &length, &found);

	*tries = (struct tries){0, 0};
	if (result == AUTHZ_OK && found && !unpack(tries, value, length))
		result = AUTHZ_STORE_DAMAGED;
	return rules_store(r, r->tokens, result);
}

static enum authz_result write(struct rules *r, struct store_txn *t, const unsigned char *key, size_t key_length,
                               const struct tries *tries)
{
	unsigned char value[12];
	struct pack p = {.at = value, .size = sizeof value};

	pack_number(&p, tries->count < UINT32_MAX ? tries->count : UINT32_MAX, 4);
	pack_number(&p, (uint64_t)tries->last, 8);
	return rules_store(r, r->tokens, store_put(t, key, key_length, value, p.used));
}

static bool over(const struct rules *r, const struct tries *tries, const struct host_clock *now)
{
	return now->boot - tries->last >= (int64_t)r->host->config.password_pause * 1000000;
}

static enum authz_result count_one(struct rules *r, struct store_txn *t, const unsigned char *key, size_t key_length,
                                   struct tries *tries, const struct host_clock *now)
{
	tries->count++;
	tries->last = now->boot;
	return write(r, t, key, key_length, tries);
}

/* AUTHZ_TOO_MANY_TRIES, or what this caller has tried so far. */
static enum authz_result look(struct rules *r, struct store_txn *t, const struct keeper *k, const struct host_clock *now,
                              struct tries *of_pair)
{
	unsigned char key[KEY_SIZE];
	enum authz_result result = read(r, t, key, pair_key(key, k, rules_counted(r)), of_pair);

	if (result != AUTHZ_OK)
		return result;
	if (over(r, of_pair, now))
		of_pair->count = 0;
	if (of_pair->count >= r->host->config.password_tries)
		return rules_refuse(r, AUTHZ_TOO_MANY_TRIES, k->name);
	return AUTHZ_OK;
}

static enum authz_result take_pair(struct rules *r, struct store_txn *t, const struct keeper *k, const struct host_clock *now)
{
	unsigned char key[KEY_SIZE];
	struct tries of_pair;
	enum authz_result result = look(r, t, k, now, &of_pair);

	return result == AUTHZ_OK ? count_one(r, t, key, pair_key(key, k, rules_counted(r)), &of_pair, now) : result;
}

/* What profile_show tells of a user. */
static enum authz_result take_total(struct rules *r, struct store_txn *t, uid_t owner, const struct host_clock *now)
{
	unsigned char key[KEY_SIZE];
	const size_t key_length = total_key(key, owner);
	struct tries in_all;
	enum authz_result result = read(r, t, key, key_length, &in_all);

	return result == AUTHZ_OK ? count_one(r, t, key, key_length, &in_all, now) : result;
}

/* Whoever has used up the tries takes no writer lock. */
static enum authz_result look_first(struct rules *r, const struct keeper *k, const struct host_clock *now)
{
	struct tries of_pair;
	struct store_txn *t;
	enum authz_result result = rules_begin(r, r->tokens, false, &t);

	if (result != AUTHZ_OK)
		return result;
	result = look(r, t, k, now, &of_pair);
	store_abort(t);
	return result;
}

static enum authz_result take(struct rules *r, const struct keeper *k, const struct host_clock *now)
{
	struct store_txn *t = NULL;
	enum authz_result result = look_first(r, k, now);

	if (result == AUTHZ_OK)
		result = rules_begin(r, r->tokens, true, &t);
	if (result == AUTHZ_OK)
		result = quota_sweep(r, t, now);
	if (result == AUTHZ_OK)
		result = take_pair(r, t, k, now);
	if (result == AUTHZ_OK && k->kind == 'X')
		result = take_total(r, t, k->number, now);
	if (result == AUTHZ_OK)
		return rules_store(r, r->tokens, store_commit(t));
	store_abort(t);
	return result;
}

enum authz_result tries_take(struct rules *r, const struct host_user *owner, const struct host_clock *now)
{
	const struct keeper k = {'X', owner->uid, owner->name};

	return take(r, &k, now);
}

/* All names share 65536 counts: what nothing has may be any name. */
static struct keeper named(enum tries_of of, const char *name)
{
	unsigned char hash[crypto_generichash_BYTES_MIN];

	crypto_generichash(hash, sizeof hash, (const unsigned char *)name, strlen(name), NULL, 0);
	return (struct keeper){(char)of, (uint32_t)hash[0] << 8 | hash[1], name};
}

enum authz_result tries_take_named(struct rules *r, enum tries_of of, const char *name, const struct host_clock *now)
{
	const struct keeper k = named(of, name);

	return take(r, &k, now);
}

static enum authz_result forget(struct rules *r, struct store_txn *t, const unsigned char *key, size_t key_length)
{
	struct tries tries;
	enum authz_result result = read(r, t, key, key_length, &tries);

	if (result != AUTHZ_OK || tries.count == 0)
		return result;
	return rules_store(r, r->tokens, store_delete(t, key, key_length));
}

enum authz_result tries_forget(struct rules *r, struct store_txn *t, uid_t owner, bool proved)
{
	const struct keeper k = {.kind = 'X', .number = owner};
	unsigned char key[KEY_SIZE];
	enum authz_result result = forget(r, t, key, total_key(key, owner));

	return result == AUTHZ_OK && proved ? forget(r, t, key, pair_key(key, &k, rules_counted(r))) : result;
}

static enum authz_result take_back(struct rules *r, struct store_txn *t, const unsigned char *key, size_t key_length)
{
	struct tries tries;
	enum authz_result result = read(r, t, key, key_length, &tries);

	if (result != AUTHZ_OK || tries.count == 0)
		return result;
	tries.count--;
	return write(r, t, key, key_length, &tries);
}

static enum authz_result of_named(struct rules *r, enum tries_of of, const char *name,
                                  enum authz_result (*change)(struct rules *, struct store_txn *, const unsigned char *, size_t))
{
	const struct keeper k = named(of, name);
	unsigned char key[KEY_SIZE];
	struct store_txn *t;
	enum authz_result result = rules_begin(r, r->tokens, true, &t);

	if (result != AUTHZ_OK)
		return result;
	result = change(r, t, key, pair_key(key, &k, rules_counted(r)));
	if (result == AUTHZ_OK)
		return rules_store(r, r->tokens, store_commit(t));
	store_abort(t);
	return result;
}

enum authz_result tries_forget_named(struct rules *r, enum tries_of of, const char *name)
{
	return of_named(r, of, name, forget);
}

enum authz_result tries_give_back(struct rules *r, enum tries_of of, const char *name)
{
	return of_named(r, of, name, take_back);
}

enum authz_result tries_count(struct rules *r, struct store_txn *t, uid_t owner, uint64_t *count)
{
	unsigned char key[KEY_SIZE];
	struct tries tries;
	enum authz_result result = read(r, t, key, total_key(key, owner), &tries);

	*count = tries.count;
	return result;
}

bool tries_are_over(const struct rules *r, const unsigned char *key, size_t key_length, const unsigned char *value,
                    size_t length, const struct host_clock *now)
{
	struct tries tries;

	return key_length == KEY_SIZE && key[0] >= 'X' && key[0] <= 'Z' && unpack(&tries, value, length) && over(r, &tries, now);
}
