/* SPDX-License-Identifier: ISC */
/* Generating a token, with a real store: rules/generate.c. */
#include "world.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "authz.h"

static void expect(struct world *w, const struct request *q, enum authz_result expected)
{
	enum authz_result got = generate(w, q, NULL);

	if (got != expected)
		fail_msg("%s, not %s", authz_result_code(got), authz_result_code(expected));
	assert_int_equal(w->fake.outcome_result, expected);
}

static int last_used(struct world *w, char kind, uint32_t id)
{
	struct store_txn *t = begin(w->rules.authority, false);
	int day;

	assert_result(profile_last_used(&w->rules, t, kind, id, &day), AUTHZ_OK);
	store_abort(t);
	return day;
}

static void the_answer(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	unsigned char token[TOKEN_SIZE], key[TOKEN_KEY_SIZE], none[TOKEN_SIZE] = {0};
	char id[TOKEN_ID_SIZE];

	expect(w, &q, AUTHZ_OK);
	memcpy(token, w->answer.reply.token, TOKEN_SIZE);
	assert_memory_not_equal(token, none, TOKEN_SIZE);
	assert_string_equal(w->answer.reply.user, "alice");
	assert_int_equal(w->answer.reply.uid, UID_ALICE);
	assert_int_equal(w->answer.reply.seconds, 3600);
	token_key(token, key);
	token_id(key, id);
	assert_string_equal(w->answer.reply.token_id, id);
	assert_int_equal(w->answer.reply.has, 1u << REPLY_TOKEN | 1u << REPLY_USER | 1u << REPLY_UID | 1u << REPLY_SECONDS |
	                 1u << REPLY_TOKEN_ID);
	assert_result(generate(w, &q, none), AUTHZ_OK);
	assert_memory_not_equal(token, none, TOKEN_SIZE);
}

static void in_the_store_first(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	unsigned char token[TOKEN_SIZE], key[TOKEN_KEY_SIZE], value[TOKEN_RECORD_MAX];
	struct token_record record;
	struct store_txn *t;
	size_t length;
	bool found;

	q.type = '3';
	q.timeout = 60;
	q.password = PASSWORD_NOPWDSTS;
	assert_result(generate(w, &q, token), AUTHZ_OK);
	token_key(token, key);
	t = begin(w->rules.tokens, false);
	assert_result(store_get(t, key, sizeof key, value, sizeof value, &length, &found), AUTHZ_OK);
	assert_true(found && token_record_unpack(&record, value, length));
	store_abort(t);
	assert_true(record.owner == UID_ALICE && record.maker == UID_PORTAL);
	assert_string_equal(record.owner_name, "alice");
	assert_int_equal(record.type, '3');
	assert_int_equal(record.timeout, 60);
	assert_int_equal(record.password, PASSWORD_NOPWDSTS);
	assert_int_equal(record.state, TOKEN_LIVE);
	assert_int_equal(record.flags, 0);
	assert_true(record.made_wall == w->fake.now.wall && record.made_boot == w->fake.now.boot);
	assert_true(record.chain_wall == record.made_wall && record.chain_boot == record.made_boot);
	assert_memory_equal(record.boot_id, w->fake.now.boot_id, 16);
	assert_true(record.bind_uid == (uid_t)-1);
}

static void hash_only(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	unsigned char token[TOKEN_SIZE], key[TOKEN_KEY_SIZE];
	char text[AUTHZ_TOKEN_TEXT_SIZE], hex[2 * TOKEN_SIZE + 1];

	assert_result(generate(w, &q, token), AUTHZ_OK);
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	token_key(token, key);
	authz_token_to_text(token, text);
	sodium_bin2hex(hex, sizeof hex, token, sizeof token);
	assert_true(scratch_holds(w->folder, key + 1, 16)); /* the search finds what is there */
	assert_false(scratch_holds(w->folder, token, 16));
	assert_false(scratch_holds(w->folder, token + 16, 16));
	assert_false(scratch_holds(w->folder, text, 20));
	assert_false(scratch_holds(w->folder, text + 7, 20));
	assert_false(scratch_holds(w->folder, hex, 16));
	assert_null(strstr(w->fake.intent, text + 7));
	assert_null(strstr(w->fake.outcome, text + 7));
	assert_null(strstr(w->fake.outcome, hex));
}

