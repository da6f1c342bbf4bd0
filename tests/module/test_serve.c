/* SPDX-License-Identifier: ISC */
/* authz-helper --serve, as a process with --state, by an ordinary user, who is its host; by the client and by hand. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "authz.h"
#include "pam_tree.h"
#include "wire/reply.h"
#include "wire/request.h"
#include "wire/stream.h"

#define NOBODY 65534
#define CROWD 64

static char folder[96], state_folder[112], helper[128], child[128], preload[4096], messages[128];
static char owner[NAME_SIZE];
static pid_t service;

/* ---- the state, and the service */

static const char *in_state(const char *name)
{
	static char paths[8][256];
	static unsigned next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof paths[0], "%s/%s", state_folder, name);
	return path;
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void run_rm(const char *path)
{
	char command[512];

	snprintf(command, sizeof command, "rm -rf -- '%s'", path);
	assert_int_equal(system(command), 0);
}

/* A user of this host who can own a token where the configuration says so: not root, not nobody, not the tester. */
static bool find_owner(void)
{
	struct passwd *pw;

	setpwent();
	while ((pw = getpwent()) != NULL)
		if (pw->pw_uid > 0 && pw->pw_uid != NOBODY && pw->pw_uid != geteuid() && strlen(pw->pw_name) < sizeof owner) {
			snprintf(owner, sizeof owner, "%s", pw->pw_name);
			break;
		}
	endpwent();
	return owner[0] != '\0';
}

static void configure(void)
{
	char text[512];

	snprintf(text, sizeof text, "[authz]\nuid_min = 1\nsystem_profiles = nobody\nshadow_file = %s\naudit_syslog = no\n",
	         in_state("shadow"));
	write_file(in_state("authz.conf"), text);
}

static int connect_to(const char *path)
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

static int connect_service(void)
{
	int fd = connect_to(in_state("helper.sock"));

	assert_true(fd >= 0);
	return fd;
}

