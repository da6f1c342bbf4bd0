/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "service.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "client/call.h"
#include "wire/stream.h"

pid_t service;

static char child[128], preload[128], messages[128];

/* ---- the service */

int connect_to(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
		return fd;
	close(fd);
	return -1;
}

int connect_service(void)
{
	int fd = connect_to(in_state("helper.sock"));

	assert_true(fd >= 0);
	return fd;
}

static void become_service(const char *const more[], int handed_over)
{
	static char preload_word[4200], what[64], where[160], manager[256], handed[32];
	static char watchdog[] = "WATCHDOG_USEC=200000", one[] = "LISTEN_FDS=1";
	char *const argv[] = {helper, (char[]){"--serve"}, (char[]){"--state"}, state_folder, NULL};
	char *envp[10] = {(char[]){"ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0"}};
	size_t n = 1;

	if (more[0] != NULL) {
		snprintf(preload_word, sizeof preload_word, "LD_PRELOAD=%s", preload);
		snprintf(what, sizeof what, "AUTHZ_PRELOAD=%s", more[0]);
		envp[n++] = preload_word;
		envp[n++] = what;
		snprintf(where, sizeof where, "AUTHZ_PRELOAD_FOLDER=%s", state_folder);
		envp[n++] = where;
	}
	if (more[1] != NULL) {
		snprintf(manager, sizeof manager, "NOTIFY_SOCKET=%s", more[1]);
		envp[n++] = manager;
		envp[n++] = watchdog;
	}
	if (handed_over >= 0) {
		if (handed_over == 3)
			fcntl(3, F_SETFD, 0);
		dup2(handed_over, 3);
		snprintf(handed, sizeof handed, "LISTEN_PID=%ld", (long)getpid());
		envp[n++] = handed;
		envp[n++] = one;
	}
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that crashes leaves no service behind */
	dup2(open(messages, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600), 2);
	execve(helper, argv, envp);
	_exit(99);
}

void start_with(const char *what, const char *manager, int handed_over)
{
	const char *more[] = {what, manager};
	const struct timespec tick = {.tv_nsec = 10000000};
	int i, fd = -1;

	service = fork();
	assert_true(service >= 0);
	if (service == 0)
		become_service(more, handed_over);
	for (i = 0; i < 2000 && fd < 0; i++) {
		assert_int_equal(waitpid(service, NULL, WNOHANG), 0);
		fd = connect_to(in_state("helper.sock"));
		if (fd < 0)
			nanosleep(&tick, NULL);
	}
	assert_true(fd >= 0);
	close(fd);
}

void start(void)
{
	start_with(NULL, NULL, -1);
}

int ended(void)
{
	int status;

	assert_int_equal(waitpid(service, &status, 0), service);
	service = 0;
	return status;
}

int stop_by(int signal)
{
	kill(service, signal);
	return ended();
}

int service_open_with(const char *also)
{
	if (state_open(also) != 0)
		return -1;
	snprintf(child, sizeof child, "%s", beside_state("child"));
	snprintf(messages, sizeof messages, "%s", beside_state("messages"));
	snprintf(preload, sizeof preload, "%s", beside_state("preload.so"));
	return 0;
}

int service_open(void **state)
{
	(void)state;
	return service_open_with("tests/module/.libs/preload.so");
}

int service_setup_alone(void **state)
{
	(void)state;
	alarm(200);
	state_make();
	write_script(child, ": >%s/started\nexec %s --state %s", state_folder, helper, state_folder);
	return 0;
}

int service_setup(void **state)
{
	service_setup_alone(state);
	start();
	return 0;
}

int service_teardown(void **state)
{
	if (service > 0)
		(void)stop_by(SIGKILL);
	return state_remove(state);
}

/* ---- the client */

static struct authz_client by(enum carrier carrier, int timeout_ms)
{
	return (struct authz_client){.helper = carrier == SOCKET ? "/nowhere/authz-helper" : child,
	                             .socket = carrier == CHILD ? "" : in_state("helper.sock"), .timeout_ms = timeout_ms};
}

enum authz_result generate(enum carrier carrier, enum authz_token_type type, unsigned char token[TOKEN_SIZE])
{
	const struct authz_client client = by(carrier, 20000);
	const struct authz_token_request request = {.user = owner, .password = AUTHZ_NOPWD, .timeout = 600, .type = type,
	                                            .bind_uid = (uid_t)-1};
	struct authz_error error;

	return authz_token_generate(&client, &request, token, &error);
}

