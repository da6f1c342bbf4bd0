/* SPDX-License-Identifier: ISC */
/* Redeeming a token, with a real store: rules/redeem.c. */
#include "world.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "authz.h"

static void single_use(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];

	make_token(w, '1', -1, token);
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	assert_string_equal(w->answer.reply.user, "alice");
	assert_int_equal(w->answer.reply.uid, UID_ALICE);
	assert_int_equal(strlen(w->answer.reply.token_id), 16);
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_SPENT);
	assert_int_equal(w->answer.reply.has, 0);
	world_close(w);
	world_open(w); /* the next helper */
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_SPENT);
	assert_string_equal(authz_result_code(AUTHZ_TOKEN_SPENT), "AZ-SPENT");
}

static void multiple_use(void **state)
{
	struct world *w = *state;
	unsigned char two[TOKEN_SIZE], three[TOKEN_SIZE];
	uint64_t before;
	int i;

	make_token(w, '2', -1, two);
	make_token(w, '3', -1, three);
	before = sequence(w->rules.tokens);
	for (i = 0; i < 20; i++) {
		world_caller(w, i % 2 ? "bob" : "portal");
		assert_result(redeem(w, two, "alice"), AUTHZ_OK);
		assert_result(redeem(w, three, "alice"), AUTHZ_OK);
	}
	assert_int_equal(sequence(w->rules.tokens), before); /* nothing is written */
}

enum { USERS = 32 };

static int one_of_many(struct world *w, const unsigned char *token, int start)
{
	char byte;

	w->rules.tokens = w->rules.authority = NULL; /* the parent's */
	world_open(w);
	if (read(start, &byte, 1) != 0)
		return 3;
	switch (redeem(w, token, "alice")) {
	case AUTHZ_OK:
		return 0;
	case AUTHZ_TOKEN_SPENT:
		return 1;
	default:
		return 2;
	}
}

static void one_wins(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	unsigned wins = 0, spent = 0;
	int start[2], status, i, round;
	pid_t pids[USERS];

	w->fake.host.config.lock_wait_ms = 30000; /* nobody may leave for want of patience */
	for (round = 0; round < 4; round++) {
		make_token(w, '1', -1, token);
		world_close(w);
		assert_int_equal(pipe(start), 0);
		for (i = 0; i < USERS; i++) {
			pids[i] = fork();
			if (pids[i] == 0) {
				close(start[1]);
				_exit(one_of_many(w, token, start[0]));
			}
		}
		close(start[0]);
		close(start[1]);
		for (i = 0; i < USERS; i++) {
			assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
			assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 2);
			wins += WEXITSTATUS(status) == 0;
			spent += WEXITSTATUS(status) == 1;
		}
		world_open(w);
		assert_int_equal(maker_tokens(w, UID_PORTAL), (uint64_t)round + 1);
	}
	assert_int_equal(wins, 4);
	assert_int_equal(spent, 4 * (USERS - 1));
}

static void committed_first(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE], key[TOKEN_KEY_SIZE], value[TOKEN_RECORD_MAX];
	struct token_record record;
	struct store_txn *t;
	size_t length;
	bool found;

	make_token(w, '1', -1, token);
	fake_host_pass(&w->fake, 2);
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	token_key(token, key);
	t = begin(w->rules.tokens, false);
	assert_result(store_get(t, key, sizeof key, value, sizeof value, &length, &found), AUTHZ_OK);
	assert_true(found && token_record_unpack(&record, value, length));
	store_abort(t);
	assert_int_equal(record.state, TOKEN_SPENT);
	assert_true(record.spent_wall == w->fake.now.wall);
}

/* Refused so; and once what was wrong is put right, the token still works. */
struct refusal {
	struct world *w;
	unsigned char token[TOKEN_SIZE];
	struct fake_host before;
};