static void become_service(const char *const more[], int handed_over)
{
	static char preload_word[4200], what[64], manager[256], handed[32], watchdog[] = "WATCHDOG_USEC=200000", one[] = "LISTEN_FDS=1";
	char *const argv[] = {helper, (char[]){"--serve"}, (char[]){"--state"}, state_folder, NULL};
	char *envp[8] = {(char[]){"ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0"}};
	size_t n = 1;

	if (more[0] != NULL) {
		snprintf(preload_word, sizeof preload_word, "LD_PRELOAD=%s", preload);
		snprintf(what, sizeof what, "AUTHZ_PRELOAD=%s", more[0]);
		envp[n++] = preload_word;
		envp[n++] = what;
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

/* What the preloaded object does, or NULL; where to notify, or NULL; the socket that is handed over, or -1. */
static void start_with(const char *what, const char *manager, int handed_over)
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

static void start(void)
{
	start_with(NULL, NULL, -1);
}

static int ended(void)
{
	int status;

	assert_int_equal(waitpid(service, &status, 0), service);
	service = 0;
	return status;
}

static int stop_by(int signal)
{
	kill(service, signal);
	return ended();
}

static int setup_state(void **state)
{
	char text[512];

	(void)state;
	alarm(200);
	assert_int_equal(mkdir(state_folder, 0700), 0);
	assert_int_equal(mkdir(in_state("store"), 0700), 0);
	assert_int_equal(mkdir(in_state("tokens"), 0700), 0);
	assert_int_equal(mkdir(in_state("audit"), 0700), 0);
	configure();
	snprintf(text, sizeof text, "%s:$6$salt$hash:19000:0:99999:7:::\n", owner);
	write_file(in_state("shadow"), text);
	/* the client starts its child without arguments */
	snprintf(text, sizeof text, "#!/bin/sh\n: >%s/started\nexec %s --state %s\n", state_folder, helper, state_folder);
	write_file(child, text);
	return chmod(child, 0755);
}

static int setup(void **state)
{
	setup_state(state);
	start();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	if (service > 0)
		(void)stop_by(SIGKILL);
	run_rm(state_folder);
	return 0;
}

/* ---- the client */

enum carrier { SOCKET, CHILD, EITHER };

static struct authz_client by(enum carrier carrier, int timeout_ms)
{
	return (struct authz_client){.helper = carrier == SOCKET ? "/nowhere/authz-helper" : child,
	                             .socket = carrier == CHILD ? "" : in_state("helper.sock"), .timeout_ms = timeout_ms};
}

static enum authz_result generate(enum carrier carrier, enum authz_token_type type, unsigned char token[TOKEN_SIZE])
{
	const struct authz_client client = by(carrier, 20000);
	const struct authz_token_request request = {.user = owner, .password = AUTHZ_NOPWD, .timeout = 600, .type = type,
	                                            .bind_uid = (uid_t)-1};
	struct authz_error error;

	return authz_token_generate(&client, &request, token, &error);
}

static enum authz_result redeem_within(enum carrier carrier, const unsigned char token[TOKEN_SIZE], int timeout_ms)
{
	const struct authz_client client = by(carrier, timeout_ms);
	struct authz_identity who;
	struct authz_error error;

	return authz_token_redeem(&client, token, owner, NULL, &who, &error);
}

static enum authz_result redeem(enum carrier carrier, const unsigned char token[TOKEN_SIZE])
{
	return redeem_within(carrier, token, 20000);
}

static void expect(enum authz_result got, enum authz_result expected)
{
	if (got != expected)
		fail_msg("%s, not %s", authz_result_code(got), authz_result_code(expected));
}

static void unharmed(void)
{
	unsigned char token[TOKEN_SIZE];

	assert_int_equal(waitpid(service, NULL, WNOHANG), 0);
	expect(generate(SOCKET, AUTHZ_SINGLE_USE, token), AUTHZ_OK);
	expect(redeem(SOCKET, token), AUTHZ_OK);
	expect(redeem(SOCKET, token), AUTHZ_TOKEN_SPENT);
}

/* In so many processes at once; how many of them say 0. */
static int crowd(int count, int (*one)(int number, const unsigned char *token), const unsigned char *token)
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

/* ---- by hand */

static size_t a_request(unsigned char frame[FRAME_REQUEST_MAX])
{
	struct request q = {.id = 7, .operation = OP_TOKEN_GENERATE};

	q.has = HAS(USER) | HAS(PASSWORD) | HAS(TIMEOUT) | HAS(TYPE);
	snprintf(q.user, sizeof q.user, "%s", owner);
	q.password = PASSWORD_NOPWD;
	q.timeout = 600;
	q.type = '1';
	return request_encode(&q, frame);
}

static void send_bytes(int fd, const void *bytes, size_t length)
{
	(void)!send(fd, bytes, length, MSG_NOSIGNAL);
}

/* All that comes until the end of the stream. */
static size_t receive_all(int fd, unsigned char *to, size_t size)
{
	size_t have = 0;
	ssize_t got;

	while (have < size && (got = recv(fd, to + have, size - have, 0)) > 0)
		have += (size_t)got;
	return have;
}

/* One whole reply to a_request, and the end. */
static enum authz_result answered(int fd)
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

static void not_answered(int fd)
{
	unsigned char bytes[64];

	assert_int_equal(receive_all(fd, bytes, sizeof bytes), 0);
	close(fd);
}

/* ---- what it is for */

static void whole_job(void **state)
{
	unsigned char token[TOKEN_SIZE];

	(void)state;
	unharmed();
	expect(generate(CHILD, AUTHZ_MULTIPLE_USE, token), AUTHZ_OK); /* both work on the same stores */
	expect(redeem(SOCKET, token), AUTHZ_OK);
	expect(redeem(CHILD, token), AUTHZ_OK);
}

static int make_and_use(int number, const unsigned char *unused)
{
	unsigned char token[TOKEN_SIZE];

	(void)number;
	(void)unused;
	return generate(SOCKET, AUTHZ_MULTIPLE_USE, token) == AUTHZ_OK && redeem(SOCKET, token) == AUTHZ_OK ? 0 : 1;
}

/* Of many writers at once some may hear that the store is busy; none may hear anything else. */
static int use_many(int number, const unsigned char *token)
{
	int i;

	(void)number;
	for (i = 0; i < 20; i++)
		if (redeem(SOCKET, token) != AUTHZ_OK)
			return 1;
	return 0;
}

static void many_clients(void **state)
{
	unsigned char token[TOKEN_SIZE];

	(void)state;
	assert_int_equal(crowd(16, make_and_use, NULL), 16);
	expect(generate(SOCKET, AUTHZ_MULTIPLE_USE, token), AUTHZ_OK);
	assert_int_equal(crowd(CROWD, use_many, token), CROWD);
	unharmed();
}

static int use_once(int number, const unsigned char *token)
{
	enum authz_result result = redeem(number % 2 ? SOCKET : CHILD, token);

	return result == AUTHZ_OK ? 0 : result == AUTHZ_TOKEN_SPENT ? 1 : 2;
}

static void one_wins(void **state)
{
	const char *more = getenv("AUTHZ_ROUNDS");
	int i, rounds = more != NULL ? atoi(more) : 100;
	unsigned char token[TOKEN_SIZE];

	(void)state;
	for (i = 0; i < rounds; i++) {
		expect(generate(EITHER, AUTHZ_SINGLE_USE, token), AUTHZ_OK);
		assert_int_equal(crowd(CROWD, use_once, token), 1);
		expect(redeem(EITHER, token), AUTHZ_TOKEN_SPENT);
	}
}

/* ---- what it survives */

static void half_frames(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX];
	size_t length = a_request(frame), i;
	int fd;

	(void)state;
	for (i = 0; i < length; i++) {
		fd = connect_service();
		send_bytes(fd, frame, i);
		shutdown(fd, SHUT_WR);
		not_answered(fd);
	}
	fd = connect_service();
	for (i = 0; i < length; i++)
		send_bytes(fd, frame + i, 1);
	expect(answered(fd), AUTHZ_OK);
	unharmed();
}

static void garbage(void **state)
{
	unsigned char bytes[8192];
	size_t i;
	int fd;

	(void)state;
	memset(bytes, 0xa5, sizeof bytes);
	for (i = FRAME_HEADER; i <= sizeof bytes; i *= 2) {
		fd = connect_service();
		send_bytes(fd, bytes, i);
		not_answered(fd);
	}
	(void)a_request(bytes);
	for (i = 16; i < 19; i++) { /* longer than any request */
		fd = connect_service();
		bytes[i] = 0xff;
		send_bytes(fd, bytes, sizeof bytes);
		not_answered(fd);
		bytes[i] = 0;
	}
	unharmed();
}

static void silence(void **state)
{
	int fds[CROWD], i;
	unsigned char token[TOKEN_SIZE], byte;

	(void)state;
	expect(generate(SOCKET, AUTHZ_MULTIPLE_USE, token), AUTHZ_OK);
	for (i = 0; i < CROWD; i++) {
		fds[i] = connect_service();
		send_bytes(fds[i], "AZrQ", (size_t)i % 4);
	}
	expect(redeem_within(SOCKET, token, 2000), AUTHZ_OK); /* less than the life of the silent ones */
	for (i = 0; i < CROWD; i++) {
		assert_int_equal(recv(fds[i], &byte, 1, 0), 0); /* the service ends them, each at its deadline */
		close(fds[i]);
	}
	unharmed();
}

static void flood(void **state)
{
	static int fds[900];
	struct rlimit files;
	int i;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
	files.rlim_cur = files.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &files), 0);
	for (i = 0; i < 900; i++)
		fds[i] = connect_service();
	assert_int_equal(crowd(1, make_and_use, NULL), 1); /* another process of the host is not kept out */
	for (i = 0; i < 900; i++)
		close(fds[i]);
	unharmed();
}

