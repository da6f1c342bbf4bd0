/* SPDX-License-Identifier: ISC */
/*
 * Who is a member or an administrator of which cabinet, and whom the owner of a private one authorized, its guests: links in
 * two lists each, that of the cabinet and that of the member.
 *
 * Records of the authority store: Zn, Zk, Zp (doc/CABINETS).
 *
 * MUST 1: a list that does not hold together is damage, never a shorter list.
 * MUST 2: adding, removing and finding a link touch a number of records that does not depend on how many there are.
 *
 * What a write transaction changed is seen by it at once.
 */
#ifndef AUTHZ_RULES_CABINET_LINK_H
#define AUTHZ_RULES_CABINET_LINK_H

#include "rules/cabinet_record.h"

enum cabinet_relation { RELATION_MEMBER = 'M', RELATION_ADMIN = 'D', RELATION_GUEST = 'P' };

/* A user, who is his private cabinet too, or a shared cabinet. */
struct cabinet_entity {
	char kind; /* 'u' or 'c' */
	char name[NAME_SIZE];
};

struct cabinet_link {
	uint32_t isn;
	char relation; /* enum cabinet_relation */
	char cabinet[NAME_SIZE];
	struct cabinet_entity member;
	uint8_t profile_type;            /* 1, 2, 3; of a membership; of a guest 3, or 0: withdrawn */
	struct cabinet_profile special;  /* of type 3: the copy, or what the owner gave */
	char special_name[NAME_SIZE];    /* where it was copied from */
	uid_t uid;   /* of a user when it was made */
	uid_t owner; /* of a guest: the user whose private cabinet it is, when it was made */
	uid_t maker;
	int64_t made;
	uint32_t next_of_cabinet, previous_of_cabinet, next_of_member, previous_of_member; /* kept by these calls; 0: none */
};

/* The lists that there are.  The first three are a cabinet's, the guests a user's, the others any entity's. */
enum cabinet_list {
	LIST_USERS,    /* members that are users */
	LIST_CABINETS, /* members that are cabinets */
	LIST_ADMINS,   /* administrators */
	LIST_MEMBER_OF,
	LIST_ADMIN_OF,
	LIST_GUESTS,   /* of the user's private cabinet */
	LIST_GUEST_OF,
	CABINET_LISTS
};

enum authz_result cabinet_link_find(struct rules *r, struct store_txn *t, enum cabinet_relation relation, const char *cabinet,
                                    const struct cabinet_entity *member, struct cabinet_link *out, bool *found);
enum authz_result cabinet_link_by_isn(struct rules *r, struct store_txn *t, uint32_t isn, struct cabinet_link *out, bool *found);

/* In a write transaction.  Adding gives it its ISN; there must be none of that pair.  Removing is by what find gave. */
enum authz_result cabinet_link_add(struct rules *r, struct store_txn *t, struct cabinet_link *link);
enum authz_result cabinet_link_change(struct rules *r, struct store_txn *t, const struct cabinet_link *link);
enum authz_result cabinet_link_remove(struct rules *r, struct store_txn *t, const struct cabinet_link *link);

/* How many are in a list. */
enum authz_result cabinet_link_count(struct rules *r, struct store_txn *t, const struct cabinet_entity *of,
                                     enum cabinet_list list, uint64_t *count);
/* The first of a list, then the one after *link; link->isn 0 at the end.  Lists are in the order of ISNs. */
enum authz_result cabinet_link_first(struct rules *r, struct store_txn *t, const struct cabinet_entity *of,
                                     enum cabinet_list list, struct cabinet_link *link);
enum authz_result cabinet_link_next(struct rules *r, struct store_txn *t, enum cabinet_list list, struct cabinet_link *link);
/* The first whose ISN is more than "isn": where a page goes on.  Quick unless the link of that ISN is gone. */
enum authz_result cabinet_link_after(struct rules *r, struct store_txn *t, const struct cabinet_entity *of,
                                     enum cabinet_list list, uint32_t isn, struct cabinet_link *link);

#endif
