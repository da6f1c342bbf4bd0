/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: who asks is what the kernel says of the connection.
 * MUST 2: a request is carried out at most once, and only when it is whole.
 * MUST 3: the filter is in place before a byte of a request is read.
 * MUST 4: what a client that has given up asked for is not carried out any more.
 */
#include "worker.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "filter.h"
#include "handle.h"

#define STACK_SIZE (2u << 20) /* NSS modules are guests here */
#define REFUSED_AT_ONCE 64    /* so many connections of a flood, then the others' turn */

#define STREAMS_OF_HOST (2 * STREAMS_MAX)
#define STREAMS_OF_USERS (STREAMS_MAX + STREAMS_ASKING_MAX)

_Static_assert(PEERS_RUNNING + STREAMS_OF_HOST < WORKERS, "users and streams together must leave threads to the host");
_Static_assert(STREAMS_OF_USERS + FOREIGN_SEATS_MAX < PEERS_RUNNING, "users who stream or wait must leave threads to other users");
_Static_assert(FOREIGN_SEATS_MAX + STREAMS_OF_HOST + STREAMS_OF_USERS < WORKERS,
               "who waits for foreign programs must leave threads to others");

struct worker {
	struct service *service;
	struct handler handler;
};

/* ---- requests */

/* A stream takes a thread for itself, a user's one of those that users have; what is in its way, it waits for. */
struct streaming {
	struct table *table;
	struct slot *slot;
	const struct request *request; /* decoded when it begins to stream */
};

static int silence_of(const struct slot *s)
{
	return s->id.is_host ? STREAM_SILENCE_MS : STREAM_BRIEF_SILENCE_MS;
}

static bool begin_stream(void *context)
{
	const struct streaming *s = context;

	const bool asking = s->request->operation == OP_EXIT_CHECK;

	return table_stream(s->table, s->slot, asking) && connection_block(&s->slot->connection, silence_of(s->slot));
}

static void proceed_from_stream(void *context, unsigned ms)
{
	const struct streaming *s = context;

	table_proceed(s->table, s->slot, ms);
}

/* The reply comes behind what the peer may not have read yet. */
static void wait_for_room(const struct slot *s)
{
	struct pollfd on = {.fd = s->connection.fd, .events = POLLOUT};

	(void)poll(&on, 1, silence_of(s));
}

static enum connection_step answer(struct worker *w, struct slot *s, const struct refusal *refusal)
{
	struct connection *c = &s->connection;
	struct streaming streaming = {.table = &w->service->table, .slot = s, .request = &w->handler.request};
	const struct carrier carrier = {.in = c->fd, .out = c->fd, .ahead = c->request + c->length,
	                                .ahead_length = c->have - c->length, .begin = begin_stream, .over = proceed_from_stream,
	                                .context = &streaming};
	struct identity id;
	enum connection_step step;
	size_t length;

	identity_of_peer(&id, w->service->identity, s->id.uid, s->id.pid);
	length = handle(&w->handler, &id, refusal, &carrier, c->request, c->length);
	if (s->streaming) {
		wait_for_room(s); /* still as the one stream: who does not read takes no second thread */
		table_stream_over(&w->service->table, s);
	}
	step = length > 0 ? connection_write(c, w->handler.reply, length) : CONNECTION_OVER;
	handle_forget(&w->handler);
	return step;
}

/* A connection of which there is more to come waits for it; any other is at its end. */
static void settle(struct worker *w, struct slot *s, enum connection_step step)
{
	struct table *t = &w->service->table;

	if (step != CONNECTION_MORE || !table_wait(t, s, s->state == SLOT_WRITING ? EPOLLOUT : EPOLLIN))
		table_remove(t, s);
}

/*
 * This request, and then those that waited for its place.  Here files are looked at for the connections to come: of a
 * request it is noticed when it hangs.
 */
static void run(struct worker *w, struct slot *s)
{
	static const struct refusal none = {.result = AUTHZ_OK};
	enum connection_step step;
	struct slot *next;

	subuid_look(&w->service->subuids);
	for (; s != NULL; s = next) {
		step = connection_left(&s->connection) ? CONNECTION_OVER : answer(w, s, &none);
		next = table_finish(&w->service->table, s);
		settle(w, s, step);
	}
}

