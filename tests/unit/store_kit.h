/* SPDX-License-Identifier: ISC */
/*
 * What the tests of the store share: scratch folders, a store with a known property, children.
 *
 * The property: transaction n puts the number n into ten records, with values of different lengths, puts "c<n>" and deletes
 * "c<n-3>".  So at any time the ten are equal, and the records beside them are c<n-2>, c<n-1> and c<n>.  Where the store is
 * to grow, each transaction also adds as many records as kit.growth says, which stay.
 */
#ifndef STORE_KIT_H
#define STORE_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/types.h>

#include "store/store.h"

#define KIT_BOOT "11111111-2222-4333-8444-555555555555"
#define KIT_OTHER_BOOT "99999999-2222-4333-8444-555555555555"

struct kit {
	char folder[512];
	struct store_options options;
	struct store *store;
	unsigned growth;
};

/* A new folder below "base" ($TMPDIR or /tmp if NULL), and in it a store, opened. */
void kit_make(struct kit *k, const char *base, bool durable);
void kit_folder_only(struct kit *k, const char *base, bool durable);
void kit_reopen(struct kit *k);
void kit_remove(struct kit *k);
int kit_setup(void **state);         /* a store, not durable, in *state */
int kit_setup_durable(void **state);
int kit_teardown(void **state);

char *kit_path(const struct kit *k, const char *name); /* of a file of the folder; in a buffer of its own, one of four */
const char *kit_current(const struct kit *k);          /* "a" or "b" */
const char *kit_spare(const struct kit *k);

/* One record.  kit_get: -1 there is none, -2 an error (in *result). */
enum authz_result kit_put(struct kit *k, const char *key, const char *value);
enum authz_result kit_delete(struct kit *k, const char *key);
int kit_get(struct kit *k, const char *key, char *value, size_t size, enum authz_result *result);
void kit_expect(struct kit *k, const char *key, const char *value); /* NULL: is not there */

/* So many records of two kinds, "right0", "left1", "right2"..., whose value is their key. */
void kit_fill(struct kit *k, unsigned count);
/* The number of records with the prefix, whose value must be their key; "calls", if not NULL, is how many that took. */
unsigned kit_walk(struct store_txn *t, const char *prefix, unsigned steps, unsigned *calls);
/* What the store says of itself, and what a check finds. */
void kit_expect_stats(struct kit *k, uint64_t sequence, uint64_t records);

/* The property.  kit_number: false and a sentence in "why" unless the whole store is as it must be after *n. */
enum authz_result kit_write_number(struct store *s, uint64_t n);
enum authz_result kit_write_growing(struct store *s, uint64_t n, unsigned growth);
bool kit_number(struct store *s, uint64_t *n, char *why, size_t size);
bool kit_number_growing(struct store *s, unsigned growth, uint64_t *n, char *why, size_t size);
uint64_t kit_records(const struct kit *k, uint64_t n);
uint64_t kit_expect_number(struct kit *k);
/* libgdbm's own walk of a twin finds as many records. */
void kit_expect_gdbm(struct kit *k, const char *twin, uint64_t records);

/* Whole files. */
unsigned char *kit_read(const char *path, size_t *length);
void kit_write(const char *path, const void *bytes, size_t length);
void kit_flip(const char *path, long at, unsigned char by);
long kit_size(const char *path);
unsigned long kit_inode(const char *path);

/* What a process under a sanitizer may grow by: that keeps what is freed for a while. */
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define KIT_SLACK_KB (1L << 20)
#elif defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define KIT_SLACK_KB (1L << 20)
#endif
#endif
#ifndef KIT_SLACK_KB
#define KIT_SLACK_KB 0L
#endif

/* Run in a child that is killed after so many seconds.  The wait status. */
int kit_child(int (*run)(struct kit *k, void *argument), struct kit *k, void *argument, unsigned seconds);
pid_t kit_start(int (*run)(struct kit *k, void *argument), struct kit *k, void *argument, unsigned seconds);
int kit_wait(pid_t pid);
void kit_sleep_us(long microseconds);
uint64_t kit_now_us(void);

#endif
