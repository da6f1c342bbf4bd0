/* SPDX-License-Identifier: ISC */
/*
 * The records of authorities: (type, profile, entity) to a mask.
 *
 * Records of the authority store: A type \0 profile \0 p|g \0 name (doc/AUTHORITY).  Each knows its neighbours in the list of its
 * profile.
 *
 * MUST 1: a list that does not hold together is damage, never a shorter list.
 */
#ifndef AUTHZ_RULES_AUTHORITY_RECORD_H
#define AUTHZ_RULES_AUTHORITY_RECORD_H

#include "rules/authority_index.h"

#define AUTHORITY_UNBOUND UINT32_MAX

struct authority_record {
	struct authority_entity entity;
	uint64_t number;    /* as a profile's */
	uint32_t entity_id; /* uid or gid when it was made; AUTHORITY_UNBOUND: of everybody's group */
	uint32_t object_id; /* of one user's profile the uid; else AUTHORITY_UNBOUND */
	uint32_t mask;
	uid_t maker;
	int64_t made;       /* microseconds, wall clock */
	struct authority_entity previous, next; /* kept by these calls */
};

enum authz_result authority_record_find(struct rules *r, struct store_txn *t, const char *type, const char *profile,
                                        const struct authority_entity *entity, struct authority_record *out, bool *found);
/* The first of a profile, and the one after *record; *found false at the end. */
enum authz_result authority_record_first(struct rules *r, struct store_txn *t, const char *type,
                                         const struct authority_node *node, struct authority_record *out, bool *found);
enum authz_result authority_record_next(struct rules *r, struct store_txn *t, const char *type,
                                        const struct authority_node *node, struct authority_record *record, bool *found);

/* In a write transaction: one that was found, with another mask or number behind its names; a new one, at the end. */
enum authz_result authority_record_write(struct rules *r, struct store_txn *t, const char *type, const char *profile,
                                         const struct authority_record *record);
enum authz_result authority_record_add(struct rules *r, struct store_txn *t, const char *type, struct authority_node *node,
                                       struct authority_record *record);
/* In a write transaction: one that was found goes. */
enum authz_result authority_record_remove(struct rules *r, struct store_txn *t, const char *type, struct authority_node *node,
                                          const struct authority_record *record);

#endif
