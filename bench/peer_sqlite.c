/* SPDX-License-Identifier: ISC */
/* SQLite as records.h asks it, compiled in the namespace alone: WAL, synchronous FULL; statements are prepared at each open. */
#include <sqlite3.h>
#include <stdio.h>

#include "records.h"

static sqlite3 *db;
static sqlite3_stmt *put, *erase, *get;

static bool good(int code)
{
	bool done = code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW;

	if (!done)
		fprintf(stderr, "bench: sqlite: %s\n", db != NULL ? sqlite3_errmsg(db) : sqlite3_errstr(code));
	return done;
}

static bool run(const char *sql)
{
	return good(sqlite3_exec(db, sql, NULL, NULL, NULL));
}

static bool prepare(const char *sql, sqlite3_stmt **statement)
{
	return good(sqlite3_prepare_v2(db, sql, -1, statement, NULL));
}

static bool sqlite_open(const char *folder, bool write)
{
	char path[512];

	snprintf(path, sizeof path, "%s/db", folder);
	if (!good(sqlite3_open(path, &db)) || !good(sqlite3_busy_timeout(db, 3000)))
		return false;
	if (!write) /* the file says that it is WAL */
		return prepare("SELECT value FROM records WHERE key = ?", &get);
	return run("PRAGMA journal_mode=WAL") && run("PRAGMA synchronous=FULL") &&
	       run("CREATE TABLE IF NOT EXISTS records (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID") &&
	       prepare("INSERT OR REPLACE INTO records VALUES (?, ?)", &put) &&
	       prepare("DELETE FROM records WHERE key = ?", &erase);
}

static void sqlite_close(void)
{
	sqlite3_finalize(put);
	sqlite3_finalize(erase);
	sqlite3_finalize(get);
	put = erase = get = NULL;
	sqlite3_close(db);
	db = NULL;
}

static bool step(sqlite3_stmt *statement, const char *key)
{
	bool done = good(sqlite3_bind_blob(statement, 1, key, RECORD_KEY, SQLITE_STATIC)) && good(sqlite3_step(statement));

	return sqlite3_reset(statement) == SQLITE_OK && done;
}

/* A statement by itself is a transaction. */
static bool sqlite_put(const char *key, const unsigned char *value)
{
	return good(sqlite3_bind_blob(put, 2, value, RECORD_VALUE, SQLITE_STATIC)) && step(put, key);
}

static bool sqlite_erase(const char *key)
{
	return step(erase, key);
}

static bool sqlite_get(const char *key)
{
	return step(get, key);
}

static bool sqlite_fill(uint64_t count)
{
	struct records r = {.random = 1};
	unsigned char value[RECORD_VALUE];
	char key[RECORD_KEY + 1];
	uint64_t i;

	if (!run("BEGIN"))
		return false;
	for (i = 0; i < count; i++) {
		record_key(i, key);
		record_value(&r, value);
		if (!sqlite_put(key, value))
			return false;
	}
	return run("COMMIT");
}

int main(int argc, char **argv)
{
	const struct store_peer peer = {sqlite_open, sqlite_close, sqlite_fill, sqlite_put, sqlite_erase, sqlite_get};

	return records_main(argc, argv, &peer);
}
