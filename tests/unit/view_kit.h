/* SPDX-License-Identifier: ISC */
/* Worlds of cabinets and their members for tests of the view, and what must be answered of them. */
#ifndef TEST_VIEW_KIT_H
#define TEST_VIEW_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config.h"
#include "view/image.h"
#include "view/view.h"

#define WORLD_CABINETS 200
#define WORLD_USERS 100

struct world {
	struct view_content content;
	struct view_cabinet cabinets[WORLD_CABINETS]; /* in no order */
	struct view_membership memberships[WORLD_USERS];
	char cabinet_names[WORLD_CABINETS][VIEW_GROUP_NAME_MAX + 1];
	char user_names[WORLD_USERS][24];
	const char *members[WORLD_CABINETS][WORLD_USERS];
	const char *administrators[WORLD_CABINETS][WORLD_USERS];
	const char *listed[WORLD_CABINETS][WORLD_USERS + 1]; /* whom getgrnam names; NULL after the last */
	gid_t gids[WORLD_USERS][WORLD_CABINETS];
};

/* So many of each; whom and what by chance, from *noise.  Users without cabinets have no membership. */
void world_make(struct world *w, uint64_t *noise, unsigned cabinets, unsigned users);
const struct view_membership *world_user(const struct world *w, const char *name);

/* Its view, in memory that ends where nothing may be read any more.  Freed by guarded_free. */
struct guarded {
	struct view view;
	unsigned char *bytes; /* the same, to be changed */
	size_t mapped;
};
void guarded_make(struct guarded *g, struct world *w);
void guarded_free(struct guarded *g);
/* Make the sums of the header right again. */
void guarded_seal(struct guarded *g);

/* A group as who asks for it gets it: copied, and each name found.  False: refused. */
struct handed {
	char *text, **names;
};
bool hand_on(const struct view_group *g, struct handed *h);
void handed_free(struct handed *h);

/*
 * Ask for everything, and for some that is not there.  True if all answers are of this world; the number of answers
 * VIEW_DAMAGED, in place of which anything may have been right, is added to *damaged.
 */
bool world_answers(const struct world *w, const struct view *v, unsigned *damaged);
/* Is this answer this cabinet? */
bool world_is_group(const struct world *w, size_t cabinet, const struct view_group *g);

#endif