enum authz_result redeem_within(enum carrier carrier, const unsigned char token[TOKEN_SIZE], int timeout_ms)
{
	const struct authz_client client = by(carrier, timeout_ms);
	struct authz_identity who;
	struct authz_error error;

	return authz_token_redeem(&client, token, owner, NULL, &who, &error);
}

enum authz_result redeem(enum carrier carrier, const unsigned char token[TOKEN_SIZE])
{
	return redeem_within(carrier, token, 20000);
}

static bool throw_away(void *context, const unsigned char *bytes, size_t length)
{
	(void)context;
	(void)bytes;
	(void)length;
	return true;
}

enum authz_result ask_service(enum carrier carrier, struct request *request, struct reply *reply)
{
	static unsigned char frame[FRAME_REPLY_MAX];
	const struct authz_client client = by(carrier, 20000);
	const struct client_stream stream = {.take = throw_away};
	struct authz_error error;

	if (stream_of(request->operation) == STREAM_OUT)
		return client_call_stream(&client, request, &stream, reply, frame, &error);
	return client_call(&client, request, reply, frame, &error);
}

void expect(enum authz_result got, enum authz_result expected)
{
	if (got != expected)
		fail_msg("%s, not %s", authz_result_code(got), authz_result_code(expected));
}

void unharmed(void)
{
	unsigned char token[TOKEN_SIZE];

	assert_int_equal(waitpid(service, NULL, WNOHANG), 0);
	expect(generate(SOCKET, AUTHZ_SINGLE_USE, token), AUTHZ_OK);
	expect(redeem(SOCKET, token), AUTHZ_OK);
	expect(redeem(SOCKET, token), AUTHZ_TOKEN_SPENT);
}

int crowd(int count, int (*one)(int number, const unsigned char *token), const unsigned char *token)
{
	int gate[2], i, status, good = 0;
	char byte;

	assert_int_equal(pipe(gate), 0);
	for (i = 0; i < count; i++)
		if (fork() == 0) {
			close(gate[1]);
			(void)!read(gate[0], &byte, 1); /* all at once */
			_exit(one(i, token));
		}
	close(gate[0]);
	close(gate[1]);
	for (i = 0; i < count; i++) {
		assert_true(waitpid(-1, &status, 0) > 0);
		assert_true(WIFEXITED(status));
		good += WEXITSTATUS(status) == 0;
	}
	return good;
}

int make_and_use(int number, const unsigned char *unused)
{
	unsigned char token[TOKEN_SIZE];

	(void)number;
	(void)unused;
	return generate(SOCKET, AUTHZ_MULTIPLE_USE, token) == AUTHZ_OK && redeem(SOCKET, token) == AUTHZ_OK ? 0 : 1;
}

/* ---- its manager */

void hear(int fd, char text[64])
{
	ssize_t got = recv(fd, text, 63, 0);

	text[got > 0 ? got : 0] = '\0';
}

int listen_at(const char *path, int type)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 16), 0);
	return fd;
}

/* ---- by hand */

size_t request_for(const char *user, unsigned char frame[FRAME_REQUEST_MAX])
{
	struct request q = {.id = 7, .operation = OP_TOKEN_GENERATE};

	q.has = HAS(USER) | HAS(PASSWORD) | HAS(TIMEOUT) | HAS(TYPE);
	snprintf(q.user, sizeof q.user, "%s", user);
	q.password = PASSWORD_NOPWD;
	q.timeout = 600;
	q.type = '1';
	return request_encode(&q, frame);
}

size_t a_request(unsigned char frame[FRAME_REQUEST_MAX])
{
	return request_for(owner, frame);
}

void send_bytes(int fd, const void *bytes, size_t length)
{
	(void)!send(fd, bytes, length, MSG_NOSIGNAL);
}

size_t receive_all(int fd, unsigned char *to, size_t size)
{
	size_t have = 0;
	ssize_t got;

	while (have < size && (got = recv(fd, to + have, size - have, 0)) > 0)
		have += (size_t)got;
	return have;
}

enum authz_result answered(int fd)
{
	static unsigned char bytes[FRAME_REPLY_MAX];
	size_t length = receive_all(fd, bytes, sizeof bytes);
	struct reply reply;
	const char *fault = reply_decode(&reply, bytes, length, OP_TOKEN_GENERATE, 7);

	if (fault != NULL)
		fail_msg("%s (%zu bytes)", fault, length);
	close(fd);
	return (enum authz_result)reply.result;
}

void not_answered(int fd)
{
	unsigned char bytes[64];

	assert_int_equal(receive_all(fd, bytes, sizeof bytes), 0);
	close(fd);
}
