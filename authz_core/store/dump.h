/* SPDX-License-Identifier: ISC */
/*
 * A store as text (doc/STORE has the form): complete, exact, and checked line by line.
 *
 * MUST 1: what is written is one commit, each record of it whole, or the last line is not written.
 */
#ifndef AUTHZ_STORE_DUMP_H
#define AUTHZ_STORE_DUMP_H

#include "store/store.h"

/* Takes "length" bytes of the text, several lines at once; false: the other side went away. */
struct store_sink {
	bool (*put)(void *context, const char *bytes, size_t length);
	void *context;
};

/*
 * Write all that this transaction sees, in the file's own order, in constant memory.  It has the store's secret in it.  The
 * transaction's own writes are not.  progress may be NULL.  AUTHZ_STOPPED: put or progress said no.
 */
enum authz_result store_dump(struct store_txn *t, const struct store_sink *sink, const struct store_progress *progress);

#endif
