/* SPDX-License-Identifier: ISC */
/* A process of root's that becomes a user, for good. */
#ifndef AUTHZ_BECOME_H
#define AUTHZ_BECOME_H

#include <stdbool.h>
#include <sys/types.h>

#include "authz.h"

struct become {
	char *user, *home, *shell; /* of the account */
	uid_t uid;
	gid_t gid;
	gid_t *groups; /* all that NSS gives the user, gid too */
	int count;
};

/*
 * Ask NSS about a user.  AUTHZ_OK; AUTHZ_USER_NOT_FOUND, AUTHZ_SYSTEM_PROFILE for root and for the number that means
 * nobody at all, AUTHZ_NO_MEMORY, with the user's name in error.  The caller frees *b, whatever the result.
 */
enum authz_result become_look_up(struct become *b, const char *user, struct authz_error *error);
void become_free(struct become *b);

/* Can this process become anybody: its effective uid is 0, it may change ids, and would keep nothing of root's? */
bool become_possible(void);

/* Has the calling thread capabilities that a program may inherit?  They outlive become_user. */
bool become_inherits(void);

/* BECOME_NOT: the process is as it was.  BECOME_HALF: neither that nor the user; it must end. */
enum become_outcome { BECOME_DONE, BECOME_NOT, BECOME_HALF };

/* Groups, gid and uid of the whole process, all its threads.  Call only where become_possible. */
enum become_outcome become_user(const struct become *b);

#endif
