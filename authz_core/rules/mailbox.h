/* SPDX-License-Identifier: ISC */
/*
 * Mailboxes and their password servers (doc/MASTERS has the rules).  Each takes a decoded request and fills the answer; the
 * result is the reply's.
 *
 * Rows: box_group_list: name, server ("" built in), master, manager, options (their names, a comma between), number of
 * mailboxes.  mailbox_list: owner, group, address, state ("live", "pending", "gone").  Lists that are not at their end have a CURSOR.
 */
#ifndef AUTHZ_RULES_MAILBOX_H
#define AUTHZ_RULES_MAILBOX_H

#include "rules/context.h"

/* Make a group, or, with RECONFIGURE, change one that has mailboxes. */
enum authz_result box_group_set(struct rules *r, const struct request *request);
enum authz_result box_group_list(struct rules *r, const struct request *request, struct answer *answer);
enum authz_result box_group_delete(struct rules *r, const struct request *request);
/* ZMHS-VAL-PASSW-MS-ADD, ALTER, DELETE. */
enum authz_result mailbox_add(struct rules *r, const struct request *request);
enum authz_result mailbox_alter(struct rules *r, const struct request *request);
enum authz_result mailbox_delete(struct rules *r, const struct request *request);
enum authz_result mailbox_list(struct rules *r, const struct request *request, struct answer *answer);
/* ZMHS-VAL-PASSW-MS-BIND.  Reply: USER, UID; and MASTER, MASTER_UID where it was the master's password. */
enum authz_result mailbox_bind(struct rules *r, const struct request *request, struct answer *answer);
/* ZMHS-VAL-PASSW-MS-REGISTER: SECRET is the owner's own old password. */
enum authz_result mailbox_register(struct rules *r, const struct request *request);

#endif
