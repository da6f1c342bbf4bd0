/* SPDX-License-Identifier: ISC */
/*
 * The changes of a write transaction, in memory until the commit: at most one for a key, found by a hash table.  A key that was
 * looked up and is not in the current twin is here too, as one to be deleted: what was proved once need not be again, as
 * nobody writes to that twin while the transaction has it.
 */
#ifndef AUTHZ_STORE_OVERLAY_H
#define AUTHZ_STORE_OVERLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is to be done with a key.  Which of the first two it is, is known at the commit. */
enum change_kind { CHANGE_INSERT = 1, CHANGE_REPLACE = 2, CHANGE_DELETE = 3, CHANGE_NOTHING = 4 };

struct change {
	enum change_kind kind;
	size_t key_length, length;
	const unsigned char *key;
	const unsigned char *record; /* sealed; NULL when deleted */
};

struct overlay_entry {
	struct overlay_entry *same_bucket, *next;
	struct change change;
	bool absent; /* proved: it is not in the current twin, whatever becomes of it */
	unsigned char key[];
};

struct overlay {
	struct overlay_entry **buckets, *first;
	size_t size, used; /* of buckets, a power of two; entries */
};

struct overlay_entry *overlay_find(const struct overlay *o, const void *key, size_t key_length);
/*
 * Set what becomes of a key: "record" is taken over (from malloc; NULL deletes) and freed in any case.  False: no memory,
 * and what was there before stands.
 */
bool overlay_set(struct overlay *o, const void *key, size_t key_length, unsigned char *record, size_t length);
/* A look-up proved that a key, which is not here, is not in the current twin.  Without memory it is not noted. */
void overlay_note_absent(struct overlay *o, const void *key, size_t key_length);
void overlay_clear(struct overlay *o);

#endif
