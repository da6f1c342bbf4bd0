/* SPDX-License-Identifier: ISC */
/*
 * A cabinet is marked for deletion, and the mark is taken away.  What comes of it is rules/cabinet_purge.c.
 *
 * MUST 1: a cabinet that is locked by its mark gives nothing from the reply on.
 */
#include "rules/cabinet.h"

#include <stdio.h>

#include "rules/cabinet_change.h"
#include "rules/cabinet_name.h"

#define DAY_MAX 2932896 /* 9999-12-31 */

static enum authz_result shape(struct cabinet_change *c)
{
	const struct request *q = c->request;

	if (!cabinet_member_name_fits(q->cabinet))
		return rules_refuse(c->r, AUTHZ_CABINET_NAME, "");
	if ((q->has & HAS(LOCK)) && (q->lock < 0 || q->lock > 1))
		return rules_refuse(c->r, AUTHZ_BAD_PARAMETER, "lock");
	if ((q->has & HAS(FROM)) && (q->from < 0 || q->from > DAY_MAX))
		return rules_refuse(c->r, AUTHZ_BAD_PARAMETER, "from");
	return AUTHZ_OK;
}

static enum authz_result decide(struct cabinet_change *c, struct store_txn *t)
{
	enum authz_result result = cabinet_must_supervise(c->r, t, &c->actor);

	c->event.owner = c->request->cabinet;
	return result == AUTHZ_OK ? cabinet_change_must_find(c, t) : result;
}

static enum authz_result decide_marked(struct cabinet_change *c, struct store_txn *t)
{
	enum authz_result result = decide(c, t);

	return result == AUTHZ_OK && !c->cabinet.marked ? rules_refuse(c->r, AUTHZ_NOT_MARKED, c->request->cabinet) : result;
}

static enum authz_result mark(struct cabinet_change *c, struct store_txn *t)
{
	const struct request *q = c->request;

	c->cabinet.marked = true;
	c->cabinet.locked = q->lock == 1;
	c->cabinet.from = q->has & HAS(FROM) ? (int)q->from : c->now.today;
	cabinet_touch(c->touched, c->cabinet.name);
	snprintf(c->detail, sizeof c->detail, "from=%d lock=%d", c->cabinet.from, c->cabinet.locked);
	return cabinet_write(c->r, t, &c->cabinet);
}

static enum authz_result unmark(struct cabinet_change *c, struct store_txn *t)
{
	c->cabinet.marked = c->cabinet.locked = false;
	c->cabinet.from = 0;
	cabinet_touch(c->touched, c->cabinet.name);
	return cabinet_write(c->r, t, &c->cabinet);
}

enum authz_result cabinet_delete(struct rules *r, const struct request *request)
{
	static const struct cabinet_steps steps = {shape, decide, NULL, mark};
	struct cabinet_change c = {.r = r, .request = request, .event = {.event = "cabinet.delete"}};

	return cabinet_change_run(&c, &steps);
}

enum authz_result cabinet_undelete(struct rules *r, const struct request *request)
{
	static const struct cabinet_steps steps = {shape, decide_marked, NULL, unmark};
	struct cabinet_change c = {.r = r, .request = request, .event = {.event = "cabinet.undelete"}};

	return cabinet_change_run(&c, &steps);
}
