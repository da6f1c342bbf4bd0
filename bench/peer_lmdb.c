/* SPDX-License-Identifier: ISC */
/* LMDB as records.h asks it, compiled in the namespace alone: as it comes, each commit synced. */
#include <lmdb.h>
#include <stdio.h>

#include "records.h"

#define MAP_SIZE ((size_t)4 << 30)
#define FILL_CHUNK 100000 /* records of a transaction */

static MDB_env *env;

static bool good(int code)
{
	if (code != MDB_SUCCESS && code != MDB_NOTFOUND)
		fprintf(stderr, "bench: lmdb: %s\n", mdb_strerror(code));
	return code == MDB_SUCCESS || code == MDB_NOTFOUND;
}

static bool lmdb_open(const char *folder, bool write)
{
	return good(mdb_env_create(&env)) && good(mdb_env_set_mapsize(env, MAP_SIZE)) &&
	       good(mdb_env_open(env, folder, write ? 0 : MDB_RDONLY, 0600));
}

static void lmdb_close(void)
{
	mdb_env_close(env);
	env = NULL;
}

static bool begin(bool write, MDB_txn **t, MDB_dbi *dbi)
{
	return good(mdb_txn_begin(env, NULL, write ? 0 : MDB_RDONLY, t)) && good(mdb_dbi_open(*t, NULL, 0, dbi));
}

static bool put_in(MDB_txn *t, MDB_dbi dbi, const char *key, const unsigned char *value)
{
	MDB_val k = {RECORD_KEY, (void *)(uintptr_t)key}, v = {RECORD_VALUE, (void *)(uintptr_t)value};

	return good(mdb_put(t, dbi, &k, &v, 0));
}

static bool lmdb_put(const char *key, const unsigned char *value)
{
	MDB_txn *t;
	MDB_dbi dbi;

	return begin(true, &t, &dbi) && put_in(t, dbi, key, value) && good(mdb_txn_commit(t));
}

static bool lmdb_erase(const char *key)
{
	MDB_val k = {RECORD_KEY, (void *)(uintptr_t)key};
	MDB_txn *t;
	MDB_dbi dbi;

	return begin(true, &t, &dbi) && good(mdb_del(t, dbi, &k, NULL)) && good(mdb_txn_commit(t));
}

static bool lmdb_get(const char *key)
{
	MDB_val k = {RECORD_KEY, (void *)(uintptr_t)key}, v;
	MDB_txn *t;
	MDB_dbi dbi;
	bool done = begin(false, &t, &dbi) && good(mdb_get(t, dbi, &k, &v));

	if (done)
		mdb_txn_abort(t);
	return done;
}

static bool fill_some(uint64_t from, uint64_t to, struct records *r)
{
	unsigned char value[RECORD_VALUE];
	char key[RECORD_KEY + 1];
	MDB_txn *t;
	MDB_dbi dbi;

	if (!begin(true, &t, &dbi))
		return false;
	for (; from < to; from++) {
		record_key(from, key);
		record_value(r, value);
		if (!put_in(t, dbi, key, value))
			return false;
	}
	return good(mdb_txn_commit(t));
}

static bool lmdb_fill(uint64_t count)
{
	return records_fill(count, FILL_CHUNK, fill_some);
}

int main(int argc, char **argv)
{
	const struct store_peer peer = {lmdb_open, lmdb_close, lmdb_fill, lmdb_put, lmdb_erase, lmdb_get};

	return records_main(argc, argv, &peer);
}
