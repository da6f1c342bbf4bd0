/* SPDX-License-Identifier: ISC */
/* Records put into the authority store by the rules' own calls, many to a transaction, as user authz. */
#ifndef AUTHZ_BENCH_BULK_H
#define AUTHZ_BENCH_BULK_H

#include "rules/context.h"
#include "store/store.h"

struct bulk {
	enum authz_result (*put)(struct rules *r, struct store_txn *t, unsigned long number, const void *arg);
	const void *arg;
};

/* Those of the numbers from "from" to before "to", into the store in the folder; the exit status.  Errors go to standard error. */
int bulk_put(const struct bulk *b, const char *folder, const char *from, const char *to);

#endif