static void prepare(struct refusal *f, struct world *w)
{
	f->w = w;
	make_token(w, '1', 100, f->token);
	memcpy(&f->before, &w->fake, sizeof f->before);
}

static void refused(struct refusal *f, enum authz_result expected)
{
	uint64_t before = sequence(f->w->rules.tokens);

	assert_result(redeem(f->w, f->token, "alice"), expected);
	assert_int_equal(f->w->answer.reply.has, 0);
	assert_int_equal(sequence(f->w->rules.tokens), before);
	assert_int_equal(f->w->fake.outcome_result, expected);
}

static void still_works(struct refusal *f)
{
	memcpy(&f->w->fake, &f->before, sizeof f->before);
	assert_result(redeem(f->w, f->token, "alice"), AUTHZ_OK);
}

static void other_user(void **state)
{
	struct world *w = *state;
	struct refusal f;

	prepare(&f, w);
	assert_result(redeem(w, f.token, "bob"), AUTHZ_TOKEN_OTHER_USER);
	assert_string_equal(w->rules.subject, "bob");
	assert_result(redeem(w, f.token, "nosuch"), AUTHZ_TOKEN_OTHER_USER);
	assert_result(redeem(w, f.token, "root"), AUTHZ_TOKEN_OTHER_USER);
	assert_result(redeem(w, f.token, "alic"), AUTHZ_TOKEN_OTHER_USER);
	assert_result(redeem(w, f.token, "alicea"), AUTHZ_TOKEN_OTHER_USER);
	assert_result(redeem(w, f.token, ""), AUTHZ_TOKEN_OTHER_USER);
	still_works(&f);
}

static void expired_by_boot(void **state)
{
	struct world *w = *state;
	struct refusal f;

	prepare(&f, w);
	w->fake.now.boot += INT64_C(100) * 1000000 - 1;
	assert_result(redeem(w, f.token, "bob"), AUTHZ_TOKEN_OTHER_USER); /* alive at the last microsecond */
	w->fake.now.boot += 1;
	refused(&f, AUTHZ_TOKEN_EXPIRED);
	still_works(&f);
}

/* The clock is asked once when the request comes, and again under the lock: between the two a minute passes. */
static void late_clock(void *arg, const char *what)
{
	struct world *w = arg;
	static int times;

	if (strcmp(what, "clock") == 0 && ++times == 2)
		fake_host_pass(&w->fake, 60);
}

static void expired_in_wait(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];

	make_token(w, '1', 30, token);
	w->fake.asked = late_clock;
	w->fake.asked_arg = w;
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_EXPIRED);
	w->fake.asked = NULL;
	assert_non_null(strstr(w->fake.outcome, " result=AZ-EXPIRED "));
}

static void expired_by_wall(void **state)
{
	struct world *w = *state;
	struct refusal f;

	prepare(&f, w);
	w->fake.now.wall += INT64_C(100) * 1000000;
	refused(&f, AUTHZ_TOKEN_EXPIRED);
	still_works(&f);
}

static void from_the_future(void **state)
{
	struct world *w = *state;
	struct refusal f;

	prepare(&f, w);
	w->fake.now.wall -= 1;
	refused(&f, AUTHZ_TOKEN_FUTURE);
	w->fake.now = f.before.now;
	w->fake.now.boot -= 1;
	refused(&f, AUTHZ_TOKEN_FUTURE);
	w->fake.now = f.before.now;
	w->fake.now.wall -= INT64_C(86400) * 1000000;
	w->fake.now.boot += INT64_C(200) * 1000000;
	refused(&f, AUTHZ_TOKEN_FUTURE);
	still_works(&f);
}

static void other_boot(void **state)
{
	struct world *w = *state;
	struct refusal f;
	int i;

	prepare(&f, w);
	for (i = 0; i < 16; i++) {
		w->fake.now.boot_id[i] ^= 1;
		refused(&f, AUTHZ_TOKEN_BOOT);
		w->fake.now.boot_id[i] ^= 1;
	}
	still_works(&f);
}

