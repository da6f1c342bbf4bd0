/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "helper_run.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int helper_open(void **state)
{
	(void)state;
	return state_open(NULL);
}

int helper_setup(void **state)
{
	(void)state;
	alarm(120);
	state_make();
	return 0;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

void become_helper(const struct how *how, int fd)
{
	char *const argv[] = {helper, (char[]){"--state"}, state_folder, NULL};
	char *const envp[] = {(char[]){HELPER_NO_LEAK_CHECK}, NULL};

	dup2(fd, 0);
	dup2(fd, 1);
	dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), 2); /* the usage, the loader's complaints */
	if (how->prepare != NULL)
		how->prepare();
	execve(helper, how->argv != NULL ? how->argv : argv, how->envp != NULL ? how->envp : envp);
	_exit(99);
}

static void send_all(const struct how *how, int fd, const unsigned char *in, size_t length)
{
	const struct timespec pause = {.tv_nsec = (long)how->piece_us * 1000};
	size_t i;

	if (how->piece_us == 0) {
		(void)!send(fd, in, length, MSG_NOSIGNAL);
		return;
	}
	for (i = 0; i < length; i++) {
		(void)!send(fd, in + i, 1, MSG_NOSIGNAL);
		nanosleep(&pause, NULL);
	}
}

void run_helper(const struct how *how, const void *in, size_t length, struct outcome *out)
{
	int pair[2];
	ssize_t got;
	pid_t pid;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	out->seconds = now();
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		become_helper(how, pair[1]);
	close(pair[1]);
	if (how->look != NULL)
		how->look(pid);
	send_all(how, pair[0], in, length);
	if (!how->keep_open)
		shutdown(pair[0], SHUT_WR);
	out->length = 0;
	while (out->length < sizeof out->bytes &&
	       (got = recv(pair[0], out->bytes + out->length, sizeof out->bytes - out->length, 0)) > 0)
		out->length += (size_t)got;
	assert_int_equal(waitpid(pid, &out->status, 0), pid);
	out->seconds = now() - out->seconds;
	close(pair[0]);
}

struct request ask(uint16_t operation)
{
	struct request q = {.id = 0x1122334455667788, .operation = operation};

	return q;
}

struct request ask_token(int64_t type)
{
	struct request q = ask(OP_TOKEN_GENERATE);

	q.has = HAS(USER) | HAS(PASSWORD) | HAS(TIMEOUT) | HAS(TYPE);
	snprintf(q.user, sizeof q.user, "%s", owner);
	q.password = PASSWORD_NOPWD;
	q.timeout = 600;
	q.type = type;
	return q;
}

struct request ask_redeem(const unsigned char token[TOKEN_SIZE])
{
	struct request q = ask(OP_TOKEN_REDEEM);

	q.has = HAS(USER) | HAS(TOKEN);
	snprintf(q.user, sizeof q.user, "%s", owner);
	memcpy(q.token, token, TOKEN_SIZE);
	return q;
}

int64_t request_how(const struct how *how, const struct request *q, struct reply *reply)
{
	static struct outcome out;
	unsigned char frame[FRAME_REQUEST_MAX];
	size_t length = request_encode(q, frame);
	const char *fault;

	assert_true(length > 0);
	run_helper(how, frame, length, &out);
	fault = reply_decode(reply, out.bytes, out.length, q->operation, q->id);
	if (fault != NULL)
		fail_msg("%s (%zu bytes, status %x)", fault, out.length, (unsigned)out.status);
	assert_int_equal(out.status, 0);
	return reply->result;
}

int64_t request(const struct request *q, struct reply *reply)
{
	return request_how(&(struct how){.argv = NULL}, q, reply);
}

void expect_result(int64_t got, enum authz_result expected)
{
	if (got != (int64_t)expected)
		fail_msg("%s, not %s", authz_result_code((enum authz_result)got), authz_result_code(expected));
}

void make_token(int64_t type, unsigned char token[TOKEN_SIZE])
{
	struct request q = ask_token(type);
	struct reply reply;

	expect_result(request(&q, &reply), AUTHZ_OK);
	memcpy(token, reply.token, TOKEN_SIZE);
}

void redeems(const unsigned char token[TOKEN_SIZE], enum authz_result expected)
{
	struct request q = ask_redeem(token);
	struct reply reply;

	expect_result(request(&q, &reply), expected);
}

void helper_unharmed(const unsigned char before[TOKEN_SIZE])
{
	unsigned char token[TOKEN_SIZE];

	redeems(before, AUTHZ_OK);
	make_token('1', token);
	redeems(token, AUTHZ_OK);
	redeems(token, AUTHZ_TOKEN_SPENT);
}

void nothing_came(const struct outcome *out, int exit_status)
{
	assert_int_equal(out->length, 0);
	assert_true(WIFEXITED(out->status));
	assert_int_equal(WEXITSTATUS(out->status), exit_status);
}