static void timeouts(void **state)
{
	static const struct { int64_t timeout; enum authz_result result; int64_t seconds; } rows[] = {
		{-1, AUTHZ_OK, 3600}, {1, AUTHZ_OK, 1}, {3600, AUTHZ_OK, 3600}, {0, AUTHZ_BAD_TIMEOUT, 0},
		{-2, AUTHZ_BAD_TIMEOUT, 0}, {3601, AUTHZ_BAD_TIMEOUT, 0}, {INT64_MAX, AUTHZ_BAD_TIMEOUT, 0},
		{INT64_MIN, AUTHZ_BAD_TIMEOUT, 0}, {(int64_t)1 << 32 | 60, AUTHZ_BAD_TIMEOUT, 0},
	};
	struct world *w = *state;
	struct request q = ask_token("alice");
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		q.timeout = rows[i].timeout;
		expect(w, &q, rows[i].result);
		if (rows[i].result == AUTHZ_OK)
			assert_int_equal(w->answer.reply.seconds, rows[i].seconds);
	}
	assert_string_equal(authz_result_code(AUTHZ_BAD_TIMEOUT), "CPF4AAB");
}

static void types(void **state)
{
	static const int64_t bad[] = {'0', '4', 0, 1, -1, ' ', 256 + '1', ((int64_t)1 << 32) + '1'};
	struct world *w = *state;
	struct request q = ask_token("alice");
	size_t i;

	for (q.type = '1'; q.type <= '3'; q.type++)
		expect(w, &q, AUTHZ_OK);
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		q.type = bad[i];
		expect(w, &q, AUTHZ_BAD_TYPE);
	}
	assert_string_equal(authz_result_code(AUTHZ_BAD_TYPE), "CPF4AAD");
}

static void parameters(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("");

	expect(w, &q, AUTHZ_BAD_PARAMETER);
	assert_string_equal(w->rules.subject, "user profile name");
	q = ask_token("alice");
	for (q.password = -1; q.password <= 4; q.password += 5 - (q.password < 0 ? 4 : 0)) {
		expect(w, &q, AUTHZ_BAD_PARAMETER);
		assert_string_equal(w->rules.subject, "user password");
	}
	q.password = ((int64_t)1 << 32) + PASSWORD_NOPWD;
	expect(w, &q, AUTHZ_BAD_PARAMETER);
	q = ask_token("alice");
	q.has |= HAS(BIND_UID);
	q.bind_uid = -1;
	expect(w, &q, AUTHZ_BAD_PARAMETER);
	q.bind_uid = UINT32_MAX;
	expect(w, &q, AUTHZ_BAD_PARAMETER);
	q.bind_uid = 0;
	expect(w, &q, AUTHZ_OK);
}

/* What a request deserves; each row deserves all that is named, and gets the earliest. */
struct deserves {
	bool parameter, timeout, type, system, unknown, use, self, disabled, expired, quota;
	enum authz_result gets;
};

static void arrange(struct world *w, const struct deserves *d, struct request *q)
{
	struct fake_user *alice = fake_host_find(&w->fake, "alice");
	const char *user = d->system ? "QSYS" : d->unknown ? "nosuch" : "alice";

	*q = ask_token(user);
	if (d->parameter)
		q->password = 9;
	if (d->timeout)
		q->timeout = 0;
	if (d->type)
		q->type = '9';
	world_caller(w, d->self ? "alice" : d->use ? "eve" : "portal");
	if (d->disabled)
		strcpy(alice->account.crypt, "!$6$locked");
	if (d->expired)
		alice->account.last_change = 0;
	w->fake.host.config.quota_total = d->quota ? 1 : 100;
}

