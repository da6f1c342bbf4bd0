/* SPDX-License-Identifier: ISC */
/*
 * A cabinet as the store has it, and the numbers of all of them.
 *
 * Records of the authority store: Zc name, Zi isn, Zg gid, Zs (doc/CABINETS).
 */
#ifndef AUTHZ_RULES_CABINET_RECORD_H
#define AUTHZ_RULES_CABINET_RECORD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "rules/context.h"

#define ISN_MAX 99999999u /* P8 */

/* What a cabinet lets those do who are in it. */
struct cabinet_profile {
	uint16_t security; /* four digits: read, modify, copy, print */
	uint16_t marks;    /* CABINET_MARK_… */
};

struct cabinet {
	char name[NAME_SIZE];
	uint32_t isn;
	enum cabinet_type type;
	gid_t gid;        /* of a shared one; else (gid_t)-1 */
	uint8_t listing;  /* enum view_listing */
	bool marked;      /* for deletion */
	bool locked;
	int from;         /* day from which on it is purged, if marked */
	struct cabinet_profile profile;
	char text[CABINET_TEXT_SIZE];
	char crypt[HOST_CRYPT_SIZE]; /* empty: no password opens it */
	uid_t maker;
	int64_t made;     /* microseconds, wall clock */
};

struct cabinet_numbers {
	uint32_t last_isn;
	gid_t last_gid;    /* that was given without being asked for; 0: none yet */
	uint64_t cabinets;
	uint64_t change;   /* random, anew with each change that the view shows; 0: there was none yet */
};

/* *found false: there is none.  Damage is AUTHZ_STORE_DAMAGED. */
enum authz_result cabinet_read(struct rules *r, struct store_txn *t, const char *name, struct cabinet *out, bool *found);
enum authz_result cabinet_read_isn(struct rules *r, struct store_txn *t, uint32_t isn, struct cabinet *out, bool *found);
/* In a write transaction: a new one with its ISN and gid, or one that is there. */
enum authz_result cabinet_write(struct rules *r, struct store_txn *t, const struct cabinet *c);
enum authz_result cabinet_erase(struct rules *r, struct store_txn *t, const struct cabinet *c);
/* Which cabinet has this gid; *found false: none. */
enum authz_result cabinet_of_gid(struct rules *r, struct store_txn *t, gid_t gid, char name[NAME_SIZE], bool *found);

enum authz_result cabinet_numbers_read(struct rules *r, struct store_txn *t, struct cabinet_numbers *out);
enum authz_result cabinet_numbers_write(struct rules *r, struct store_txn *t, const struct cabinet_numbers *n);
/* In a write transaction: the next ISN.  AUTHZ_ISNS_FULL. */
enum authz_result cabinet_next_isn(struct rules *r, struct store_txn *t, uint32_t *isn);

/* A record as store_next handed it out: is it a cabinet's, and which? */
bool cabinet_unpack(struct cabinet *out, const unsigned char *key, size_t key_length, const unsigned char *value, size_t length);
#define CABINET_KEY "Zc" /* what the keys of cabinets begin with */
#define CABINET_RECORD_MAX 1024

#endif
