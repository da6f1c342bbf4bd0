/* SPDX-License-Identifier: ISC */
/*
 * The way that every change of a master or its set goes: may the caller, what the host knows of the names, and once more
 * under the lock may it, then the change and its audit.
 */
#ifndef AUTHZ_RULES_MASTER_CHANGE_H
#define AUTHZ_RULES_MASTER_CHANGE_H

#include "rules/master_pattern.h"
#include "rules/master_record.h"

struct master_change {
	struct rules *r;
	const struct request *request;
	struct host_clock now;
	struct host_user user; /* who is named as the master, in the form that NSS has, or, if it is no user, as it was said */
	bool is_user;
	struct master master;  /* what the store has of it */
	struct master_wide wide;
	bool found;
	/* of master_grant and master_revoke */
	enum master_owners form;
	struct host_user owner;
	bool owner_known;
};

struct master_steps {
	const char *event;
	/* May be NULL.  What the host says, beside the master; with no transaction open. */
	enum authz_result (*ask)(struct master_change *c);
	/* In a write transaction, when the master was read. */
	enum authz_result (*apply)(struct master_change *c, struct store_txn *t);
};

enum authz_result master_change_run(struct rules *r, const struct request *request, const struct master_steps *steps);

#endif
