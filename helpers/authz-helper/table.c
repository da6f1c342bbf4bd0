/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: no thread touches a connection that another holds, or that is gone.
 * MUST 2: every connection ends at its deadline, whatever its peer does or leaves undone.
 */
#include "table.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "client/deadline.h"

#define PAUSE_NS INT64_C(100000000)

bool table_init(struct table *t, unsigned total, int epoll, int listener, int wake)
{
	unsigned i;

	*t = (struct table){.epoll = epoll, .listener = listener, .wake = wake, .looks = INT64_MAX};
	peers_init(&t->peers, total);
	t->slots = calloc(total, sizeof *t->slots);
	if (t->slots == NULL)
		return false;
	for (i = total; i-- > 0;) {
		t->slots[i].newer = t->unused;
		t->unused = &t->slots[i];
	}
	return pthread_mutex_init(&t->lock, NULL) == 0;
}

static void wake(const struct table *t)
{
	const uint64_t one = 1;

	(void)!write(t->wake, &one, sizeof one);
}

/* ---- under the lock */

static void listen_again(struct table *t)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT, .data.u64 = TABLE_LISTENER};

	t->paused = false;
	/* it fails where the service stops, and has let go of the socket */
	(void)epoll_ctl(t->epoll, EPOLL_CTL_MOD, t->listener, &event);
}

static void append(struct table *t, struct slot *s)
{
	s->newer = NULL;
	s->older = t->newest;
	if (t->newest == NULL)
		t->oldest = s;
	else
		t->newest->newer = s;
	t->newest = s;
}

static void unlink_slot(struct table *t, struct slot *s)
{
	if (s->older == NULL)
		t->oldest = s->newer;
	else
		s->older->newer = s->newer;
	if (s->newer == NULL)
		t->newest = s->older;
	else
		s->newer->older = s->older;
}

static unsigned *streams_of(struct table *t, const struct slot *s)
{
	return &t->streams[s->id.is_host][s->asking];
}

/* Anybody may ask exits: one user is not to keep the others from it. */
static bool may_stream(struct table *t, const struct slot *s)
{
	const struct slot *other;

	if (s->id.is_host || !s->asking)
		return *streams_of(t, s) < STREAMS_MAX;
	for (other = t->oldest; other != NULL; other = other->newer)
		if (other->counted && other->asking && !other->id.is_host && other->id.share == s->id.share)
			return false;
	return *streams_of(t, s) < STREAMS_ASKING_MAX;
}

/* Its connection is closed already. */
static void put_back(struct table *t, struct slot *s)
{
	if (s->state == SLOT_WAITING)
		peers_unqueue(&t->peers, s->peer, &s->wait);
	peers_leave(&t->peers, s->peer, s->accepted);
	unlink_slot(t, s);
	s->generation++;
	s->state = SLOT_FREE;
	*streams_of(t, s) -= s->counted;
	s->held = s->streaming = s->counted = false;
	s->newer = t->unused;
	t->unused = s;
	if (t->paused && t->paused_until <= deadline_in(0))
		listen_again(t);
	if (t->stopping)
		wake(t);
}

static void hold_to_run(struct slot *s)
{
	s->held = true;
	s->state = SLOT_RUNNING;
	s->ends = deadline_in(STUCK_MS);
}

static int64_t deadline_of(const struct table *t, const struct slot *s)
{
	if (t->stopping && s->state == SLOT_READING && t->read_until < s->deadline)
		return t->read_until;
	return s->deadline;
}

/* ---- calls */

bool table_has_room(struct table *t)
{
	bool room;

	pthread_mutex_lock(&t->lock);
	room = t->peers.open < t->peers.total;
	t->paused = !room;
	t->paused_until = 0;
	pthread_mutex_unlock(&t->lock);
	return room;
}

void table_pause(struct table *t)
{
	pthread_mutex_lock(&t->lock);
	t->paused = true;
	t->paused_until = deadline_in(0) + PAUSE_NS;
	pthread_mutex_unlock(&t->lock);
	wake(t);
}

void table_listen(struct table *t)
{
	pthread_mutex_lock(&t->lock);
	if (!t->paused)
		listen_again(t);
	pthread_mutex_unlock(&t->lock);
}

struct slot *table_add(struct table *t, int fd, const struct peer_id *id)
{
	struct slot *s = NULL;
	enum admission admission;
	unsigned peer;
	bool late = false;

	pthread_mutex_lock(&t->lock);
	admission = t->unused == NULL ? ADMITTED_NOT : peers_admit(&t->peers, id, &peer);
	if (admission != ADMITTED_NOT) {
		s = t->unused;
		t->unused = s->newer;
		s->id = *id;
		s->peer = peer;
		s->accepted = admission == ADMITTED;
		s->state = SLOT_READING;
		s->held = true;
		s->polled = false;
		s->deadline = deadline_in(CONNECTION_LIFE_MS);
		connection_init(&s->connection, fd);
		append(t, s);
		late = deadline_of(t, s) < t->looks;
	}
	pthread_mutex_unlock(&t->lock);
	/* all live equally long, so one who waits for any of them need not be told of the next */
	if (late)
		wake(t);
	return s;
}