static void order(void **state)
{
	static const struct deserves rows[] = {
		{.parameter = true, .timeout = true, .gets = AUTHZ_BAD_PARAMETER},
		{.timeout = true, .type = true, .gets = AUTHZ_BAD_TIMEOUT},
		{.type = true, .system = true, .gets = AUTHZ_BAD_TYPE},
		{.system = true, .unknown = true, .gets = AUTHZ_SYSTEM_PROFILE}, /* QSYS is no user here */
		{.unknown = true, .use = true, .gets = AUTHZ_USER_NOT_FOUND},
		{.use = true, .disabled = true, .gets = AUTHZ_USE_REQUIRED},
		{.use = true, .expired = true, .gets = AUTHZ_USE_REQUIRED},
		{.use = true, .quota = true, .gets = AUTHZ_USE_REQUIRED},
		{.self = true, .disabled = true, .gets = AUTHZ_NOPWD_SELF},
		{.self = true, .quota = true, .gets = AUTHZ_NOPWD_SELF},
		{.disabled = true, .expired = true, .gets = AUTHZ_DISABLED},
		{.expired = true, .quota = true, .gets = AUTHZ_PASSWORD_EXPIRED},
		{.quota = true, .gets = AUTHZ_TOKENS_FULL},
	};
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	struct request q;
	size_t i;

	make_token(w, '2', -1, token); /* the one that there is room for */
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct fake_user before = *fake_host_find(&w->fake, "alice");

		arrange(w, &rows[i], &q);
		expect(w, &q, rows[i].gets);
		*fake_host_find(&w->fake, "alice") = before;
	}
	assert_int_equal(total_tokens(w), 1);
}

static void insufficient_before_quota(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");

	fake_host_find(&w->fake, "alice")->account.last_change = 0;
	w->fake.host.config.quota_total = 0;
	q.password = PASSWORD_NOPWDSTS;
	expect(w, &q, AUTHZ_NO_AUTHORITY);
	assert_string_equal(authz_result_code(AUTHZ_NO_AUTHORITY), "CPF4AB8");
}

static void stranger_learns_nothing(void **state)
{
	struct world *w = *state;
	struct fake_user *alice = fake_host_find(&w->fake, "alice");
	struct request q = ask_token("alice");
	char subject[SUBJECT_SIZE];

	world_caller(w, "eve");
	expect(w, &q, AUTHZ_USE_REQUIRED);
	memcpy(subject, w->rules.subject, sizeof subject);
	strcpy(alice->account.crypt, "!x");
	alice->account.expire = 1;
	disable(w, "alice");
	for (q.password = PASSWORD_NOPWD; q.password <= PASSWORD_NOPWDSTS; q.password++) {
		expect(w, &q, AUTHZ_USE_REQUIRED);
		assert_string_equal(w->rules.subject, subject);
	}
	assert_string_equal(authz_result_code(AUTHZ_USE_REQUIRED), "CPF22E9");
}

static void not_for_system_profiles(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("root");
	static const char *const names[] = {"root", "nobody", "daemon", "qsys", "QTCP", "robot", "zero"};
	size_t i;

	fake_host_user(&w->fake, "nobody", 65534);
	fake_host_user(&w->fake, "daemon", 1);
	fake_host_user(&w->fake, "qsys", 3000);
	fake_host_user(&w->fake, "robot", 3001);
	fake_host_user(&w->fake, "zero", 0);
	memcpy(w->fake.host.config.system_profiles, "robot\0", 7);
	world_host(w);
	for (i = 0; i < sizeof names / sizeof names[0]; i++) {
		snprintf(q.user, sizeof q.user, "%s", names[i]);
		q.password = PASSWORD_NOPWDCHK;
		expect(w, &q, AUTHZ_SYSTEM_PROFILE);
		assert_string_equal(w->rules.subject, names[i]);
	}
	assert_int_equal(count_records(w, w->rules.tokens, 'T'), 0);
}

static void another_form_of_the_name(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("ALICE"); /* NSS may know it in another form */

	expect(w, &q, AUTHZ_OK);
	assert_string_equal(w->answer.reply.user, "alice");
	fake_host_user(&w->fake, "robot", 3001);
	memcpy(w->fake.host.config.system_profiles, "robot\0", 7);
	q = ask_token("RoBoT");
	expect(w, &q, AUTHZ_SYSTEM_PROFILE);
}

