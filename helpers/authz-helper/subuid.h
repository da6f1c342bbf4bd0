/* SPDX-License-Identifier: ISC */
/*
 * Whose subordinate uid is it (subuid(5))?  Who may map a range of uids in a user namespace can be each of them, and yet
 * is one user.
 *
 * The two files are read as they are, for NSS may hang; what NSS alone knows is left out.  Safe between threads, but for
 * subuid_init and subuid_free.
 */
#ifndef AUTHZ_HELPER_SUBUID_H
#define AUTHZ_HELPER_SUBUID_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#define SUBUID_FILE "/etc/subuid"
#define SUBUID_USERS "/etc/passwd"
#define SUBUID_RANGES_MAX 16384 /* of 65536 uids each: a quarter of all that there can be; later lines are left out */
#define SUBUID_LOOK_MS 1000

struct subuid_range {
	uint64_t name;     /* a hash of the owner's */
	uid_t first, last;
	uid_t owner;
	bool known;        /* owner is, and not only the name */
};

enum { SUBUID_RANGES, SUBUID_OWNERS, SUBUID_FILES };

struct subuids {
	const char *path[SUBUID_FILES]; /* as subuid(5), as passwd(5) */
	pthread_mutex_t lock;           /* of what follows, but for seen, which is whose turn it is to look */
	struct subuid_range *range;
	size_t count;
	bool looking;
	int64_t next;                   /* no look before then */
	struct stat seen[SUBUID_FILES]; /* all zeros: there was none, or it could not be read */
};

/* Both paths live as long.  Nothing is read yet.  false: no memory. */
bool subuid_init(struct subuids *s, const char *ranges, const char *users);
/*
 * Read the files if they have changed: one thread at a time, and once in SUBUID_LOOK_MS at most; any other goes on with
 * what there is.  It may wait for a disk.
 */
void subuid_look(struct subuids *s);
/* The owner of the first range that the uid is in, or else the uid itself.  Waits for no file. */
uid_t subuid_owner(struct subuids *s, uid_t uid);
/* For tests: the service never ends it. */
void subuid_free(struct subuids *s);

#endif
