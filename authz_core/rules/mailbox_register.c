/* SPDX-License-Identifier: ISC */
/*
 * ZMHS-VAL-PASSW-MS-REGISTER: another password, for the old one.
 *
 * MUST 1: the old password is the owner's own; the master's is never taken for it.
 * MUST 2: under its own name the master changes the master's password, where the group allows it, and nothing else.
 * MUST 3: what was changed by another meanwhile is not written over.
 * MUST 4: a server that was cut off is asked again, with the old password and with the new, in the same time; what is not known
 *         then is not said to be done.
 */
#include <sodium.h>
#include <string.h>

#include "rules/mailbox.h"
#include "rules/mailbox_proof.h"

struct registration {
	struct mailbox_proof proof; /* the first */
	char crypt[HOST_CRYPT_SIZE]; /* of the new password */
};

static enum authz_result refused(struct mailbox_proof *p)
{
	return rules_refuse(p->r, AUTHZ_INVALID_PASSWORD, p->request->user);
}

/* By the hash that is here: is the old password right? */
static enum authz_result prove(struct mailbox_proof *p)
{
	bool matches;
	enum authz_result result;

	if (p->own_count > 0)
		return mailbox_proof_own(p, BOX_ALLOW_REG, AUTHZ_NO_OWN_REG);
	result = mailbox_proof_hash(p, p->box.crypt, &matches);
	return result == AUTHZ_OK && !matches ? refused(p) : result;
}

static enum authz_result write_own(struct registration *g, struct store_txn *t, struct box_group *group)
{
	struct mailbox_proof *p = &g->proof;
	bool found;
	enum authz_result result = box_group_read(p->r, t, p->group.name, group, &found);

	if (result != AUTHZ_OK)
		return result;
	if (!found || strcmp(group->master, p->group.master) != 0 || strcmp(group->crypt, p->group.crypt) != 0)
		return refused(p);
	memcpy(group->crypt, g->crypt, sizeof group->crypt);
	group->changed_by = p->r->caller.uid;
	group->changed_at = p->now.wall;
	return box_group_write(p->r, t, group);
}

static enum authz_result write_owner(struct registration *g, struct store_txn *t, struct mailbox *box, struct box_group *group)
{
	struct mailbox_proof *p = &g->proof;
	bool found;
	enum authz_result result = mailbox_read(p->r, t, p->owner.name, box, group, &found);

	if (result != AUTHZ_OK)
		return result;
	if (!found || box->uid != p->box.uid || box->pending != MAILBOX_LIVE || group->turn != p->group.turn ||
	    strcmp(box->crypt, p->box.crypt) != 0)
		return refused(p);
	memcpy(box->crypt, g->crypt, sizeof box->crypt);
	box->changed_by = p->r->caller.uid;
	box->changed_at = p->now.wall;
	return mailbox_write(p->r, t, box);
}

static enum authz_result change(struct registration *g, struct store_txn *t)
{
	struct mailbox box;
	struct box_group group;
	enum authz_result result = g->proof.own_count > 0 ? write_own(g, t, &group) : write_owner(g, t, &box, &group);

	sodium_memzero(&box, sizeof box);
	sodium_memzero(&group, sizeof group);
	return result;
}

static enum authz_result keep(struct registration *g)
{
	struct mailbox_proof *p = &g->proof;
	struct store_txn *t;
	enum authz_result result = rules_begin(p->r, p->r->authority, true, &t);

	if (result != AUTHZ_OK)
		return result;
	result = change(g, t);
	if (result == AUTHZ_OK)
		result = mailbox_proof_intend(p);
	if (result == AUTHZ_OK)
		return rules_store(p->r, p->r->authority, store_commit(t));
	store_abort(t);
	return result;
}

static enum authz_result register_here(struct registration *g)
{
	struct rules *r = g->proof.r;
	enum authz_result result = prove(&g->proof);

	if (result != AUTHZ_OK)
		return result;
	result = r->host->password_field(r->host->context, g->proof.request->new_secret, g->crypt);
	if (result != AUTHZ_OK)
		return rules_refuse(r, result, result == AUTHZ_BAD_PARAMETER ? "new password" : "libcrypt");
	return keep(g);
}

/* ---- at the site's server */

static enum authz_result ask(struct mailbox_proof *p, const char *old, enum server_answer *answer)
{
	struct server_question q = {.command = SERVER_REGISTER, .password = old, .new_password = p->request->new_secret};

	return mailbox_proof_ask(p, &q, answer);
}

/* It was cut off once: whether it has the old password or the new is not known. */
static enum authz_result ask_again(struct mailbox_proof *p, enum server_answer *answer)
{
	enum server_answer of_old, of_new;
	enum authz_result result = ask(p, p->request->secret, &of_old);

	*answer = of_old;
	if (result != AUTHZ_OK || of_old == SERVER_OK)
		return result;
	result = ask(p, p->request->new_secret, &of_new);
	*answer = of_new == SERVER_REFUSED ? of_old : of_new;
	p->repeated = of_new == SERVER_OK; /* the old password may have been any */
	return result;
}

static enum authz_result register_there(struct mailbox_proof *p)
{
	enum server_answer answer;
	enum authz_result result = mailbox_proof_intend(p);

	if (result == AUTHZ_OK)
		result = ask(p, p->request->secret, &answer);
	if (result == AUTHZ_OK && answer == SERVER_OUT_OF_REACH)
		result = ask_again(p, &answer);
	if (result != AUTHZ_OK || answer == SERVER_OK)
		return result;
	return answer == SERVER_REFUSED ? refused(p) : rules_refuse(p->r, AUTHZ_IO_ERR, p->group.server);
}

static enum authz_result register_any(struct registration *g)
{
	struct mailbox_proof *p = &g->proof;

	if (p->own_count == 0 && p->verdict != AUTHZ_OK)
		return rules_refuse(p->r, p->verdict, p->request->user);
	return p->own_count > 0 || p->group.server[0] == '\0' ? register_here(g) : register_there(p);
}

enum authz_result mailbox_register(struct rules *r, const struct request *request)
{
	struct registration g = {.proof = {.r = r, .request = request, .hashes = 1, .event = {.event = "mailbox.register"}}};
	struct mailbox_proof *p = &g.proof;
	enum authz_result result = mailbox_proof_begin(p);

	if (result == AUTHZ_OK) {
		result = register_any(&g);
		result = result == AUTHZ_OK ? mailbox_proof_accept(p) : mailbox_proof_refuse(p, result);
	}
	sodium_memzero(&g, sizeof g);
	return result;
}
