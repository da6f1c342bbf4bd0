/* SPDX-License-Identifier: ISC */
/* Z-ADD17A.  What may be added is said by rules/cabinet_admit.h. */
#include <stdio.h>

#include "rules/cabinet.h"
#include "rules/cabinet_admit.h"

static enum authz_result shape(struct cabinet_change *c)
{
	struct cabinet_membership *m = (struct cabinet_membership *)c;
	enum authz_result result = cabinet_membership_ask(m);

	return result == AUTHZ_OK ? cabinet_wish_fits(c->r, &m->wish) : result;
}

static enum authz_result decide(struct cabinet_change *c, struct store_txn *t)
{
	struct cabinet_membership *m = (struct cabinet_membership *)c;

	c->event.owner = c->request->cabinet;
	return cabinet_check_add(c->r, t, &m->wish, &m->link);
}

static enum authz_result apply(struct cabinet_change *c, struct store_txn *t)
{
	struct cabinet_membership *m = (struct cabinet_membership *)c;
	enum authz_result result = cabinet_admit(c->r, t, &m->link, c->touched);

	cabinet_membership_describe(m);
	return result;
}

enum authz_result cabinet_add(struct rules *r, const struct request *request, struct answer *answer)
{
	static const struct cabinet_steps steps = {shape, decide, NULL, apply};
	struct cabinet_membership m = {.change = {.r = r, .request = request, .event = {.event = "cabinet.add"}}};
	enum authz_result result = cabinet_change_run(&m.change, &steps);

	if (result != AUTHZ_OK)
		return result;
	answer->reply.has |= 1u << REPLY_ISN;
	answer->reply.isn = m.link.isn;
	return AUTHZ_OK;
}