static void refuse(struct worker *w, struct slot *s)
{
	char who[64];
	const struct refusal many = {.result = AUTHZ_TOO_MANY, .subject = who};
	enum connection_step step;

	if (s->id.is_host)
		snprintf(who, sizeof who, "process %ld", (long)s->id.pid);
	else
		snprintf(who, sizeof who, "user %lu", (unsigned long)s->id.share);
	table_refuse(&w->service->table, s);
	step = answer(w, s, &many);
	settle(w, s, step);
}

/* There may be something to read, or room to write. */
static void go_on(struct worker *w, struct slot *s)
{
	const bool reading = s->state == SLOT_READING;
	enum connection_step step = reading ? connection_read(&s->connection) : connection_write_rest(&s->connection);

	if (!reading || step != CONNECTION_WHOLE)
		settle(w, s, step);
	else if (!s->accepted)
		refuse(w, s);
	else if (table_start(&w->service->table, s))
		run(w, s);
}

/* ---- connections */

static struct slot *take_connection(struct worker *w, int fd)
{
	struct ucred peer;
	socklen_t length = sizeof peer;
	struct identity identity = *w->service->identity;
	struct slot *s = NULL;
	struct peer_id id;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0) {
		identity.caller = peer.uid;
		id = (struct peer_id){.uid = peer.uid, .share = peer.uid, .pid = peer.pid, .is_host = identity_is_host(&identity)};
		if (!id.is_host)
			id.share = subuid_owner(&w->service->subuids, id.uid);
		s = table_add(&w->service->table, fd, &id);
	}
	if (s == NULL)
		close(fd);
	return s;
}

/* false: there is none any more, or no room for one. */
static bool accept_one(struct worker *w, struct slot **s)
{
	struct table *t = &w->service->table;
	int fd;

	if (!table_has_room(t))
		return false;
	fd = accept4(t->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd >= 0) {
		*s = take_connection(w, fd);
		return true;
	}
	if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
		table_pause(t);
	return errno == EINTR || errno == ECONNABORTED;
}

/* One connection; the next is another thread's, should this one's request be there already. */
static void accept_next(struct worker *w)
{
	struct slot *s = NULL;
	int i;

	for (i = 0; i < REFUSED_AT_ONCE && s == NULL; i++)
		if (!accept_one(w, &s))
			break;
	table_listen(&w->service->table);
	if (s != NULL)
		go_on(w, s);
}

static void *work(void *worker)
{
	struct worker *w = worker;
	struct table *t = &w->service->table;
	struct epoll_event event;
	struct slot *s;

	if (!filter_load(FILTER_SERVICE))
		abort(); /* half a service is none */
	for (;;) {
		if (epoll_wait(t->epoll, &event, 1, -1) != 1)
			continue;
		if (event.data.u64 == TABLE_LISTENER)
			accept_next(w);
		else if ((s = table_claim(t, event.data.u64)) != NULL)
			go_on(w, s);
	}
	return NULL;
}

static bool start_one(struct service *service, const pthread_attr_t *attributes)
{
	struct worker *w = calloc(1, sizeof *w);
	pthread_t thread;

	if (w == NULL)
		return false;
	w->service = service;
	desk_init(&w->handler.desk, service->place, service->identity->self, &service->keeps);
	if (pthread_create(&thread, attributes, work, w) == 0)
		return true;
	free(w);
	return false;
}

static bool make_keeps(struct keeps *k)
{
	k->audit = audit_keep_new();
	return k->audit != NULL && store_keep_new(&k->authority) == AUTHZ_OK && store_keep_new(&k->tokens) == AUTHZ_OK;
}

bool workers_start(struct service *service)
{
	pthread_attr_t attributes;
	bool started;
	int i;

	service->keeps.foreign = &service->foreign;
	started = make_keeps(&service->keeps) && pthread_attr_init(&attributes) == 0 &&
	          pthread_attr_setstacksize(&attributes, STACK_SIZE) == 0 &&
	          pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED) == 0;
	for (i = 0; i < WORKERS && started; i++)
		started = start_one(service, &attributes);
	return started;
}
