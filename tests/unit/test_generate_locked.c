/* SPDX-License-Identifier: ISC */
/* Generating while somebody else has the lock of a store, and what is asked before it is taken: rules/generate.c. */
#include "world.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "authz.h"

/* Another process holds the writer lock of a store until it is told to let go. */
struct holder {
	pid_t pid;
	int go;
};

static struct holder hold(struct world *w, const char *store, bool durable)
{
	struct holder h;
	int ready[2], go[2];
	char byte = 0;

	assert_true(pipe(ready) == 0 && pipe(go) == 0);
	h.pid = fork();
	if (h.pid == 0) {
		struct store_options o = {.folder = scratch_path(w->folder, store), .durable = durable, .lock_wait_ms = 1000,
		                          .hold_ms = 60000, .boot_id = BOOT_ID};
		struct store *s;
		struct store_txn *t;

		alarm(30);
		if (store_open(&s, &o) != AUTHZ_OK || store_begin(s, true, &t) != AUTHZ_OK || write(ready[1], &byte, 1) != 1)
			_exit(1);
		_exit(read(go[0], &byte, 1) < 0);
	}
	close(ready[1]);
	close(go[0]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	h.go = go[1];
	return h;
}

static void let_go(struct holder h)
{
	int status;

	assert_int_equal(write(h.go, "", 1), 1);
	close(h.go);
	assert_int_equal(waitpid(h.pid, &status, 0), h.pid);
	assert_int_equal(status, 0);
}

static void short_wait(struct world *w)
{
	world_close(w);
	w->fake.host.config.lock_wait_ms = 50;
	world_open(w);
}

static void authority_locked(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	struct holder h;

	short_wait(w);
	h = hold(w, "store", true);
	expect_generate(w, &q, AUTHZ_PROFILE_BUSY);
	assert_string_equal(authz_result_code(AUTHZ_PROFILE_BUSY), "CPF2213");
	assert_string_equal(w->rules.subject, "alice");
	let_go(h);
	expect_generate(w, &q, AUTHZ_OK);
	h = hold(w, "store", true);
	expect_generate(w, &q, AUTHZ_OK); /* the dates of the day stand: that lock is not needed */
	let_go(h);
}

static void tokens_locked(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	struct holder h;

	short_wait(w);
	h = hold(w, "tokens", false);
	expect_generate(w, &q, AUTHZ_STORE_BUSY);
	assert_string_equal(authz_result_code(AUTHZ_STORE_BUSY), "CPF2225");
	assert_int_equal(last_used_day(w, 'u', UID_ALICE), 0);
	let_go(h);
	expect_generate(w, &q, AUTHZ_OK);
}

static void both_locked(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	struct holder authority, tokens;

	short_wait(w);
	authority = hold(w, "store", true);
	tokens = hold(w, "tokens", false);
	expect_generate(w, &q, AUTHZ_PROFILE_BUSY); /* CPF2213 before CPF2225 */
	let_go(authority);
	let_go(tokens);
}

/* Could a writer begin now, on both stores? */
static void nobody_writes(void *arg, const char *what)
{
	struct world *w = arg;
	const char *const folders[] = {"store", "tokens"};
	int i;

	if (strcmp(what, "intent") == 0 || strcmp(what, "outcome") == 0 || strcmp(what, "clock") == 0)
		return;
	for (i = 0; i < 2; i++) {
		struct store_options o = {.folder = scratch_path(w->folder, folders[i]), .durable = i == 0, .lock_wait_ms = 1,
		                          .hold_ms = 60000, .boot_id = BOOT_ID};
		struct store *s;
		struct store_txn *t;
		enum authz_result result = store_open(&s, &o);

		if (result == AUTHZ_OK)
			result = store_begin(s, true, &t);
		if (result == AUTHZ_OK)
			store_abort(t);
		store_close(s);
		if (result != AUTHZ_OK)
			fail_msg("\"%s\" was asked under the lock of %s", what, folders[i]);
	}
}

static void asks_before_it_locks(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice"), g = {.has = HAS(GROUP), .object_type = TYPE_PROFILE, .object = "alice",
	                                            .group = "staff", .mask_add = AUTHORITY_USE, .mask_drop = AUTHORITY_USE};
	unsigned char token[TOKEN_SIZE];

	fake_host_group(&w->fake, "staff", 50);
	fake_host_join(fake_host_find(&w->fake, "portal"), &w->fake.groups[0]);
	w->fake.asked = nobody_writes;
	w->fake.asked_arg = w;
	assert_result(generate(w, &q, token), AUTHZ_OK);
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	assert_result(remove_token(w, token), AUTHZ_OK);
	world_host(w);
	assert_result(authority_grant(&w->rules, &g), AUTHZ_OK);
	assert_result(authority_revoke(&w->rules, &g), AUTHZ_OK);
	disable(w, "alice");
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a locked authority store is CPF2213", authority_locked),
		TEST("a locked token store is CPF2225, and no date is written", tokens_locked),
		TEST("CPF2213 comes before CPF2225 (generate MUST 1)", both_locked),
		TEST("nothing is asked of NSS or shadow under a writer lock (generate MUST 3)", asks_before_it_locks),
	};

	return cmocka_run_group_tests_name("generate, locked", tests, NULL, NULL);
}
