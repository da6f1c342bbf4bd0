/* SPDX-License-Identifier: ISC */
/* Another profile for a member: what Con-nect has no call for. */
#include "rules/cabinet.h"
#include "rules/cabinet_admit.h"

static enum authz_result shape(struct cabinet_change *c)
{
	struct cabinet_membership *m = (struct cabinet_membership *)c;
	enum authz_result result = cabinet_membership_ask(m);

	return result == AUTHZ_OK ? cabinet_names_fit(c->r, &m->wish) : result;
}

static enum authz_result decide(struct cabinet_change *c, struct store_txn *t)
{
	struct cabinet_membership *m = (struct cabinet_membership *)c;

	c->event.owner = c->request->cabinet;
	return cabinet_check_set(c->r, t, &m->wish, &m->link);
}

/* The groups of the host do not show a profile: nothing is touched. */
static enum authz_result apply(struct cabinet_change *c, struct store_txn *t)
{
	struct cabinet_membership *m = (struct cabinet_membership *)c;

	cabinet_membership_describe(m);
	return cabinet_link_change(c->r, t, &m->link);
}

enum authz_result cabinet_set(struct rules *r, const struct request *request)
{
	static const struct cabinet_steps steps = {shape, decide, NULL, apply};
	struct cabinet_membership m = {.change = {.r = r, .request = request, .event = {.event = "cabinet.set"}}};

	return cabinet_change_run(&m.change, &steps);
}
