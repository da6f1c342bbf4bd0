/* SPDX-License-Identifier: ISC */
/*
 * What the files of this folder share.  doc/STORE is the page about it.
 */
#ifndef AUTHZ_STORE_INTERNAL_H
#define AUTHZ_STORE_INTERNAL_H

#include <sys/stat.h>
#include <sys/types.h>

#include "store/layout.h"
#include "store/overlay.h"
#include "store/record.h"
#include "store/store.h"

#define STORE_SUBJECT 512

struct store {
	char *folder;
	int folder_fd;
	struct stat at_open; /* of the folder */
	struct store_keep *keep; /* NULL: nothing is kept */
	struct layout_memory *memory; /* for the next transaction; NULL: one has it, or there is none yet */
	uid_t owner; /* of the folder and all in it */
	bool durable, replace;
	unsigned lock_wait_ms, hold_ms;
	unsigned char boot_id[BOOT_ID_SIZE];
	char subject[STORE_SUBJECT];
};

struct store_txn {
	struct store *store;
	bool write;
	bool empty;           /* no commit counts: there is none yet, or it is of another boot */
	char name;            /* 'a' or 'b': the current twin; 0 when there is none */
	struct layout layout; /* of the current twin, opened and locked; layout.fd is -1 when empty */
	bool borrowed;        /* layout.fd is that of a kept twin */
	struct header header; /* its own record; of an empty store: new keys, sequence 0 */
	struct overlay overlay;
	bool entered, locked; /* it has the turn of s->keep; the writers' lock */
	int lock_fd;          /* where nothing is kept */
};

/* Note what a result is about and hand the result on.  "name" is a file of the folder; NULL: the folder itself. */
enum authz_result store_fail(struct store *s, enum authz_result result, const char *name);
/* As store_fail, unless the result is AUTHZ_OK. */
enum authz_result store_note(struct store *s, enum authz_result result, const char *name);

#endif
