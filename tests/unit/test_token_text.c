/* SPDX-License-Identifier: ISC */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "authz.h"
#include "noise.h"
#include "wire/token_text.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const unsigned char zeros[AUTHZ_TOKEN_SIZE];

static void known_texts(void **state)
{
	unsigned char token[AUTHZ_TOKEN_SIZE];
	char text[AUTHZ_TOKEN_TEXT_SIZE];
	unsigned i;

	(void)state;
	authz_token_to_text(zeros, text);
	assert_string_equal(text, "prftkn_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
	memset(token, 0xff, sizeof token);
	authz_token_to_text(token, text);
	assert_string_equal(text, "prftkn___________________________________________8");
	for (i = 0; i < sizeof token; i++)
		token[i] = (unsigned char)i;
	authz_token_to_text(token, text);
	assert_string_equal(text, "prftkn_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
}

static void round_trips(void **state)
{
	unsigned char token[AUTHZ_TOKEN_SIZE], back[AUTHZ_TOKEN_SIZE];
	char text[AUTHZ_TOKEN_TEXT_SIZE];
	uint64_t seed = 88172645463325252u;
	unsigned i, n;

	(void)state;
	for (n = 0; n < 20000; n++) {
		for (i = 0; i < sizeof token; i++)
			token[i] = (unsigned char)noise_below(&seed, 256);
		authz_token_to_text(token, text);
		assert_int_equal(strlen(text), AUTHZ_TOKEN_TEXT_SIZE - 1);
		assert_int_equal(authz_token_from_text(back, text), 0);
		assert_memory_equal(token, back, sizeof token);
	}
}

/* Every character at every place: taken if it is a digit, and at the last place one of the 16 that hold 4 bits. */
static void every_character(void **state)
{
	char text[AUTHZ_TOKEN_TEXT_SIZE], again[AUTHZ_TOKEN_TEXT_SIZE];
	unsigned char token[AUTHZ_TOKEN_SIZE];
	const char *digit;
	size_t at;
	int c, expected;

	(void)state;
	for (at = 7; at < 50; at++)
		for (c = 1; c < 256; c++) {
			authz_token_to_text(zeros, text);
			text[at] = (char)c;
			digit = strchr(digits, c);
			expected = digit != NULL && (at < 49 || (digit - digits) % 4 == 0) ? 0 : -1;
			assert_int_equal(authz_token_from_text(token, text), expected);
			if (expected == 0) {
				authz_token_to_text(token, again);
				assert_string_equal(text, again);
			} else
				assert_memory_equal(token, zeros, sizeof token);
		}
}

static void refused(const char *text)
{
	unsigned char token[AUTHZ_TOKEN_SIZE];

	memset(token, 0x77, sizeof token);
	assert_int_equal(authz_token_from_text(token, text), -1);
	assert_memory_equal(token, zeros, sizeof token);
}

static void other_shapes(void **state)
{
	(void)state;
	refused(NULL);
	refused("");
	refused("prftkn_");
	refused("prftkn_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
	refused("prftkn_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
	refused("prftkn_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n");
	refused("prftkn_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
	refused(" prftkn_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
	refused("PRFTKN_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
	refused("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
}

static void shaped(void **state)
{
	(void)state;
	assert_true(token_text_shaped("prftkn_"));
	assert_true(token_text_shaped("prftkn_what follows is no token"));
	assert_false(token_text_shaped("prftkn"));
	assert_false(token_text_shaped(""));
	assert_false(token_text_shaped("Prftkn_"));
}

/* Both directions, between two stops of the process. */
static void traced_round_trip(const unsigned char *token)
{
	unsigned char back[AUTHZ_TOKEN_SIZE];
	char text[AUTHZ_TOKEN_TEXT_SIZE];

	authz_token_to_text(token, text); /* once before: what is bound or mapped at the first use */
	authz_token_from_text(back, text);
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
		_exit(2);
	raise(SIGSTOP);
	authz_token_to_text(token, text);
	authz_token_from_text(back, text);
	raise(SIGSTOP);
	_exit(0);
}

/* The number of instructions from stop to stop; -1 where nothing may be traced. */
static long count_instructions(const unsigned char *token)
{
	pid_t pid = fork();
	long steps = 0;
	int status;

	if (pid == 0)
		traced_round_trip(token);
	waitpid(pid, &status, 0);
	if (!WIFSTOPPED(status))
		return -1;
	do {
		ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL);
		waitpid(pid, &status, 0);
		steps++;
	} while (WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return steps;
}

static void same_instructions(void **state)
{
	unsigned char token[AUTHZ_TOKEN_SIZE];
	uint64_t seed = 88172645463325252u;
	long steps = count_instructions(zeros);
	unsigned i, n;

	(void)state;
	if (steps < 0)
		skip();
	assert_true(steps > 500);
	for (n = 0; n < 8; n++) {
		for (i = 0; i < sizeof token; i++)
			token[i] = n == 0 ? 0xff : (unsigned char)noise_below(&seed, 256);
		assert_int_equal(count_instructions(token), steps);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"known tokens have their known texts", known_texts, NULL, NULL, NULL},
		{"20,000 tokens come back from their texts", round_trips, NULL, NULL, NULL},
		{"every character at every place is taken or refused; one token has one text (token_text MUST 2)", every_character,
	         NULL, NULL, NULL},
		{"other lengths and prefixes are refused, and leave zeros (token_text MUST 3)", other_shapes, NULL, NULL, NULL},
		{"every token takes the same number of instructions in both directions (token_text MUST 1)", same_instructions, NULL,
	         NULL, NULL},
		{"what begins with the prefix is shaped like a token", shaped, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("token_text", tests, NULL, NULL);
}
