/* SPDX-License-Identifier: ISC */
/*
 * One call by either carrier, and the public calls on top of it.  The service is a process of this test; a helper that
 * should not be started would leave its mark (bad_helper.c).
 */
#include "config.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "authz.h"
#include "client/call.h"
#include "scratch.h"

#define REPLY_HAS(field) (UINT64_C(1) << REPLY_##field)

static const unsigned char token[AUTHZ_TOKEN_SIZE] = "a token that is seen in memory";

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- the service */

struct service {
	pid_t pid;
	char path[108];
};

static int listen_at(struct service *s, int backlog)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(s->path, sizeof s->path, "%s", scratch_path("socket"));
	snprintf(address.sun_path, sizeof address.sun_path, "%s", s->path);
	unlink(s->path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	if (backlog >= 0)
		assert_int_equal(listen(fd, backlog), 0);
	return fd;
}

/* A right answer, as bytes. */
static size_t right_answer(int peer, unsigned char frame[FRAME_REPLY_MAX])
{
	struct reply reply = {.has = REPLY_HAS(USER) | REPLY_HAS(UID), .user = "service", .uid = 4242};
	unsigned char asked[FRAME_REQUEST_MAX];
	struct frame_writer w;
	struct request r;
	size_t have = 0;
	ssize_t n;

	do {
		n = recv(peer, asked + have, sizeof asked - have, 0);
		have += n > 0 ? (size_t)n : 0;
	} while (n > 0 && (have < FRAME_HEADER || have < request_frame_length(asked)));
	if (request_decode(&r, asked, have) != NULL)
		_exit(1);
	reply_begin(&w, frame, r.operation, r.id, &reply);
	return frame_finish(&w);
}

static void serve_answer(int peer)
{
	static unsigned char frame[FRAME_REPLY_MAX];
	size_t length = right_answer(peer, frame);

	send(peer, frame, length, MSG_NOSIGNAL);
	pause(); /* and keeps the connection */
}

static void serve_slowly(int peer)
{
	static unsigned char frame[FRAME_REPLY_MAX];
	size_t length = right_answer(peer, frame), i;

	for (i = 0; i < length; i++) {
		send(peer, frame + i, 1, MSG_NOSIGNAL);
		poll(NULL, 0, 2);
	}
	pause();
}

static void serve_half(int peer)
{
	static unsigned char frame[FRAME_REPLY_MAX];
	size_t length = right_answer(peer, frame);

	send(peer, frame, length / 2, MSG_NOSIGNAL);
}

static void serve_other_id(int peer)
{
	static unsigned char frame[FRAME_REPLY_MAX];
	size_t length = right_answer(peer, frame);

	frame[15] ^= 1;
	send(peer, frame, length, MSG_NOSIGNAL);
	pause();
}

static void serve_end(int peer)
{
	(void)peer;
}

static void serve_nothing(int peer)
{
	(void)peer;
	pause();
}

static void start_service(struct service *s, void (*serve)(int))
{
	int listening = listen_at(s, 8);

	fflush(NULL);
	s->pid = fork();
	if (s->pid == 0) {
		alarm(30);
		serve(accept(listening, NULL, NULL));
		_exit(0);
	}
	close(listening);
}

static void stop_service(struct service *s)
{
	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
	unlink(s->path);
}

static enum authz_result redeem_at(const char *path, int timeout_ms, struct authz_identity *identity, struct authz_error *error)
{
	struct authz_client client = {.helper = scratch_helper("mark"), .socket = path, .timeout_ms = timeout_ms};

	return authz_token_redeem(&client, token, "alice", NULL, identity, error);
}

/* What comes of a service like that; the child must not have been started. */
static enum authz_result redeem_by(void (*serve)(int), struct authz_identity *identity)
{
	struct authz_error error;
	enum authz_result result;
	struct service s;

	start_service(&s, serve);
	result = redeem_at(s.path, 300, identity, &error);
	stop_service(&s);
	assert_int_equal(scratch_pid("mark"), 0);
	return result;
}

static void socket_is_used(void **state)
{
	struct authz_identity identity;

	(void)state;
	assert_int_equal(redeem_by(serve_answer, &identity), AUTHZ_OK);
	assert_string_equal(identity.user, "service");
	assert_int_equal(identity.uid, 4242);
	assert_int_equal(redeem_by(serve_slowly, &identity), AUTHZ_OK);
}

