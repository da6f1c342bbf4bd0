/* SPDX-License-Identifier: ISC */
/*
 * Writing a twin through libgdbm.  twin.c alone includes gdbm.h.
 *
 * MUST 1: libgdbm never writes into a file, or a bucket of one, that is not as it left it.
 * MUST 2: no error of libgdbm ends the process, and none is taken for success.
 */
#ifndef AUTHZ_STORE_TWIN_H
#define AUTHZ_STORE_TWIN_H

#include "store/overlay.h"
#include "store/record.h"

struct twin;

/*
 * Open the file at fd, which the caller has locked, for writing; an empty file becomes a database.  fd is the twin's from
 * now on, also if this fails.  AUTHZ_STORE_DAMAGED, _NO_ROOM, _IO, AUTHZ_NO_MEMORY.
 */
enum authz_result twin_open(struct twin **out, int fd);
/* AUTHZ_STORE_DAMAGED also if the key is not there as the kind of change says that it is. */
enum authz_result twin_apply(struct twin *t, const unsigned char seal_key[SEAL_KEY_SIZE], const struct change *c);
/* The header, which "fresh" says to be not there yet. */
enum authz_result twin_put_header(struct twin *t, const struct header *h, bool fresh);
enum authz_result twin_get_header(struct twin *t, struct header *h);
/* Is the file whole, as far as its head shows?  And on the disk, if asked. */
enum authz_result twin_settle(struct twin *t, bool sync);
int twin_descriptor(const struct twin *t);
void twin_close(struct twin *t); /* NULL is allowed.  The lock goes with the descriptor */

/* What an errno of reading or writing means. */
enum authz_result store_errno(int error);

#endif
