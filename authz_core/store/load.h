/* SPDX-License-Identifier: ISC */
/*
 * A store from its text.
 *
 * MUST 1: a text that is not whole, line by line and as a whole, changes nothing.
 * MUST 2: the whole content is replaced in one transaction, or nothing is.
 * MUST 3: only a durable store is loaded: the tokens that were spent since would be valid again.
 */
#ifndef AUTHZ_STORE_LOAD_H
#define AUTHZ_STORE_LOAD_H

#include "store/store.h"

/* Gives at most "size" bytes of the text: how many, 0 at its end, -1 when the other side went away. */
struct store_source {
	long (*get)(void *context, char *bytes, size_t size);
	void *context;
	/* Unless NULL: all was read and is whole, and is committed next; under the writers' lock. */
	void (*ready)(void *context);
};

/*
 * Replace all that is in the store by what the text has, its secret too, as one transaction, in constant memory.  The
 * writers' lock is held all the while (hold_ms has to cover it), readers go on.  progress may be NULL.
 * AUTHZ_LOAD_TOKENS: MUST 3.  AUTHZ_BAD_DUMP: the subject says which line and what is wrong with it.  AUTHZ_STOPPED: get or
 * progress said no.  All that store_begin and store_commit return.
 */
enum authz_result store_load(struct store *s, const struct store_source *source, const struct store_progress *progress);

#endif
