/* SPDX-License-Identifier: ISC */
/*
 * From a name to who is meant by it: a user, who is his private cabinet too, a cabinet, or nobody.
 *
 * What the host says of a name is asked first, with no lock held; what the store says of it is read in a transaction.
 */
#ifndef AUTHZ_RULES_CABINET_MEMBER_H
#define AUTHZ_RULES_CABINET_MEMBER_H

#include "rules/cabinet_link.h"

/* What is in PROFILE_TYPE (doc/CABINETS). */
enum cabinet_profile_type { CABINET_PROFILE_SHARED = 1, CABINET_PROFILE_OWN = 2, CABINET_PROFILE_SPECIAL = 3 };

/* What the host says. */
struct cabinet_named {
	char name[NAME_SIZE];   /* a user's in the form that NSS has */
	bool is_user, is_group; /* a group: of a name that is no user's */
	uid_t uid;
};

/* And what the store says. */
struct cabinet_meant {
	struct cabinet_entity entity; /* if verdict is AUTHZ_OK */
	/* Can it be a member?  AUTHZ_OK, _PARAMETER_LIST, _MEMBER_NOT_FOUND, _MEMBER_KIND, _CABINET_LOCKED. */
	enum authz_result verdict;
	bool has_profile; /* it is a cabinet, of whatever type */
};

/* AUTHZ_OK, also where there is nobody of that name; AUTHZ_INTERNAL: NSS is out of reach. */
enum authz_result cabinet_member_ask(struct rules *r, const char *name, struct cabinet_named *out);
enum authz_result cabinet_member_read(struct rules *r, struct store_txn *t, const struct cabinet_named *named,
                                      struct cabinet_meant *out);

/*
 * The membership that somebody of that name has in a cabinet, though the name may be no user's any more.
 * AUTHZ_NOT_A_MEMBER; AUTHZ_PARAMETER_LIST: a user and a cabinet of that name both are members.
 */
enum authz_result cabinet_member_find(struct rules *r, struct store_txn *t, const char *cabinet,
                                      const struct cabinet_named *named, struct cabinet_link *out);

/* The profile of a cabinet of any type: of its record, or, of a user who has none, the template's. */
enum authz_result cabinet_profile_read(struct rules *r, struct store_txn *t, const char *name, struct cabinet_profile *out);
/* "shared", "private", "special"; "" of an administrator. */
const char *cabinet_profile_word(const struct cabinet_link *link);
/* The two items of a row that say what a special profile is: four digits, and marks; both "" of others. */
struct cabinet_profile_items {
	char security[8], marks[8];
};
struct cabinet_profile_items cabinet_profile_items(const struct cabinet_link *link);
/* What a membership gives in the shared cabinet "of", live or copied. */
enum authz_result cabinet_profile_by(struct rules *r, struct store_txn *t, const struct cabinet *of,
                                     const struct cabinet_link *link, struct cabinet_profile *out);

#endif
