/* SPDX-License-Identifier: ISC */
/*
 * How rules publish a view without knowing where it is.  view/folder.h has the one that there is; tests have it fail, or end
 * the process, at each step.
 */
#ifndef AUTHZ_VIEW_PUBLISHER_H
#define AUTHZ_VIEW_PUBLISHER_H

#include <stdbool.h>

#include "view/publish.h"
#include "view/view.h"

enum view_which { VIEW_PUBLISHED, VIEW_PENDING };

struct view_publisher {
	void *context;
	const char *path; /* for messages */
	/* The view that has the name, or the one that was written and has it not yet.  End with view_close. */
	enum view_answer (*open)(void *context, enum view_which which, struct view *v);
	/* Is there one that has not the name yet?  One system call, for it is asked with every request. */
	bool (*is_pending)(void *context);
	/* view/publish.h; AUTHZ_VIEW_DAMAGED: the folder is missing; AUTHZ_BAD_INSTALL: it is not this user's alone. */
	enum authz_result (*write)(void *context, struct view_content *c);
	enum authz_result (*mark)(void *context);
	enum authz_result (*rename)(void *context);
	enum authz_result (*drop)(void *context);
};

#endif