static void removed(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE], never[TOKEN_SIZE] = {0};

	make_token(w, '1', -1, token);
	assert_result(remove_token(w, token), AUTHZ_OK);
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_NOT_VALID);
	assert_result(redeem(w, never, "alice"), AUTHZ_TOKEN_NOT_VALID);
	token[0] ^= 1;
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_NOT_VALID);
	assert_string_equal(authz_result_code(AUTHZ_TOKEN_NOT_VALID), "CPF2274");
}

static void unreadable_record(void **state)
{
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE], key[TOKEN_KEY_SIZE];
	struct store_txn *t;

	make_token(w, '2', -1, token);
	token_key(token, key);
	t = begin(w->rules.tokens, true);
	assert_result(store_put(t, key, sizeof key, "\1" "2", 2), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	assert_result(redeem(w, token, "alice"), AUTHZ_STORE_DAMAGED);
	assert_result(remove_token(w, token), AUTHZ_STORE_DAMAGED);
}

static void change_uid(struct world *w)
{
	fake_host_find(&w->fake, "alice")->user.uid = 4000;
}

static void change_password(struct world *w)
{
	strcpy(fake_host_find(&w->fake, "alice")->account.crypt, "$6$new");
}

static void change_date(struct world *w)
{
	fake_host_find(&w->fake, "alice")->account.last_change++;
}

static void change_expiry(struct world *w)
{
	fake_host_find(&w->fake, "alice")->account.expire = FAKE_DAY + 500;
}

static void stale(void **state)
{
	static void (*const changes[])(struct world *) = {change_uid, change_password, change_date, change_expiry};
	struct world *w = *state;
	struct refusal f;
	size_t i;

	for (i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		prepare(&f, w);
		changes[i](w);
		refused(&f, AUTHZ_TOKEN_STALE);
		still_works(&f);
	}
}

static void disabled_and_enabled(void **state)
{
	struct world *w = *state;
	struct refusal f;

	prepare(&f, w);
	disable(w, "alice");
	refused(&f, AUTHZ_DISABLED);
	enable(w, "alice");
	refused(&f, AUTHZ_TOKEN_STALE);
	make_token(w, '1', -1, f.token); /* a new one is as good as any */
	assert_result(redeem(w, f.token, "alice"), AUTHZ_OK);
}

static void locked(void **state)
{
	struct world *w = *state;
	struct fake_user *alice;
	struct refusal f;

	prepare(&f, w);
	alice = fake_host_find(&w->fake, "alice");
	strcpy(alice->account.crypt, "!$y$j9T$abc$def"); /* passwd -l */
	refused(&f, AUTHZ_DISABLED);
	strcpy(alice->account.crypt, "$y$j9T$abc$def"); /* passwd -u: as before */
	still_works(&f);
}

static void dates_that_pass(void **state)
{
	struct world *w = *state;
	struct fake_user *alice = fake_host_find(&w->fake, "alice");
	unsigned char token[TOKEN_SIZE];

	alice->account.expire = FAKE_DAY + 1;
	w->fake.now.wall = ((int64_t)(FAKE_DAY + 1) * 86400 - 30) * 1000000; /* half a minute before midnight */
	make_token(w, '2', 3600, token);
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	fake_host_pass(&w->fake, 60);
	assert_int_equal(w->fake.now.today, FAKE_DAY + 1);
	assert_result(redeem(w, token, "alice"), AUTHZ_DISABLED);
	alice->account.expire = -1;
	alice->account.maximum = 10;
	alice->account.last_change = FAKE_DAY + 1 - 10;
	make_token(w, '2', 3600, token);
	fake_host_day(&w->fake, FAKE_DAY + 2);
	w->fake.now.wall = ((int64_t)(FAKE_DAY + 2) * 86400) * 1000000;
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_EXPIRED);
	w->fake.now.wall = ((int64_t)(FAKE_DAY + 1) * 86400 + 100) * 1000000; /* only the day has passed, as a time zone would */
	assert_result(redeem(w, token, "alice"), AUTHZ_PASSWORD_EXPIRED);
}

