/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "compat/exception.h"

static const struct row {
	enum authz_result result;
	const char *name, *code;
	int exit_status;
} results[] = {
#define X(name, number, code, pam, exit, sentence) {AUTHZ_##name, #name, code, exit},
	AUTHZ_RESULTS(X)
#undef X
};

#define RESULTS (sizeof results / sizeof *results)

/* The documents' lists, without those that are about the parameters of C (CPF3CF1, CPF3C36). */
static const char *const documented[LISTS] = {
	[LIST_GENERATE] = ("CPF22E2 CPF22E3 CPF22E4 CPF22E5 CPF22E9 CPF2204 CPF2213 CPF2225 CPF227F CPF3C3C CPF3C90 CPF4AAA CPF4AAB "
			   "CPF4AAD CPF4AB8 CPF9872"),
	[LIST_REGENERATE] = "CPF2225 CPF2274 CPF3C90 CPF4AAA CPF4AAB CPF4AAD CPF9872",
	[LIST_HELD] = "CPF2225 CPF2274 CPF3C90 CPF9872",
	[LIST_REMOVE] = "CPF222E CPF2225 CPF3C90 CPF9872",
	[LIST_REMOVE_USER] = "CPF2204 CPF2217 CPF222E CPF2225 CPF3C90 CPF9872",
};

static const char *id_of(enum exception_list list, enum authz_result result)
{
	return exception_id(exception_of(list, result));
}

