/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a member goes though its name is nobody's any more, or NSS is out of reach.
 */
#include "rules/cabinet.h"
#include "rules/cabinet_admit.h"

/* MUST 1: then it is the name that was given. */
static enum authz_result shape(struct cabinet_change *c)
{
	struct cabinet_membership *m = (struct cabinet_membership *)c;

	(void)cabinet_membership_ask(m);
	return cabinet_names_fit(c->r, &m->wish);
}

static enum authz_result decide(struct cabinet_change *c, struct store_txn *t)
{
	struct cabinet_membership *m = (struct cabinet_membership *)c;

	c->event.owner = c->request->cabinet;
	return cabinet_check_remove(c->r, t, &m->wish, &m->link);
}

static enum authz_result apply(struct cabinet_change *c, struct store_txn *t)
{
	struct cabinet_membership *m = (struct cabinet_membership *)c;

	cabinet_membership_describe(m);
	return cabinet_expel(c->r, t, &m->link, c->touched);
}

enum authz_result cabinet_remove(struct rules *r, const struct request *request)
{
	static const struct cabinet_steps steps = {shape, decide, NULL, apply};
	struct cabinet_membership m = {.change = {.r = r, .request = request, .event = {.event = "cabinet.remove"}}};

	return cabinet_change_run(&m.change, &steps);
}