static void override_holds(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	unsigned char token[TOKEN_SIZE], other[TOKEN_SIZE];

	make_token(w, '2', -1, other);
	disable(w, "alice");
	world_caller(w, "sam");
	q.password = PASSWORD_NOPWDCHK;
	q.type = '2';
	assert_result(generate(w, &q, token), AUTHZ_OK);
	world_caller(w, "portal");
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	assert_result(redeem(w, other, "alice"), AUTHZ_DISABLED);
	disable(w, "alice"); /* once more: that was not overridden */
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_STALE);
	fake_host_find(&w->fake, "alice")->account.last_change = 0;
	enable(w, "alice");
	world_caller(w, "sam");
	q.password = PASSWORD_NOPWDSTS;
	assert_result(generate(w, &q, token), AUTHZ_OK);
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	disable(w, "alice"); /* expired was overridden, disabled was not */
	assert_result(redeem(w, token, "alice"), AUTHZ_DISABLED);
}

static void override_of_an_enabled_one(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	unsigned char token[TOKEN_SIZE];

	world_caller(w, "sam");
	q.password = PASSWORD_NOPWDCHK;
	q.type = '2';
	assert_result(generate(w, &q, token), AUTHZ_OK);
	disable(w, "alice");
	assert_result(redeem(w, token, "alice"), AUTHZ_DISABLED);
	enable(w, "alice");
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_STALE);
}

static void groups_change(void **state)
{
	struct world *w = *state;
	struct fake_user *alice = fake_host_find(&w->fake, "alice");
	unsigned char token[TOKEN_SIZE];

	fake_host_group(&w->fake, "staff", 50);
	make_token(w, '2', -1, token);
	fake_host_join(alice, &w->fake.groups[0]);
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	w->fake.host.config.kill_on_group_change = true;
	make_token(w, '2', -1, token);
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	alice->more_count = 0;
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_STALE);
	fake_host_join(alice, &w->fake.groups[0]);
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	alice->user.gid = 77;
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_STALE);
}

static void gone(void **state)
{
	struct world *w = *state;
	struct refusal f;

	prepare(&f, w);
	fake_host_find(&w->fake, "alice")->gone = true;
	refused(&f, AUTHZ_USER_NOT_FOUND);
	fake_host_user(&w->fake, "alice", 4000); /* made anew, with another uid */
	refused(&f, AUTHZ_TOKEN_STALE);
	still_works(&f);
	prepare(&f, w);
	memcpy(w->fake.host.config.system_profiles, "alice\0", 7);
	refused(&f, AUTHZ_SYSTEM_PROFILE);
	still_works(&f);
}

static const char *said(int which)
{
	static const char *const values[] = {"right", "wrong", "", "righ", "rightt", "Right"};

	return values[which];
}

static void bind_value(struct request *q, int field, bool binding, const char *value)
{
	char *const members[2][3] = {{q->service, q->rhost, q->tty}, {q->bind_service, q->bind_rhost, q->bind_tty}};
	const uint64_t bits[2][3] = {{HAS(SERVICE), HAS(RHOST), HAS(TTY)}, {HAS(BIND_SERVICE), HAS(BIND_RHOST), HAS(BIND_TTY)}};

	strcpy(members[binding][field], value);
	q->has |= bits[binding][field];
}

