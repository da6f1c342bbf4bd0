/* SPDX-License-Identifier: ISC */
/* The store of authz as records.h asks it, durable.  As root: the folder has to be root's, 0700. */
#include <stdio.h>
#include <string.h>

#include "host/machine.h"
#include "records.h"
#include "store/store.h"

#define FILL_CHUNK 1000000 /* records of a transaction */

static struct store *store;

static bool good(enum authz_result result)
{
	if (result != AUTHZ_OK)
		fprintf(stderr, "bench: store: result %d, %s\n", (int)result, store != NULL ? store_subject(store) : "");
	return result == AUTHZ_OK;
}

static bool twins_open(const char *folder, bool write)
{
	char boot_id[37];
	const struct store_options options = {.folder = folder, .durable = true, .lock_wait_ms = 3000, .hold_ms = 60000,
	                                      .boot_id = boot_id};

	(void)write;
	return clock_boot_id(boot_id) && good(store_open(&store, &options));
}

static void twins_close(void)
{
	store_close(store);
	store = NULL;
}

static bool fill_some(uint64_t from, uint64_t to, struct records *r)
{
	unsigned char value[RECORD_VALUE];
	char key[RECORD_KEY + 1];
	struct store_txn *t;

	if (!good(store_begin(store, true, &t)))
		return false;
	for (; from < to; from++) {
		record_key(from, key);
		record_value(r, value);
		if (!good(store_put(t, key, RECORD_KEY, value, sizeof value))) {
			store_abort(t);
			return false;
		}
	}
	return good(store_commit(t));
}

static bool twins_fill(uint64_t count)
{
	struct records again = {.random = 1};

	/* only by the next transaction does the other twin get what is in the last */
	return records_fill(count, FILL_CHUNK, fill_some) && fill_some(0, 1, &again);
}

static bool twins_put(const char *key, const unsigned char *value)
{
	struct store_txn *t;

	if (!good(store_begin(store, true, &t)))
		return false;
	if (good(store_put(t, key, RECORD_KEY, value, RECORD_VALUE)))
		return good(store_commit(t));
	store_abort(t);
	return false;
}

static bool twins_erase(const char *key)
{
	struct store_txn *t;

	if (!good(store_begin(store, true, &t)))
		return false;
	if (good(store_delete(t, key, RECORD_KEY)))
		return good(store_commit(t));
	store_abort(t);
	return false;
}

static bool twins_get(const char *key)
{
	unsigned char value[RECORD_VALUE];
	struct store_txn *t;
	size_t length;
	bool found, done;

	if (!good(store_begin(store, false, &t)))
		return false;
	done = good(store_get(t, key, RECORD_KEY, value, sizeof value, &length, &found));
	store_abort(t);
	return done;
}

int main(int argc, char **argv)
{
	const struct store_peer peer = {twins_open, twins_close, twins_fill, twins_put, twins_erase, twins_get};

	return records_main(argc, argv, &peer);
}
