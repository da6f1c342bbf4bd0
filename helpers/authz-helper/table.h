/* SPDX-License-Identifier: ISC */
/*
 * The connections of the service: who has which, what each waits for, and until when.
 *
 * A slot is held by one thread at a time, which alone touches its connection; what nobody holds may be closed at its
 * deadline.  All calls but table_init are safe between threads.
 */
#ifndef AUTHZ_HELPER_TABLE_H
#define AUTHZ_HELPER_TABLE_H

#include <pthread.h>
#include <stdint.h>

#include "connection.h"
#include "peers.h"

#define CONNECTION_LIFE_MS 5000 /* from accept to the last byte of the reply: as long as clients wait */
#define STREAMS_MAX 1           /* at once, of the host; so many of users; and of the host, which asks exits */
#define STREAMS_ASKING_MAX 2    /* of users who ask exits, each of whom has one at most */
#define STUCK_MS 30000          /* a request that runs longer is stuck, and ends the service */
#define TABLE_LISTENER UINT64_MAX /* what epoll says of the socket itself; else it names a slot */

enum slot_state { SLOT_FREE, SLOT_READING, SLOT_WAITING, SLOT_RUNNING, SLOT_WRITING };

struct slot {
	struct peer_wait wait; /* the first member: what peers_finish hands out is the slot */
	struct connection connection;
	struct peer_id id;
	unsigned peer;
	bool accepted; /* false: it is told that it is too many */
	enum slot_state state;
	bool held, polled;
	bool streaming; /* its request may run as long as it has something to say */
	bool counted;   /* among the streams, */
	bool asking;    /* those by which exits are asked, or the others */
	uint32_t generation; /* an event of who had the slot before is no event of this one's */
	int64_t deadline, ends; /* ends: a request that runs longer is stuck; INT64_MAX: it streams */
	struct slot *older, *newer;
};

struct table {
	pthread_mutex_t lock;
	struct peers peers;
	struct slot *slots, *oldest, *newest, *unused;
	int epoll, listener;
	int wake;    /* an eventfd: whoever waits for the next deadline is to look again */
	int64_t looks; /* when that will look by itself; INT64_MAX: never */
	bool paused; /* nothing is accepted: no room, or no descriptor */
	int64_t paused_until; /* at least so long, though there may be room */
	unsigned streams[2][2]; /* that run: of users, of the host; of each those that are not asking, and those that are */
	bool stopping;
	int64_t read_until; /* when stopping: for requests that are not whole */
};

/* Room for "total" connections.  false: no memory. */
bool table_init(struct table *t, unsigned total, int epoll, int listener, int wake);

/* Is there room for one more?  No: nothing is accepted until there is. */
bool table_has_room(struct table *t);
/* No descriptor or memory for one more: none is accepted for a moment. */
void table_pause(struct table *t);
/* Wait for the next connection, unless paused. */
void table_listen(struct table *t);

/* A connection, held; or NULL: this peer has too many.  The caller closes it then. */
struct slot *table_add(struct table *t, int fd, const struct peer_id *id);
/* What epoll says is about this slot, held from now on; or NULL: it is about one that is gone. */
struct slot *table_claim(struct table *t, uint64_t name);
/* Let go of it until there are such events.  false: its time is up, and it is still held. */
bool table_wait(struct table *t, struct slot *s, uint32_t events);
/*
 * Its request has a stream, and a thread to itself: it is never taken for one that is stuck.  false: there are as many of its
 * kind already as there may be, and more would take the threads of logins.  Kinds keep each other from nothing: whoever may ask
 * exits is anybody, and who loads members, or root, is not.
 */
bool table_stream(struct table *t, struct slot *s, bool asking);
/* Its stream has ended; the reply, after which the peer may ask for the next one, is still to go. */
void table_stream_over(struct table *t, struct slot *s);
/* The same, and its request may run for so long yet, and STUCK_MS more. */
void table_proceed(struct table *t, struct slot *s, unsigned ms);
/* Its request is not carried out, and told so. */
void table_refuse(struct table *t, struct slot *s);
/* Its request may run.  false: it waits for its place, and is not held any more. */
bool table_start(struct table *t, struct slot *s);
/* The request of "s" ended: the slot that runs in its place, held; or NULL. */
struct slot *table_finish(struct table *t, struct slot *s);
/* Close it. */
void table_remove(struct table *t, struct slot *s);

/* Close what nobody holds and whose time is up.  When to look again, INT64_MAX for never; *stuck: so many requests are. */
int64_t table_expire(struct table *t, int64_t now, unsigned *stuck);
/* Requests that are not whole have until then; those that are whole keep their time. */
void table_stop(struct table *t, int64_t read_until);
unsigned table_open(struct table *t);

#endif
