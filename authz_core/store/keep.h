/* SPDX-License-Identifier: ISC */
/*
 * What a process keeps of a store between its transactions: the writers' lock file, open, and the twins as libgdbm has them.
 *
 * MUST 1: a kept twin is written to only if its file is still the one of its name, in nothing changed since this process left
 *         it (device, inode, size, status change time), and at the commit that it was left at.
 * MUST 2: between two transactions nothing that is kept is locked.
 * MUST 3: the writers of a process wait for one another no longer than for a writer of another process.
 */
#ifndef AUTHZ_STORE_KEEP_H
#define AUTHZ_STORE_KEEP_H

#include <sys/stat.h>

#include "store/journal.h"
#include "store/twin.h"

/* A twin, and how it was left. */
struct kept {
	struct twin *twin; /* NULL: none is kept */
	struct identity left;
	uint64_t sequence;
	unsigned char seal_key[SEAL_KEY_SIZE];
};

/*
 * The writer's turn: what follows is for whoever has it.  AUTHZ_STORE_BUSY when it is not free by "deadline"
 * (holder_now_ms of CLOCK_MONOTONIC).  "folder" is the store's folder: what was kept of another one is let go.
 */
enum authz_result keep_enter(struct store_keep *k, const struct stat *folder, uint64_t deadline);
void keep_leave(struct store_keep *k);

int *keep_lock(struct store_keep *k); /* the descriptor of the lock file; -1: none */
/* The twin 'a' or 'b'. */
struct kept *keep_twin(struct store_keep *k, char name);
void keep_drop(struct kept *kept);
/* Is it still as it was left, if this is how the file of its name is now, and at the commit that "header" and "sequence" say? */
bool keep_trusted(const struct kept *kept, const struct identity *now, const struct header *header, uint64_t sequence);

#endif
