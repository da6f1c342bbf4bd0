/* SPDX-License-Identifier: ISC */
/*
 * Which profiles of authorities there are, and which of them counts for a name.
 *
 * Records of the authority store: Ao, At (doc/AUTHORITY); Ai and As are kept by authority_family.h and authority_shard.h.
 *
 * MUST 1: a profile that is lost is damage, never the next less specific one; nor is a lost Ai, At or As.
 * MUST 2: a look-up reads a number of records that does not depend on how many there are.
 * MUST 3: the list of a type's profiles that does not hold together is damage, never a shorter list.
 *
 * What a write transaction changed is seen by it at once.
 */
#ifndef AUTHZ_RULES_AUTHORITY_INDEX_H
#define AUTHZ_RULES_AUTHORITY_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/context.h"

/* A principal or a group; kind 0: none. */
struct authority_entity {
	char kind; /* 'p' or 'g' */
	char name[NAME_SIZE];
};

/* A profile: its records are a list, and it is itself in the list of its type. */
struct authority_node {
	char profile[OBJECT_SIZE];
	uint64_t number; /* never given again within its type, so that a list can go on behind what is gone */
	uint32_t count;  /* of records */
	struct authority_entity first, last;
	char previous[OBJECT_SIZE], next[OBJECT_SIZE]; /* kept by these calls; empty: none */
};

/* *found false: there is no such profile. */
enum authz_result authority_node_find(struct rules *r, struct store_txn *t, const char *type, const char *profile,
                                      struct authority_node *out, bool *found);
/* The first of a type, and the one after *node; *found false at the end. */
enum authz_result authority_node_first(struct rules *r, struct store_txn *t, const char *type, struct authority_node *out,
                                       bool *found);
enum authz_result authority_node_next(struct rules *r, struct store_txn *t, const char *type, struct authority_node *node,
                                      bool *found);

/* In a write transaction: a new one, empty; one that is there; one that is empty goes.  AUTHZ_PROFILES_FULL. */
enum authz_result authority_node_add(struct rules *r, struct store_txn *t, const char *type, const char *profile,
                                     struct authority_node *out);
enum authz_result authority_node_write(struct rules *r, struct store_txn *t, const char *type, const struct authority_node *node);
enum authz_result authority_node_remove(struct rules *r, struct store_txn *t, const char *type,
                                        const struct authority_node *node);
/* In a write transaction: the next number of a type, for a profile or a record. */
enum authz_result authority_next_number(struct rules *r, struct store_txn *t, const char *type, uint64_t *number);

/*
 * The profile that counts for a name, which may be a generic one's own text.  each, if not NULL, is told all that match, in no
 * order.  *found false: none matches.
 */
enum authz_result authority_index_find(struct rules *r, struct store_txn *t, const char *type, const char *name,
                                       struct authority_node *out, bool *found,
                                       void (*each)(void *context, const char *profile), void *context);

#endif