static void bindings(void **state)
{
	static const enum authz_result results[] = {AUTHZ_BIND_SERVICE, AUTHZ_BIND_RHOST, AUTHZ_BIND_TTY};
	struct world *w = *state;
	unsigned char token[TOKEN_SIZE];
	int field, value;

	for (field = 0; field < 3; field++) {
		struct request q = ask_token("alice"), claim = {.id = 1};

		world_caller(w, "portal");
		bind_value(&q, field, true, said(0));
		assert_result(generate(w, &q, token), AUTHZ_OK);
		for (value = 1; value < 6; value++) {
			bind_value(&claim, field, false, said(value));
			assert_result(redeem_as_host(w, token, "alice", &claim), results[field]);
		}
		assert_result(redeem_as_host(w, token, "alice", NULL), results[field]);
		bind_value(&claim, (field + 1) % 3, false, said(0)); /* the right word in the wrong place */
		assert_result(redeem_as_host(w, token, "alice", &claim), results[field]);
		bind_value(&claim, field, false, said(0));
		assert_result(redeem_as_host(w, token, "alice", &claim), AUTHZ_OK);
	}
}

static void proof_again(void **state)
{
	const struct request again = {.has = HAS(REAUTH), .reauth = 1}, not_again = {.has = HAS(REAUTH), .reauth = 0};
	struct world *w = *state;
	struct request q = ask_token("alice");
	unsigned char token[TOKEN_SIZE];
	uint64_t before;

	q.password = PASSWORD_NOPWDSTS; /* for herself the only way */
	world_caller(w, "alice");
	assert_result(generate(w, &q, token), AUTHZ_OK);
	before = sequence(w->rules.tokens);
	assert_result(redeem_as_host(w, token, "bob", &again), AUTHZ_TOKEN_OTHER_USER);
	assert_result(redeem_as_host(w, token, "alice", &again), AUTHZ_REAUTH);
	assert_int_equal(sequence(w->rules.tokens), before);
	assert_non_null(strstr(w->fake.outcome, " result=AZ-REAUTH actor=root uid=0 owner=alice maker=alice token="));
	assert_result(redeem_as_host(w, token, "alice", &not_again), AUTHZ_OK); /* to log in it is good */
	assert_result(redeem_as_host(w, token, "alice", &again), AUTHZ_TOKEN_SPENT);
	make_token(w, '1', -1, token); /* portal's */
	assert_result(redeem_as_host(w, token, "alice", &again), AUTHZ_OK);
	assert_result(redeem_as_host(w, token, "alice", &again), AUTHZ_TOKEN_SPENT);
}

static void claims_of_others(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	unsigned char token[TOKEN_SIZE];

	bind_value(&q, 0, true, said(0));
	assert_result(generate(w, &q, token), AUTHZ_OK);
	memcpy(q.token, token, sizeof token);
	bind_value(&q, 0, false, said(0));
	strcpy(q.user, "alice");
	give_special(w, "eve", SPECIAL_ALL); /* not even so */
	world_caller(w, "eve");
	assert_result(token_redeem(&w->rules, &q, &w->answer), AUTHZ_BIND_SERVICE);
	assert_non_null(strstr(w->fake.outcome, " service=right claimed=yes"));
	world_caller(w, "root");
	assert_result(token_redeem(&w->rules, &q, &w->answer), AUTHZ_BIND_SERVICE);
	world_host(w);
	assert_result(token_redeem(&w->rules, &q, &w->answer), AUTHZ_OK);
}

static void bound_uid(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	unsigned char token[TOKEN_SIZE];

	q.has |= HAS(BIND_UID);
	q.bind_uid = UID_BOB;
	q.type = '2';
	assert_result(generate(w, &q, token), AUTHZ_OK);
	assert_result(redeem(w, token, "alice"), AUTHZ_BIND_UID);
	assert_result(redeem_as_host(w, token, "alice", NULL), AUTHZ_BIND_UID);
	world_caller(w, "bob");
	assert_result(redeem(w, token, "alice"), AUTHZ_OK);
	q.bind_uid = 0;
	world_caller(w, "portal");
	assert_result(generate(w, &q, token), AUTHZ_OK);
	assert_result(redeem(w, token, "alice"), AUTHZ_BIND_UID);
	assert_result(redeem_as_host(w, token, "alice", NULL), AUTHZ_OK);
}

