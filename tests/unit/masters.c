/* SPDX-License-Identifier: ISC */
#include "masters.h"

#include <stdio.h>
#include <string.h>

int masters_setup(void **state)
{
	struct world *w;

	if (world_setup(state) != 0)
		return -1;
	w = *state;
	fake_host_user(&w->fake, "helga", UID_HELGA);
	fake_host_user(&w->fake, "otto", UID_OTTO);
	host_defines(w, "helga");
	world_host(w);
	return 0;
}

static struct request about_master(const char *master, const char *owners, int64_t until)
{
	struct request q = {.has = HAS(MASTER), .until = until};

	snprintf(q.master, sizeof q.master, "%s", master);
	if (owners != NULL)
		q.has |= HAS(OWNERS) | (until != 0 ? HAS(UNTIL) : 0);
	snprintf(q.owners, sizeof q.owners, "%s", owners != NULL ? owners : "");
	return q;
}

static enum authz_result act(struct world *w, const struct request *q,
                             enum authz_result (*rule)(struct rules *r, const struct request *request))
{
	w->rules.subject[0] = '\0';
	return rule(&w->rules, q);
}

enum authz_result define(struct world *w, const char *master)
{
	const struct request q = about_master(master, NULL, 0);

	return act(w, &q, master_define);
}

enum authz_result undefine(struct world *w, const char *master)
{
	const struct request q = about_master(master, NULL, 0);

	return act(w, &q, master_remove);
}

enum authz_result give(struct world *w, const char *master, const char *owners, int64_t until)
{
	const struct request q = about_master(master, owners, until);

	return act(w, &q, master_grant);
}

enum authz_result take_back(struct world *w, const char *master, const char *owners)
{
	const struct request q = about_master(master, owners, 0);

	return act(w, &q, master_revoke);
}

enum authz_result forbid(struct world *w, bool yes)
{
	const struct request q = {.has = HAS(FORBID), .forbid = yes};

	return act(w, &q, master_forbid);
}

struct request about_entry(const char *owner, const char *master)
{
	struct request q = {.has = HAS(USER) | HAS(MASTER) | HAS(VERIFIED) | HAS(SERVICE) | HAS(RHOST), .verified = 1,
	                    .service = "dovecot", .rhost = "192.0.2.7"};

	snprintf(q.user, sizeof q.user, "%s", owner);
	snprintf(q.master, sizeof q.master, "%s", master);
	return q;
}

enum authz_result enter_with(struct world *w, const struct request *q)
{
	w->rules.subject[0] = '\0';
	answer_init(&w->answer);
	return master_enter(&w->rules, q, &w->answer);
}

enum authz_result enter(struct world *w, const char *owner, const char *master)
{
	const struct request q = about_entry(owner, master);

	return enter_with(w, &q);
}

void host_defines(struct world *w, const char *master)
{
	const struct principal before = w->rules.caller;

	world_host(w);
	assert_result(define(w, master), AUTHZ_OK);
	w->rules.caller = before;
}

void host_gives(struct world *w, const char *master, const char *owners, int64_t until)
{
	const struct principal before = w->rules.caller;

	world_host(w);
	assert_result(give(w, master, owners, until), AUTHZ_OK);
	w->rules.caller = before;
}

int64_t now_of(struct world *w)
{
	return w->fake.now.wall / 1000000;
}

static struct host_user user_of(struct world *w, const char *name)
{
	const struct fake_user *u = fake_host_find(&w->fake, name);

	assert_non_null(u);
	return u->user;
}

enum authz_result may(struct world *w, const char *master, const char *owner, struct master_entry *by)
{
	const struct host_user m = user_of(w, master), o = user_of(w, owner);
	struct store_txn *t = begin(w->rules.authority, false);
	enum authz_result result = master_may_enter(&w->rules, t, &m, &o, now_of(w), by);

	store_abort(t);
	return result;
}

bool is_master(struct world *w, const char *name, struct master *out, struct master_wide *wide)
{
	struct store_txn *t = begin(w->rules.authority, false);
	bool found;

	assert_result(master_read(&w->rules, t, name, out, wide, &found), AUTHZ_OK);
	store_abort(t);
	return found;
}

struct master_history history_of(struct world *w, const char *owner)
{
	const struct host_user user = user_of(w, owner);
	struct store_txn *t = begin(w->rules.authority, false);
	struct master_history h;

	assert_result(master_history_read(&w->rules, t, &user, &h), AUTHZ_OK);
	store_abort(t);
	return h;
}

size_t record_get(struct world *w, const char *key, size_t key_length, unsigned char *value, size_t size)
{
	struct store_txn *t = begin(w->rules.authority, false);
	size_t length;
	bool found;

	assert_result(store_get(t, key, key_length, value, size, &length, &found), AUTHZ_OK);
	store_abort(t);
	return found ? length : 0;
}

void record_put(struct world *w, const char *key, size_t key_length, const void *value, size_t length)
{
	struct store_txn *t = begin(w->rules.authority, true);

	assert_result(store_put(t, key, key_length, value, length), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
}

void record_drop(struct world *w, const char *key, size_t key_length)
{
	struct store_txn *t = begin(w->rules.authority, true);

	assert_result(store_delete(t, key, key_length), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
}
