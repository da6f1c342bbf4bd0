/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a token that a master makes for an owner of its set carries the master's name, and so does one that is made in the
 *         session of a master, by whoever that session is, for whomever.
 * MUST 2: from the session of a master who may not enter any more no token is made.
 * MUST 3: a token that carries a master's name is good for nothing where that master may not enter any more.
 * MUST 4: the host alone says whose session it is.
 * MUST 5: where there are masters, or the user was entered by one, no token is made for who does not show whose session it is.
 */
#include "rules/token_mark.h"

#include <stdio.h>
#include <string.h>

#include "rules/master_pair.h"
#include "rules/master_record.h"
#include "rules/system_profile.h"

static enum authz_result ask_said(struct rules *r, const struct request *request, struct token_mark *m)
{
	enum authz_result result;
	bool known;

	if (!(request->has & HAS(MASTER)))
		return AUTHZ_OK;
	if (!r->caller.is_host)
		return rules_refuse(r, AUTHZ_BAD_PARAMETER, "master");
	result = master_ask_user(r, request->master, &m->said, &known);
	if (result == AUTHZ_OK && (!known || system_profile(&r->host->config, m->said.name, m->said.uid)))
		return rules_refuse(r, AUTHZ_NO_MASTER, request->master);
	return result;
}

enum authz_result token_mark_ask(struct rules *r, const struct request *request, struct token_mark *m)
{
	struct host_clock now;
	enum authz_result result;

	memset(m, 0, sizeof *m);
	result = ask_said(r, request, m);
	if (result == AUTHZ_OK)
		result = master_session_ask(r, &m->session);
	if (result == AUTHZ_OK && r->host->clock(r->host->context, &now) != AUTHZ_OK)
		result = rules_refuse(r, AUTHZ_INTERNAL, "a clock could not be read");
	m->now = result == AUTHZ_OK ? now.wall / 1000000 : 0;
	return result;
}

static enum authz_result is_listed(struct rules *r, struct store_txn *t, const char *name, bool *listed)
{
	struct master_names n;
	enum authz_result result = master_names_read(r, t, &n);

	*listed = result == AUTHZ_OK && master_names_have(&n, name);
	return result;
}

enum authz_result token_mark_caller(struct rules *r, struct store_txn *t, struct token_mark *m, const struct host_user *owner)
{
	const struct host_user *caller = &m->session.caller;
	bool listed = false;
	enum authz_result result = AUTHZ_OK;

	m->may = m->by_caller = false;
	if (caller->name[0] != '\0')
		result = is_listed(r, t, caller->name, &listed);
	if (result != AUTHZ_OK || !listed)
		return result;
	result = master_may_enter(r, t, caller, owner, m->now, NULL);
	m->by_caller = result == AUTHZ_OK;
	/* of an owner who is disabled the account's state says more than the set, as to who has *USE */
	m->may = m->by_caller || (result == AUTHZ_DISABLED && strcmp(r->subject, owner->name) == 0);
	return master_is_refusal(result) ? rules_refuse(r, AUTHZ_OK, "") : result;
}

static enum authz_result put_mark(struct token_record *record, const struct host_user *master, const struct host_user *entered)
{
	memcpy(record->master_name, master->name, sizeof record->master_name);
	record->master = master->uid;
	record->entered = entered->uid;
	return AUTHZ_OK;
}

static enum authz_result mark_session(struct rules *r, struct store_txn *t, const struct token_mark *m, struct token_record *record)
{
	enum master_session_is is;
	enum authz_result may, result = master_session_look(r, t, &m->session, m->now, &is, &may);

	if (result == AUTHZ_OK && is == SESSION_HIDDEN)
		return rules_refuse(r, AUTHZ_INTERNAL, "the login user of the calling process could not be read");
	if (result != AUTHZ_OK || is == SESSION_OWN)
		return result;
	return may == AUTHZ_OK ? put_mark(record, &m->session.login, &m->session.caller) : may;
}

enum authz_result token_mark_set(struct rules *r, struct store_txn *t, const struct token_mark *m, const struct host_user *owner,
                                 struct token_record *record)
{
	enum authz_result result;

	if (record->master_name[0] != '\0')
		return AUTHZ_OK;
	if (m->said.name[0] != '\0') {
		result = master_may_enter(r, t, &m->said, owner, m->now, NULL);
		return result == AUTHZ_OK ? put_mark(record, &m->said, owner) : result;
	}
	result = mark_session(r, t, m, record);
	if (result == AUTHZ_OK && m->by_caller && record->master_name[0] == '\0')
		return put_mark(record, &m->session.caller, owner);
	return result;
}

enum authz_result token_marked_ask(struct rules *r, const struct token_record *record, struct token_marked *m)
{
	enum authz_result result;

	memset(m, 0, sizeof *m);
	if (record->master_name[0] == '\0')
		return AUTHZ_OK;
	result = master_ask_uid(r, record->entered, &m->entered);
	if (result == AUTHZ_OK)
		result = master_ask_user(r, record->master_name, &m->master, &m->known);
	m->known = m->known && m->entered.name[0] != '\0' && m->master.uid == record->master &&
	           !system_profile(&r->host->config, m->master.name, m->master.uid);
	return result;
}

enum authz_result token_marked_check(struct rules *r, struct store_txn *t, const struct token_record *record,
                                     const struct token_marked *m, int64_t now)
{
	if (record->master_name[0] == '\0')
		return AUTHZ_OK;
	return m->known ? master_may_enter(r, t, &m->master, &m->entered, now, NULL)
	                : rules_refuse(r, AUTHZ_NO_MASTER, record->master_name);
}