static void order(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	unsigned char token[TOKEN_SIZE], spent[TOKEN_SIZE];
	struct host_clock now = w->fake.now;

	make_token(w, '1', 100, spent);
	assert_result(redeem(w, spent, "alice"), AUTHZ_OK);
	bind_value(&q, 0, true, said(0));
	q.timeout = 100;
	assert_result(generate(w, &q, token), AUTHZ_OK);
	disable(w, "alice");
	/* a dead token says nothing of anybody: not whose it is, not what the account is like */
	assert_result(redeem(w, spent, "bob"), AUTHZ_TOKEN_SPENT);
	assert_result(redeem(w, spent, "alice"), AUTHZ_TOKEN_SPENT);
	assert_result(redeem(w, token, "bob"), AUTHZ_TOKEN_OTHER_USER);
	assert_result(redeem(w, token, "alice"), AUTHZ_BIND_SERVICE);
	assert_result(redeem_as_host(w, token, "alice", &(struct request){.has = HAS(SERVICE), .service = "right"}), AUTHZ_DISABLED);
	fake_host_pass(&w->fake, 100);
	assert_result(redeem(w, spent, "bob"), AUTHZ_TOKEN_EXPIRED);
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_EXPIRED);
	w->fake.now = now;
	w->fake.now.wall -= 1;
	assert_result(redeem(w, spent, "bob"), AUTHZ_TOKEN_FUTURE);
	w->fake.now.boot_id[3] ^= 4;
	assert_result(redeem(w, spent, "bob"), AUTHZ_TOKEN_BOOT);
	w->fake.account_result = AUTHZ_NO_SHADOW;
	assert_result(redeem(w, spent, "alice"), AUTHZ_TOKEN_BOOT);
	token[0] ^= 1;
	assert_result(redeem(w, token, "alice"), AUTHZ_TOKEN_NOT_VALID);
}

static void audit_lost(void **state)
{
	struct world *w = *state;
	unsigned char one[TOKEN_SIZE], two[TOKEN_SIZE];
	uint64_t before;

	make_token(w, '1', -1, one);
	make_token(w, '2', -1, two);
	before = sequence(w->rules.tokens);
	w->fake.intent_lost = w->fake.outcome_lost = true;
	assert_result(redeem(w, one, "alice"), AUTHZ_AUDIT_LOST);
	assert_result(redeem(w, two, "alice"), AUTHZ_AUDIT_LOST);
	assert_int_equal(w->answer.reply.has, 0);
	assert_result(remove_token(w, two), AUTHZ_AUDIT_LOST);
	assert_int_equal(sequence(w->rules.tokens), before);
	w->fake.intent_lost = w->fake.outcome_lost = false;
	assert_result(redeem(w, one, "alice"), AUTHZ_OK);
	assert_result(redeem(w, two, "alice"), AUTHZ_OK);
}

static void out_of_reach(void **state)
{
	struct world *w = *state;
	struct refusal f;

	prepare(&f, w);
	w->fake.account_result = AUTHZ_NO_SHADOW;
	refused(&f, AUTHZ_NO_SHADOW);
	assert_string_equal(w->rules.subject, "shadow: Permission denied");
	w->fake.account_result = AUTHZ_OK;
	w->fake.user_result = AUTHZ_INTERNAL;
	refused(&f, AUTHZ_INTERNAL);
	w->fake.user_result = AUTHZ_OK;
	w->fake.clock_result = AUTHZ_INTERNAL;
	refused(&f, AUTHZ_INTERNAL);
	still_works(&f);
}

