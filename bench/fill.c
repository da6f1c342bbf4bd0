/* SPDX-License-Identifier: ISC */
/*
 * fill FOLDER COUNT OWNER: put COUNT live tokens of OWNER's into the empty token store FOLDER, as user authz, in the rules'
 * own format.  Nobody knows these tokens, and none would pass: their stamps are zeros.  Each of their makers has at most
 * 10,000 of them.
 */
#include <pwd.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/machine.h"
#include "rules/pack.h"
#include "rules/token_record.h"
#include "store/store.h"

#define OF_MAKER 10000
#define FIRST_MAKER 100000
#define CHUNK 1000000 /* records of a transaction */

struct filling {
	struct store *store;
	struct token_record record;
	uint64_t done, count;
};

static bool good(const struct filling *f, enum authz_result result)
{
	if (result != AUTHZ_OK)
		fprintf(stderr, "bench: fill: result %d, %s\n", (int)result, f->store != NULL ? store_subject(f->store) : "");
	return result == AUTHZ_OK;
}

static bool begin_record(struct filling *f, const char *owner, char boot_id[37])
{
	struct machine machine;
	const struct passwd *pw = getpwnam(owner);
	struct host_clock now;

	if (pw == NULL || !clock_boot_id(boot_id))
		return false;
	memcpy(machine.boot_id, boot_id, sizeof machine.boot_id);
	if (clock_read(&machine, &now) != AUTHZ_OK)
		return false;
	f->record = (struct token_record){.type = '1', .password = PASSWORD_NOPWD, .owner = pw->pw_uid, .timeout = 3600,
	                                  .bind_uid = (uid_t)-1, .made_wall = now.wall, .chain_wall = now.wall,
	                                  .made_boot = now.boot, .chain_boot = now.boot};
	snprintf(f->record.owner_name, sizeof f->record.owner_name, "%s", owner);
	memcpy(f->record.boot_id, now.boot_id, sizeof f->record.boot_id);
	return true;
}

static bool put_token(struct filling *f, struct store_txn *t)
{
	unsigned char key[TOKEN_KEY_SIZE] = {'T'}, bytes[TOKEN_RECORD_MAX];
	size_t length;

	randombytes_buf(key + 1, sizeof key - 1);
	f->record.maker = (uid_t)(FIRST_MAKER + f->done / OF_MAKER);
	length = token_record_pack(&f->record, bytes);
	return good(f, store_put(t, key, sizeof key, bytes, length));
}

/* rules/quota.h: C is the number of all, M and the uid the number of a maker's. */
static bool put_counter(struct filling *f, struct store_txn *t, char kind, uint64_t maker, uint64_t value)
{
	unsigned char key[5], bytes[8];
	struct pack k = {.at = key, .size = sizeof key}, v = {.at = bytes, .size = sizeof bytes};

	pack_bytes(&k, &kind, 1);
	if (kind == 'M')
		pack_number(&k, maker, 4);
	pack_number(&v, value, 8);
	return good(f, store_put(t, key, k.used, bytes, v.used));
}

static bool put_counters(struct filling *f, struct store_txn *t)
{
	uint64_t from, in_it;

	for (from = 0; from < f->done; from += OF_MAKER) {
		in_it = f->done - from < OF_MAKER ? f->done - from : OF_MAKER;
		if (!put_counter(f, t, 'M', FIRST_MAKER + from / OF_MAKER, in_it))
			return false;
	}
	return put_counter(f, t, 'C', 0, f->done);
}

static bool fill_some(struct filling *f)
{
	uint64_t to = f->count - f->done < CHUNK ? f->count : f->done + CHUNK;
	struct store_txn *t;
	bool done = true;

	if (!good(f, store_begin(f->store, true, &t)))
		return false;
	for (; done && f->done < to; f->done++)
		done = put_token(f, t);
	if (done && put_counters(f, t))
		return good(f, store_commit(t));
	store_abort(t);
	return false;
}

/* A small transaction more: only by the next one does the other twin get what is in this one. */
static bool even_out(struct filling *f)
{
	struct store_txn *t;

	if (!good(f, store_begin(f->store, true, &t)))
		return false;
	if (put_counter(f, t, 'C', 0, f->done))
		return good(f, store_commit(t));
	store_abort(t);
	return false;
}

int main(int argc, char **argv)
{
	struct filling f = {.store = NULL};
	char boot_id[37];
	struct store_options options = {.durable = false, .lock_wait_ms = 3000, .hold_ms = 60000, .boot_id = boot_id};
	bool done;

	if (argc != 4 || sodium_init() < 0 || !begin_record(&f, argv[3], boot_id)) {
		fprintf(stderr, "usage: fill FOLDER COUNT OWNER\n");
		return 2;
	}
	options.folder = argv[1];
	f.count = strtoull(argv[2], NULL, 10);
	done = good(&f, store_open(&f.store, &options));
	while (done && f.done < f.count)
		done = fill_some(&f);
	done = done && even_out(&f);
	store_close(f.store);
	return !done;
}
