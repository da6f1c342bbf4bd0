/* SPDX-License-Identifier: ISC */
/*
 * May a user sign on to this host (SIGN0100)?
 *
 * MUST 1: where nothing is registered nobody is asked, and nothing is refused.
 * MUST 2: a user with uid 0 is never asked about, whatever has happened to the exits, and that it was so is on record.
 * MUST 3: there is no yes without its record.
 */
#include <inttypes.h>
#include <stdio.h>

#include "rules/exit.h"
#include "rules/exit_audit.h"
#include "rules/exit_host.h"

#define LINES_MAX 5

struct signon {
	struct rules *r;
	const struct request *request;
	struct host_user user;
	struct exit_programs programs;
	char actor[NAME_SIZE];
	uint32_t number; /* of the program that said *NO */
	char detail[24]; /* of the audit */
};

static enum authz_result find_user(struct signon *s)
{
	struct rules *r = s->r;
	const char *name = s->request->user;
	enum authz_result result = r->host->user_by_name(r->host->context, name, &s->user);

	if (result == AUTHZ_OK)
		return AUTHZ_OK;
	return rules_refuse(r, result, result == AUTHZ_USER_NOT_FOUND ? name : "the look-up of a user failed");
}

/* A name, or a uid that has none. */
static enum authz_result name_actor(struct signon *s)
{
	struct rules *r = s->r;
	const int64_t uid = s->request->actor;
	struct host_user actor;
	enum authz_result result;

	if (uid < 0 || uid >= UINT32_MAX)
		return rules_refuse(r, AUTHZ_BAD_PARAMETER, "actor");
	result = r->host->user_by_uid(r->host->context, (uid_t)uid, &actor);
	if (result == AUTHZ_OK)
		snprintf(s->actor, sizeof s->actor, "%s", actor.name);
	else if (result == AUTHZ_USER_NOT_FOUND)
		snprintf(s->actor, sizeof s->actor, "%" PRId64, uid);
	else
		return rules_refuse(r, result, "the look-up of a user failed");
	return AUTHZ_OK;
}

static enum authz_result ask(struct signon *s)
{
	const struct request *q = s->request;
	const struct exit_line lines[LINES_MAX] = {
		{"service", q->service}, {"user", s->user.name}, {"actor", q->has & HAS(ACTOR) ? s->actor : NULL},
		{"master", q->master[0] != '\0' ? q->master : NULL}, {"from", q->rhost[0] != '\0' ? q->rhost : NULL},
	};
	enum authz_result result = q->has & HAS(ACTOR) ? name_actor(s) : AUTHZ_OK;
	size_t i;

	for (i = 0; i < LINES_MAX && result == AUTHZ_OK; i++)
		if (lines[i].value != NULL)
			result = exit_host_word(s->r, lines[i].word, lines[i].value);
	return result == AUTHZ_OK ? exit_host_ask(s->r, &s->programs, lines, LINES_MAX, &s->number) : result;
}

/* MUST 3 */
static enum authz_result ask_on_record(struct signon *s, struct audit_event *event, enum authz_result result)
{
	if (result == AUTHZ_OK)
		result = ask(s);
	if (s->number != 0)
		exit_audit_add_number(s->detail, sizeof s->detail, "number", s->number);
	return exit_audit(s->r, event, result);
}

static enum authz_result decide(struct signon *s, struct audit_event *event)
{
	const enum authz_result read = exit_host_programs(s->r, EXIT_POINT_SIGNON, EXIT_FORMAT_SIGNON, &s->programs);
	enum authz_result result;

	if (read == AUTHZ_OK && s->programs.count == 0)
		return AUTHZ_OK;
	result = find_user(s);
	if (result == AUTHZ_OK && s->user.uid == 0) {
		/* MUST 2: neither damage nor a full disk keeps out who repairs it. */
		event->detail = "asked=no";
		return rules_refused(s->r, event, AUTHZ_OK);
	}
	if (result == AUTHZ_USER_NOT_FOUND)
		return rules_refused_unsaid(s->r, event, result);
	return ask_on_record(s, event, read != AUTHZ_OK ? read : result);
}

enum authz_result exit_signon(struct rules *r, const struct request *request)
{
	struct signon s = {.r = r, .request = request};
	struct audit_event event = {.event = "exit.signon", .caller = &r->caller, .owner = s.user.name, .master = request->master,
	                            AUDIT_CLAIMS(request), .detail = s.detail};
	enum authz_result result;

	if (!r->caller.is_host)
		return rules_refused(r, &event, rules_refuse(r, AUTHZ_HOST_ONLY, ""));
	result = decide(&s, &event);
	exit_programs_free(&s.programs);
	return result;
}
