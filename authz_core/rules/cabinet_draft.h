/* SPDX-License-Identifier: ISC */
/*
 * The next view: what a transaction touched, asked anew of the store as the transaction sees it, over what the last view
 * says (doc/VIEW).
 *
 * A user is in a group that is live if he is its member, or a member of a live cabinet that is.  He is its administrator
 * if he was made it, or is in a live cabinet that was.
 *
 * Three files: cabinet_draft.c collects the pairs of user and cabinet that may have changed, cabinet_pairs.c asks the store
 * about them, cabinet_content.c puts them over the last view.
 */
#ifndef AUTHZ_RULES_CABINET_DRAFT_H
#define AUTHZ_RULES_CABINET_DRAFT_H

#include "rules/cabinet_link.h"
#include "rules/name_set.h"
#include "rules/store_tools.h"
#include "view/content.h"

#define NO_GID ((gid_t)-1)

/* What was touched; names are copies. */
struct touched_link {
	char relation;
	char cabinet[NAME_SIZE];
	struct cabinet_entity member;
};

struct cabinet_touched {
	struct touched_link *users, *nested; /* by what the member is */
	size_t user_count, user_room, nested_count, nested_room;
	char (*cabinets)[NAME_SIZE];
	size_t cabinet_count, cabinet_room;
	bool no_memory;
};

/* Of a cabinet, by its number in the set of names. */
struct draft_cabinet {
	bool read;   /* the three below are so */
	bool found;  /* in the store */
	bool live;   /* shared, and not locked */
	bool is_group; /* live, with a name and a gid that a view takes */
	bool touched;  /* its group's record is made anew */
	bool relist;   /* whom it lists is found out anew, from what groups users have */
	gid_t gid;
	uint8_t listing;
	bool reached;         /* the two below are so */
	uint32_t *reach;      /* what being in it may lead to: numbers of cabinets, each twice plus 1 if as administrator */
	size_t reach_count, reach_room;
	bool counted;        /* the two below are so */
	uint64_t member_cabinets, administrators; /* how many links the lists have */
	bool based;     /* the next is so */
	gid_t base_gid; /* in the last view; NO_GID: it is not in it */
};

enum pair_state { PAIR_UNKNOWN, PAIR_OUT, PAIR_IN };

struct draft_pair {
	uint32_t cabinet, user; /* numbers */
	char relation;
	uint8_t state; /* enum pair_state */
};

struct draft {
	struct rules *r;
	struct store_txn *t;
	bool all; /* from the store: there is no last view to go by */
	const struct cabinet_touched *touched; /* NULL: nothing */
	const struct rules_stream *stream;     /* NULL, or who is told how far it is */
	uint64_t most;   /* links that may be looked at; 0: any number */
	struct view base; /* the last view; bytes NULL: there is none */
	struct content last;
	uint64_t looked, told, done, total;
	struct arena arena;
	struct name_set cabinets, users;
	struct draft_cabinet *of; /* by the number of the cabinet */
	size_t of_room;
	struct draft_pair *pairs;
	size_t pair_count, pair_room;
	struct view_content content; /* what comes of it; all of it lives as long as the draft and the base */
};

/* Up to "last" it is set by the caller, who may leave zeros, and frees base and last himself. */
enum authz_result draft_make(struct draft *d);
void draft_free(struct draft *d);

/* ---- between the three */

/* More room for an array whose entries have "size" bytes; they are all zeros. */
bool draft_room(void *array, size_t *room, size_t count, size_t size);
enum authz_result draft_no_memory(struct draft *d);
/* The number of a cabinet; of[number] is what the store has of it. */
enum authz_result draft_cabinet(struct draft *d, const char *name, uint32_t *number);
/* A list of the store (cabinet_link_first and _next), with an eye on how many links are looked at. */
enum authz_result draft_first(struct draft *d, char kind, const char *name, enum cabinet_list list, struct cabinet_link *link);
enum authz_result draft_next(struct draft *d, enum cabinet_list list, struct cabinet_link *link);
enum authz_result draft_add_pair(struct draft *d, char relation, uint32_t cabinet, const char *user, enum pair_state state);
/* The gid that the last view has for it, or NO_GID. */
gid_t draft_base_gid(struct draft *d, uint32_t cabinet);
/* Each pair once, by cabinet, relation and user, and with a state. */
enum authz_result draft_evaluate(struct draft *d);
/* d->content */
enum authz_result draft_compose(struct draft *d);

#endif