static void too_many(void **state)
{
	static unsigned char frame[FRAME_REQUEST_MAX], bytes[FRAME_REPLY_MAX];
	size_t length = a_request(frame), got;
	struct reply reply = {.result = -1};
	static int fds[300];
	int i;

	(void)state;
	for (i = 0; i < 300; i++)
		fds[i] = connect_service();
	/* the last are closed at once, those before them are told, those before these would be carried out */
	for (i = 299; i >= 0 && reply.result < 0; i--) {
		send_bytes(fds[i], frame, length);
		got = receive_all(fds[i], bytes, sizeof bytes);
		if (got > 0)
			assert_null(reply_decode(&reply, bytes, got, OP_TOKEN_GENERATE, 7));
		else
			reply.result = -1;
	}
	expect((enum authz_result)reply.result, AUTHZ_TOO_MANY);
	assert_non_null(strstr(reply.subject, "process "));
	for (i = 0; i < 300; i++)
		close(fds[i]);
	unharmed();
}

static void never_reads(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX];
	struct request q = {.id = 7, .operation = OP_AUDIT_READ};
	size_t length = request_encode(&q, frame);
	int fds[CROWD], i, least = 1;

	(void)state;
	assert_int_equal(crowd(16, make_and_use, NULL), 16); /* something to list */
	for (i = 0; i < CROWD; i++) {
		fds[i] = connect_service();
		setsockopt(fds[i], SOL_SOCKET, SO_RCVBUF, &least, sizeof least);
		send_bytes(fds[i], frame, length);
	}
	unharmed();
	for (i = 0; i < CROWD; i++)
		close(fds[i]);
	unharmed();
}

