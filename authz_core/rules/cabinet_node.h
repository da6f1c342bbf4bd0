/* SPDX-License-Identifier: ISC */
/*
 * Where the lists of an entity begin and end (rules/cabinet_link.h), and how long they are.
 *
 * Records of the authority store: Zn kind name, and beside it Zm kind name, which says that there is one: a node that is
 * lost must not read as "in no list".  Both go with the last link.
 */
#ifndef AUTHZ_RULES_CABINET_NODE_H
#define AUTHZ_RULES_CABINET_NODE_H

#include "rules/cabinet_link.h"

struct cabinet_node {
	struct {
		uint32_t first, last, count; /* ISNs of links; 0: none */
	} list[CABINET_LISTS];
	bool found;
};

/* All zeros if the entity is in no list. */
enum authz_result cabinet_node_read(struct rules *r, struct store_txn *t, const struct cabinet_entity *of,
                                    struct cabinet_node *out);
/* In a write transaction; with all lists empty it is taken away. */
enum authz_result cabinet_node_write(struct rules *r, struct store_txn *t, const struct cabinet_entity *of,
                                     const struct cabinet_node *node);

#endif
