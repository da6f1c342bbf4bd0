/* SPDX-License-Identifier: ISC */
/* The helper as a process with --state, run once for each request, however the caller is. */
#ifndef TEST_HELPER_RUN_H
#define TEST_HELPER_RUN_H

#include "own_state.h"

#include "authz.h"
#include "wire/reply.h"
#include "wire/request.h"

#define HAS_REPLY(field) (1u << REPLY_##field)
/* Where it is built with a sanitizer: its check for leaks traces the process, which the filter forbids. */
#define HELPER_NO_LEAK_CHECK "ASAN_OPTIONS=detect_leaks=0"

struct how {
	char *const *argv;        /* NULL: --state and the folder */
	char *const *envp;
	void (*prepare)(void);    /* in the child, before exec; 0 and 1 are the socket already */
	bool keep_open;           /* the writing side is not shut down */
	unsigned piece_us;        /* one byte each so many microseconds */
	void (*look)(pid_t pid);  /* before a byte is sent */
};

struct outcome {
	int status; /* as waitpid has it */
	unsigned char bytes[FRAME_REPLY_MAX * 2];
	size_t length;
	double seconds;
};

/* Setup and teardown of a group, and of a test. */
int helper_open(void **state);
int helper_setup(void **state);
#define HELPER_TEST(sentence, function) {sentence, function, helper_setup, state_remove, NULL}

/* Be the helper, on this socket. */
void become_helper(const struct how *how, int fd);
/* These bytes to a helper, and what comes of them. */
void run_helper(const struct how *how, const void *in, size_t length, struct outcome *out);

struct request ask(uint16_t operation);
struct request ask_token(int64_t type); /* for the owner */
struct request ask_redeem(const unsigned char token[TOKEN_SIZE]);
/* One request, its whole reply and nothing more, exit status 0; the result. */
int64_t request_how(const struct how *how, const struct request *q, struct reply *reply);
int64_t request(const struct request *q, struct reply *reply);
void expect_result(int64_t got, enum authz_result expected);

void make_token(int64_t type, unsigned char token[TOKEN_SIZE]);
void redeems(const unsigned char token[TOKEN_SIZE], enum authz_result expected);
/* Nothing that was before is lost, and everything still works. */
void helper_unharmed(const unsigned char before[TOKEN_SIZE]);
/* What the helper must not have answered or done. */
void nothing_came(const struct outcome *out, int exit_status);

#endif