static void vanishing(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX];
	size_t length = a_request(frame);
	int i, fd;

	(void)state;
	for (i = 0; i < 200; i++) {
		fd = connect_service();
		send_bytes(fd, frame, i % 2 ? length : length / 2);
		close(fd);
	}
	unharmed();
}

static void descriptors(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX];
	size_t length = a_request(frame);
	struct iovec part = {.iov_base = frame, .iov_len = length};
	union { struct cmsghdr header; char bytes[CMSG_SPACE(sizeof(int))]; } control = {.bytes = {0}};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
	int fd = connect_service(), pipes[2];
	char byte;

	(void)state;
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	control.header = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
	memcpy(CMSG_DATA(&control.header), &pipes[1], sizeof(int));
	assert_int_equal(sendmsg(fd, &message, 0), length);
	expect(answered(fd), AUTHZ_OK);
	close(pipes[1]);
	assert_int_equal(read(pipes[0], &byte, 1), 0); /* nobody has the other end any more */
	close(pipes[0]);
	unharmed();
}

static void directions(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX];
	size_t length = a_request(frame);
	int fd = connect_service();

	(void)state;
	send_bytes(fd, frame, length);
	shutdown(fd, SHUT_WR);
	expect(answered(fd), AUTHZ_OK);
	fd = connect_service();
	shutdown(fd, SHUT_RD);
	send_bytes(fd, frame, length);
	unharmed();
	close(fd);
	fd = connect_service();
	shutdown(fd, SHUT_RDWR);
	unharmed();
	close(fd);
}

static void one_each(void **state)
{
	unsigned char frames[2 * FRAME_REQUEST_MAX];
	size_t length = a_request(frames);
	int fd = connect_service();

	(void)state;
	memcpy(frames + length, frames, length);
	send_bytes(fd, frames, 2 * length);
	expect(answered(fd), AUTHZ_OK);
	unharmed();
}

/* ---- its life */

