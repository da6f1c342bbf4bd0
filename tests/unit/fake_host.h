/* SPDX-License-Identifier: ISC */
/*
 * A machine for tests of the rules: users, groups, accounts, clocks and audit are what a test says.
 *
 * Like the real one it leaves an emptied user behind where there is none, and hands every name back in its own form.
 */
#ifndef TEST_UNIT_FAKE_HOST_H
#define TEST_UNIT_FAKE_HOST_H

#include <stdbool.h>
#include <stddef.h>

#include "host/audit_line.h"
#include "host/host.h"

#define FAKE_DAY 20778 /* 2026-11-21 */

struct fake_user {
	struct host_user user;
	bool gone;
	gid_t more[8]; /* groups beside the primary one */
	size_t more_count;
	struct host_account account;
};

struct fake_group {
	char name[NAME_SIZE];
	gid_t gid;
	bool gone;
};

/* Foreign programs: what they answer, and what the last one was given. */
struct fake_launch {
	enum authz_result result; /* not AUTHZ_OK: what each call hands back, with "why" */
	const char *why;
	const char *answer;       /* NULL: nothing.  More than there is room for is AUTHZ_LAUNCH_FAILED, as of the real one */
	/* If there is one, it answers instead; what it hands back is the result, and "why" may be set. */
	enum authz_result (*program)(void *arg, struct host_launch *what, char why[HOST_SUBJECT_SIZE]);
	void *program_arg;
	unsigned count;           /* how often */
	char path[HOST_PATH_SIZE];
	unsigned wait_ms;
	char input[8192];         /* as much as fits, with a NUL behind */
	size_t input_length;      /* all of it */
};

struct fake_host {
	struct host host;
	struct fake_user users[80];
	size_t user_count;
	struct fake_group groups[16];
	size_t group_count;
	gid_t subgid_first, subgid_last; /* somebody's subordinate gids */
	struct host_clock now;
	enum authz_result user_result, groups_result, account_result, clock_result; /* not AUTHZ_OK: what the call hands back */
	bool intent_lost, outcome_lost;
	uint64_t audit_next;
	unsigned intents, outcomes, passwords; /* how often */
	char intent[AUDIT_LINE_SIZE], outcome[AUDIT_LINE_SIZE]; /* the last of each */
	uint64_t intent_number, outcome_number;
	enum authz_result outcome_result;
	void (*asked)(void *arg, const char *what); /* called by every question: "user", "groups", "account", "intent", … */
	void *asked_arg;
	unsigned random_next; /* 0: real ones */
	struct fake_launch launch; /* asked as "launch" */
};

/* Nobody there, the defaults of authz.conf(5), a day in 2026. */
void fake_host_init(struct fake_host *f);
/* An enabled account with a password. */
struct fake_user *fake_host_user(struct fake_host *f, const char *name, uid_t uid);
struct fake_group *fake_host_group(struct fake_host *f, const char *name, gid_t gid);
void fake_host_join(struct fake_user *u, const struct fake_group *g);
struct fake_user *fake_host_find(struct fake_host *f, const char *name);
/* Both clocks. */
void fake_host_pass(struct fake_host *f, double seconds);
void fake_host_day(struct fake_host *f, int day);

#endif
