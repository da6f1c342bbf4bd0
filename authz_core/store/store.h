/* SPDX-License-Identifier: ISC */
/*
 * The store: records that survive kill -9, a full disk and a power cut, whole transactions or none (DESIGN 3.2).
 *
 * A store is a folder.  Rules use this interface and never see GDBM.  All calls return enum authz_result; what it is
 * about (a path) is put into the store's "subject" text, which store_subject() hands out for the reply.
 *
 * One thread per struct store.  Nothing here writes to standard error, exits, or handles signals.
 */
#ifndef AUTHZ_STORE_H
#define AUTHZ_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "result.h"

#define STORE_KEY_MAX 255     /* bytes of a key */
#define STORE_VALUE_MAX 16384 /* bytes of a value */

struct store;
struct store_txn;
struct store_keep;

struct store_options {
	const char *folder;     /* holds a, b, current, lock, journal; must exist, owned by the caller, mode 0700 */
	bool durable;           /* sync file and folder before commit returns.  false: the store of tokens, on a tmpfs, */
	                        /* which also counts as empty once the boot id is another one */
	unsigned lock_wait_ms;  /* longest wait for the writer lock; then AUTHZ_STORE_BUSY */
	unsigned hold_ms;       /* what a writer promises: past it a waiter kills it.  At least the life of a helper */
	const char *boot_id;    /* 36 characters of /proc/sys/kernel/random/boot_id, without the newline */
	bool replace;           /* for store_load: damage, and files that were lost, are no hindrance to a write */
	struct store_keep *keep; /* NULL, or what the threads of this process share for this folder */
};

/*
 * A process that writes often gives all its stores of one folder one keep: its writers then queue for one another without
 * polling, and keep their files open from one transaction to the next; nothing is locked in between.  It is the one thing
 * here that threads share.  Free it when no store has it any more; not of use to a child that was forked.
 * AUTHZ_NO_MEMORY.
 */
enum authz_result store_keep_new(struct store_keep **out);
void store_keep_free(struct store_keep *k); /* NULL is allowed */

/*
 * Make ready.  Reads the folder's state; makes the two twins when there are none (under the writer lock).
 * AUTHZ_STORE_MISSING no such folder; AUTHZ_BAD_INSTALL wrong type, owner or mode (checked on the opened descriptor);
 * AUTHZ_NO_MEMORY; AUTHZ_STORE_BUSY, _NO_ROOM, _IO, _DAMAGED.  *out is set, whatever the result but NO_MEMORY, so that
 * store_subject can be asked; close it in any case.
 */
enum authz_result store_open(struct store **out, const struct store_options *options);
void store_close(struct store *s);
/*
 * As store_open, but goes on with the store that *s, unless NULL, is open at, if that is what store_open would come to: the
 * folder of the path is still the same, and as it must be, and has a store in it.  Else *s is closed and opened anew.
 * No transaction may be open.
 */
enum authz_result store_again(struct store **s, const struct store_options *options);
const char *store_subject(const struct store *s);

/*
 * A read transaction: sees the last commit, waits for nobody, stays as it is however long it lasts (end it soon: a
 * dwelling reader costs writers a copy).  A write transaction: one at a time, waits at most lock_wait_ms; reads see its
 * own writes; nothing of it touches the disk before store_commit.
 * AUTHZ_STORE_BUSY, _DAMAGED, _IO, AUTHZ_NO_MEMORY.
 */
enum authz_result store_begin(struct store *s, bool write, struct store_txn **out);

/*
 * AUTHZ_OK with *found false when there is no such record.  A record whose key, version or checksum is not as it was
 * written is AUTHZ_STORE_DAMAGED, never a value.  "value" has room for size bytes; a longer record is STORE_DAMAGED too
 * (whoever reads knows the largest that it writes).
 */
enum authz_result store_get(struct store_txn *t, const void *key, size_t key_length, void *value, size_t size, size_t *length,
                            bool *found);

/* Of a write transaction.  Both are kept in memory until the commit.  Deleting what is not there is AUTHZ_OK. */
enum authz_result store_put(struct store_txn *t, const void *key, size_t key_length, const void *value, size_t length);
enum authz_result store_delete(struct store_txn *t, const void *key, size_t key_length);

/*
 * Walk records in an order that no change alters.  *key_length 0 on entry: the first; else the one after "key".  On
 * return the next key that begins with "prefix", and its value; *key_length 0 at the end.  At most "steps" records are
 * looked at: when they are used up, *key_length is that of the last one and *matched is false (ask again from there).
 * The key may have been removed: the walk goes on where that was, and meets once what is there all the time.  Sees the
 * committed records, not the transaction's own writes.
 */
enum authz_result store_next(struct store_txn *t, const void *prefix, size_t prefix_length, unsigned steps,
                             unsigned char key[STORE_KEY_MAX], size_t *key_length, void *value, size_t size,
                             size_t *length, bool *matched);

/*
 * Make the transaction happen, whole; or not at all: any result but AUTHZ_OK means that nothing of it is there.
 * (One exception, by nature: a kill or a failing sync of the folder after the rename; the caller never reports success then.)
 * Frees the transaction in any case.
 */
enum authz_result store_commit(struct store_txn *t);
/* The same, but nobody else writes yet: the transaction lasts until store_abort(), the one call that may follow. */
enum authz_result store_commit_hold(struct store_txn *t);
void store_abort(struct store_txn *t); /* NULL is allowed */

/* Numbers that the store keeps itself. */
struct store_stats {
	uint64_t sequence; /* of the last commit */
	uint64_t records;  /* without the store's own */
	uint64_t bytes;    /* of the current twin */
	uint64_t free;     /* bytes that the file system has for more */
};
enum authz_result store_stats(struct store_txn *t, struct store_stats *out);

/*
 * 32 random bytes made with the store, the same for its life: the key of keyed hashes over what must not be guessed.
 * (Of the token store: new at each boot.)
 */
enum authz_result store_secret(struct store_txn *t, unsigned char secret[32]);

/* Who is told, every few thousand records and at the end, how far a long work is.  False from "tell" stops it: AUTHZ_STOPPED. */
struct store_progress {
	bool (*tell)(void *context, uint64_t done, uint64_t total);
	void *context;
};

/*
 * Walk every record of the current twin: each is whole, and there are as many as the store says.  *records is how many were
 * seen.  Of damage the subject says in which file and at which byte.  progress may be NULL.
 */
enum authz_result store_check(struct store_txn *t, const struct store_progress *progress, uint64_t *records);

#endif
