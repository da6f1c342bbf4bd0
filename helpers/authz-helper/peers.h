/* SPDX-License-Identifier: ISC */
/*
 * Who has how much of the service: connections, and requests that run.
 *
 * A peer is a user, or, of the host, a process: all logins are uid 0, and one that hangs must not keep out the others.
 * A user with subordinate uids is one peer with all of them.
 * Not safe between threads: the service's lock is held around each call.
 */
#ifndef AUTHZ_HELPER_PEERS_H
#define AUTHZ_HELPER_PEERS_H

#include <stdbool.h>
#include <sys/types.h>

#define PEERS_MAX 1024       /* connections in all; fewer where descriptors are fewer */
#define PEERS_LEAST 16
#define PEER_CONNECTIONS 32  /* of one user: those whose requests are carried out */
#define PEER_REFUSED 32      /* and so many more that are told that it is too many */
#define PEER_RUNNING 2       /* requests of one user that run at once */
#define PEERS_RUNNING 8      /* and of all users together, the host apart */

struct peer_id {
	uid_t uid;   /* who asks */
	uid_t share; /* whose share it takes: that uid's, or its owner's */
	pid_t pid;   /* tells processes of the host apart */
	bool is_host;
};

/* A request that waits for its place. */
struct peer_wait {
	struct peer_wait *next;
};

struct peer {
	struct peer_id id;
	unsigned open;     /* 0: this entry is free */
	unsigned accepted; /* of these: not told that they are too many */
	unsigned running;
	struct peer_wait *first, *last;
};

struct peers {
	struct peer entry[PEERS_MAX];
	unsigned total;     /* how many connections there may be */
	unsigned open;
	unsigned strangers; /* of these: not the host's */
	unsigned running;   /* requests of strangers */
	unsigned turn;      /* whose waiting request is looked at first */
};

enum admission {
	ADMITTED,
	ADMITTED_TO_REFUSE, /* its request is read, and told that it is too many */
	ADMITTED_NOT        /* close it */
};

void peers_init(struct peers *p, unsigned total);
/* A new connection, counted unless ADMITTED_NOT; *peer is its number for the calls below.  There is room: open < total. */
enum admission peers_admit(struct peers *p, const struct peer_id *id, unsigned *peer);
/* It is gone. */
void peers_leave(struct peers *p, unsigned peer, bool accepted);

/* May a request run now?  true: it is counted as running. */
bool peers_start(struct peers *p, unsigned peer);
/* It may not: it waits, behind those of its peer. */
void peers_queue(struct peers *p, unsigned peer, struct peer_wait *wait);
/* It does not wait any more. */
void peers_unqueue(struct peers *p, unsigned peer, struct peer_wait *wait);
/* A request ended.  The one that waited and runs in its place, counted already; or NULL. */
struct peer_wait *peers_finish(struct peers *p, unsigned peer);

#endif
