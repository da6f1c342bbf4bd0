/* SPDX-License-Identifier: ISC */
/*
 * A token that somebody presents, and what is known of it: its record, and its owner as the account is now.  What redeeming,
 * regenerating and looking at a token have in common.
 */
#ifndef AUTHZ_RULES_PRESENTED_H
#define AUTHZ_RULES_PRESENTED_H

#include "rules/owner.h"
#include "rules/token_mark.h"

struct presented {
	struct rules *r;
	const struct request *request;
	unsigned char key[TOKEN_KEY_SIZE];
	char id[TOKEN_ID_SIZE];
	bool found;
	struct token_record record;
	struct owner owner;
	enum authz_result owner_result; /* kept until the token is known to be one: strangers learn nothing of accounts */
	char owner_subject[SUBJECT_SIZE];
	struct host_user maker; /* for the audit; no name if it has none any more */
	struct token_marked marked;
	enum authz_result marked_result; /* kept likewise */
};

/* From request->token. */
void presented_init(struct presented *h, struct rules *r, const struct request *request);
/* Ask the host about the owner, and what time it is.  No lock is held. */
void presented_find_owner(struct presented *h, const char *name, bool groups);
/* Who made the token that was found. */
void presented_find_maker(struct presented *h);
/* The master whose name it carries.  No lock is held. */
void presented_find_master(struct presented *h);
/* In a transaction of the tokens.  AUTHZ_TOKEN_NOT_VALID: there is none, or all of its owner's were removed. */
enum authz_result presented_read(struct presented *h, struct store_txn *t);
/* In a read transaction of its own. */
enum authz_result presented_look(struct presented *h);
/* The master whose name the token carries, if any. */
void presented_answer_master(const struct presented *h, struct reply *reply);
void presented_wipe(struct presented *h);

/* Of this boot, not expired, not from the future. */
enum authz_result presented_check_time(const struct presented *h);
/* Neither spent nor invalidated. */
enum authz_result presented_check_state(const struct presented *h);
/* The claims of the host alone satisfy a binding. */
enum authz_result presented_check_bindings(const struct presented *h);
/*
 * The owner is who it was, and the account as it was: not disabled, its password not expired, unless that was overridden
 * when the token was made, and nothing else of the stamp changed; and the master whose name it carries, if any, may enter
 * still.  "days": if not NULL, whether the days of last use need
 * no writing (issue.h).
 */
enum authz_result presented_check_account(const struct presented *h, bool *days);

#endif
