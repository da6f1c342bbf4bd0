/* SPDX-License-Identifier: ISC */
/*
 * List masters, or the set of one.
 *
 * MUST 1: *SECADM alone, and the host.
 * MUST 2: page by page every user comes once who is in the set all the time, whoever is given or taken meanwhile.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rules/cabinet_record.h"
#include "rules/master.h"
#include "rules/master_pair.h"
#include "rules/master_pattern.h"
#include "rules/master_record.h"
#include "rules/pack.h"
#include "rules/profile_record.h"

#define PAGE 64 /* users that one request asks the host about */

/* A row, as the store has it; whether a user is still that one is asked when no transaction is open. */
struct row {
	char text[OWNERS_SIZE];
	char number[24]; /* how many, or until when */
	uid_t uid;
	bool is_user, gone, over;
};

struct listing {
	struct rules *r;
	const struct request *request;
	struct answer *answer;
	struct host_clock now;
	struct row rows[MASTER_WIDE_MAX + PAGE];
	size_t count;
};

static void put_cursor(struct listing *l, uint64_t serial, const char *name)
{
	struct pack p = {.at = l->answer->reply.cursor.bytes, .size = sizeof l->answer->reply.cursor.bytes};

	pack_number(&p, serial, 8);
	pack_string(&p, name);
	l->answer->reply.cursor.length = p.used;
	l->answer->reply.has |= 1u << REPLY_CURSOR;
}

/* The name is empty: there is none. */
static enum authz_result get_cursor(struct listing *l, uint64_t *serial, char name[NAME_SIZE])
{
	struct unpack u = {.at = l->request->cursor.bytes, .left = l->request->cursor.length};

	memset(name, 0, NAME_SIZE);
	*serial = 0;
	if (u.left == 0)
		return AUTHZ_OK;
	*serial = unpack_number(&u, 8);
	unpack_string(&u, name, NAME_SIZE);
	return unpack_done(&u) && name[0] != '\0' ? AUTHZ_OK : rules_refuse(l->r, AUTHZ_BAD_PARAMETER, "cursor");
}

/* ---- all masters */

static enum authz_result take_master(struct listing *l, struct store_txn *t, const char *name)
{
	struct row *row = &l->rows[l->count++];
	struct master_wide wide;
	struct master m;
	bool found;
	enum authz_result result = master_read(l->r, t, name, &m, &wide, &found);

	snprintf(row->text, sizeof row->text, "%s", name);
	snprintf(row->number, sizeof row->number, "%zu", m.users + wide.count);
	row->is_user = true;
	row->uid = m.uid;
	return result;
}

static enum authz_result take_masters(struct listing *l, struct store_txn *t)
{
	struct master_names n;
	char after[NAME_SIZE];
	uint64_t serial;
	size_t i;
	enum authz_result result = get_cursor(l, &serial, after);

	if (result == AUTHZ_OK)
		result = master_names_read(l->r, t, &n);
	if (result != AUTHZ_OK)
		return result;
	for (i = 0; i < n.count && strcmp(n.names[i], after) <= 0; i++)
		continue;
	for (; i < n.count && l->count < PAGE && result == AUTHZ_OK; i++)
		result = take_master(l, t, n.names[i]);
	if (result == AUTHZ_OK && i < n.count)
		put_cursor(l, 0, n.names[i - 1]);
	return result;
}

/* ---- the set of one */

static struct row *take_entry(struct listing *l, const char *owners, int64_t until)
{
	struct row *row = &l->rows[l->count++];

	snprintf(row->text, sizeof row->text, "%s", owners);
	snprintf(row->number, sizeof row->number, "%" PRId64, until);
	row->over = until != 0 && until <= l->now.wall / 1000000;
	return row;
}

static enum authz_result take_wide(struct listing *l, struct store_txn *t, const struct master_wide_entry *e)
{
	struct row *row = take_entry(l, e->owners, e->until);
	struct cabinet c;
	bool found;
	enum authz_result result;

	if (master_owners_form(e->owners) != MASTER_OWNERS_CABINET)
		return AUTHZ_OK;
	result = cabinet_read(l->r, t, master_owners_cabinet(e->owners), &c, &found);
	row->gone = !found || c.isn != e->isn || c.locked;
	return result;
}

static enum authz_result take_users(struct listing *l, struct store_txn *t, const struct master *m, struct master_user *u)
{
	struct row *row;
	size_t taken;
	bool found;
	enum authz_result result = master_user_next(l->r, t, m, u, &found);

	for (taken = 0; result == AUTHZ_OK && found && taken < PAGE; taken++) {
		row = take_entry(l, u->name, u->until);
		row->is_user = true;
		row->uid = u->uid;
		if (taken + 1 == PAGE && u->older[0] != '\0')
			put_cursor(l, u->serial, u->name);
		result = master_user_next(l->r, t, m, u, &found);
	}
	return result;
}

static enum authz_result take_set(struct listing *l, struct store_txn *t)
{
	struct master_user u = {.name = ""};
	struct master_wide wide;
	struct master m;
	bool found;
	size_t i;
	enum authz_result result = get_cursor(l, &u.serial, u.name);

	if (result == AUTHZ_OK)
		result = master_read(l->r, t, l->request->master, &m, &wide, &found);
	if (result == AUTHZ_OK && !found)
		result = rules_refuse(l->r, AUTHZ_NO_MASTER, l->request->master);
	for (i = 0; result == AUTHZ_OK && u.name[0] == '\0' && i < wide.count; i++)
		result = take_wide(l, t, &wide.entries[i]);
	return result == AUTHZ_OK ? take_users(l, t, &m, &u) : result;
}

/* ---- both */

static enum authz_result add_row(struct listing *l, struct row *row)
{
	const char *items[] = {row->text, row->number, "live"};
	struct host_user user;
	bool known;
	enum authz_result result = row->is_user ? master_ask_user(l->r, row->text, &user, &known) : AUTHZ_OK;

	if (result != AUTHZ_OK)
		return result;
	if (row->gone || (row->is_user && (!known || user.uid != row->uid)))
		items[2] = "gone";
	else if (row->over)
		items[2] = "over";
	return answer_row(l->answer, items, 3) ? AUTHZ_OK : rules_refuse(l->r, AUTHZ_INTERNAL, "row");
}

static enum authz_result list(struct listing *l)
{
	struct rules *r = l->r;
	struct store_txn *t;
	enum authz_result result = profile_require(r, SPECIAL_SECADM);
	size_t i;

	if (result == AUTHZ_OK && r->host->clock(r->host->context, &l->now) != AUTHZ_OK)
		result = rules_refuse(r, AUTHZ_INTERNAL, "a clock could not be read");
	if (result == AUTHZ_OK)
		result = rules_begin(r, r->authority, false, &t);
	if (result != AUTHZ_OK)
		return result;
	result = l->request->has & HAS(MASTER) ? take_set(l, t) : take_masters(l, t);
	store_abort(t);
	for (i = 0; i < l->count && result == AUTHZ_OK; i++)
		result = add_row(l, &l->rows[i]);
	return result;
}

enum authz_result master_list(struct rules *r, const struct request *request, struct answer *answer)
{
	struct listing l = {.r = r, .request = request, .answer = answer};

	return list(&l);
}