static void matrix_with_accounts(void **state)
{
	static const struct { enum password_value value; const char *caller; bool disabled, expired, none; enum authz_result gets; } rows[] = {
		{PASSWORD_NOPWD, "alice", false, false, false, AUTHZ_NOPWD_SELF},
		{PASSWORD_NOPWDSTS, "alice", false, false, false, AUTHZ_OK},
		{PASSWORD_NOPWDCHK, "alice", false, false, false, AUTHZ_OK},
		{PASSWORD_NOPWD, "sam", true, false, false, AUTHZ_DISABLED},
		{PASSWORD_NOPWDSTS, "sam", true, false, false, AUTHZ_DISABLED},
		{PASSWORD_NOPWDCHK, "sam", true, false, false, AUTHZ_OK},
		{PASSWORD_NOPWDCHK, "portal", true, false, false, AUTHZ_NO_AUTHORITY},
		{PASSWORD_NOPWD, "sam", false, true, false, AUTHZ_PASSWORD_EXPIRED},
		{PASSWORD_NOPWDSTS, "sam", false, true, false, AUTHZ_OK},
		{PASSWORD_NOPWDSTS, "portal", false, true, false, AUTHZ_NO_AUTHORITY},
		{PASSWORD_NOPWDCHK, "sam", false, true, false, AUTHZ_OK},
		{PASSWORD_NOPWDCHK, "portal", false, true, false, AUTHZ_NO_AUTHORITY},
		{PASSWORD_NOPWD, "portal", false, false, true, AUTHZ_OK},
		{PASSWORD_NOPWDSTS, "portal", false, false, true, AUTHZ_OK},
		{PASSWORD_NOPWDCHK, "portal", false, false, true, AUTHZ_OK},
	};
	struct world *w = *state;
	struct fake_user *alice = fake_host_find(&w->fake, "alice"), before = *alice;
	struct request q = ask_token("alice");
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		*alice = before;
		strcpy(alice->account.crypt, rows[i].disabled ? "!$6$x" : rows[i].none ? "*" : "$6$x");
		if (rows[i].expired)
			alice->account.last_change = 0;
		world_caller(w, rows[i].caller);
		q.password = rows[i].value;
		if (generate(w, &q, NULL) != rows[i].gets)
			fail_msg("row %zu", i);
	}
}

static void one_special_is_not_both(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");

	disable(w, "alice");
	q.password = PASSWORD_NOPWDCHK;
	give_special(w, "portal", SPECIAL_ALLOBJ);
	expect(w, &q, AUTHZ_NO_AUTHORITY);
	give_special(w, "portal", SPECIAL_SECADM);
	expect(w, &q, AUTHZ_OK);
	disable(w, "portal"); /* a disabled holder has none */
	expect(w, &q, AUTHZ_NO_AUTHORITY);
}

static void last_used_dates(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	uint64_t before;

	fake_host_group(&w->fake, "staff", 50);
	fake_host_join(fake_host_find(&w->fake, "alice"), &w->fake.groups[0]);
	assert_int_equal(last_used(w, 'u', UID_ALICE), 0);
	expect(w, &q, AUTHZ_OK);
	assert_int_equal(last_used(w, 'u', UID_ALICE), FAKE_DAY);
	assert_int_equal(last_used(w, 'g', UID_ALICE), FAKE_DAY);
	assert_int_equal(last_used(w, 'g', 50), FAKE_DAY);
	assert_int_equal(last_used(w, 'u', UID_PORTAL), 0);
	before = sequence(w->rules.authority);
	expect(w, &q, AUTHZ_OK); /* the same day: nothing to write */
	assert_int_equal(sequence(w->rules.authority), before);
	fake_host_day(&w->fake, FAKE_DAY + 1);
	expect(w, &q, AUTHZ_OK);
	assert_int_equal(last_used(w, 'u', UID_ALICE), FAKE_DAY + 1);
	assert_int_equal(last_used(w, 'g', 50), FAKE_DAY + 1);
	fake_host_group(&w->fake, "wheel", 10);
	fake_host_join(fake_host_find(&w->fake, "alice"), &w->fake.groups[1]);
	expect(w, &q, AUTHZ_OK); /* a group of today's is dated too */
	assert_int_equal(last_used(w, 'g', 10), FAKE_DAY + 1);
}

