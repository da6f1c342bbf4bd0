/* SPDX-License-Identifier: ISC */
/*
 * A cabinet's password.  The old one is not asked: who may give it a new one is said in doc/CABINETS.
 *
 * MUST 1: neither the password nor its hash is in a record of the audit, and no copy of either stays here.
 */
#include "rules/cabinet.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "rules/cabinet_change.h"
#include "rules/cabinet_name.h"

struct password_change {
	struct cabinet_change change; /* the first */
	char crypt[HOST_CRYPT_SIZE];
};

static enum authz_result shape(struct cabinet_change *c)
{
	if (!cabinet_member_name_fits(c->request->cabinet) || strcmp(c->request->cabinet, CABINET_TEMPLATE) == 0)
		return rules_refuse(c->r, AUTHZ_CABINET_NAME, "");
	return AUTHZ_OK;
}

static enum authz_result decide(struct cabinet_change *c, struct store_txn *t)
{
	enum authz_result result = cabinet_change_decide_own(c, t);

	c->event.owner = c->request->cabinet;
	if (result == AUTHZ_OK && c->found && c->cabinet.type == CABINET_PUBLIC)
		return rules_refuse(c->r, AUTHZ_BAD_PARAMETER, "password");
	return result;
}

static enum authz_result ask(struct cabinet_change *c)
{
	enum authz_result result = cabinet_change_ask_own(c);

	return result == AUTHZ_OK ? cabinet_change_password(c, ((struct password_change *)c)->crypt) : result;
}

static enum authz_result apply(struct cabinet_change *c, struct store_txn *t)
{
	enum authz_result result = cabinet_change_begin_own(c, t);

	if (result != AUTHZ_OK)
		return result;
	memcpy(c->cabinet.crypt, ((struct password_change *)c)->crypt, sizeof c->cabinet.crypt);
	snprintf(c->detail, sizeof c->detail, "password=%s", c->cabinet.crypt[0] != '\0' ? "new" : "none");
	return cabinet_write(c->r, t, &c->cabinet);
}

enum authz_result cabinet_password(struct rules *r, const struct request *request)
{
	static const struct cabinet_steps steps = {shape, decide, ask, apply};
	struct password_change p = {.change = {.r = r, .request = request, .event = {.event = "cabinet.password"}}};
	enum authz_result result = cabinet_change_run(&p.change, &steps);

	sodium_memzero(&p, sizeof p);
	return result;
}
