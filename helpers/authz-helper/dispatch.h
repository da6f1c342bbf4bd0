/* SPDX-License-Identifier: ISC */
/* From a decoded request to its answer: which stores it needs, and which rule. */
#ifndef AUTHZ_HELPER_DISPATCH_H
#define AUTHZ_HELPER_DISPATCH_H

#include "host/machine.h"
#include "identity.h"
#include "place.h"
#include "rules/store_tools.h"
#include "view/folder.h"

/* What a thread keeps from one request to the next.  One thread each. */
struct desk {
	const struct place *place;
	struct machine machine;
	struct host host;
	struct view_folder view;
	struct store *authority, *tokens; /* open, where there are keeps; NULL: not yet */
	const struct keeps *keeps; /* NULL: nothing is kept of stores and audit */
};

/* What the threads of the service keep of the two stores and of the audit, and share. */
struct keeps {
	struct store_keep *authority, *tokens;
	struct audit_keep *audit;
	struct foreign_seats *foreign;
};

/* "place" must live as long as the desk, which stays where it is; "self" is whom the helper works as. */
void desk_init(struct desk *d, const struct place *place, uid_t self, const struct keeps *keeps);

/*
 * When the service starts: the view of cabinets is made what the store says, if it is not.  AUTHZ_OK, or why not, with
 * "subject"; requests are answered all the same.
 */
enum authz_result desk_start(struct desk *d, uid_t self, char subject[SUBJECT_SIZE]);

/* The result, with its subject, is in answer->reply.  "stream" is NULL where there is none to be had. */
void dispatch(struct desk *d, const struct identity *id, const struct request *request, const struct rules_stream *stream,
              struct answer *answer);

#endif