static void failing_writes_nothing(void **state)
{
	static const struct deserves rows[] = {
		{.timeout = true}, {.unknown = true}, {.use = true}, {.self = true}, {.disabled = true}, {.expired = true}, {.quota = true},
	};
	struct world *w = *state;
	uint64_t authority, tokens;
	struct request q;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct fake_user before = *fake_host_find(&w->fake, "alice");

		arrange(w, &rows[i], &q);
		if (rows[i].quota)
			w->fake.host.config.quota_total = 0;
		authority = sequence(w->rules.authority);
		tokens = sequence(w->rules.tokens);
		assert_int_not_equal(generate(w, &q, NULL), AUTHZ_OK);
		assert_int_equal(sequence(w->rules.authority), authority);
		assert_int_equal(sequence(w->rules.tokens), tokens);
		assert_int_equal(last_used(w, 'u', UID_ALICE), 0);
		*fake_host_find(&w->fake, "alice") = before;
	}
}

static void intent_lost(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	uint64_t authority = sequence(w->rules.authority), tokens = sequence(w->rules.tokens);
	unsigned char token[TOKEN_SIZE], none[TOKEN_SIZE] = {0};

	w->fake.intent_lost = w->fake.outcome_lost = true;
	assert_result(generate(w, &q, token), AUTHZ_AUDIT_LOST);
	assert_memory_equal(token, none, TOKEN_SIZE);
	assert_int_equal(sequence(w->rules.authority), authority);
	assert_int_equal(sequence(w->rules.tokens), tokens);
	assert_int_equal(total_tokens(w), 0);
	w->fake.intent_lost = w->fake.outcome_lost = false;
	expect(w, &q, AUTHZ_OK);
}

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
	expect(w, &q, AUTHZ_PROFILE_BUSY);
	assert_string_equal(authz_result_code(AUTHZ_PROFILE_BUSY), "CPF2213");
	assert_string_equal(w->rules.subject, "alice");
	let_go(h);
	expect(w, &q, AUTHZ_OK);
	h = hold(w, "store", true);
	expect(w, &q, AUTHZ_OK); /* the dates of the day stand: that lock is not needed */
	let_go(h);
}

static void tokens_locked(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	struct holder h;

	short_wait(w);
	h = hold(w, "tokens", false);
	expect(w, &q, AUTHZ_STORE_BUSY);
	assert_string_equal(authz_result_code(AUTHZ_STORE_BUSY), "CPF2225");
	assert_int_equal(last_used(w, 'u', UID_ALICE), 0);
	let_go(h);
	expect(w, &q, AUTHZ_OK);
}

