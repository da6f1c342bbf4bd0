/* SPDX-License-Identifier: ISC */
/*
 * Writing a twin through libgdbm.  twin.c alone includes gdbm.h.
 *
 * MUST 1: libgdbm never writes into a file, or a bucket of one, that is not as it left it.
 * MUST 2: no error of libgdbm ends the process, and none is taken for success.
 */
#ifndef AUTHZ_STORE_TWIN_H
#define AUTHZ_STORE_TWIN_H

#include "store/layout.h"
#include "store/overlay.h"
#include "store/record.h"

struct twin;

/*
 * Open the file at fd, which the caller has locked and which is of this size, for writing; an empty file becomes a
 * database.  fd is the twin's from now on, also if this fails.  AUTHZ_STORE_DAMAGED, _NO_ROOM, _IO, AUTHZ_NO_MEMORY.
 */
enum authz_result twin_open(struct twin **out, int fd, int64_t size);
/* AUTHZ_STORE_DAMAGED also if the key is not there as the kind of change says that it is. */
enum authz_result twin_apply(struct twin *t, const unsigned char seal_key[SEAL_KEY_SIZE], const struct change *c);
/* A record of a key that must be new, into a twin that nobody else knows of.  *there: the key is there already. */
enum authz_result twin_insert(struct twin *t, const struct change *c, bool *there);
/* The header in the place of that of this sequence and of the same store; STORE_DAMAGED if it is another.  0: there is none. */
enum authz_result twin_put_header(struct twin *t, const struct header *h, uint64_t before);
/* Is the file whole, as far as its head shows?  And on the disk, if asked. */
enum authz_result twin_settle(struct twin *t, bool sync);
/* Of the twin as the last of these calls left it. */
const struct layout *twin_layout(const struct twin *t);
int twin_descriptor(const struct twin *t);
void twin_close(struct twin *t); /* NULL is allowed.  The lock goes with the descriptor */

/* What an errno of reading or writing means. */
enum authz_result store_errno(int error);

#endif
