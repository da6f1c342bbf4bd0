/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: who has entered the caller, or may have, and whose loginuid the caller has, is the master of its session.
 * MUST 2: a session of which it is hidden whose it is is taken for a master's where there may be one.
 */
#include "rules/master_session.h"

#include <string.h>

#include "rules/master_history.h"
#include "rules/master_record.h"
#include "rules/system_profile.h"

enum authz_result master_ask_uid(struct rules *r, uid_t uid, struct host_user *out)
{
	enum authz_result result = r->host->user_by_uid(r->host->context, uid, out);

	if (result != AUTHZ_OK && result != AUTHZ_USER_NOT_FOUND)
		return rules_refuse(r, result, "the look-up of a user failed");
	if (result != AUTHZ_OK || system_profile(&r->host->config, out->name, out->uid))
		out->name[0] = '\0';
	out->uid = uid;
	return AUTHZ_OK;
}

enum authz_result master_session_ask(struct rules *r, struct master_session *s)
{
	const struct principal *caller = &r->caller;

	memset(s, 0, sizeof *s);
	if (caller->is_host || system_profile(&r->host->config, caller->name, caller->uid))
		return AUTHZ_OK;
	memcpy(s->caller.name, caller->name, sizeof s->caller.name);
	s->caller.uid = caller->uid;
	s->hidden = caller->login_hidden;
	s->other = s->caller.name[0] != '\0' && caller->loginuid != UINT32_MAX && caller->loginuid != caller->uid;
	return s->other ? master_ask_uid(r, caller->loginuid, &s->login) : AUTHZ_OK;
}

/* A process with another's loginuid: su's, say, or a session that a master has entered. */
static enum authz_result look_at_login(struct rules *r, struct store_txn *t, const struct master_session *s, int64_t now,
                                       bool entered, enum master_session_is *is, enum authz_result *may)
{
	enum authz_result result = s->login.name[0] != '\0' ? master_may_enter(r, t, &s->login, &s->caller, now, NULL)
	                                                    : rules_refuse(r, AUTHZ_NO_MASTER, "");
	if (result != AUTHZ_OK && !master_is_refusal(result))
		return result;
	/* its session may be there still, though the set holds the user no more */
	if (!entered && (result == AUTHZ_NO_MASTER || result == AUTHZ_NOT_IN_SET))
		return rules_refuse(r, AUTHZ_OK, ""); /* no master, or one of others */
	*is = SESSION_OF_MASTER;
	*may = result;
	return AUTHZ_OK;
}

enum authz_result master_session_look(struct rules *r, struct store_txn *t, const struct master_session *s, int64_t now,
                                      enum master_session_is *is, enum authz_result *may)
{
	struct master_history h;
	struct master_names n;
	enum authz_result result;
	bool entered;

	*is = SESSION_OWN;
	*may = AUTHZ_OK;
	if (!s->hidden && !s->other)
		return AUTHZ_OK;
	result = master_history_read(r, t, &s->caller, &h);
	if (result == AUTHZ_OK)
		result = master_names_read(r, t, &n);
	if (result == AUTHZ_OK && s->hidden && (h.count > 0 || n.count > 0))
		*is = SESSION_HIDDEN;
	if (result != AUTHZ_OK || *is == SESSION_HIDDEN || !s->other)
		return result;
	entered = master_history_has(&h, s->login.uid);
	return entered || master_names_have(&n, s->login.name) ? look_at_login(r, t, s, now, entered, is, may) : AUTHZ_OK;
}