/* A whole word: "90" is not in CPF3C90. */
static bool has_word(const char *words, const char *word)
{
	const size_t length = strlen(word);
	const char *at = words;

	while ((at = strstr(at, word)) != NULL) {
		if ((at == words || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
			return true;
		at += length;
	}
	return false;
}

/* One without a row does not compile. */
static void every_result(void **state)
{
	size_t i;
	int list;

	(void)state;
	for (i = 0; i < RESULTS; i++)
		for (list = 0; list < LISTS; list++) {
			const enum exception e = exception_of((enum exception_list)list, results[i].result);

			assert_int_equal(e == EXCEPTION_NONE, results[i].result == AUTHZ_OK);
			if (e != EXCEPTION_NONE && !has_word(documented[list], exception_id(e)))
				fail_msg("AUTHZ_%s is %s, which list %d does not have", results[i].name, exception_id(e), list);
		}
}

static void own_codes(void **state)
{
	size_t i;
	int list;

	(void)state;
	for (i = 0; i < RESULTS; i++)
		for (list = 0; list < LISTS; list++)
			if (results[i].result != AUTHZ_BAD_PARAMETER && has_word(documented[list], results[i].code) &&
			    strcmp(results[i].code, id_of((enum exception_list)list, results[i].result)) != 0)
				fail_msg("AUTHZ_%s is %s in list %d", results[i].name, id_of((enum exception_list)list, results[i].result), list);
}

static void refused_tokens(void **state)
{
	static const enum authz_result refusals[] = {
		AUTHZ_TOKEN_NOT_VALID, AUTHZ_TOKEN_EXPIRED, AUTHZ_TOKEN_SPENT, AUTHZ_TOKEN_OTHER_USER, AUTHZ_TOKEN_FUTURE,
		AUTHZ_TOKEN_STALE, AUTHZ_TOKEN_BOOT, AUTHZ_TOKEN_INVALIDATED, AUTHZ_BIND_SERVICE, AUTHZ_BIND_RHOST, AUTHZ_BIND_TTY,
		AUTHZ_BIND_UID, AUTHZ_REAUTH, AUTHZ_NOT_REGENERABLE, AUTHZ_CHAIN_END, AUTHZ_DISABLED, AUTHZ_PASSWORD_EXPIRED,
		AUTHZ_USER_NOT_FOUND, AUTHZ_SYSTEM_PROFILE, AUTHZ_ACCOUNT_UNKNOWN,
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof refusals / sizeof *refusals; i++) {
		assert_string_equal(id_of(LIST_HELD, refusals[i]), "CPF2274");
		assert_string_equal(id_of(LIST_REGENERATE, refusals[i]), "CPF2274");
	}
}

static void decisions(void **state)
{
	(void)state;
	assert_string_equal(id_of(LIST_GENERATE, AUTHZ_MAKER_FULL), "CPF4AAA");
	assert_string_equal(id_of(LIST_REGENERATE, AUTHZ_MAKER_FULL), "CPF4AAA");
	assert_string_equal(id_of(LIST_GENERATE, AUTHZ_TOO_MANY_TRIES), "CPF22E2");
	assert_string_equal(id_of(LIST_GENERATE, AUTHZ_SYSTEM_PROFILE), "CPF4AB8");
	assert_string_equal(id_of(LIST_REMOVE_USER, AUTHZ_SYSTEM_PROFILE), "CPF2217");
	assert_string_equal(id_of(LIST_GENERATE, AUTHZ_ACCOUNT_UNKNOWN), "CPF2213");
	assert_string_equal(id_of(LIST_HELD, AUTHZ_HOST_ONLY), "CPF9872");
}

/* What is out of reach is no refusal, to no kind of call. */
static void out_of_reach(void **state)
{
	const char *id;
	size_t i;
	int list;

	(void)state;
	for (i = 0; i < RESULTS; i++)
		for (list = 0; list < LISTS && results[i].exit_status >= 3 && results[i].result != AUTHZ_PROFILE_BUSY; list++) {
			id = id_of((enum exception_list)list, results[i].result);
			if (strcmp(id, "CPF2225") != 0 && strcmp(id, "CPF9872") != 0)
				fail_msg("AUTHZ_%s is %s", results[i].name, id);
		}
}

static void outside(void **state)
{
	int list;

	(void)state;
	for (list = 0; list < LISTS; list++) {
		assert_string_equal(id_of((enum exception_list)list, (enum authz_result)4711), "CPF9872");
		assert_string_equal(id_of((enum exception_list)list, (enum authz_result)-1), "CPF9872");
	}
}

static void data(void **state)
{
	static const struct {
		enum exception exception;
		enum exception_data data;
	} some[] = {
		{EXCEPTION_CPF2204, DATA_USER}, {EXCEPTION_CPF22E9, DATA_USER}, {EXCEPTION_CPF4AB8, DATA_USER},
		{EXCEPTION_CPF222E, DATA_SPECIAL}, {EXCEPTION_CPF3C3C, DATA_NUMBER}, {EXCEPTION_CPF3C36, DATA_NUMBER},
		{EXCEPTION_CPF2274, DATA_NONE}, {EXCEPTION_CPF4AAA, DATA_NONE}, {EXCEPTION_CPF9872, DATA_ENDED},
	};
	size_t i;
	int e;

	(void)state;
	for (i = 0; i < sizeof some / sizeof *some; i++)
		assert_int_equal(exception_data(some[i].exception), some[i].data);
	for (e = EXCEPTION_NONE + 1; e <= EXCEPTION_CPF9872; e++) {
		assert_int_equal(strlen(exception_id((enum exception)e)), 7);
		assert_memory_equal(exception_id((enum exception)e), "CPF", 3);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"every result is an exception of the call's own list, and OK alone is none (exception MUST 1)", every_result, NULL, NULL, NULL},
		{"a result that is a code of the documents is that exception wherever the list has it", own_codes, NULL, NULL, NULL},
		{"whatever a token is refused for, it is CPF2274", refused_tokens, NULL, NULL, NULL},
		{"quotas of makers, tries, system profiles and unknown accounts are what the header says", decisions, NULL, NULL, NULL},
		{"what is out of reach is CPF2225 or CPF9872, never a refusal", out_of_reach, NULL, NULL, NULL},
		{"a number that is no result is CPF9872", outside, NULL, NULL, NULL},
		{"every exception has an id, and data of its kind", data, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("exception", tests, NULL, NULL);
}
