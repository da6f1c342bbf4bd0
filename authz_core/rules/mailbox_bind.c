/* SPDX-License-Identifier: ISC */
/*
 * ZMHS-VAL-PASSW-MS-BIND: does the password open the mailbox?
 *
 * MUST 1: where the password server is out of reach nobody is let in, the master neither.
 * MUST 2: whoever the master's password lets in is on record, with both names, before anybody is told.
 * MUST 3: the address counts for an owner's password, never for a master's.
 * MUST 4: the master's password of a group opens mailboxes of that group alone, and only while the master is the user of then,
 *         and not disabled.
 */
#include <sodium.h>
#include <string.h>

#include "rules/mailbox.h"
#include "rules/mailbox_address.h"
#include "rules/mailbox_proof.h"

/* 4, of a right password */
static enum authz_result check_address(struct mailbox_proof *p)
{
	const char *from = p->request->rhost;

	if (!(p->group.options & BOX_CHECK) || from[0] == '\0' || p->box.address[0] == '\0' ||
	    mailbox_address_holds(p->box.address, from))
		return AUTHZ_OK;
	return rules_refuse(p->r, AUTHZ_WRONG_ADDRESS, p->request->user);
}

/* 5, and what it is else */
static enum authz_result bind_master(struct mailbox_proof *p, enum authz_result otherwise)
{
	bool matches;
	enum authz_result result = mailbox_proof_hash(p, p->has_master ? p->group.crypt : "", &matches);

	if (result == AUTHZ_OK && !matches)
		return rules_refuse(p->r, otherwise, p->request->user);
	if (result == AUTHZ_OK)
		p->event.master = p->group.master;
	return result;
}

static enum authz_result bind_owner(struct mailbox_proof *p)
{
	char from[ADDRESS_SIZE] = "";
	struct server_question q = {.command = SERVER_BIND, .password = p->request->secret, .address = from};
	enum server_answer answer;
	enum authz_result result;

	if (!mailbox_address_host(p->request->rhost, from))
		from[0] = '\0'; /* a name, which is no address's line */
	result = mailbox_proof_ask(p, &q, &answer);
	if (result != AUTHZ_OK)
		return result;
	if (answer == SERVER_OUT_OF_REACH)
		return rules_refuse(p->r, AUTHZ_IO_ERR, p->group.server);
	return answer == SERVER_OK ? check_address(p) : bind_master(p, AUTHZ_INVALID_PASSWORD);
}

static enum authz_result bind_any(struct mailbox_proof *p)
{
	if (p->own_count > 0)
		return mailbox_proof_own(p, BOX_ALLOW_BINDS, AUTHZ_NO_OWN_BIND); /* 3 */
	return p->verdict == AUTHZ_OK ? bind_owner(p) : bind_master(p, p->verdict);
}

static void fill(const struct mailbox_proof *p, struct reply *reply)
{
	reply->has |= 1u << REPLY_USER | 1u << REPLY_UID;
	memcpy(reply->user, p->owner.name, sizeof reply->user);
	reply->uid = p->owner.uid;
	if (p->event.master == NULL)
		return;
	reply->has |= 1u << REPLY_MASTER | 1u << REPLY_MASTER_UID;
	memcpy(reply->master, p->group.master, sizeof reply->master);
	reply->master_uid = p->group.master_uid;
}

static enum authz_result bind_box(struct mailbox_proof *p, struct reply *reply)
{
	enum authz_result result = mailbox_proof_begin(p);

	if (result != AUTHZ_OK)
		return result;
	result = bind_any(p);
	if (result == AUTHZ_OK && (p->event.master != NULL || p->own_count > 0 || (p->group.options & BOX_AUDIT_BINDS)))
		result = mailbox_proof_intend(p);
	if (result != AUTHZ_OK)
		return mailbox_proof_refuse(p, result);
	result = mailbox_proof_accept(p);
	if (result == AUTHZ_OK)
		fill(p, reply);
	return result;
}

enum authz_result mailbox_bind(struct rules *r, const struct request *request, struct answer *answer)
{
	struct mailbox_proof p = {.r = r, .request = request, .hashes = 2, .event = {.event = "mailbox.bind"}};
	enum authz_result result = bind_box(&p, &answer->reply);

	sodium_memzero(&p, sizeof p);
	return result;
}
