/* SPDX-License-Identifier: ISC */
/*
 * What an owner may know: which masters may enter now, and who did.
 *
 * MUST 1: of an owner it is told to the owner itself, and to the host.
 * MUST 2: a master who may not enter is in no answer, and in no cursor either.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rules/master.h"
#include "rules/master_history.h"
#include "rules/master_pair.h"
#include "rules/master_record.h"
#include "rules/sealed_key.h"
#include "rules/system_profile.h"

#define PAGE 64 /* masters that one request asks the host about */

struct page {
	struct rules *r;
	const struct request *request;
	struct answer *answer;
	struct host_user owner;
	struct host_clock now;
	struct host_user masters[PAGE];
	bool known[PAGE];
	size_t count;
	bool more;
};

/* The names of this page, the first after the one of the cursor on. */
static enum authz_result read_names(struct page *p, struct store_txn *t)
{
	unsigned char key[SEALED_KEY_MAX + 1];
	struct master_names n;
	size_t length, i;
	enum authz_result result = sealed_key_read(p->r, t, p->request, key, &length);

	if (result == AUTHZ_OK)
		result = master_names_read(p->r, t, &n);
	if (result != AUTHZ_OK)
		return result;
	key[length] = '\0';
	for (i = 0; i < n.count && strcmp(n.names[i], (const char *)key) <= 0; i++)
		continue;
	for (; i < n.count && p->count < PAGE; i++)
		memcpy(p->masters[p->count++].name, n.names[i], NAME_SIZE);
	p->more = i < n.count;
	return AUTHZ_OK;
}

static enum authz_result ask_host(struct page *p)
{
	char name[NAME_SIZE];
	enum authz_result result = AUTHZ_OK;
	size_t i;

	for (i = 0; i < p->count && result == AUTHZ_OK; i++) {
		memcpy(name, p->masters[i].name, sizeof name);
		result = master_ask_user(p->r, name, &p->masters[i], &p->known[i]);
		p->known[i] = p->known[i] && !system_profile(&p->r->host->config, name, p->masters[i].uid);
	}
	return result;
}

static enum authz_result add_master(struct page *p, struct store_txn *t, const struct host_user *master)
{
	struct master_entry by;
	char until[24];
	const char *items[] = {master->name, by.owners, until};
	enum authz_result result = master_may_enter(p->r, t, master, &p->owner, p->now.wall / 1000000, &by);

	if (master_is_refusal(result)) {
		p->r->subject[0] = '\0';
		return AUTHZ_OK;
	}
	snprintf(until, sizeof until, "%" PRId64, by.until);
	if (result == AUTHZ_OK && !answer_row(p->answer, items, 3))
		return rules_refuse(p->r, AUTHZ_INTERNAL, "row");
	return result;
}

static enum authz_result add_masters(struct page *p, struct store_txn *t)
{
	enum authz_result result = AUTHZ_OK;
	const char *last;
	size_t i;

	for (i = 0; i < p->count && result == AUTHZ_OK; i++)
		if (p->known[i])
			result = add_master(p, t, &p->masters[i]);
	if (result != AUTHZ_OK || !p->more)
		return result;
	last = p->masters[p->count - 1].name;
	return sealed_key_write(p->r, t, (const unsigned char *)last, strlen(last), &p->answer->reply);
}

static enum authz_result with_store(struct page *p, enum authz_result (*act)(struct page *p, struct store_txn *t))
{
	struct store_txn *t;
	enum authz_result result = rules_begin(p->r, p->r->authority, false, &t);

	if (result != AUTHZ_OK)
		return result;
	result = act(p, t);
	store_abort(t);
	return result;
}

static enum authz_result add_history(struct page *p, struct store_txn *t)
{
	struct master_history h;
	enum authz_result result = master_history_read(p->r, t, &p->owner, &h);
	char seconds[24];
	size_t i;

	for (i = 0; i < h.count && result == AUTHZ_OK; i++) {
		const char *items[] = {seconds, h.entries[i].master, h.entries[i].service, h.entries[i].rhost, h.entries[i].tty};

		snprintf(seconds, sizeof seconds, "%" PRId64, h.entries[i].seconds);
		if (!answer_row(p->answer, items, 5))
			result = rules_refuse(p->r, AUTHZ_INTERNAL, "row");
	}
	return result;
}

static enum authz_result who_may(struct page *p)
{
	enum authz_result result = with_store(p, read_names);

	if (result == AUTHZ_OK && system_profile(&p->r->host->config, p->owner.name, p->owner.uid))
		return AUTHZ_OK; /* nobody ever */
	if (result == AUTHZ_OK)
		result = ask_host(p);
	if (result == AUTHZ_OK && p->r->host->clock(p->r->host->context, &p->now) != AUTHZ_OK)
		result = rules_refuse(p->r, AUTHZ_INTERNAL, "a clock could not be read");
	return result == AUTHZ_OK ? with_store(p, add_masters) : result;
}

enum authz_result master_mine(struct rules *r, const struct request *request, struct answer *answer)
{
	struct page p = {.r = r, .request = request, .answer = answer};
	enum authz_result result = master_whose(r, request, &p.owner);

	if (result != AUTHZ_OK)
		return result;
	if (request->which == MASTER_WHO_MAY)
		return who_may(&p);
	return request->which == MASTER_WHO_DID ? with_store(&p, add_history) : rules_refuse(r, AUTHZ_BAD_PARAMETER, "which");
}