static void audited(void **state)
{
	struct world *w = *state;
	struct request claim = {.has = HAS(SERVICE) | HAS(RHOST) | HAS(TTY), .service = "sshd", .rhost = "192.0.2.7", .tty = "ssh"};
	unsigned char token[TOKEN_SIZE];

	make_token(w, '1', -1, token);
	assert_result(redeem_as_host(w, token, "alice", &claim), AUTHZ_OK);
	assert_non_null(strstr(w->fake.intent, "event=token.redeem phase=intent actor=root uid=0 owner=alice maker=portal token="));
	assert_non_null(strstr(w->fake.outcome, " phase=done result=OK actor=root uid=0 owner=alice maker=portal token="));
	assert_non_null(strstr(w->fake.outcome, w->answer.reply.token_id));
	assert_non_null(strstr(w->fake.outcome, " service=sshd rhost=192.0.2.7 tty=ssh"));
	assert_int_equal(w->fake.intent_number, w->fake.outcome_number);
	assert_result(redeem_as_host(w, token, "alice", &claim), AUTHZ_TOKEN_SPENT);
	assert_non_null(strstr(w->fake.outcome, " result=AZ-SPENT actor=root uid=0 owner=alice maker=portal token="));
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a single-use token is good once: the second time is AZ-SPENT", single_use),
		TEST("types 2 and 3 are good any number of times, by anybody, and write nothing", multiple_use),
		TEST("a single-use token redeemed by 32 processes at once is good for exactly one (redeem MUST 1)", one_wins),
		TEST("the spending is in the store before the answer (redeem MUST 1)", committed_first),
		TEST("a token for another user is refused and not spent (redeem MUST 2)", other_user),
		TEST("a token ends by the boot clock alone (redeem MUST 3)", expired_by_boot),
		TEST("a token ends by the wall clock alone (redeem MUST 3)", expired_by_wall),
		TEST("a token that expired while it waited for the lock is refused (redeem MUST 3)", expired_in_wait),
		TEST("a token from the future of either clock is refused and not spent (redeem MUST 3)", from_the_future),
		TEST("a token of another boot is refused (redeem MUST 4)", other_boot),
		TEST("a token that was removed, or never was, is CPF2274 (redeem MUST 7)", removed),
		TEST("a record that cannot be read is damage, not a token (redeem MUST 7)", unreadable_record),
		TEST("a token dies with each change of uid, crypt field, last change and expiry date (redeem MUST 6)", stale),
		TEST("disabling kills the tokens of before for good (redeem MUST 6) (profile MUST 3)", disabled_and_enabled),
		TEST("a locked password refuses the token while it is locked (redeem MUST 6)", locked),
		TEST("a date that passes by itself refuses the token from then on (redeem MUST 6)", dates_that_pass),
		TEST("what *NOPWDCHK overrode at generation stays overridden, and nothing else (redeem MUST 6)", override_holds),
		TEST("*NOPWDCHK for an enabled account is no word about a later disabling (redeem MUST 6)", override_of_an_enabled_one),
		TEST("a change of groups kills a token only where the site says so (redeem MUST 6)", groups_change),
		TEST("the token of a user who is gone, made anew, or now the system's is refused (redeem MUST 6)", gone),
		TEST("bindings to service, remote host and tty: right, wrong and missing (redeem MUST 2)", bindings),
		TEST("claims of anybody but the host satisfy no binding (redeem MUST 5)", claims_of_others),
		TEST("a token that its owner made does not prove again who is there; another's does, once (redeem MUST 8)",
		     proof_again),
		TEST("a token bound to a uid is good for that uid alone", bound_uid),
		TEST("what is wrong with the token is said before anything about its owner", order),
		TEST("without the audit nothing is spent, and nobody gets in (redeem MUST 2)", audit_lost),
		TEST("NSS, shadow or a clock out of reach: refused, not spent (redeem MUST 2)", out_of_reach),
		TEST("a redemption is audited with owner, maker, token id and session", audited),
	};

	return cmocka_run_group_tests_name("redeem", tests, NULL, NULL);
}
