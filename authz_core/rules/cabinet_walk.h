/* SPDX-License-Identifier: ISC */
/*
 * A page of links of two levels: those of a list, and behind each of them those of another list that it leads to.
 *
 * MUST 1: one page looks at a bounded number of links.
 * MUST 2: page by page every link comes once that is there all the time, whichever are added or removed meanwhile.
 */
#ifndef AUTHZ_RULES_CABINET_WALK_H
#define AUTHZ_RULES_CABINET_WALK_H

#include "rules/cabinet_link.h"

/* Where a walk is: all zeros before its first link.  What a cursor has. */
struct cabinet_place {
	uint8_t list;    /* enum cabinet_list, of who walks several of them one after the other */
	bool inside;     /* the links behind "at" are being walked */
	uint32_t at;     /* ISN of the last link that was taken */
	uint32_t within; /* and of the last behind it; 0: none yet */
};

struct cabinet_walk {
	struct rules *r;
	struct store_txn *t;
	struct cabinet_entity of;
	enum cabinet_list list, inner; /* the first level's list, the second level's */
	struct cabinet_place place;
	unsigned steps; /* done so far */
	bool full;      /* set by who takes: there was no room for this one */
	/*
	 * A link of the first level.  into->name, empty at first, is set to whose list is behind it, if any.  "again": the page
	 * before had this link already, and only that is asked.
	 */
	enum authz_result (*take)(struct cabinet_walk *w, const struct cabinet_link *link, bool again, struct cabinet_entity *into);
	enum authz_result (*take_inner)(struct cabinet_walk *w, const struct cabinet_link *by, const struct cabinet_link *link);
	void *context;
};

/* *ended: to the end of the list; else the walk goes on from its place. */
enum authz_result cabinet_walk(struct cabinet_walk *w, bool *ended);

/* false: these bytes are no cursor. */
bool cabinet_place_read(struct cabinet_place *place, const struct request *request);
void cabinet_place_write(const struct cabinet_place *place, struct reply *reply);

#endif
