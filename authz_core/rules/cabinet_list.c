/* SPDX-License-Identifier: ISC */
/*
 * List cabinets, a page at a time.
 *
 * MUST 1: a cabinet is in the list of those alone who may see it, and in no cursor either.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rules/cabinet.h"
#include "rules/cabinet_name.h"
#include "rules/cabinet_see.h"
#include "rules/sealed_key.h"

#define STEPS 16384 /* records that one request looks at */

struct listing {
	struct rules *r;
	struct answer *answer;
	struct cabinet_actor actor;
	unsigned char key[STORE_KEY_MAX];
	size_t key_length;
};

struct listing_place {
	unsigned char key[SEALED_KEY_MAX];
	size_t length;
};

static enum authz_result add_row(struct listing *l, struct store_txn *t, const struct cabinet *c, bool *added)
{
	char gid[16] = "", isn[16], members[24] = "";
	const char *items[] = {c->name, cabinet_type_text(c->type), gid, isn, members, cabinet_state_text(c), c->text};
	uint64_t count;
	enum authz_result result = AUTHZ_OK;

	snprintf(isn, sizeof isn, "%u", (unsigned)c->isn);
	if (c->type == CABINET_SHARED) {
		result = cabinet_member_count(l->r, t, c->name, &count);
		snprintf(gid, sizeof gid, "%u", (unsigned)c->gid);
		snprintf(members, sizeof members, "%" PRIu64, count);
	}
	*added = result == AUTHZ_OK && answer_row(l->answer, items, sizeof items / sizeof items[0]);
	return result;
}

/* *full: there was no room for it. */
static enum authz_result look_at(struct listing *l, struct store_txn *t, const unsigned char *value, size_t length, bool *full)
{
	struct cabinet c;
	bool sees, added = true;
	enum authz_result result;

	if (!cabinet_unpack(&c, l->key, l->key_length, value, length))
		return rules_store(l->r, l->r->authority, AUTHZ_STORE_DAMAGED);
	if (strcmp(c.name, CABINET_TEMPLATE) == 0)
		return AUTHZ_OK;
	result = cabinet_sees(l->r, t, &l->actor, &c, &sees);
	if (result == AUTHZ_OK && sees)
		result = add_row(l, t, &c, &added);
	*full = !added;
	return result;
}

/* Where the next page can go on: keys of other records may be longer than a cursor has room for. */
static void keep_place(const struct listing *l, struct listing_place *place)
{
	if (l->key_length > SEALED_KEY_MAX)
		return;
	memcpy(place->key, l->key, l->key_length);
	place->length = l->key_length;
}

/* One page: until STEPS records were looked at, the reply is full, or there are no more. */
static enum authz_result walk(struct listing *l, struct store_txn *t)
{
	unsigned char value[CABINET_RECORD_MAX];
	struct listing_place before;
	enum authz_result result;
	bool matched, full = false;
	unsigned steps;
	size_t length;

	for (steps = 0; steps < STEPS || l->key_length > SEALED_KEY_MAX; steps++) {
		keep_place(l, &before);
		result = rules_store(l->r, l->r->authority, store_next(t, CABINET_KEY, 2, 1, l->key, &l->key_length, value,
		                                                       sizeof value, &length, &matched));
		if (result == AUTHZ_OK && l->key_length > 0 && matched)
			result = look_at(l, t, value, length, &full);
		if (result != AUTHZ_OK || l->key_length == 0)
			return result;
		if (full) {
			memcpy(l->key, before.key, before.length);
			l->key_length = before.length;
			return AUTHZ_OK;
		}
	}
	return AUTHZ_OK;
}

static enum authz_result page(struct listing *l, struct store_txn *t, const struct request *request)
{
	enum authz_result result = sealed_key_read(l->r, t, request, l->key, &l->key_length);

	if (result == AUTHZ_OK)
		result = walk(l, t);
	return result == AUTHZ_OK ? sealed_key_write(l->r, t, l->key, l->key_length, &l->answer->reply) : result;
}

enum authz_result cabinet_list(struct rules *r, const struct request *request, struct answer *answer)
{
	struct listing l = {.r = r, .answer = answer};
	struct store_txn *t;
	enum authz_result result = cabinet_who_looks(r, request, &l.actor);

	if (result == AUTHZ_OK)
		result = rules_begin(r, r->authority, false, &t);
	if (result != AUTHZ_OK)
		return result;
	result = page(&l, t, request);
	store_abort(t);
	return result;
}
