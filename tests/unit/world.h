/* SPDX-License-Identifier: ISC */
/*
 * What a test of a rule stands on: a fake host, the real stores in a scratch folder, and a caller.
 *
 * There are root, portal (who holds *USE to alice by a grant), alice, bob, sam (with *ALLOBJ and *SECADM) and eve.
 */
#ifndef TEST_UNIT_WORLD_H
#define TEST_UNIT_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake_host.h"
#include "rules/authority.h"
#include "rules/context.h"
#include "rules/profile.h"
#include "rules/profile_record.h"
#include "rules/quota.h"
#include "rules/token.h"
#include "rules/token_record.h"
#include "scratch.h"

#define BOOT_ID "b0b0b0b0-b0b0-b0b0-b0b0-b0b0b0b0b0b0"

enum { UID_PORTAL = 1001, UID_ALICE = 1002, UID_BOB = 1003, UID_SAM = 1004, UID_EVE = 1005 };

struct world {
	struct fake_host fake;
	char folder[SCRATCH_SIZE];
	struct rules rules;
	struct answer answer;
};

/* Setup and teardown of a test: the state is a struct world. */
int world_setup(void **state);
int world_teardown(void **state);

/* The stores anew, as the next helper would open them. */
void world_open(struct world *w);
void world_close(struct world *w);

/* Who asks from here on: a user of the fake host, or the host itself. */
void world_caller(struct world *w, const char *name);
void world_host(struct world *w);

/* A request for a token: *NOPWD, 3600 seconds, single-use. */
struct request ask_token(const char *user);
enum authz_result generate(struct world *w, const struct request *q, unsigned char token[TOKEN_SIZE]);
/* The same, with this result, which the audit has too. */
void expect_generate(struct world *w, const struct request *q, enum authz_result expected);
/* As the caller, with no claims. */
enum authz_result redeem(struct world *w, const unsigned char token[TOKEN_SIZE], const char *user);
/* As the host, and then be the caller of before again. */
enum authz_result redeem_as_host(struct world *w, const unsigned char token[TOKEN_SIZE], const char *user,
                                 const struct request *claims);
enum authz_result remove_token(struct world *w, const unsigned char token[TOKEN_SIZE]);
/* A token that portal made for alice, whoever is the caller; it must succeed. */
void make_token(struct world *w, char type, int timeout, unsigned char token[TOKEN_SIZE]);

/* As the host; must succeed. */
void grant(struct world *w, const char *principal, const char *object);
void give_special(struct world *w, const char *user, uint32_t special);
void disable(struct world *w, const char *user);
void enable(struct world *w, const char *user);

/* A transaction of one of the stores, for looking and for damage; end it by store_commit or store_abort. */
struct store_txn *begin(struct store *s, bool write);
/* A counter of the token store, 0 if it is not there: "C", 1, or 'M' and a uid. */
uint64_t total_tokens(struct world *w);
uint64_t maker_tokens(struct world *w, uid_t maker);
/* How many records begin with this letter. */
unsigned count_records(struct world *w, struct store *s, char kind);
uint64_t sequence(struct store *s);
/* The day that the authority store has of a user ('u') or a group ('g'), 0 if none. */
int last_used_day(struct world *w, char kind, uint32_t id);

/* The rows of the last answer, "a|b|c\n" each; behind what the text has. */
const char *answered(struct world *w);
void answered_behind(struct world *w, char *text, size_t size);

#define assert_result(call, expected) world_assert_result((call), (expected), #call, __FILE__, __LINE__)
void world_assert_result(enum authz_result got, enum authz_result expected, const char *call, const char *file, int line);

#endif