struct slot *table_claim(struct table *t, uint64_t name)
{
	struct slot *s = &t->slots[name & UINT32_MAX];
	bool claimed;

	pthread_mutex_lock(&t->lock);
	claimed = s->state != SLOT_FREE && !s->held && s->generation == name >> 32;
	if (claimed)
		s->held = true;
	pthread_mutex_unlock(&t->lock);
	return claimed ? s : NULL;
}

bool table_wait(struct table *t, struct slot *s, uint32_t events)
{
	struct epoll_event event = {.events = events | EPOLLONESHOT};
	bool waits = false;

	pthread_mutex_lock(&t->lock);
	event.data.u64 = (uint64_t)s->generation << 32 | (uint64_t)(s - t->slots);
	if (deadline_left(deadline_of(t, s)) > 0)
		waits = epoll_ctl(t->epoll, s->polled ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, s->connection.fd, &event) == 0;
	s->polled = true;
	s->held = !waits;
	pthread_mutex_unlock(&t->lock);
	return waits;
}

bool table_stream(struct table *t, struct slot *s, bool asking)
{
	pthread_mutex_lock(&t->lock);
	s->asking = asking;
	s->streaming = s->counted = may_stream(t, s);
	*streams_of(t, s) += s->counted;
	if (s->streaming)
		s->ends = INT64_MAX;
	pthread_mutex_unlock(&t->lock);
	return s->streaming;
}

void table_stream_over(struct table *t, struct slot *s)
{
	pthread_mutex_lock(&t->lock);
	*streams_of(t, s) -= s->counted;
	s->counted = false;
	pthread_mutex_unlock(&t->lock);
}

void table_proceed(struct table *t, struct slot *s, unsigned ms)
{
	bool sooner;

	table_stream_over(t, s);
	pthread_mutex_lock(&t->lock);
	s->ends = deadline_in((int)ms + STUCK_MS);
	sooner = s->ends < t->looks;
	pthread_mutex_unlock(&t->lock);
	if (sooner)
		wake(t);
}

void table_refuse(struct table *t, struct slot *s)
{
	pthread_mutex_lock(&t->lock);
	s->state = SLOT_WRITING;
	pthread_mutex_unlock(&t->lock);
}

bool table_start(struct table *t, struct slot *s)
{
	bool runs;

	pthread_mutex_lock(&t->lock);
	runs = peers_start(&t->peers, s->peer);
	if (runs) {
		hold_to_run(s);
	} else {
		peers_queue(&t->peers, s->peer, &s->wait);
		s->state = SLOT_WAITING;
		s->held = false;
	}
	pthread_mutex_unlock(&t->lock);
	return runs;
}

struct slot *table_finish(struct table *t, struct slot *s)
{
	struct slot *next;

	pthread_mutex_lock(&t->lock);
	s->state = SLOT_WRITING;
	next = (struct slot *)peers_finish(&t->peers, s->peer);
	if (next != NULL)
		hold_to_run(next);
	pthread_mutex_unlock(&t->lock);
	return next;
}

void table_remove(struct table *t, struct slot *s)
{
	connection_close(&s->connection);
	pthread_mutex_lock(&t->lock);
	put_back(t, s);
	pthread_mutex_unlock(&t->lock);
}

/* Of one slot: close it if its time is up, or when to look at it again. */
static int64_t expire(struct table *t, struct slot *s, int64_t now, unsigned *stuck)
{
	const int64_t deadline = deadline_of(t, s);

	if (s->held && s->state == SLOT_RUNNING) {
		*stuck += s->ends <= now;
		return s->ends > now ? s->ends : INT64_MAX;
	}
	if (deadline > now)
		return deadline;
	if (!s->held) {
		connection_close(&s->connection);
		put_back(t, s);
	}
	return INT64_MAX;
}

int64_t table_expire(struct table *t, int64_t now, unsigned *stuck)
{
	int64_t next = INT64_MAX, at;
	struct slot *s, *newer;
	bool young = false;

	*stuck = 0;
	pthread_mutex_lock(&t->lock);
	/* the oldest come first; only who stops has to look at all */
	for (s = t->oldest; s != NULL && (!young || t->stopping); s = newer) {
		newer = s->newer;
		young = s->deadline > now;
		at = expire(t, s, now, stuck);
		next = at < next ? at : next;
		if (young && s->held && s->state == SLOT_RUNNING)
			next = s->deadline < next ? s->deadline : next;
	}
	if (t->paused && t->paused_until <= now && t->peers.open < t->peers.total)
		listen_again(t);
	else if (t->paused)
		next = now + PAUSE_NS < next ? now + PAUSE_NS : next;
	t->looks = next;
	pthread_mutex_unlock(&t->lock);
	return next;
}

void table_stop(struct table *t, int64_t read_until)
{
	pthread_mutex_lock(&t->lock);
	t->stopping = true;
	t->read_until = read_until;
	pthread_mutex_unlock(&t->lock);
}

unsigned table_open(struct table *t)
{
	unsigned open;

	pthread_mutex_lock(&t->lock);
	open = t->peers.open;
	pthread_mutex_unlock(&t->lock);
	return open;
}
