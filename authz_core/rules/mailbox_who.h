/* SPDX-License-Identifier: ISC */
/* Who may change mailboxes: the host, *SECADM, and the manager of their group. */
#ifndef AUTHZ_RULES_MAILBOX_WHO_H
#define AUTHZ_RULES_MAILBOX_WHO_H

#include "rules/mailbox_record.h"

/* The caller, as the store knows it. */
struct mailbox_caller {
	bool secadm;   /* or the host */
	bool disabled; /* it manages nothing */
};

enum authz_result mailbox_caller_read(struct rules *r, struct store_txn *t, struct mailbox_caller *out);
/* Is it *SECADM, or the manager of this group? */
bool mailbox_manages(const struct rules *r, const struct mailbox_caller *caller, const struct box_group *group);
/* Of any group at all? */
enum authz_result mailbox_manages_any(struct rules *r, struct store_txn *t, const struct mailbox_caller *caller, bool *does);

/* The user of a name, in the form that the host has.  *is_user false: there is none, and out->name is what was asked. */
enum authz_result mailbox_user(struct rules *r, const char *name, struct host_user *out, bool *is_user);
/* Is it the user of then, and not disabled?  "user" NULL: not. */
enum authz_result mailbox_user_is(struct rules *r, struct store_txn *t, const char *name, uid_t uid,
                                  const struct host_user *user, bool *is);

#endif
