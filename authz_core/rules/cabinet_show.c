/* SPDX-License-Identifier: ISC */
/*
 * Show a cabinet, by its name or its ISN; with neither, the private one of who asks.
 *
 * MUST 1: who may not see a cabinet does not learn whether there is one of that name.
 * MUST 2: of a password no more is shown than whether there is one.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "rules/cabinet.h"
#include "rules/cabinet_name.h"
#include "rules/cabinet_see.h"
#include "view/publish.h"

struct showing {
	struct rules *r;
	struct answer *answer;
	struct cabinet_actor actor;
	const char *name; /* NULL: by ISN */
	struct cabinet cabinet;
	bool found;
};

static void row(struct showing *s, const char *name, const char *value)
{
	const char *const items[] = {name, value};

	(void)answer_row(s->answer, items, 2); /* a few rows always fit */
}

static void number_row(struct showing *s, const char *name, uint64_t number)
{
	char text[24];

	snprintf(text, sizeof text, "%" PRIu64, number);
	row(s, name, text);
}

static enum authz_result count_row(struct showing *s, struct store_txn *t, const char *name, enum cabinet_list list)
{
	struct cabinet_entity of = {.kind = 'c'};
	uint64_t count;
	enum authz_result result;

	memcpy(of.name, s->cabinet.name, sizeof of.name);
	result = cabinet_link_count(s->r, t, &of, list, &count);
	if (result == AUTHZ_OK)
		number_row(s, name, count);
	return result;
}

static void day_row(struct showing *s, const char *name, int day)
{
	time_t seconds = (time_t)day * 86400;
	char text[16] = "";
	struct tm tm;

	if (gmtime_r(&seconds, &tm) != NULL)
		strftime(text, sizeof text, "%Y-%m-%d", &tm);
	row(s, name, text);
}

static void show_group(struct showing *s)
{
	static const char *const listings[] = {"all", "administrators", "none"};
	char group[NAME_SIZE];

	cabinet_group_name(s->cabinet.name, group);
	row(s, "group", group);
	number_row(s, "gid", s->cabinet.gid);
	row(s, "listing", s->cabinet.listing <= VIEW_LIST_NONE ? listings[s->cabinet.listing] : "none");
}

static void show_profile(struct showing *s)
{
	char text[16];

	snprintf(text, sizeof text, "%04u", s->cabinet.profile.security);
	row(s, "security", text);
	snprintf(text, sizeof text, "%u", (unsigned)s->cabinet.profile.marks);
	row(s, "marks", text);
}

static enum authz_result show(struct showing *s, struct store_txn *t)
{
	const struct cabinet *c = &s->cabinet;
	enum authz_result result = AUTHZ_OK;

	row(s, "name", c->name);
	row(s, "type", cabinet_type_text(c->type));
	if (s->found)
		number_row(s, "isn", c->isn);
	if (c->type == CABINET_SHARED)
		show_group(s);
	row(s, "state", cabinet_state_text(c));
	if (c->marked)
		day_row(s, "from", c->from);
	show_profile(s);
	row(s, "text", c->text);
	row(s, "password", c->crypt[0] != '\0' ? "set" : "none");
	if (s->found)
		number_row(s, "made", (uint64_t)(c->made / 1000000));
	if (c->type != CABINET_SHARED)
		return AUTHZ_OK;
	result = count_row(s, t, "users", LIST_USERS);
	if (result == AUTHZ_OK)
		result = count_row(s, t, "cabinets", LIST_CABINETS);
	return result == AUTHZ_OK ? count_row(s, t, "administrators", LIST_ADMINS) : result;
}

/* A user's private cabinet without a record: what it would be. */
static enum authz_result stand_in(struct showing *s, struct store_txn *t, const char *name)
{
	struct cabinet template;
	bool found;
	enum authz_result result = cabinet_read(s->r, t, CABINET_TEMPLATE, &template, &found);

	s->cabinet = (struct cabinet){.type = CABINET_PRIVATE, .gid = (gid_t)-1, .profile = template.profile};
	snprintf(s->cabinet.name, sizeof s->cabinet.name, "%s", name);
	return result;
}

static enum authz_result find(struct showing *s, struct store_txn *t, const struct request *request, bool is_user)
{
	bool sees = false;
	enum authz_result result;

	if (s->name == NULL && request->isn >= 1 && request->isn <= ISN_MAX)
		result = cabinet_read_isn(s->r, t, (uint32_t)request->isn, &s->cabinet, &s->found);
	else
		result = s->name != NULL ? cabinet_read(s->r, t, s->name, &s->cabinet, &s->found) : AUTHZ_OK;
	if (result == AUTHZ_OK && !s->found && is_user)
		result = stand_in(s, t, s->name);
	if (result != AUTHZ_OK)
		return result;
	if (s->cabinet.name[0] != '\0') {
		result = cabinet_sees(s->r, t, &s->actor, &s->cabinet, &sees);
		return result != AUTHZ_OK || sees ? result : AUTHZ_CABINET_ADMIN;
	}
	result = cabinet_supervises(s->r, t, &s->actor, &sees);
	return result != AUTHZ_OK ? result : sees ? AUTHZ_CABINET_NAME : AUTHZ_CABINET_ADMIN;
}

static enum authz_result refuse(struct showing *s, const struct request *request, enum authz_result result)
{
	char isn[24];

	if (result != AUTHZ_CABINET_NAME && result != AUTHZ_CABINET_ADMIN)
		return result;
	if (s->name != NULL)
		return rules_refuse(s->r, result, s->name);
	snprintf(isn, sizeof isn, "%lld", (long long)request->isn);
	return rules_refuse(s->r, AUTHZ_NO_ISN, isn);
}

static enum authz_result ask(struct showing *s, const struct request *request, bool *is_user)
{
	struct rules *r = s->r;
	struct host_user user;
	enum authz_result result = cabinet_who_looks(r, request, &s->actor);

	*is_user = false;
	s->name = request->has & HAS(CABINET) ? request->cabinet : request->has & HAS(ISN) ? NULL : s->actor.entity.name;
	if (result != AUTHZ_OK || s->name == NULL)
		return result;
	if (!cabinet_member_name_fits(s->name))
		return rules_refuse(r, AUTHZ_CABINET_NAME, "");
	result = r->host->user_by_name(r->host->context, s->name, &user);
	*is_user = result == AUTHZ_OK && strcmp(user.name, s->name) == 0;
	return result == AUTHZ_OK || result == AUTHZ_USER_NOT_FOUND ? AUTHZ_OK
	                                                            : rules_refuse(r, result, "the look-up of a user failed");
}

enum authz_result cabinet_show(struct rules *r, const struct request *request, struct answer *answer)
{
	struct showing s = {.r = r, .answer = answer};
	struct store_txn *t;
	bool is_user;
	enum authz_result result;

	if ((request->has & HAS(CABINET)) && (request->has & HAS(ISN)))
		return rules_refuse(r, AUTHZ_NAME_AND_ISN, "");
	result = ask(&s, request, &is_user);
	if (result == AUTHZ_OK)
		result = rules_begin(r, r->authority, false, &t);
	if (result != AUTHZ_OK)
		return result;
	result = find(&s, t, request, is_user);
	result = result == AUTHZ_OK ? show(&s, t) : refuse(&s, request, result);
	store_abort(t);
	return result;
}