static int hold_tokens(void)
{
	int fd = open(in_state("tokens/lock"), O_RDWR | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	return fd;
}

static void graceful_stop(void **state)
{
	const struct timespec moment = {.tv_nsec = 300000000};
	unsigned char frame[FRAME_REQUEST_MAX];
	size_t length = a_request(frame);
	int lock, busy, silent;

	(void)state;
	unharmed();
	lock = hold_tokens();
	busy = connect_service();
	silent = connect_service();
	send_bytes(busy, frame, length);
	nanosleep(&moment, NULL);
	kill(service, SIGTERM);
	not_answered(silent);
	assert_int_equal(connect_to(in_state("helper.sock")), -1);
	assert_int_equal(waitpid(service, NULL, WNOHANG), 0);
	close(lock);
	expect(answered(busy), AUTHZ_OK);
	assert_int_equal(ended(), 0);
	assert_int_not_equal(access(in_state("helper.sock"), F_OK), 0);
	start();
	assert_int_equal(stop_by(SIGINT), 0);
	start();
	kill(service, SIGHUP);
	unharmed();
}

static void restarted(void **state)
{
	unsigned char token[TOKEN_SIZE];

	(void)state;
	expect(generate(SOCKET, AUTHZ_SINGLE_USE, token), AUTHZ_OK);
	assert_int_equal(stop_by(SIGTERM), 0);
	start();
	expect(redeem(SOCKET, token), AUTHZ_OK);
	expect(generate(SOCKET, AUTHZ_SINGLE_USE, token), AUTHZ_OK);
	(void)stop_by(SIGKILL);
	start(); /* the socket that was left behind is no hindrance */
	expect(redeem(SOCKET, token), AUTHZ_OK);
	unharmed();
}

static void configuration(void **state)
{
	unsigned char token[TOKEN_SIZE];

	(void)state;
	unharmed();
	write_file(in_state("authz.conf"), "[authz]\nuid_min = many\n");
	expect(generate(SOCKET, AUTHZ_SINGLE_USE, token), AUTHZ_BAD_CONFIG);
	expect(generate(SOCKET, AUTHZ_SINGLE_USE, token), AUTHZ_BAD_CONFIG);
	configure();
	unharmed();
}

static void second_service(void **state)
{
	char *const argv[] = {helper, (char[]){"--serve"}, (char[]){"--state"}, state_folder, NULL};
	int status, round;
	pid_t pid;

	(void)state;
	for (round = 0; round < 2; round++) {
		pid = fork();
		if (pid == 0) {
			dup2(open("/dev/null", O_RDWR | O_CLOEXEC), 2);
			execv(helper, argv);
			_exit(99);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(WEXITSTATUS(status), 3);
		if (round == 0) {
			unharmed();
			assert_int_equal(stop_by(SIGTERM), 0);
			write_file(in_state("helper.sock"), "a file of somebody's");
		}
	}
	assert_int_equal(access(in_state("helper.sock"), F_OK), 0);
}

static void hear(int fd, char text[64])
{
	ssize_t got = recv(fd, text, 63, 0);

	text[got > 0 ? got : 0] = '\0';
}

static int listen_at(const char *path, int type)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 16), 0);
	return fd;
}

static void managed(void **state)
{
	int manager = listen_at(in_state("manager"), SOCK_DGRAM), socket = listen_at(in_state("helper.sock"), SOCK_STREAM);
	unsigned char token[TOKEN_SIZE];
	char text[64];

	(void)state;
	start_with(NULL, in_state("manager"), socket);
	hear(manager, text);
	assert_string_equal(text, "READY=1");
	hear(manager, text);
	assert_string_equal(text, "WATCHDOG=1");
	hear(manager, text);
	assert_string_equal(text, "WATCHDOG=1");
	unharmed();
	kill(service, SIGTERM);
	do
		hear(manager, text);
	while (strcmp(text, "WATCHDOG=1") == 0);
	assert_string_equal(text, "STOPPING=1");
	assert_int_equal(ended(), 0);
	assert_int_equal(access(in_state("helper.sock"), F_OK), 0); /* it was not made by the service */
	/* and whoever comes meanwhile is served by the next one */
	start_with(NULL, in_state("manager"), socket);
	expect(generate(SOCKET, AUTHZ_SINGLE_USE, token), AUTHZ_OK);
	close(socket);
	close(manager);
}

static void stuck(void **state)
{
	int manager = listen_at(in_state("manager"), SOCK_DGRAM), status, fd;
	unsigned char frame[FRAME_REQUEST_MAX];
	size_t length = a_request(frame);

	(void)state;
	assert_int_equal(unlink(in_state("shadow")), 0);
	assert_int_equal(mkfifo(in_state("shadow"), 0600), 0); /* opening it never ends */
	start_with("hurry", in_state("manager"), -1);
	fd = connect_service();
	send_bytes(fd, frame, length);
	status = ended();
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 4);
	not_answered(fd);
	close(manager);
}

/* ---- the client's rules */

static void no_service(void **state)
{
	unsigned char token[TOKEN_SIZE];

	(void)state;
	expect(generate(EITHER, AUTHZ_SINGLE_USE, token), AUTHZ_OK); /* nothing there */
	assert_int_equal(unlink(in_state("started")), 0);
	start();
	expect(redeem(EITHER, token), AUTHZ_OK);
	assert_int_not_equal(access(in_state("started"), F_OK), 0); /* the service it was */
	(void)stop_by(SIGKILL);
	expect(redeem(EITHER, token), AUTHZ_TOKEN_SPENT); /* a socket that nobody listens at */
	assert_int_equal(access(in_state("started"), F_OK), 0);
}