static void after_connecting(void **state)
{
	const int before = open_descriptors();
	struct authz_identity identity;

	(void)state;
	assert_int_equal(redeem_by(serve_end, &identity), AUTHZ_HELPER_DIED);
	assert_int_equal(redeem_by(serve_half, &identity), AUTHZ_HELPER_DIED);
	assert_int_equal(redeem_by(serve_other_id, &identity), AUTHZ_HELPER_GARBLED);
	assert_int_equal(redeem_by(serve_nothing, &identity), AUTHZ_HELPER_LATE);
	assert_int_equal(identity.uid, (uid_t)-1);
	assert_int_equal(open_descriptors(), before);
}

static void falls_back(void **state)
{
	struct authz_identity identity;
	struct authz_error error;
	struct service s;
	int unheard;

	(void)state;
	assert_int_equal(redeem_at(scratch_path("no such socket"), 0, &identity, &error), AUTHZ_OK);
	assert_string_equal(identity.user, "alice");
	assert_true(scratch_pid("mark") > 0);
	unheard = listen_at(&s, -1);
	assert_int_equal(redeem_at(s.path, 0, &identity, &error), AUTHZ_OK);
	assert_true(scratch_pid("mark") > 0);
	close(unheard);
	unlink(s.path);
	assert_int_equal(redeem_at("", 0, &identity, &error), AUTHZ_OK);
	assert_true(scratch_pid("mark") > 0);
}

static void other_failures(void **state)
{
	const int before = open_descriptors();
	struct authz_identity identity;
	struct authz_error error;
	char long_path[200] = "/";

	(void)state;
	/* the copy of bad_helper is no folder: ENOTDIR */
	assert_int_equal(redeem_at(scratch_path("bad_helper/socket"), 0, &identity, &error), AUTHZ_HELPER_MISSING);
	assert_non_null(strstr(error.subject, "/socket: Not a directory"));
	memset(long_path + 1, 'x', sizeof long_path - 2);
	assert_int_equal(redeem_at(long_path, 0, &identity, &error), AUTHZ_BAD_PARAMETER);
	assert_string_equal(error.subject, "socket");
	assert_int_equal(redeem_at("relative", 0, &identity, &error), AUTHZ_BAD_PARAMETER);
	assert_int_equal(scratch_pid("mark"), 0);
	assert_int_equal(open_descriptors(), before);
}

static void full_queue(void **state)
{
	struct authz_identity identity;
	struct authz_error error;
	struct service s;
	int listening = listen_at(&s, 0), i;
	int64_t start;

	(void)state;
	for (i = 0; i < 3; i++) {
		start = now_ms();
		assert_int_equal(redeem_at(s.path, 150, &identity, &error), AUTHZ_HELPER_LATE);
		assert_true(now_ms() - start >= 149 && now_ms() - start < 1500);
	}
	close(listening);
	unlink(s.path);
	assert_int_equal(scratch_pid("mark"), 0);
}

/* ---- the public calls, by child */

static struct authz_client client_of(const char *mode)
{
	return (struct authz_client){.helper = scratch_helper(mode), .socket = ""};
}

static bool is_zero(const unsigned char *bytes, size_t length)
{
	while (length-- > 0)
		if (*bytes++ != 0)
			return false;
	return true;
}

static struct authz_token_request plain_request(void)
{
	return (struct authz_token_request){.user = "alice", .password = AUTHZ_NOPWD, .timeout = 60, .type = AUTHZ_SINGLE_USE,
	                                    .bind_uid = (uid_t)-1};
}

static void generate(void **state)
{
	static const char *const bad[] = {"refuse", "bare", "crash", "id", "missing"};
	static const enum authz_result results[] = {AUTHZ_TOKEN_SPENT, AUTHZ_HELPER_GARBLED, AUTHZ_HELPER_DIED,
	                                            AUTHZ_HELPER_GARBLED, AUTHZ_HELPER_MISSING};
	struct authz_token_request request = plain_request();
	struct authz_client client = client_of("good");
	unsigned char made[AUTHZ_TOKEN_SIZE];
	struct authz_error error;
	size_t i;

	(void)state;
	assert_int_equal(authz_token_generate(&client, &request, made, &error), AUTHZ_OK);
	assert_true(made[0] == 0x5a && made[31] == 0x5a);
	assert_string_equal(error.subject, "");
	for (i = 0; i < 5; i++) {
		client = client_of(bad[i]);
		memset(made, 0x77, sizeof made);
		assert_int_equal(authz_token_generate(&client, &request, made, &error), results[i]);
		assert_true(is_zero(made, sizeof made));
	}
}

