/* SPDX-License-Identifier: ISC */
/*
 * authority FOLDER FROM TO: records of type queue, of the user "nobody-knows" and the group of everybody, on the profiles
 * BENCH.FROM to before BENCH.TO in the authority store FOLDER, as user authz, in the rules' own format.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "host/machine.h"
#include "rules/authority_record.h"
#include "rules/authority_who.h"
#include "store/store.h"

#define CHUNK 50000 /* profiles of a transaction, but for the last */

static bool good(const struct rules *r, enum authz_result result)
{
	if (result != AUTHZ_OK)
		fprintf(stderr, "bench: authority: result %d, %s\n", (int)result, store_subject(r->authority));
	return result == AUTHZ_OK;
}

/* Every tenth profile is generic. */
static bool put_one(struct rules *r, struct store_txn *t, unsigned long number)
{
	struct authority_record one = {.entity = {'p', "nobody-knows"}, .entity_id = 2000000000, .object_id = AUTHORITY_UNBOUND, .mask = 4},
	                        all = {.entity = {'g', AUTHORITY_EVERYBODY}, .entity_id = AUTHORITY_UNBOUND,
	                               .object_id = AUTHORITY_UNBOUND, .mask = 4};
	struct authority_node node;
	char profile[OBJECT_SIZE];

	snprintf(profile, sizeof profile, number % 10 == 0 ? "BENCH.%07lu.*" : "BENCH.%07lu.A", number);
	return good(r, authority_node_add(r, t, "queue", profile, &node)) &&
	       good(r, authority_record_add(r, t, "queue", &node, &one)) && good(r, authority_record_add(r, t, "queue", &node, &all));
}

static bool put_some(struct rules *r, unsigned long from, unsigned long to)
{
	struct store_txn *t;
	bool done = true;

	if (!good(r, store_begin(r->authority, true, &t)))
		return false;
	for (; done && from < to; from++)
		done = put_one(r, t, from);
	if (done)
		return good(r, store_commit(t));
	store_abort(t);
	return false;
}

int main(int argc, char **argv)
{
	struct rules r = {.authority = NULL};
	char boot_id[37];
	struct store_options options = {.durable = true, .lock_wait_ms = 3000, .hold_ms = 600000, .boot_id = boot_id};
	unsigned long from, to, next;
	bool done;

	if (argc != 4 || sodium_init() < 0 || !clock_boot_id(boot_id)) {
		fprintf(stderr, "usage: authority FOLDER FROM TO\n");
		return 2;
	}
	options.folder = argv[1];
	from = strtoul(argv[2], NULL, 10);
	to = strtoul(argv[3], NULL, 10);
	done = good(&r, store_open(&r.authority, &options));
	for (; done && from < to; from = next) {
		/* the last one is alone: only by the next transaction does the other twin get what is in this one */
		next = to - from == 1 ? to : to - from <= CHUNK ? to - 1 : from + CHUNK;
		done = put_some(&r, from, next);
	}
	store_close(r.authority);
	return !done;
}
