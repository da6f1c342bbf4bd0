/* SPDX-License-Identifier: ISC */
/*
 * List mailboxes, a page at a time.
 *
 * MUST 1: a mailbox is in the list of *SECADM, of its group's manager and of its owner alone, and in no cursor either.
 */
#include <sodium.h>
#include <string.h>

#include "rules/mailbox.h"
#include "rules/mailbox_who.h"
#include "rules/sealed_key.h"

#define STEPS 16384 /* records that one request looks at */
#define ROWS 128    /* of which it asks NSS about so many */

struct listing {
	struct rules *r;
	const struct request *request;
	char user[NAME_SIZE]; /* the one that is asked for; empty: all */
	struct mailbox_caller caller;
	struct box_names managed;
	struct mailbox rows[ROWS];
	size_t count;
	unsigned char key[STORE_KEY_MAX];
	size_t key_length;
};

static enum authz_result find_managed(struct listing *l, struct store_txn *t)
{
	struct box_names names;
	struct box_group g;
	bool found;
	size_t i;
	enum authz_result result = mailbox_caller_read(l->r, t, &l->caller);

	if (result == AUTHZ_OK)
		result = box_names_read(l->r, t, &names);
	for (i = 0; result == AUTHZ_OK && i < names.count; i++) {
		result = box_group_read(l->r, t, names.name[i], &g, &found);
		if (result == AUTHZ_OK && mailbox_manages(l->r, &l->caller, &g))
			memcpy(l->managed.name[l->managed.count++], g.name, NAME_SIZE);
		sodium_memzero(g.crypt, sizeof g.crypt);
	}
	return result;
}

static bool sees(const struct listing *l, const struct mailbox *m)
{
	size_t i;

	if (strcmp(m->owner, l->r->caller.name) == 0 && m->uid == l->r->caller.uid)
		return true;
	for (i = 0; i < l->managed.count; i++)
		if (strcmp(m->group, l->managed.name[i]) == 0)
			return true;
	return false;
}

static enum authz_result look_at(struct listing *l, const unsigned char *value, size_t length)
{
	struct mailbox *m = &l->rows[l->count];
	const struct request *q = l->request;

	if (!mailbox_unpack(m, l->key, l->key_length, value, length))
		return rules_store(l->r, l->r->authority, AUTHZ_STORE_DAMAGED);
	sodium_memzero(m->crypt, sizeof m->crypt);
	if (sees(l, m) && (!(q->has & HAS(BOX_GROUP)) || strcmp(q->box_group, m->group) == 0) &&
	    (l->user[0] == '\0' || strcmp(l->user, m->owner) == 0))
		l->count++;
	return AUTHZ_OK;
}

/* One page: until STEPS records were looked at, there are ROWS, or there are no more. */
static enum authz_result walk(struct listing *l, struct store_txn *t)
{
	unsigned char value[MAILBOX_RECORD_MAX];
	enum authz_result result = AUTHZ_OK;
	bool matched;
	unsigned steps;
	size_t length;

	/* a cursor has no room for the key of every other record */
	for (steps = 0; result == AUTHZ_OK && ((steps < STEPS && l->count < ROWS) || l->key_length > SEALED_KEY_MAX); steps++) {
		result = rules_store(l->r, l->r->authority, store_next(t, MAILBOX_KEY, 2, 1, l->key, &l->key_length, value,
		                                                       sizeof value, &length, &matched));
		if (result != AUTHZ_OK || l->key_length == 0)
			break;
		if (matched)
			result = look_at(l, value, length);
	}
	sodium_memzero(value, sizeof value);
	return result;
}

static enum authz_result one(struct listing *l, struct store_txn *t)
{
	struct box_group group;
	bool found;
	enum authz_result result = mailbox_read(l->r, t, l->user, &l->rows[0], &group, &found);

	sodium_memzero(&group, sizeof group);
	sodium_memzero(l->rows[0].crypt, sizeof l->rows[0].crypt);
	l->count = result == AUTHZ_OK && found && sees(l, &l->rows[0]) &&
	           (!(l->request->has & HAS(BOX_GROUP)) || strcmp(l->request->box_group, l->rows[0].group) == 0);
	return result;
}

static enum authz_result page(struct listing *l, struct store_txn *t, struct reply *reply)
{
	enum authz_result result = find_managed(l, t);

	if (result == AUTHZ_OK && l->user[0] != '\0')
		return one(l, t);
	if (result == AUTHZ_OK)
		result = sealed_key_read(l->r, t, l->request, l->key, &l->key_length);
	if (result == AUTHZ_OK)
		result = walk(l, t);
	return result == AUTHZ_OK ? sealed_key_write(l->r, t, l->key, l->key_length, reply) : result;
}

/* NSS is asked when the transaction is over. */
static enum authz_result add_rows(struct listing *l, struct answer *answer)
{
	struct host_user user;
	bool is_user;
	size_t i;
	enum authz_result result = AUTHZ_OK;

	for (i = 0; i < l->count && result == AUTHZ_OK; i++) {
		const struct mailbox *m = &l->rows[i];
		const char *items[] = {m->owner, m->group, m->address, "live"};

		result = mailbox_user(l->r, m->owner, &user, &is_user);
		if (!is_user || user.uid != m->uid)
			items[3] = "gone";
		else if (m->pending != MAILBOX_LIVE)
			items[3] = "pending";
		if (result == AUTHZ_OK && !answer_row(answer, items, sizeof items / sizeof items[0]))
			result = rules_refuse(l->r, AUTHZ_INTERNAL, "a page of mailboxes");
	}
	return result;
}

static enum authz_result list(struct listing *l, struct answer *answer)
{
	struct host_user user;
	struct store_txn *t;
	bool is_user;
	enum authz_result result = AUTHZ_OK;

	if (l->request->has & HAS(USER)) {
		if (!mailbox_name_fits(l->request->user))
			return rules_refuse(l->r, AUTHZ_BAD_PARAMETER, "user");
		result = mailbox_user(l->r, l->request->user, &user, &is_user);
		memcpy(l->user, user.name, sizeof l->user);
	}
	if (result == AUTHZ_OK)
		result = rules_begin(l->r, l->r->authority, false, &t);
	if (result != AUTHZ_OK)
		return result;
	result = page(l, t, &answer->reply);
	store_abort(t);
	return result == AUTHZ_OK ? add_rows(l, answer) : result;
}

enum authz_result mailbox_list(struct rules *r, const struct request *request, struct answer *answer)
{
	struct listing l = {.r = r, .request = request};

	return list(&l, answer);
}