static void both_locked(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	struct holder authority, tokens;

	short_wait(w);
	authority = hold(w, "store", true);
	tokens = hold(w, "tokens", false);
	expect(w, &q, AUTHZ_PROFILE_BUSY); /* CPF2213 before CPF2225 */
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

static void dates_before_the_token(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	struct store_txn *t;

	/* a token store that takes no token: its count of tokens is damaged, which is seen when the dates are prepared */
	t = begin(w->rules.tokens, true);
	assert_result(store_put(t, "C", 1, "xyz", 3), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	expect(w, &q, AUTHZ_STORE_DAMAGED);
	assert_int_equal(last_used(w, 'u', UID_ALICE), 0); /* no token could be: no date */
	t = begin(w->rules.tokens, true);
	assert_result(store_delete(t, "C", 1), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	expect(w, &q, AUTHZ_OK);
	assert_int_equal(last_used(w, 'u', UID_ALICE), FAKE_DAY);
}

static void host_out_of_reach(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");

	w->fake.user_result = AUTHZ_INTERNAL;
	expect(w, &q, AUTHZ_INTERNAL);
	w->fake.user_result = AUTHZ_OK;
	w->fake.groups_result = AUTHZ_INTERNAL;
	expect(w, &q, AUTHZ_INTERNAL);
	w->fake.groups_result = AUTHZ_OK;
	w->fake.account_result = AUTHZ_NO_SHADOW;
	expect(w, &q, AUTHZ_NO_SHADOW);
	assert_string_equal(w->rules.subject, "shadow: Permission denied");
	w->fake.account_result = AUTHZ_OK;
	w->fake.clock_result = AUTHZ_INTERNAL;
	expect(w, &q, AUTHZ_INTERNAL);
	assert_int_equal(total_tokens(w), 0);
}

static void unknown_account(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");

	fake_host_find(&w->fake, "alice")->account.known = false;
	expect(w, &q, AUTHZ_ACCOUNT_UNKNOWN);
	q.password = PASSWORD_NOPWDCHK;
	expect(w, &q, AUTHZ_OK);
	q.password = PASSWORD_NOPWDSTS;
	w->fake.host.config.unknown_account_allowed = true;
	expect(w, &q, AUTHZ_OK);
}

static void audited(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	char expected[256];

	expect(w, &q, AUTHZ_OK);
	snprintf(expected, sizeof expected, "seq=%u event=token.generate phase=intent actor=portal uid=1001 owner=alice "
	         "maker=portal token=%s type=1 timeout=3600 password=%%2aNOPWD", (unsigned)w->fake.intent_number,
	         w->answer.reply.token_id);
	assert_memory_equal(w->fake.intent, expected, strlen(expected) - strlen("%2aNOPWD"));
	assert_int_equal(w->fake.intent_number, w->fake.outcome_number);
	assert_non_null(strstr(w->fake.outcome, " phase=done result=OK actor=portal "));
	q.type = '\n';
	expect(w, &q, AUTHZ_BAD_TYPE);
	assert_non_null(strstr(w->fake.outcome, " result=CPF4AAD "));
	assert_non_null(strstr(w->fake.outcome, " type=? "));
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a token is 32 random bytes, and the answer says whose it is and how long it lives", the_answer),
		TEST("the token is in the store before it is in the reply (generate MUST 3)", in_the_store_first),
		TEST("the store and the audit have the token's hash, never the token (generate MUST 3)", hash_only),
		TEST("time-out -1, 1 and 3600 are accepted; 0, -2 and 3601 are CPF4AAB", timeouts),
		TEST("types 1, 2 and 3 are accepted; 0 and 4 are CPF4AAD", types),
		TEST("a missing name, another password value and a uid that is none are CPF3C3C", parameters),
		TEST("of two codes that a request deserves it gets the earlier one (generate MUST 1)", order),
		TEST("CPF4AB8 comes before CPF4AAA (generate MUST 1)", insufficient_before_quota),
		TEST("a stranger without *USE learns nothing of the account (generate MUST 1)", stranger_learns_nothing),
		TEST("nobody, not even the host, gets a token for a system profile (generate MUST 2)", not_for_system_profiles),
		TEST("whatever form of the name NSS knows, it is the same profile (generate MUST 2)", another_form_of_the_name),
		TEST("the special values decide with the accounts of shadow", matrix_with_accounts),
		TEST("one special authority is not both, and a disabled holder has none", one_special_is_not_both),
		TEST("the last-used date of the user and of its groups is updated, once a day", last_used_dates),
		TEST("failing writes neither a date nor a token", failing_writes_nothing),
		TEST("without the audit nothing is made", intent_lost),
		TEST("a locked authority store is CPF2213", authority_locked),
		TEST("a locked token store is CPF2225, and no date is written", tokens_locked),
		TEST("CPF2213 comes before CPF2225 (generate MUST 1)", both_locked),
		TEST("nothing is asked of NSS or shadow under a writer lock (generate MUST 4)", asks_before_it_locks),
		TEST("the dates are written before the token, and only where there will be one (generate MUST 5)", dates_before_the_token),
		TEST("NSS, shadow or a clock out of reach is an error, and no token", host_out_of_reach),
		TEST("an account that shadow does not know needs *NOPWDCHK or the site's word", unknown_account),
		TEST("intent and outcome are audited with the token's id, refusals with their code", audited),
	};

	return cmocka_run_group_tests_name("generate", tests, NULL, NULL);
}
