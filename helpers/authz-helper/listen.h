/* SPDX-License-Identifier: ISC */
/* The socket of the service: handed over by systemd, or made here; and whether there is one already. */
#ifndef AUTHZ_HELPER_LISTEN_H
#define AUTHZ_HELPER_LISTEN_H

#include <stdbool.h>
#include <sys/types.h>

#define LISTEN_WHY_SIZE 256

struct listener {
	int fd;   /* listening, does not block, closed by exec; -1: none yet */
	int lock; /* of the socket's file, as long as the service lives; -1: not made here */
	const char *path; /* of the file that was made here, else NULL */
};

/*
 * Take descriptor 3, if LISTEN_PID says that it is for this process.  Before the environment is cleared.  true: l->fd is
 * 3, or -1 where nothing was handed over.  false: what was is no listening stream socket, as "why" says.
 */
bool listener_adopt(struct listener *l, char why[LISTEN_WHY_SIZE]);

/* Who may connect. */
struct listen_file {
	mode_t mode;
	uid_t owner; /* LISTEN_MINE: whoever makes it */
};
#define LISTEN_MINE ((uid_t)-1)

/*
 * Make it at "path", which lives as long as the listener.  false, with the reason: a service listens there, something is
 * there that is no socket, or the system refuses.  One thread only: it sets the umask.
 */
bool listener_make(struct listener *l, const char *path, const struct listen_file *file, char why[LISTEN_WHY_SIZE]);

/* What was made here is removed, if that is allowed, so that nobody new finds it; who has connected is still accepted. */
void listener_unlink(struct listener *l);
/* That, and no more connections. */
void listener_close(struct listener *l);

/* Does a service listen at "path"?  No, where connecting says ENOENT or ECONNREFUSED: what clients go by. */
bool listener_is_there(const char *path);

#endif
