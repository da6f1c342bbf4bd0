/* SPDX-License-Identifier: ISC */
/*
 * What a cabinet is: its text, its listing, its profile.  What is not given stays.
 *
 * MUST 1: only the host alters the template.
 */
#include "rules/cabinet.h"

#include <stdio.h>
#include <string.h>

#include "rules/cabinet_change.h"
#include "rules/cabinet_name.h"
#include "view/publish.h"

static bool is_template(const struct cabinet_change *c)
{
	return strcmp(c->request->cabinet, CABINET_TEMPLATE) == 0;
}

static enum authz_result shape(struct cabinet_change *c)
{
	const struct request *q = c->request;
	const uint64_t given = q->has & (HAS(LISTING) | HAS(TEXT) | HAS(SECURITY) | HAS(MARKS));

	if (!cabinet_member_name_fits(q->cabinet))
		return rules_refuse(c->r, AUTHZ_CABINET_NAME, "");
	if (given == 0)
		return rules_refuse(c->r, AUTHZ_BAD_PARAMETER, "listing, text, security or marks");
	if ((q->has & HAS(LISTING)) && (q->listing < 0 || q->listing > VIEW_LIST_NONE))
		return rules_refuse(c->r, AUTHZ_BAD_PARAMETER, "listing");
	if ((q->has & HAS(TEXT)) && !cabinet_text_fits(q->text))
		return rules_refuse(c->r, AUTHZ_BAD_PARAMETER, "text");
	return cabinet_change_profile_fits(c);
}

static enum authz_result decide(struct cabinet_change *c, struct store_txn *t)
{
	enum authz_result result;

	if (is_template(c) && !c->actor.is_host)
		return rules_refuse(c->r, AUTHZ_HOST_ONLY, "");
	result = cabinet_change_decide_own(c, t);
	c->event.owner = c->request->cabinet;
	if (result == AUTHZ_OK && (c->request->has & HAS(LISTING)) && (!c->found || c->cabinet.type != CABINET_SHARED))
		return rules_refuse(c->r, AUTHZ_BAD_PARAMETER, "listing");
	return result;
}

static enum authz_result ask(struct cabinet_change *c)
{
	return is_template(c) ? AUTHZ_OK : cabinet_change_ask_own(c);
}

static void set(struct cabinet_change *c)
{
	const struct request *q = c->request;

	if (q->has & HAS(LISTING))
		c->cabinet.listing = (uint8_t)q->listing;
	if (q->has & HAS(TEXT))
		memcpy(c->cabinet.text, q->text, sizeof c->cabinet.text);
	cabinet_change_profile(c, &c->cabinet.profile);
}

static enum authz_result apply(struct cabinet_change *c, struct store_txn *t)
{
	enum authz_result result;

	result = is_template(c) ? cabinet_template(c, t, &c->cabinet) : cabinet_change_begin_own(c, t);
	if (result != AUTHZ_OK)
		return result;
	set(c);
	if (c->request->has & HAS(LISTING))
		cabinet_touch(c->touched, c->cabinet.name);
	snprintf(c->detail, sizeof c->detail, "security=%04u marks=%x listing=%u", c->cabinet.profile.security,
	         (unsigned)c->cabinet.profile.marks, c->cabinet.listing);
	return cabinet_write(c->r, t, &c->cabinet);
}

enum authz_result cabinet_alter(struct rules *r, const struct request *request)
{
	static const struct cabinet_steps steps = {shape, decide, ask, apply};
	struct cabinet_change c = {.r = r, .request = request, .event = {.event = "cabinet.alter"}};

	return cabinet_change_run(&c, &steps);
}
