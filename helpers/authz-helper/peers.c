/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: whatever users do, a quarter of the connections and of the threads is the host's.
 * MUST 2: one user has no more than a share of what users have together, and those who wait are served in turn.
 * MUST 3: the host's processes are counted each for itself.
 */
#include "peers.h"

#include <stddef.h>

void peers_init(struct peers *p, unsigned total)
{
	*p = (struct peers){.total = total};
}

static bool same(const struct peer_id *a, const struct peer_id *b)
{
	return a->is_host == b->is_host && a->share == b->share && (!a->is_host || a->pid == b->pid);
}

/* There is always one: no peer without a connection, and fewer connections than entries. */
static unsigned find(struct peers *p, const struct peer_id *id)
{
	unsigned i, unused = PEERS_MAX;

	for (i = 0; i < PEERS_MAX; i++)
		if (p->entry[i].open == 0)
			unused = unused == PEERS_MAX ? i : unused;
		else if (same(&p->entry[i].id, id))
			return i;
	if (unused < PEERS_MAX)
		p->entry[unused] = (struct peer){.id = *id};
	return unused;
}

/* One process of the host may be a server of many logins. */
static unsigned most_accepted(const struct peers *p, const struct peer_id *id)
{
	return id->is_host ? p->total / 4 : PEER_CONNECTIONS;
}

enum admission peers_admit(struct peers *p, const struct peer_id *id, unsigned *peer)
{
	const unsigned most = most_accepted(p, id);
	bool accepted;

	*peer = find(p, id);
	if (*peer == PEERS_MAX || p->entry[*peer].open >= most + PEER_REFUSED ||
	    (!id->is_host && p->strangers >= p->total - p->total / 4))
		return ADMITTED_NOT;
	accepted = p->entry[*peer].accepted < most;
	p->open++;
	p->strangers += !id->is_host;
	p->entry[*peer].open++;
	p->entry[*peer].accepted += accepted;
	return accepted ? ADMITTED : ADMITTED_TO_REFUSE;
}

void peers_leave(struct peers *p, unsigned peer, bool accepted)
{
	struct peer *of = &p->entry[peer];

	p->open--;
	p->strangers -= !of->id.is_host;
	of->open--;
	of->accepted -= accepted;
}

bool peers_start(struct peers *p, unsigned peer)
{
	struct peer *of = &p->entry[peer];

	if (!of->id.is_host && (of->running >= PEER_RUNNING || p->running >= PEERS_RUNNING))
		return false;
	of->running++;
	p->running += !of->id.is_host;
	return true;
}

void peers_queue(struct peers *p, unsigned peer, struct peer_wait *wait)
{
	struct peer *of = &p->entry[peer];

	wait->next = NULL;
	if (of->last == NULL)
		of->first = wait;
	else
		of->last->next = wait;
	of->last = wait;
}

void peers_unqueue(struct peers *p, unsigned peer, struct peer_wait *wait)
{
	struct peer *of = &p->entry[peer];
	struct peer_wait **at = &of->first, *before = NULL;

	while (*at != NULL && *at != wait) {
		before = *at;
		at = &before->next;
	}
	if (*at == NULL)
		return;
	*at = wait->next;
	if (of->last == wait)
		of->last = before;
}

struct peer_wait *peers_finish(struct peers *p, unsigned peer)
{
	struct peer_wait *wait;
	unsigned i, at;

	p->entry[peer].running--;
	p->running -= !p->entry[peer].id.is_host;
	for (i = 0; i < PEERS_MAX; i++) {
		at = (p->turn + i) % PEERS_MAX;
		wait = p->entry[at].first;
		if (wait == NULL || !peers_start(p, at))
			continue;
		peers_unqueue(p, at, wait);
		p->turn = (at + 1) % PEERS_MAX;
		return wait;
	}
	return NULL;
}
