/* SPDX-License-Identifier: ISC */
/*
 * crowd FOLDER CABINET FROM TO: users whom nobody knows, crowd-uFROM to before crowd-uTO, become members of the cabinet in the
 * authority store FOLDER, as user authz, in the rules' own format; the view is not made.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "host/machine.h"
#include "rules/cabinet_link.h"
#include "store/store.h"

#define CHUNK 50000 /* members of a transaction, but for the last */

static bool good(const struct rules *r, enum authz_result result)
{
	if (result != AUTHZ_OK)
		fprintf(stderr, "bench: crowd: result %d, %s\n", (int)result, store_subject(r->authority));
	return result == AUTHZ_OK;
}

static bool put_some(struct rules *r, const char *cabinet, unsigned long from, unsigned long to)
{
	struct store_txn *t;
	bool done = true;

	if (!good(r, store_begin(r->authority, true, &t)))
		return false;
	for (; done && from < to; from++) {
		struct cabinet_link link = {.relation = RELATION_MEMBER, .member = {.kind = 'u'}, .profile_type = 1,
		                            .uid = (uid_t)(2000000000 - from)};

		snprintf(link.cabinet, sizeof link.cabinet, "%s", cabinet);
		snprintf(link.member.name, sizeof link.member.name, "crowd-u%lu", from);
		done = good(r, cabinet_link_add(r, t, &link));
	}
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

	if (argc != 5 || sodium_init() < 0 || !clock_boot_id(boot_id)) {
		fprintf(stderr, "usage: crowd FOLDER CABINET FROM TO\n");
		return 2;
	}
	options.folder = argv[1];
	from = strtoul(argv[3], NULL, 10);
	to = strtoul(argv[4], NULL, 10);
	done = good(&r, store_open(&r.authority, &options));
	for (; done && from < to; from = next) {
		/* the last one is alone: only by the next transaction does the other twin get what is in this one */
		next = to - from == 1 ? to : to - from <= CHUNK ? to - 1 : from + CHUNK;
		done = put_some(&r, argv[2], from, next);
	}
	store_close(r.authority);
	return !done;
}
