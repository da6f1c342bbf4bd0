/* SPDX-License-Identifier: ISC */
/*
 * The same rights in SQLite, compiled in the namespace alone: what a program would do that keeps them in a table of its own.
 *
 * peer_rights FILE PROFILES fill: two records to a profile.  peer_rights FILE PROFILES check|explicit USER: a worker that asks
 * NSS for the user and its groups, opens the file, asks by one statement, and closes it.  Generic profiles can only be
 * PREFIX.* here, which are found as keys; there is no parent that would notice a lost record.
 */
#include <grp.h>
#include <pwd.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "object.h"
#include "worker.h"

#define GROUPS_MAX 64
#define SQL_SIZE 4096

struct peer {
	const char *path, *user;
	unsigned long profiles;
	uint64_t asked;
	bool check;
};

static sqlite3 *db;

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

static bool put(sqlite3_stmt *s, const char *profile, const char *kind, const char *name)
{
	bool done = good(sqlite3_bind_text(s, 1, profile, -1, SQLITE_STATIC)) &&
	            good(sqlite3_bind_text(s, 2, kind, -1, SQLITE_STATIC)) &&
	            good(sqlite3_bind_text(s, 3, name, -1, SQLITE_STATIC)) && good(sqlite3_step(s));

	return sqlite3_reset(s) == SQLITE_OK && done;
}

static bool fill(const struct peer *p)
{
	char profile[BENCH_OBJECT_SIZE];
	sqlite3_stmt *s;
	unsigned long i;

	if (!good(sqlite3_open(p->path, &db)) || !run("PRAGMA journal_mode=WAL") ||
	    !run("CREATE TABLE rights (type TEXT, profile TEXT, kind TEXT, name TEXT, mask INTEGER, "
	         "PRIMARY KEY (type, profile, kind, name)) WITHOUT ROWID") || !run("BEGIN") ||
	    !good(sqlite3_prepare_v2(db, "INSERT INTO rights VALUES ('queue', ?, ?, ?, 4)", -1, &s, NULL)))
		return false;
	for (i = 0; i < p->profiles; i++) {
		bench_profile(profile, i);
		if (!put(s, profile, "p", "nobody-knows") || !put(s, profile, "g", "nobody"))
			return false;
	}
	return sqlite3_finalize(s) == SQLITE_OK && run("COMMIT") && sqlite3_close(db) == SQLITE_OK;
}

static void add(char sql[SQL_SIZE], const char *format, const char *value)
{
	char *text = sqlite3_mprintf(format, value);

	strncat(sql, text, SQL_SIZE - 1 - strlen(sql));
	sqlite3_free(text);
}

/* The user and its groups, or the primary one alone. */
static bool add_entities(const struct peer *p, char sql[SQL_SIZE])
{
	const struct passwd *user = getpwnam(p->user);
	const struct group *group;
	gid_t gids[GROUPS_MAX];
	int count = GROUPS_MAX, i;

	if (user == NULL || (p->check && getgrouplist(p->user, user->pw_gid, gids, &count) < 0))
		return false;
	if (!p->check) {
		gids[0] = user->pw_gid;
		count = 1;
	}
	add(sql, p->check ? "('p',%Q),('g','nobody')" : "('','')", p->user);
	for (i = 0; i < count; i++)
		if ((group = getgrgid(gids[i])) != NULL)
			add(sql, ",('g',%Q)", group->gr_name);
	return true;
}

/* The name, and each prefix of it with a '*'; the longest that is there counts. */
static void add_profiles(char sql[SQL_SIZE], const char *name)
{
	char prefix[BENCH_OBJECT_SIZE];
	size_t i;

	add(sql, "%Q", name);
	for (i = strlen(name); i-- > 1;)
		if (name[i - 1] == '.') {
			snprintf(prefix, sizeof prefix, "%.*s*", (int)i, name);
			add(sql, ",%Q", prefix);
		}
}

static bool ask(void *arg, size_t index)
{
	struct peer *p = arg;
	char sql[SQL_SIZE] = "SELECT mask FROM rights WHERE type = 'queue' AND (kind, name) IN (VALUES ", name[BENCH_OBJECT_SIZE];
	sqlite3_stmt *s;
	sqlite3_int64 mask = 0;
	bool done;

	(void)index;
	bench_object(name, p->asked++, p->profiles);
	if (!add_entities(p, sql))
		return false;
	strcat(sql, ") AND profile = (SELECT profile FROM rights WHERE type = 'queue' AND profile IN (");
	add_profiles(sql, name);
	strcat(sql, ") ORDER BY substr(profile, -1) = '*', length(profile) DESC LIMIT 1)");
	done = good(sqlite3_open_v2(p->path, &db, SQLITE_OPEN_READWRITE, NULL)) && good(sqlite3_busy_timeout(db, 3000)) &&
	       good(sqlite3_prepare_v2(db, sql, -1, &s, NULL));
	while (done && sqlite3_step(s) == SQLITE_ROW)
		mask |= sqlite3_column_int64(s, 0);
	if (done)
		sqlite3_finalize(s);
	sqlite3_close(db);
	db = NULL;
	return done && mask == (p->check ? 4 : 0);
}

int main(int argc, char **argv)
{
	struct peer p = {.path = argc > 1 ? argv[1] : NULL, .user = argc == 5 ? argv[4] : NULL};
	const struct worker w = {.run = ask, .arg = &p};

	if (argc < 4 || argc > 5 || (p.profiles = strtoul(argv[2], NULL, 10)) == 0) {
		fprintf(stderr, "usage: peer_rights FILE PROFILES fill|check|explicit [USER]\n");
		return 2;
	}
	if (argc == 4)
		return !fill(&p);
	p.check = strcmp(argv[3], "check") == 0;
	return worker_serve(&w);
}
