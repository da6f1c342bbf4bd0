/* SPDX-License-Identifier: ISC */
/*
 * A password for a mailbox is about to be looked at (BIND, REGISTER): whose it is, what is known of it, how often it was tried,
 * and what who asks is told.
 *
 * Every refusal costs the same hashes, whatever the reason, as far as this host makes them; and to whoever may not know of the
 * mailbox it is one answer.
 */
#ifndef AUTHZ_RULES_MAILBOX_PROOF_H
#define AUTHZ_RULES_MAILBOX_PROOF_H

#include "rules/mailbox_record.h"
#include "rules/mailbox_server.h"

#define PROOF_OWN_MAX 8 /* groups of one master that its own password is compared with, the first by their names */

struct mailbox_proof {
	struct rules *r;
	const struct request *request;
	unsigned hashes;        /* that a refusal costs */
	struct host_clock now;
	int64_t until;          /* for the password server */
	struct host_user owner; /* in the host's form; the name that was asked, if there is none */
	bool is_user;
	bool tells;             /* it is told the reason: the host, *SECADM, the manager */
	struct box_group own[PROOF_OWN_MAX]; /* whose master it is, and asks under its own name */
	size_t own_count;
	bool has_master;        /* the master of the group is the user of then, and not disabled */
	struct mailbox box;
	struct box_group group; /* of the mailbox; or the one of "own" whose password it was */
	enum authz_result verdict; /* AZ-NOBOX, AZ-PENDING, or AUTHZ_OK */
	char counted[NAME_SIZE + 256]; /* what a try counts for: the owner; from the host the owner and where he comes from */
	bool taken;             /* a try was counted */
	bool heard;             /* a server of the site's may have looked at the password */
	bool repeated;          /* it was the new password that was right, where a first try was cut off */
	uint64_t number;        /* of the intent in the audit; 0: none was recorded */
	struct audit_event event;
	char detail[160];
};

/*
 * AUTHZ_OK: a password may be looked at; of a mailbox that is pending (the verdict) the master's alone.  Else
 * mailbox_proof_refuse was called.  Whatever it is, wipe "p" afterwards.
 */
enum authz_result mailbox_proof_begin(struct mailbox_proof *p);

/*
 * The master under its own name: which of its groups that have this option is it the password of?  That is p->group then.
 * AUTHZ_INVALID_PASSWORD; "none" if no group has the option.
 */
enum authz_result mailbox_proof_own(struct mailbox_proof *p, uint32_t option, enum authz_result none);
/* Is it the password of this crypt field?  An empty field is no password's, and costs as much. */
enum authz_result mailbox_proof_hash(struct mailbox_proof *p, const char *crypt, bool *matches);
/* The same of a question to the server, with what it is about; what it said goes into the audit. */
enum authz_result mailbox_proof_ask(struct mailbox_proof *p, struct server_question *q, enum server_answer *answer);

/* The intent goes on record; AUTHZ_AUDIT_LOST: nothing may be done. */
enum authz_result mailbox_proof_intend(struct mailbox_proof *p);
/* The end of every refusal: its price, its record, its answer. */
enum authz_result mailbox_proof_refuse(struct mailbox_proof *p, enum authz_result result);
/*
 * The password was right: the tries are forgotten, but of the master's password, and of a new one that was there already, this
 * one alone; and where there was an intent the outcome goes on record.
 */
enum authz_result mailbox_proof_accept(struct mailbox_proof *p);

#endif
