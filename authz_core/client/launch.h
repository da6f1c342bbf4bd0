/* SPDX-License-Identifier: ISC */
/* What the calling thread and the two processes that it starts know of each other: they share its memory. */
#ifndef AUTHZ_CLIENT_LAUNCH_H
#define AUTHZ_CLIENT_LAUNCH_H

#include <stdbool.h>
#include <sys/types.h>

enum launch_step { LAUNCH_DONE, LAUNCH_CLONE, LAUNCH_DESCRIPTORS, LAUNCH_GROUPS, LAUNCH_USER, LAUNCH_EXEC };

struct launch {
	const char *path;
	int channel; /* the helper's end, 3 or more */
	bool root;   /* may, and must, turn into somebody else */
	uid_t uid;
	gid_t gid;
	void *stack; /* of the helper until its exec: the first byte behind it */

	int pidfd; /* -1 until there is one */
	enum launch_step failed;
	int number; /* errno of it */
};

/* The middle process: start the helper, and end. */
int launch_middle(void *launch);

#endif
