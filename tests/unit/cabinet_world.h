/* SPDX-License-Identifier: ISC */
/*
 * Shared cabinets, their links and a view, in the stores of world.h; and a model that says what the view must answer.
 *
 * Links are made as rules make them, but for the checks.  A step of a publication can be made to fail, or to be the last that
 * the process does.
 */
#ifndef TEST_UNIT_CABINET_WORLD_H
#define TEST_UNIT_CABINET_WORLD_H

#include "world.h"

#include "config.h"
#include "rules/cabinet_view.h"
#include "view/folder.h"

enum { MODEL_CABINETS = 10, MODEL_USERS = 8 };

struct model_cabinet {
	bool there, locked;
	enum view_listing listing;
	bool users[MODEL_USERS], cabinets[MODEL_CABINETS];
	bool admin_users[MODEL_USERS], admin_cabinets[MODEL_CABINETS];
};

struct model {
	struct model_cabinet cabinets[MODEL_CABINETS];
};

enum publish_step { STEP_NONE, STEP_INTENT, STEP_WRITE, STEP_WRITTEN, STEP_MARK, STEP_MARKED, STEP_RENAME, STEP_RENAMED, STEPS };

struct cabinet_world {
	struct world w;
	struct view_folder folder;
	struct view_publisher publisher; /* the folder's, with what is below in between */
	enum publish_step die_at, fail_at;
	void (*hook)(void *arg, enum publish_step step); /* NULL, or called at each step */
	void *hook_arg;
	struct model model;
	struct store_txn *t; /* the open transaction, and what it touched */
	struct cabinet_touched *touched;
};

int cabinet_world_setup(void **state);
int cabinet_world_teardown(void **state);
/* As the next helper would open the stores; no step fails. */
void cabinet_world_again(struct cabinet_world *c);
void cabinet_world_close(struct cabinet_world *c);

/* A transaction of changes, which the model has at once. */
void change_begin(struct cabinet_world *c);
enum authz_result change_commit(struct cabinet_world *c);

/* Of cabinets by numbers.  Each must be possible. */
void change_create(struct cabinet_world *c, unsigned cabinet);
void change_erase(struct cabinet_world *c, unsigned cabinet); /* with all its links */
void change_lock(struct cabinet_world *c, unsigned cabinet, bool locked);
void change_listing(struct cabinet_world *c, unsigned cabinet, enum view_listing listing);
/* It is there afterwards, or is not. */
void change_user(struct cabinet_world *c, char relation, unsigned cabinet, unsigned user, bool there);
void change_nested(struct cabinet_world *c, char relation, unsigned cabinet, unsigned member, bool there);
/* One of all that is possible, by chance; alone in a transaction; and some of everything. */
void change_any(struct cabinet_world *c, uint64_t *noise);
void change_one(struct cabinet_world *c, uint64_t *noise);
void change_many(struct cabinet_world *c, uint64_t *noise);

/* A link of these names, that there is not yet, without the model. */
void link_add(struct cabinet_world *c, char relation, const char *cabinet, char kind, const char *name);
void put_cabinet(struct cabinet_world *c, const char *name, gid_t gid);

/* The published view answers what the model says; a missing one is one without groups. */
#define assert_view(c) cabinet_world_assert_view((c), __FILE__, __LINE__)
void cabinet_world_assert_view(struct cabinet_world *c, const char *file, int line);
/* Does it?  For where either of two models may be right. */
bool cabinet_world_is_view(struct cabinet_world *c, const struct model *m);
bool cabinet_world_pending(struct cabinet_world *c);
/* The number that the store has of its last change of cabinets. */
uint64_t cabinet_world_number(struct cabinet_world *c);
/* What the helper's own check says of it. */
enum authz_result cabinet_world_check(struct cabinet_world *c);

#endif
