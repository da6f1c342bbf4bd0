/* SPDX-License-Identifier: ISC */
#include "bulk.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "host/machine.h"

#define CHUNK 50000 /* numbers of a transaction, but for the last */

static bool good(const struct rules *r, enum authz_result result)
{
	if (result != AUTHZ_OK)
		fprintf(stderr, "bench: result %d, %s\n", (int)result, store_subject(r->authority));
	return result == AUTHZ_OK;
}

static bool put_some(const struct bulk *b, struct rules *r, unsigned long from, unsigned long to)
{
	struct store_txn *t;
	bool done = true;

	if (!good(r, store_begin(r->authority, true, &t)))
		return false;
	for (; done && from < to; from++)
		done = good(r, b->put(r, t, from, b->arg));
	if (done)
		return good(r, store_commit(t));
	store_abort(t);
	return false;
}

int bulk_put(const struct bulk *b, const char *folder, const char *from, const char *to)
{
	struct rules r = {.authority = NULL};
	char boot_id[37];
	struct store_options options = {.folder = folder, .durable = true, .lock_wait_ms = 3000, .hold_ms = 600000,
	                                .boot_id = boot_id};
	unsigned long at = strtoul(from, NULL, 10), end = strtoul(to, NULL, 10), next;
	bool done;

	if (sodium_init() < 0 || !clock_boot_id(boot_id))
		return 1;
	done = good(&r, store_open(&r.authority, &options));
	for (; done && at < end; at = next) {
		/* the last one is alone: only by the next transaction does the other twin get what is in this one */
		next = end - at == 1 ? end : end - at <= CHUNK ? end - 1 : at + CHUNK;
		done = put_some(b, &r, at, next);
	}
	store_close(r.authority);
	return !done;
}
