/* SPDX-License-Identifier: ISC */
/*
 * Reading a GDBM file without trusting it.
 *
 * libgdbm believes what it reads: a damaged file makes it deny a record that is there, walk in circles, or write zeros
 * without end.  So records are read here, straight from the file (the 64-bit format of GDBM, block size 4096, as libgdbm
 * itself writes it), and whatever is not as libgdbm leaves it is AUTHZ_STORE_DAMAGED:
 *
 * MUST 1: a record is handed out only whole, and "there is none" only after proof: the bucket is whole and the right one,
 *         and every record that stands in the way of the key is whole and has another key.
 * MUST 2: every loop is bounded by the file; nothing is read outside of it.
 */
#ifndef AUTHZ_STORE_LAYOUT_H
#define AUTHZ_STORE_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/record.h"

#define LAYOUT_BLOCK 4096

/* What look-ups remember of a file that nobody can write to meanwhile.  One thread at a time. */
struct layout_memory;
struct layout_memory *layout_memory_new(void); /* NULL: there is none, and none is needed */

struct layout {
	int fd;
	struct layout_memory *memory; /* NULL: nothing is remembered */
	int64_t directory; /* where it begins */
	int64_t end;       /* of the file */
	unsigned bits;     /* the directory has 1 << bits entries */
};

/* From now on, until the layout is opened anew: "memory", which may be NULL, is the layout's alone, and freed by free(). */
void layout_remember(struct layout *l, struct layout_memory *memory);

/* A record with its key, as it stands in the file. */
struct layout_record {
	int64_t at; /* its key; the record follows */
	uint32_t hash;
	size_t key_length, length;
	unsigned char bytes[STORE_KEY_MAX + RECORD_MAX];
};

/* How much a look-up of a key that is not there has to show for it. */
enum layout_proof {
	LAYOUT_QUICK, /* the bucket is whole */
	LAYOUT_PROVEN /* MUST 1 */
};

/* Read the head of the file that is open, locked by the caller, at "fd"; _sized: of a size that the caller just asked for. */
enum authz_result layout_open(struct layout *l, int fd);
enum authz_result layout_open_sized(struct layout *l, int fd, int64_t size);
/*
 * libgdbm (read in 1.23) refuses a file that ends with its directory, which it makes itself where the directory grows and
 * what it makes next finds a free place: such a file gets a block more.  For whoever may write to it alone, before libgdbm
 * opens it.  AUTHZ_STORE_NO_ROOM, AUTHZ_STORE_IO.
 */
enum authz_result layout_openable(struct layout *l);
enum authz_result layout_find(const struct layout *l, const unsigned char seal_key[SEAL_KEY_SIZE], const void *key,
                              size_t key_length, enum layout_proof proof, struct layout_record *r, bool *found);
/*
 * The record after this key, in the order of hashes, which is that of the buckets, and of keys where they have one hash;
 * the first if key_length is 0.  The key need not be there.  A record keeps its place, whatever is put, deleted and moved.
 */
enum authz_result layout_next(const struct layout *l, const unsigned char seal_key[SEAL_KEY_SIZE], const void *key,
                              size_t key_length, struct layout_record *r, bool *found);
/* The store's own record. */
enum authz_result layout_header(const struct layout *l, struct header *h);
/*
 * Walk all records, the header too; each bucket is looked at once.  "each" is called for every one, and anything but
 * AUTHZ_OK from it ends the walk.  *at is where in the file the walk is: what a result of its own is about.
 */
enum authz_result layout_walk(const struct layout *l, const unsigned char seal_key[SEAL_KEY_SIZE],
                              enum authz_result (*each)(void *context, const struct layout_record *r), void *context,
                              int64_t *at);

#endif