/* A dump that is asked for and not read: its thread waits. */
static int ask_dump(uint64_t id)
{
	struct request q = {.operation = OP_STORE_DUMP, .id = id};
	unsigned char frame[FRAME_REQUEST_MAX];
	size_t length;
	int fd = connect_service();

	request_set_string(&q, FIELD_STORE, "authority");
	length = request_encode(&q, frame);
	assert_int_equal(send(fd, frame, length, 0), length);
	return fd;
}

/* The result at the end of what comes; data before it is passed over. */
static enum authz_result end_of(int fd, uint64_t id)
{
	static unsigned char frame[FRAME_REPLY_MAX];
	struct frame_header h;
	struct reply reply;

	do {
		assert_int_equal(recv(fd, frame, FRAME_HEADER, MSG_WAITALL), FRAME_HEADER);
		frame_read_header(&h, frame);
		assert_true(h.length <= sizeof frame - FRAME_HEADER);
		if (h.length > 0)
			assert_int_equal(recv(fd, frame + FRAME_HEADER, h.length, MSG_WAITALL), h.length);
	} while (h.magic == FRAME_DATA_MAGIC);
	assert_null(reply_decode(&reply, frame, FRAME_HEADER + h.length, OP_STORE_DUMP, id));
	return (enum authz_result)reply.result;
}

/* A load that has its first byte, holds the store's lock, and sends no more. */
static int ask_load(uint64_t id)
{
	struct request q = {.operation = OP_STORE_LOAD, .id = id};
	unsigned char frame[FRAME_REQUEST_MAX];
	size_t length;
	int fd = connect_service();

	request_set_string(&q, FIELD_STORE, "authority");
	length = request_encode(&q, frame);
	stream_header(frame + length, OP_STORE_LOAD, id, 5);
	memcpy(frame + length + FRAME_HEADER, "authz", 5);
	length += FRAME_HEADER + 5;
	assert_int_equal(send(fd, frame, length, 0), length);
	return fd;
}

static void one_stream(void **state)
{
	int load, dumps[20], i;

	(void)state;
	unharmed(); /* with this the day of last use is written, for which others would wait */
	load = ask_load(1);
	poll(NULL, 0, 100);
	for (i = 0; i < 20; i++)
		dumps[i] = ask_dump(100 + (uint64_t)i);
	for (i = 0; i < 20; i++)
		expect(end_of(dumps[i], 100 + (uint64_t)i), AUTHZ_TOO_MANY);
	unharmed();
	close(load);
	poll(NULL, 0, 100);
	for (i = 0; i < 20; i++)
		close(dumps[i]);
	for (i = 0; i < 20; i++) { /* one behind the other, as fast as it goes */
		dumps[i] = ask_dump(7);
		expect(end_of(dumps[i], 7), AUTHZ_OK);
	}
	for (i = 0; i < 20; i++)
		close(dumps[i]);
	unharmed();
}

static void frozen(void **state)
{
	unsigned char token[TOKEN_SIZE];
	int status;

	(void)state;
	expect(generate(SOCKET, AUTHZ_SINGLE_USE, token), AUTHZ_OK);
	kill(service, SIGSTOP);
	assert_int_equal(waitpid(service, &status, WUNTRACED), service); /* only then is each of its threads */
	expect(redeem_within(EITHER, token, 300), AUTHZ_HELPER_LATE);
	assert_int_not_equal(access(in_state("started"), F_OK), 0);
	kill(service, SIGCONT);
	unharmed();
	/* it was asked, by somebody who had given up when it could have answered */
	expect(redeem(EITHER, token), AUTHZ_OK);
	expect(redeem(EITHER, token), AUTHZ_TOKEN_SPENT);
}

static void killed(const char *where, enum authz_result after)
{
	unsigned char token[TOKEN_SIZE];

	start();
	expect(generate(SOCKET, AUTHZ_SINGLE_USE, token), AUTHZ_OK);
	assert_int_equal(stop_by(SIGTERM), 0);
	start_with(where, NULL, -1);
	expect(redeem(EITHER, token), AUTHZ_HELPER_DIED);
	assert_int_not_equal(access(in_state("started"), F_OK), 0);
	assert_int_equal(WTERMSIG(ended()), SIGKILL);
	start();
	expect(redeem(SOCKET, token), after);
	unharmed();
}

static void killed_at_reply(void **state)
{
	(void)state;
	killed("reply", AUTHZ_TOKEN_SPENT);
}

