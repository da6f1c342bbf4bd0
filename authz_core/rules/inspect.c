/* SPDX-License-Identifier: ISC */
/*
 * Look at a token (QsyGetPrfTknTimeOut, QsyChkPrfTknUser).  Holding it is the authority, and nothing is spent.
 *
 * MUST 1: of a token that is good for nothing any more it is said that 0 seconds are left, and not for whom it stood.
 * MUST 2: what could not be found out is no "0 seconds".
 * MUST 3: who asks for the user in order to redeem is refused what redeeming would refuse of the token alone, on record.
 */
#include <string.h>

#include "rules/presented.h"
#include "rules/token.h"

/* A refusal that is about the token, its owner's account or its master; anything else is a failure to find out. */
static bool is_dead(enum authz_result result)
{
	switch (result) {
	case AUTHZ_TOKEN_BOOT:
	case AUTHZ_TOKEN_FUTURE:
	case AUTHZ_TOKEN_EXPIRED:
	case AUTHZ_TOKEN_SPENT:
	case AUTHZ_TOKEN_INVALIDATED:
	case AUTHZ_TOKEN_STALE:
	case AUTHZ_USER_NOT_FOUND:
	case AUTHZ_SYSTEM_PROFILE:
	case AUTHZ_DISABLED:
	case AUTHZ_PASSWORD_EXPIRED:
	case AUTHZ_NO_MASTER:
	case AUTHZ_NOT_IN_SET:
	case AUTHZ_GRANT_OVER:
	case AUTHZ_OWNER_FORBIDS:
		return true;
	default:
		return false;
	}
}

static enum authz_result check_all(struct presented *h)
{
	enum authz_result result = presented_check_time(h);

	if (result == AUTHZ_OK)
		result = presented_check_state(h);
	return result == AUTHZ_OK ? presented_check_account(h, NULL) : result;
}

static void say_live(const struct presented *h, struct reply *reply)
{
	const int64_t left = token_time_left(&h->record, h->owner.now.wall, h->owner.now.boot);

	reply->has |= 1u << REPLY_USER | 1u << REPLY_UID | 1u << REPLY_SECONDS;
	memcpy(reply->user, h->record.owner_name, sizeof reply->user);
	reply->uid = h->record.owner;
	reply->seconds = (left + 999999) / 1000000;
	presented_answer_master(h, reply);
}

static enum authz_result inspect(struct presented *h, struct reply *reply)
{
	enum authz_result result = presented_look(h);

	if (result != AUTHZ_OK)
		return result;
	presented_find_master(h);
	presented_find_owner(h, h->record.owner_name, false);
	result = check_all(h);
	if (result != AUTHZ_OK && !is_dead(result))
		return result;
	h->r->subject[0] = '\0';
	reply->has = 1u << REPLY_SECONDS | 1u << REPLY_TOKEN_ID;
	memcpy(reply->token_id, h->id, sizeof reply->token_id);
	if (result == AUTHZ_OK)
		say_live(h, reply);
	return AUTHZ_OK;
}

enum authz_result token_inspect(struct rules *r, const struct request *request, struct answer *answer)
{
	struct presented h;
	enum authz_result result;

	presented_init(&h, r, request);
	result = inspect(&h, &answer->reply);
	presented_wipe(&h);
	return result;
}

static enum authz_result find_user(struct presented *h)
{
	enum authz_result result = presented_look(h);

	presented_find_maker(h);
	presented_find_master(h);
	if (result != AUTHZ_OK)
		return result;
	presented_find_owner(h, h->record.owner_name, false);
	return check_all(h);
}

enum authz_result token_user(struct rules *r, const struct request *request, struct answer *answer)
{
	struct presented h;
	struct audit_event event = {.event = "token.redeem", .caller = &r->caller, .owner = h.record.owner_name,
	                            .maker = h.maker.name, .master = h.record.master_name, .token_id = h.id, AUDIT_CLAIMS(request), .detail = ""};
	enum authz_result result;

	presented_init(&h, r, request);
	result = find_user(&h);
	if (result == AUTHZ_OK)
		say_live(&h, &answer->reply);
	else
		result = rules_refused(r, &event, result);
	presented_wipe(&h);
	return result;
}
