/* SPDX-License-Identifier: ISC */
/* A user is gone: whoever gets the name next is no master by it, and in no set. */
#ifndef AUTHZ_RULES_MASTER_FORGET_H
#define AUTHZ_RULES_MASTER_FORGET_H

#include "rules/context.h"

/* In a write transaction.  *sets is in how many sets the user was. */
enum authz_result master_forget(struct rules *r, struct store_txn *t, const char *user, unsigned *sets);

#endif