static void killed_at_commit(void **state)
{
	(void)state;
	killed("commit", AUTHZ_OK);
}

/* Root turns into nobody: the helper refuses to work as root, and these tests are for a user without privilege. */
static bool become_ordinary(void)
{
	const gid_t gid = NOBODY;

	if (geteuid() != 0)
		return true;
	return chown(folder, NOBODY, NOBODY) == 0 && setgroups(1, &gid) == 0 && setresgid(gid, gid, gid) == 0 &&
	       setresuid(NOBODY, NOBODY, NOBODY) == 0;
}

/* A copy, for a build's folder need not be one that an ordinary user may enter. */
static bool copy_files(void)
{
	char command[3 * 4096];

	snprintf(helper, sizeof helper, "%s/authz-helper", folder);
	snprintf(child, sizeof child, "%s/child", folder);
	snprintf(messages, sizeof messages, "%s/messages", folder);
	snprintf(preload, sizeof preload, "%s/preload.so", folder);
	snprintf(state_folder, sizeof state_folder, "%s/state", folder);
	snprintf(command, sizeof command, "cp '%s' '%s' && cp -L '%s' '%s' && chmod 755 '%s' '%s'",
	         tree_build("helpers/authz-helper/authz-helper"), helper, tree_build("tests/module/.libs/preload.so"), preload,
	         helper, preload);
	return system(command) == 0;
}

#define SERVED(sentence, function) {sentence, function, setup, teardown, NULL}
#define ALONE(sentence, function) {sentence, function, setup_state, teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SERVED("tokens are made and used over the socket, and by socket and child in turn", whole_job),
		SERVED("many clients at once are all answered (table MUST 1)", many_clients),
		SERVED("of 64 who use a single-use token at once, half by socket and half by child, exactly one wins (worker MUST 2)",
		       one_wins),
		SERVED("a request cut anywhere gets no answer; one in single bytes is answered (worker MUST 2)", half_frames),
		SERVED("garbage and a length of more than there can be get no answer (connection MUST 2)", garbage),
		SERVED("64 silent connections do not delay the 65th, and end at their deadline (table MUST 2)", silence),
		SERVED("a flood of connections of one process keeps out no other (peers MUST 3)", flood),
		SERVED("whose connections are too many is told so", too_many),
		SERVED("peers that never read their replies delay nobody (connection MUST 4)", never_reads),
		SERVED("peers that vanish harm nothing (connection MUST 4)", vanishing),
		SERVED("a descriptor that comes along with a request is closed (connection MUST 3)", descriptors),
		SERVED("a peer may shut down either direction", directions),
		SERVED("a second request on one connection is not answered (connection MUST 1)", one_each),
		SERVED("asked to stop it answers what it has, lets go of who is silent, and ends (serve MUST 2)", graceful_stop),
		SERVED("a service that starts again goes on, also after a kill", restarted),
		SERVED("a changed configuration holds from the next request on, a bad one refuses each (machine MUST 1, machine MUST 2)", configuration),
		SERVED("a second service does not start, nor one where something else is (listen MUST 1, listen MUST 2, serve MUST 4)",
		       second_service),
		ALONE("a service manager hands over the socket, and hears of start, life and end (listen MUST 3)", managed),
		ALONE("a request that never ends ends the service (serve MUST 3)", stuck),
		ALONE("the child is started where no service is, and only there", no_service),
		SERVED("one stream at a time has a thread: further ones are told so, and logins go on (peers MUST 1)", one_stream),
		SERVED("a service that is frozen is AZ-LATE, no child is started, and what nobody waits for is not done later (worker MUST 4)", frozen),
		ALONE("a service killed before its reply is AZ-DIED, and the token is spent", killed_at_reply),
		ALONE("a service killed before its commit is AZ-DIED, and the token is not spent", killed_at_commit),
	};
	const char *below = getenv("TMPDIR");
	int failed;

	snprintf(folder, sizeof folder, "%s/serve.XXXXXX", below != NULL && strlen(below) < 60 ? below : "/tmp");
	if (mkdtemp(folder) == NULL || !copy_files() || !become_ordinary() || !find_owner()) {
		perror("test_serve");
		return 2;
	}
	failed = cmocka_run_group_tests_name("serve", tests, NULL, NULL);
	run_rm(folder);
	return failed;
}
