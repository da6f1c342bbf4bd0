/* SPDX-License-Identifier: ISC */
/*
 * The journal: what the last transaction did, so that the next one can bring the spare twin up to the current one.
 *
 *	magic 8 | boot id 16 | from 8 | to 8 | identities of the spare and of the current twin, 32 each | changes 8 |
 *	changes, each: kind 1 | length of key 1 | length of record 2 | key | record | BLAKE2b-256 32
 *
 * MUST 1: a journal counts only if it is whole, of this store, and of this boot.
 */
#ifndef AUTHZ_STORE_JOURNAL_H
#define AUTHZ_STORE_JOURNAL_H

#include <sys/stat.h>

#include "store/internal.h"

#define JOURNAL_MAX (16 << 20)

/* What tells whether a file is as it was left. */
struct identity {
	uint64_t device, inode, size, changed; /* changed: status change time, ns */
};

struct journal {
	bool valid;
	uint64_t from, to;       /* it leads from the commit of the one sequence to that of the other */
	struct identity spare;   /* of the twin that is at "from", to be brought to "to" */
	struct identity current; /* of the twin that is at "to" */
	unsigned char *bytes;    /* changes */
	size_t length, at;
};

struct identity identity_from(const struct stat *st);
bool identity_of(int fd, struct identity *id);
bool identity_same(const struct identity *a, const struct identity *b);

/* Read the journal that is there.  What is no journal that counts, is none: j->valid is false. */
void journal_read(struct store *s, const struct header *h, struct journal *j);
/* The next change; false at the end. */
bool journal_next(struct journal *j, struct change *c);
void journal_clear(struct journal *j);

/* Write one, of the changes of this overlay.  Its absence costs a copy and nothing else, so failing is no error. */
void journal_write(struct store *s, const struct header *h, const struct journal *j, const struct overlay *changes, size_t most);

#endif