static void redeem(void **state)
{
	struct authz_session session = {.service = "sshd", .rhost = "", .tty = NULL};
	struct authz_client client = client_of("good");
	struct authz_identity identity;
	struct authz_error error;

	(void)state;
	assert_int_equal(authz_token_redeem(&client, token, "alice", &session, &identity, &error), AUTHZ_OK);
	assert_string_equal(identity.user, "alice");
	assert_int_equal(identity.uid, 1000);
	session.reauth = 1;
	assert_int_equal(authz_token_redeem(&client, token, "alice", &session, &identity, &error), AUTHZ_OK);
	client = client_of("refuse");
	assert_int_equal(authz_token_redeem(&client, token, "alice", &session, &identity, &error), AUTHZ_TOKEN_SPENT);
	assert_string_equal(error.subject, "a subject");
	assert_string_equal(identity.user, "");
	assert_int_equal(identity.uid, (uid_t)-1);
	client = client_of("root");
	assert_int_equal(authz_token_redeem(&client, token, "root", &session, &identity, NULL), AUTHZ_HELPER_GARBLED);
	assert_int_equal(identity.uid, (uid_t)-1);
}

static void remove_one(void **state)
{
	struct authz_client client = client_of("good");

	(void)state;
	assert_int_equal(authz_token_remove(&client, token, NULL), AUTHZ_OK);
	client = client_of("bare");
	assert_int_equal(authz_token_remove(&client, token, NULL), AUTHZ_OK);
}

/* The parameter that is named where "set" is changed to a value that is too long. */
static void too_long(const char *named, struct authz_token_request request)
{
	struct authz_client client = client_of("mark");
	unsigned char made[AUTHZ_TOKEN_SIZE];
	struct authz_error error;

	assert_int_equal(authz_token_generate(&client, &request, made, &error), AUTHZ_BAD_PARAMETER);
	assert_string_equal(error.subject, named);
	assert_int_equal(scratch_pid("mark"), 0);
}

static void long_parameters(void **state)
{
	struct authz_token_request request;
	char text[300];

	(void)state;
	memset(text, 'x', sizeof text);
	text[299] = '\0';
	request = plain_request();
	request.user = NULL;
	too_long("user", request);
	request.user = text + 299 - 33;
	too_long("user", request);
	request = plain_request();
	request.bind_service = text + 299 - 64;
	too_long("bind_service", request);
	request = plain_request();
	request.bind_rhost = text + 299 - 256;
	too_long("bind_rhost", request);
	request = plain_request();
	request.bind_tty = text + 299 - 64;
	too_long("bind_tty", request);
}

static void bad_settings(void **state)
{
	struct authz_client client = client_of("mark");
	struct authz_error error;

	(void)state;
	client.timeout_ms = -1;
	assert_int_equal(authz_token_remove(&client, token, &error), AUTHZ_BAD_PARAMETER);
	assert_string_equal(error.subject, "timeout_ms");
	client.timeout_ms = 60001;
	assert_int_equal(authz_token_remove(&client, token, &error), AUTHZ_BAD_PARAMETER);
	client = (struct authz_client){.helper = "authz-helper", .socket = ""};
	assert_int_equal(authz_token_remove(&client, token, &error), AUTHZ_BAD_PARAMETER);
	assert_string_equal(error.subject, "helper");
	assert_int_equal(scratch_pid("mark"), 0);
}

static void no_folders(void **state)
{
	struct authz_client client = client_of("good");
	struct stat before, after;
	bool was_there = stat(AUTHZ_RUNDIR, &before) == 0;

	(void)state;
	assert_int_equal(authz_token_remove(&client, token, NULL), AUTHZ_OK);
	assert_int_equal(stat(AUTHZ_RUNDIR, &after) == 0, was_there);
	assert_true(!was_there || before.st_mtime == after.st_mtime);
}

static void request_ids(void **state)
{
	static unsigned char frame[FRAME_REPLY_MAX];
	struct authz_client client = client_of("good");
	struct request r = {.operation = OP_TOKEN_REMOVE, .has = HAS(TOKEN)};
	struct authz_error error;
	struct reply reply;
	uint64_t ids[16];
	int i, j;

	(void)state;
	for (i = 0; i < 16; i++) {
		assert_int_equal(client_call(&client, &r, &reply, frame, &error), AUTHZ_OK);
		ids[i] = r.id;
		for (j = 0; j < i; j++)
			assert_true(ids[i] != ids[j]);
	}
}

