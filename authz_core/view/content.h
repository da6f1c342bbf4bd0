/* SPDX-License-Identifier: ISC */
/*
 * All that a view says, as it would be published: for whoever makes the next view from it, or compares it.
 *
 * MUST 1: what is not whole in every record and in every place, or could not be found by each of the ways in which readers
 *         ask, is AUTHZ_VIEW_DAMAGED.
 */
#ifndef AUTHZ_VIEW_CONTENT_H
#define AUTHZ_VIEW_CONTENT_H

#include "view/publish.h"
#include "view/view.h"

/* Names and gids point into the view; the cabinets are in the order of their gids.  A view of nothing is all zeros. */
struct content {
	size_t cabinet_count, membership_count;
	struct view_cabinet *cabinets; /* listing is VIEW_LIST_ALL: what is not to be listed is not there */
	struct view_membership *memberships;
	const char **names; /* of members and administrators */
};

/* AUTHZ_VIEW_DAMAGED, AUTHZ_NO_MEMORY: there is nothing to be freed. */
enum authz_result content_read(struct content *c, const struct view *v);
void content_free(struct content *c);

#endif
