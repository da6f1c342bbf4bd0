/* SPDX-License-Identifier: ISC */
/*
 * token_full FOLDER: fill the file system below FOLDER with tokens until there is no room for one more.
 * Run by the host ring on a small file system of its own, as store_full is.
 */
#include "family.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "authz.h"

enum { MOST = 100000 };

static const char *base;

struct filled {
	struct world *w;
	unsigned char (*tokens)[TOKEN_SIZE];
	unsigned count;
};

/* The world as ever, with the tokens alone on the small file system. */
static int setup(void **state)
{
	struct store_options options = {.lock_wait_ms = 2000, .hold_ms = 4000, .boot_id = BOOT_ID};
	struct filled *f = calloc(1, sizeof *f);
	static char folder[SCRATCH_SIZE];

	if (f == NULL || world_setup((void **)&f->w) != 0)
		return -1;
	f->tokens = calloc(MOST, sizeof *f->tokens);
	snprintf(folder, sizeof folder, "%s/tokens", base);
	scratch_folder(folder);
	options.folder = folder;
	store_close(f->w->rules.tokens);
	assert_result(store_open(&f->w->rules.tokens, &options), AUTHZ_OK);
	f->w->fake.host.config.quota_maker = MOST;
	*state = f;
	return f->tokens != NULL ? 0 : -1;
}

static int teardown(void **state)
{
	struct filled *f = *state;
	char folder[SCRATCH_SIZE];

	snprintf(folder, sizeof folder, "%s/tokens", base);
	world_teardown((void **)&f->w);
	scratch_remove(folder);
	free(f->tokens);
	free(f);
	return 0;
}

static enum authz_result make(struct filled *f, char type, int timeout)
{
	struct request q = ask_token("alice");
	enum authz_result result;

	assert_true(f->count < MOST);
	q.type = type;
	q.timeout = timeout;
	world_caller(f->w, "portal");
	result = generate(f->w, &q, f->tokens[f->count]);
	f->count += result == AUTHZ_OK;
	return result;
}

/* Until there is no room, and then some: it stays as it is. */
static void fill(struct filled *f, int timeout)
{
	enum authz_result result;
	unsigned i;

	while ((result = make(f, '1', timeout)) == AUTHZ_OK)
		;
	assert_result(result, AUTHZ_TOKENS_FULL);
	print_message("full after %u tokens\n", f->count);
	assert_true(f->count > 50);
	for (i = 0; i < 20; i++)
		assert_result(make(f, '1', timeout), AUTHZ_TOKENS_FULL);
	assert_string_equal(authz_result_code(AUTHZ_TOKENS_FULL), "CPF4AAA");
	assert_non_null(strstr(f->w->fake.outcome, " result=CPF4AAA "));
	assert_non_null(strstr(f->w->fake.outcome, " subject=the%20file%20system%20of%20the%20tokens"));
	assert_int_equal(total_tokens(f->w), f->count);
	assert_int_equal(count_records(f->w, f->w->rules.tokens, 'T'), f->count);
}

static void removal_makes_room(void **state)
{
	struct filled *f = *state;
	unsigned char first[TOKEN_SIZE];
	unsigned round;

	fill(f, 3600);
	for (round = 0; round < 100; round++) {
		memcpy(first, f->tokens[round], sizeof first);
		assert_result(remove_token(f->w, first), AUTHZ_OK);
		memcpy(f->tokens[round], f->tokens[--f->count], sizeof first);
		if (make(f, '1', 3600) != AUTHZ_OK)
			fail_msg("round %u: no room after a removal", round);
		assert_result(make(f, '1', 3600), AUTHZ_TOKENS_FULL);
		assert_result(redeem(f->w, first, "alice"), AUTHZ_TOKEN_NOT_VALID);
	}
	assert_int_equal(total_tokens(f->w), f->count);
}

static void use_and_removal(void **state)
{
	struct filled *f = *state;
	unsigned i;

	fill(f, 3600);
	for (i = 0; i < f->count; i += 7) {
		assert_result(redeem(f->w, f->tokens[i], "alice"), AUTHZ_OK);
		assert_result(redeem(f->w, f->tokens[i], "alice"), AUTHZ_TOKEN_SPENT);
	}
	for (i = 0; i < f->count; i++) {
		if (i % 7 != 0)
			assert_result(redeem(f->w, f->tokens[i], "alice"), AUTHZ_OK); /* each that was made is there */
		assert_result(remove_token(f->w, f->tokens[i]), AUTHZ_OK);
	}
	assert_int_equal(total_tokens(f->w), 0);
	assert_int_equal(count_records(f->w, f->w->rules.tokens, 'T'), 0);
}

static void expiry_makes_room(void **state)
{
	struct filled *f = *state;
	unsigned before, i;

	fill(f, 10);
	before = f->count;
	fake_host_pass(&f->w->fake, 11);
	for (i = 0; i < before / 2; i++)
		assert_result(make(f, '1', 3600), AUTHZ_OK);
	assert_int_equal(total_tokens(f->w), count_records(f->w, f->w->rules.tokens, 'T'));
}

/* Whatever a stranger's guesses have taken of the room too. */
static void removal_of_all(void **state)
{
	struct filled *f = *state;
	enum authz_result result;
	char name[NAME_SIZE];
	uint64_t removed;
	unsigned i = 0;

	fill(f, 3600);
	world_caller(f->w, "eve");
	do {
		snprintf(name, sizeof name, "nosuch%u", i++);
		result = generate_by_password(f->w, name, "guess", NULL);
	} while (result == AUTHZ_PASSWORD_WRONG || result == AUTHZ_TOO_MANY_TRIES);
	assert_result(result, AUTHZ_STORE_NO_ROOM);
	fake_host_pass(&f->w->fake, 1);
	world_caller(f->w, "sam");
	assert_result(remove_all(f->w, "alice", &removed), AUTHZ_OK);
	assert_int_equal(removed, f->count);
	assert_result(redeem(f->w, f->tokens[0], "alice"), AUTHZ_TOKEN_NOT_VALID);
	assert_int_equal(total_tokens(f->w), 0);
	assert_result(make(f, '1', 3600), AUTHZ_OK);
}

/* What fits is found out anew after a while. */
static void not_for_ever(void **state)
{
	struct filled *f = *state;
	unsigned before;

	fill(f, 3600);
	before = f->count;
	fake_host_pass(&f->w->fake, 601);
	while (make(f, '1', 3600) == AUTHZ_OK)
		;
	assert_true(f->count >= before);
	assert_result(make(f, '1', 3600), AUTHZ_TOKENS_FULL);
	assert_int_equal(total_tokens(f->w), f->count);
}

#define TEST(sentence, function) {sentence, function, setup, teardown, NULL}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST("where the tokens' file system is full the next one is CPF4AAA, each removal makes room for one, and the audit says "
		     "what is full (issue MUST 3)", removal_makes_room),
		TEST("on a full file system tokens are redeemed and removed, and none was lost (issue MUST 3)", use_and_removal),
		TEST("on a full file system all tokens are removed at once (remove_all MUST 2)", removal_of_all),
		TEST("what has expired makes room in a full file system", expiry_makes_room),
		TEST("how many fit is found out anew after ten minutes", not_for_ever),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: token_full FOLDER, on a small file system of its own\n");
		return 2;
	}
	base = argv[1];
	return cmocka_run_group_tests_name("tokens, no room", tests, NULL, NULL);
}
