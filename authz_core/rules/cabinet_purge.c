/* SPDX-License-Identifier: ISC */
/*
 * What comes of cabinets that are marked: from their day on they go, with everything that they are in.  A page looks for
 * some without a lock, and takes away a bounded number of links under it.
 *
 * MUST 1: a cabinet that is on its way out is locked until its record goes, which goes last: a purge that broke off is
 *         seen by nobody, and the next one goes on with it.
 * MUST 2: nothing goes before its day, and nothing that is not marked, nor marked any more.
 */
#include <stdio.h>
#include <string.h>

#include "rules/cabinet.h"
#include "rules/cabinet_change.h"

#define STEPS 16384  /* records that a page looks at */
#define LINKS 1000   /* that a page takes away */
#define AT_ONCE 16   /* cabinets of a page */
#define FROM_BEGINNING 1 /* a cursor so short: an empty one would be the end */

struct purge {
	struct cabinet_change change; /* the first */
	char name[AT_ONCE][NAME_SIZE];
	size_t count, gone;
	unsigned links;   /* that may still go */
	bool unfinished;  /* the page ends before the last of its cabinets */
	unsigned char from[STORE_KEY_MAX], key[STORE_KEY_MAX]; /* where the page began, and where the next goes on */
	size_t from_length, key_length;
};

static bool is_due(const struct purge *p, const struct cabinet *c)
{
	return c->marked && c->from <= p->change.now.today;
}

static enum authz_result look_at(struct purge *p, const unsigned char *value, size_t length)
{
	struct rules *r = p->change.r;
	struct cabinet c;

	if (!cabinet_unpack(&c, p->key, p->key_length, value, length))
		return rules_store(r, r->authority, AUTHZ_STORE_DAMAGED);
	if (is_due(p, &c))
		memcpy(p->name[p->count++], c.name, NAME_SIZE);
	return AUTHZ_OK;
}

static enum authz_result collect(struct purge *p, struct store_txn *t)
{
	struct rules *r = p->change.r;
	unsigned char value[CABINET_RECORD_MAX];
	enum authz_result result = AUTHZ_OK;
	unsigned steps;
	size_t length;
	bool matched;

	/* other records may have keys that are longer than a cursor is: no page ends there */
	for (steps = 0; (steps < STEPS && p->count < AT_ONCE) || p->key_length > CURSOR_SIZE; steps++) {
		result = rules_store(r, r->authority, store_next(t, CABINET_KEY, 2, 1, p->key, &p->key_length, value, sizeof value,
		                                                 &length, &matched));
		if (result != AUTHZ_OK || p->key_length == 0)
			break;
		if (matched)
			result = look_at(p, value, length);
		if (result != AUTHZ_OK)
			break;
	}
	return result;
}

/* The first time, without the lock, a page is found; the second time it stands. */
static enum authz_result decide(struct cabinet_change *c, struct store_txn *t)
{
	struct purge *p = (struct purge *)c;
	enum authz_result result = cabinet_must_supervise(c->r, t, &c->actor);

	if (result == AUTHZ_OK && p->count == 0)
		result = collect(p, t);
	c->nothing = p->count == 0;
	return result;
}

static enum authz_result empty_list(struct purge *p, struct store_txn *t, const struct cabinet_entity *of, enum cabinet_list list)
{
	struct rules *r = p->change.r;
	struct cabinet_link link;
	enum authz_result result = cabinet_link_first(r, t, of, list, &link);

	while (result == AUTHZ_OK && link.isn != 0 && p->links > 0) {
		p->links--;
		cabinet_touch_link(p->change.touched, &link);
		result = cabinet_link_remove(r, t, &link);
		if (result == AUTHZ_OK)
			result = cabinet_link_first(r, t, of, list, &link);
	}
	if (result == AUTHZ_OK && link.isn != 0)
		p->unfinished = true;
	return result;
}

static enum authz_result empty(struct purge *p, struct store_txn *t, const struct cabinet *c)
{
	struct cabinet_entity of = {.kind = c->type == CABINET_PRIVATE ? 'u' : 'c'};
	enum authz_result result = AUTHZ_OK;
	int list;

	memcpy(of.name, c->name, sizeof of.name);
	if (c->type == CABINET_PRIVATE) /* its user stays, where he is in */
		return empty_list(p, t, &of, LIST_GUESTS);
	for (list = 0; list < CABINET_LISTS && result == AUTHZ_OK && !p->unfinished; list++)
		result = empty_list(p, t, &of, (enum cabinet_list)list);
	return result;
}

static enum authz_result purge_one(struct purge *p, struct store_txn *t, const char *name)
{
	struct rules *r = p->change.r;
	struct cabinet c;
	bool found;
	enum authz_result result = cabinet_read(r, t, name, &c, &found);

	if (result != AUTHZ_OK || !found || !is_due(p, &c))
		return result;
	cabinet_touch(p->change.touched, name);
	result = empty(p, t, &c);
	if (result == AUTHZ_OK && !p->unfinished) {
		p->gone++;
		return cabinet_erase(r, t, &c);
	}
	c.locked = true;
	return result == AUTHZ_OK ? cabinet_write(r, t, &c) : result;
}

static enum authz_result apply(struct cabinet_change *c, struct store_txn *t)
{
	struct purge *p = (struct purge *)c;
	enum authz_result result = AUTHZ_OK;
	size_t i;

	for (i = 0; i < p->count && result == AUTHZ_OK && !p->unfinished; i++)
		result = purge_one(p, t, p->name[i]);
	snprintf(c->detail, sizeof c->detail, "cabinets=%zu links=%u", p->gone, LINKS - p->links);
	return result;
}

/* A page that did not come to its end is looked at once more. */
static void fill_answer(const struct purge *p, struct answer *a)
{
	const unsigned char *at = p->unfinished ? p->from : p->key;
	const size_t length = p->unfinished ? p->from_length : p->key_length;

	a->reply.has |= 1u << REPLY_COUNT;
	a->reply.count = (int64_t)p->gone;
	if (length == 0 && !p->unfinished)
		return;
	a->reply.has |= 1u << REPLY_CURSOR;
	a->reply.cursor.length = length > 0 ? length : FROM_BEGINNING;
	a->reply.cursor.bytes[0] = 0;
	memcpy(a->reply.cursor.bytes, at, length);
}

/* No key is as short as the cursor that means the beginning. */
static void begin_at(struct purge *p, const struct request *q)
{
	if (q->cursor.length <= FROM_BEGINNING)
		return;
	p->key_length = p->from_length = q->cursor.length;
	memcpy(p->key, q->cursor.bytes, q->cursor.length);
	memcpy(p->from, q->cursor.bytes, q->cursor.length);
}

enum authz_result cabinet_purge(struct rules *r, const struct request *request, struct answer *answer)
{
	static const struct cabinet_steps steps = {NULL, decide, NULL, apply};
	struct purge p = {.change = {.r = r, .request = request, .event = {.event = "cabinet.purge"}}, .links = LINKS};
	enum authz_result result;

	begin_at(&p, request);
	result = cabinet_change_run(&p.change, &steps);
	if (result == AUTHZ_OK)
		fill_answer(&p, answer);
	return result;
}
