/* SPDX-License-Identifier: ISC */
/*
 * Masters and their sets of owners, as the store has them (doc/MASTERS).
 *
 * Records of the authority store:
 *	Ml                  the names of all masters, in the order of strcmp
 *	Mm name             uid, who defined it and when, how many users are in its set, and the one who was given last
 *	Mp name             its cabinets, patterns and *ALL; there with Mm
 *	Mu name NUL owner   a user of its set: uid, until when, and its neighbours in the order in which they were given
 *
 * Whatever is lost of them lets nobody in: a name that Ml has and Mm has not, or the other way round, is damage, and so is
 * an Mm without its Mp, or a neighbour that is not there.
 */
#ifndef AUTHZ_RULES_MASTER_RECORD_H
#define AUTHZ_RULES_MASTER_RECORD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "rules/context.h"

#define MASTERS_MAX 256
#define MASTER_WIDE_MAX 200    /* cabinets, patterns and *ALL of one set */
#define MASTER_USERS_MAX 50000 /* users of one set: it is ended in one transaction */

/* In the order of strcmp. */
struct master_names {
	char names[MASTERS_MAX][NAME_SIZE];
	size_t count;
};

struct master {
	char name[NAME_SIZE];
	uid_t uid;
	uid_t maker;
	int64_t made;           /* microseconds, wall clock */
	uint32_t users;
	uint64_t last_serial;   /* of the user who was given last */
	char newest[NAME_SIZE]; /* that one, empty: there is none */
};

/* Of a set what is no single user. */
struct master_wide {
	size_t count;
	struct master_wide_entry {
		char owners[OWNERS_SIZE];
		uint32_t isn;  /* of a cabinet: the one that it was; else 0 */
		int64_t until; /* seconds, wall clock; 0: no end */
	} entries[MASTER_WIDE_MAX];
};

struct master_user {
	char name[NAME_SIZE];
	uid_t uid;
	int64_t until;
	uint64_t serial; /* 1, 2, 3, … in the order in which they were given */
	char newer[NAME_SIZE], older[NAME_SIZE]; /* neighbours; empty: none */
};

enum authz_result master_names_read(struct rules *r, struct store_txn *t, struct master_names *out);
bool master_names_have(const struct master_names *n, const char *name);

/*
 * A master and the wide part of its set; *found false: it is none.  The same number of records is read whether it is one or
 * not.  AUTHZ_STORE_DAMAGED.
 */
enum authz_result master_read(struct rules *r, struct store_txn *t, const char *name, struct master *out,
                              struct master_wide *wide, bool *found);
/* In a write transaction: a new one with an empty set.  AUTHZ_MASTERS_FULL.  m->name, uid, maker and made are given. */
enum authz_result master_add(struct rules *r, struct store_txn *t, struct master *m);
/* In a write transaction: it and its set. */
enum authz_result master_erase(struct rules *r, struct store_txn *t, const struct master *m);
enum authz_result master_wide_write(struct rules *r, struct store_txn *t, const struct master *m, const struct master_wide *wide);

/* A user of its set. */
enum authz_result master_user_read(struct rules *r, struct store_txn *t, const char *master, const char *owner,
                                   struct master_user *out, bool *found);
/* In a write transaction: u->name, uid and until are given; one who is there already keeps the place.  AUTHZ_MASTERS_FULL. */
enum authz_result master_user_put(struct rules *r, struct store_txn *t, struct master *m, struct master_user *u);
enum authz_result master_user_drop(struct rules *r, struct store_txn *t, struct master *m, const char *owner, bool *found);
/*
 * The one who was given before *u; u->name empty: the one who was given last.  *found false: there is none more.  Where *u
 * itself is in the set no more, or anew, the next older of those who are.
 */
enum authz_result master_user_next(struct rules *r, struct store_txn *t, const struct master *m, struct master_user *u,
                                   bool *found);

#endif
