/* SPDX-License-Identifier: ISC */
/*
 * Publishing the cabinet view (doc/VIEW): three calls, for whoever holds the writer lock of the store, with the store's
 * commit between the second and the third:
 *
 *     publish_write, publish_mark, commit, publish_rename
 *
 * MUST 1: a published file is never written again, but for its mark; a new view is a new file, whole and synced before it
 *         has the view's name.
 * MUST 2: killed between any two steps, readers find one whole view, and the next publication, of whatever sequence, works.
 * MUST 3: after publish_rename every look-up of every process is answered from the new view.
 * MUST 4: what the reader would not answer is not written: the call fails, and names it.
 * MUST 5: once a new view has the name there is a file VIEW_CHANGED_NAME, until somebody takes it away: caches that cannot see
 *         the mark (nscd) are told by that.
 *
 * The folder is given as a descriptor; its file system needs room for one more view.  One thread at a time.
 */
#ifndef AUTHZ_VIEW_PUBLISH_H
#define AUTHZ_VIEW_PUBLISH_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "result.h"

/* There was a publication, of which nobody has taken notice yet who keeps answers. */
#define VIEW_CHANGED_NAME "changed"

/* Whom getgrnam, getgrgid and getgrent name as members.  What a user's groups are does not depend on it. */
enum view_listing {
	VIEW_LIST_ALL,
	VIEW_LIST_ADMINISTRATORS, /* those members who are administrators too */
	VIEW_LIST_NONE,
};

struct view_cabinet {
	const char *name; /* with the prefix */
	gid_t gid;
	const char *const *members; /* users, flattened, each once */
	size_t member_count;
	const char *const *administrators; /* users, each once; they need not be members */
	size_t administrator_count;
	enum view_listing listing;
};

struct view_membership {
	const char *user;
	const gid_t *gids; /* each once */
	size_t gid_count;
};

struct view_content {
	uint64_t sequence; /* the store's, of the commit that this belongs to */
	const struct view_cabinet *cabinets; /* in any order */
	size_t cabinet_count;
	const struct view_membership *memberships; /* each user once, in any order */
	size_t membership_count;
	const char *wrong; /* after a failure, unless NULL: the name that it is about */
};

/*
 * Write the view as VIEW_NAME ".new", mode 0644, and sync it.  AUTHZ_BAD_PARAMETER: a name or gid that is not a cabinet's, a
 * user's name that would not do in a list of members, a name, gid or user that is there twice (c->wrong);
 * AUTHZ_NO_MEMORY, AUTHZ_STORE_NO_ROOM, AUTHZ_STORE_IO.  After a failure nothing is left, but what was there before.
 */
enum authz_result publish_write(int folder, struct view_content *c);
/*
 * Leave word, and mark the view that is there, if one is.  AUTHZ_STORE_NO_ROOM, AUTHZ_STORE_IO; AUTHZ_BAD_INSTALL: it is no
 * regular file.
 */
enum authz_result publish_mark(int folder);
/* Give the new file the view's name, leave word if it was taken away, and sync the folder.  AUTHZ_STORE_NO_ROOM, AUTHZ_STORE_IO. */
enum authz_result publish_rename(int folder);
/* There is no new file any more.  AUTHZ_STORE_IO. */
enum authz_result publish_drop(int folder);

#endif