static void refused_reply_is_wiped(void **state)
{
	static const char *const modes[] = {"twice", "more", "cut_30", "result"};
	static unsigned char frame[FRAME_REPLY_MAX];
	struct request r = {.operation = OP_TOKEN_GENERATE, .has = HAS(USER) | HAS(PASSWORD) | HAS(TIMEOUT) | HAS(TYPE)};
	struct authz_client client;
	struct authz_error error;
	struct reply reply;
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		client = client_of(modes[i]);
		memset(&reply, 0x77, sizeof reply);
		assert_true(client_call(&client, &r, &reply, frame, &error) != AUTHZ_OK);
		assert_true(is_zero(frame, sizeof frame));
		assert_true(is_zero((const unsigned char *)&reply, sizeof reply));
	}
}

/* Are these bytes in the dead stack below this function? */
static __attribute__((noinline)) bool stack_has(const unsigned char *secret, size_t length)
{
	volatile unsigned char dead[32768];
	size_t at, i;

	__asm__ volatile("" : : "r"(dead) : "memory");
	for (at = 0; at + length <= sizeof dead; at++) {
		for (i = 0; i < length && dead[at + i] == secret[i]; i++)
			;
		if (i == length)
			return true;
	}
	return false;
}

static bool heap_has(const unsigned char *secret, size_t length)
{
	size_t size, at;
	bool found = false;
	unsigned char *chunk;

	for (size = 1024; size < 80000 && !found; size += 1024) {
		chunk = malloc(size);
		__asm__ volatile("" : : "r"(chunk) : "memory");
		for (at = 0; at + length <= size; at++)
			found = found || memcmp(chunk + at, secret, length) == 0;
		free(chunk);
	}
	return found;
}

static void host_looks_for_its_token(void)
{
	static const char *const modes[] = {"good", "refuse", "crash", "missing", "noise"};
	struct authz_identity identity;
	struct authz_client client;
	size_t i;

	for (i = 0; i < 5; i++) {
		client = client_of(modes[i]);
		authz_token_redeem(&client, token, "alice", NULL, &identity, NULL);
		HOST(!stack_has(token, sizeof token));
		HOST(!heap_has(token, sizeof token));
	}
}

static void host_looks_for_its_password(void)
{
	static const char *const modes[] = {"good", "refuse", "crash", "missing", "noise"};
	static const unsigned char password[] = "Geheimnis-7";
	const char *text = (const char *)password;
	struct authz_client client;
	struct authz_entry entry;
	size_t i;

	for (i = 0; i < 5; i++) {
		client = client_of(modes[i]);
		authz_mailbox_bind(&client, "alice", text, NULL, &entry, NULL);
		authz_mailbox_register(&client, "alice", text, text, NULL, NULL);
		HOST(!stack_has(password, sizeof password - 1));
		HOST(!heap_has(password, sizeof password - 1));
	}
}

static void token_is_wiped(void **state)
{
	(void)state;
	assert_true(in_process(host_looks_for_its_token));
}

static void password_is_wiped(void **state)
{
	(void)state;
	assert_true(in_process(host_looks_for_its_password));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"a service that listens is asked, however slowly it answers, and keeps its connection", socket_is_used, NULL, NULL,
	         NULL},
		{"without a service (ENOENT, ECONNREFUSED, \"\") the child is asked (connect MUST 1)", falls_back, NULL, NULL, NULL},
		{"once connected the child is never started (call MUST 1)", after_connecting, NULL, NULL, NULL},
		{"where connecting fails otherwise the child is not started (connect MUST 1)", other_failures, NULL, NULL, NULL},
		{"a service whose queue is full costs the deadline, no more (call MUST 2)", full_queue, NULL, NULL, NULL},
		{"generate hands over a token, or zeros and the reason (api MUST 2)", generate, NULL, NULL, NULL},
		{"redeem hands over an identity, or nobody's and the reason (api MUST 2)", redeem, NULL, NULL, NULL},
		{"remove says that it is done", remove_one, NULL, NULL, NULL},
		{"a parameter that is too long is named, and nobody is asked", long_parameters, NULL, NULL, NULL},
		{"a setting that is not valid is named, and nobody is asked", bad_settings, NULL, NULL, NULL},
		{"no folder is made for a helper that the caller names (call MUST 6)", no_folders, NULL, NULL, NULL},
		{"every request has another id", request_ids, NULL, NULL, NULL},
		{"a reply that is refused is wiped (call MUST 4)", refused_reply_is_wiped, NULL, NULL, NULL},
		{"no copy of a token is left in stack or heap (call MUST 4, api MUST 3)", token_is_wiped, NULL, NULL, NULL},
		{"no copy of a mailbox's password is left in stack or heap (api_master MUST 2)", password_is_wiped, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("call", tests, scratch_setup, scratch_teardown);
}
