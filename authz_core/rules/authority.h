/* SPDX-License-Identifier: ISC */
/*
 * Authorities on named objects: what an entity may do to the objects that a profile names (doc/AUTHORITY).
 *
 * A record is bound to the numbers behind its names: the entity's, and, of one user's profile, that user's.  A user or group that
 * was removed and made anew under the same name inherits nothing, and neither does whoever held an authority on the old one.
 */
#ifndef AUTHZ_RULES_AUTHORITY_H
#define AUTHZ_RULES_AUTHORITY_H

#include "rules/authority_who.h"
#include "wire/authority_word.h"

/* An object that is asked about. */
struct authority_object {
	const char *type;
	char name[OBJECT_SIZE];
	uint32_t id; /* of type profile: the user's uid; else, or if there is none, AUTHORITY_UNBOUND */
};

/* A record of the profile that counts, and whether it does: it does not if the numbers behind its names are others now. */
struct authority_share {
	const struct authority_bound *of;
	const struct authority_record *record;
	bool counts;
};

/* The object that a request names.  No lock is held. */
enum authz_result authority_object_of(struct rules *r, const struct request *request, struct authority_object *out);
/*
 * What these entities hold together on an object.  each, if not NULL, is told of every record; node and *found say which profile
 * counts, if any.
 */
enum authz_result authority_held(struct rules *r, struct store_txn *t, const struct authority_object *object,
                                 const struct authority_who *who, struct authority_node *node, bool *found, uint32_t *mask,
                                 void (*each)(void *context, const struct authority_share *share), void *context);
/* Everything that the caller may do to the profile of "owner": what it holds, and *ALLOBJ. */
enum authz_result authority_of_caller(struct rules *r, struct store_txn *t, const struct authority_who *who,
                                      const struct host_user *owner, uint32_t *mask);

/* Who may ask about this entity: itself, the host, *ALLOBJ, *SECADM; NULL: about all.  A read transaction of its own. */
enum authz_result authority_may_ask(struct rules *r, const struct authority_bound *who);
/* Is the caller shown what is about all, and not what is about itself alone?  A read transaction of its own. */
enum authz_result authority_sees_all(struct rules *r, bool *all);

/* Operations of authzctl authority.  The first five need *ALLOBJ. */
enum authz_result authority_set(struct rules *r, const struct request *request);
enum authz_result authority_grant(struct rules *r, const struct request *request);
enum authz_result authority_revoke(struct rules *r, const struct request *request);
enum authz_result authority_copy(struct rules *r, const struct request *request);
enum authz_result authority_delete(struct rules *r, const struct request *request, struct answer *answer);

enum authz_result authority_check(struct rules *r, const struct request *request);
enum authz_result authority_get(struct rules *r, const struct request *request, struct answer *answer);
enum authz_result authority_explicit(struct rules *r, const struct request *request, struct answer *answer);
enum authz_result authority_explain(struct rules *r, const struct request *request, struct answer *answer);
enum authz_result authority_list(struct rules *r, const struct request *request, struct answer *answer);

#endif
