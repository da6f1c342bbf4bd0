/* SPDX-License-Identifier: ISC */
/* authz-helper --serve: look-ups that never end, a lock that it is held up under, and no descriptors. */
#include "config.h"

#include "service.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- what does not end */

static const char *hung_look_up(const char *user)
{
	char name[NAME_SIZE + 16];
	const char *path;

	snprintf(name, sizeof name, "look-up.%s", user);
	path = in_state(name);
	assert_int_equal(mkfifo(path, 0600), 0);
	return path;
}

static int ask_for(const char *user)
{
	unsigned char frame[FRAME_REQUEST_MAX];
	size_t length = request_for(user, frame);
	int fd = connect_service();

	send_bytes(fd, frame, length);
	return fd;
}

/* Two look-ups hang: one for ever, one until the service has begun to end for the other's sake. */
static void stuck(void **state)
{
	int manager = listen_at(in_state("manager"), SOCK_DGRAM), never, late, gate, status;
	const struct timeval patience = {.tv_sec = 30};
	unsigned char token[TOKEN_SIZE];
	const char *path;
	char text[64];

	(void)state;
	assert_int_equal(setsockopt(manager, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), 0);
	start_with("hurry", in_state("manager"), -1);
	unharmed();
	(void)hung_look_up("nobody-home");
	path = hung_look_up(owner);
	never = ask_for("nobody-home");
	poll(NULL, 0, 2000); /* half of the time that it has */
	late = ask_for(owner);
	do {
		hear(manager, text);
		assert_string_not_equal(text, "");
	} while (strcmp(text, "STOPPING=1") != 0);
	gate = open(path, O_WRONLY | O_CLOEXEC);
	assert_int_equal(unlink(path), 0);
	close(gate);
	expect(answered(late), AUTHZ_OK);
	not_answered(never);
	status = ended();
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 4);
	expect(generate(EITHER, AUTHZ_SINGLE_USE, token), AUTHZ_OK);
	assert_int_equal(access(in_state("started"), F_OK), 0); /* by a child */
	close(manager);
}

static pid_t make_for_ever(void)
{
	unsigned char token[TOKEN_SIZE];
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid != 0)
		return pid;
	for (;;)
		(void)generate(SOCKET, AUTHZ_MULTIPLE_USE, token);
}

static void freeze(void)
{
	int status;

	assert_int_equal(kill(service, SIGSTOP), 0);
	assert_int_equal(waitpid(service, &status, WUNTRACED), service); /* only then is each of its threads */
	assert_true(WIFSTOPPED(status));
}

/* With the audit's lock, and its promise in it: who holds it stands first. */
static bool froze_at_audit(int lock)
{
	uint64_t holder = 0;

	freeze();
	if (flock(lock, LOCK_EX | LOCK_NB) != 0 && pread(lock, &holder, sizeof holder, 0) > 0 && holder == (uint64_t)service)
		return true;
	flock(lock, LOCK_UN);
	assert_int_equal(kill(service, SIGCONT), 0);
	poll(NULL, 0, 1);
	return false;
}

static void held_up(void **state)
{
	unsigned char token[TOKEN_SIZE];
	struct timespec start, now;
	int lock, tries;
	pid_t load;

	(void)state;
	unharmed();
	lock = open(in_state("audit/lock"), O_RDWR | O_CLOEXEC);
	assert_true(lock >= 0);
	load = make_for_ever();
	for (tries = 0; !froze_at_audit(lock); tries++)
		assert_true(tries < 10000);
	kill(load, SIGKILL);
	assert_int_equal(waitpid(load, NULL, 0), load);
	/* longer than a child lives: each that waits looks who holds the lock, and kills who is past the promise */
	clock_gettime(CLOCK_MONOTONIC, &start);
	do {
		assert_int_not_equal(generate(CHILD, AUTHZ_SINGLE_USE, token), AUTHZ_OK);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec < start.tv_sec + 6);
	assert_int_equal(kill(service, SIGCONT), 0);
	close(lock);
	unharmed();
}

/* ---- what it has not */

/* Of all its threads, in ticks. */
static unsigned long busy(void)
{
	char path[64], text[1024];
	unsigned long user, system;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%ld/stat", (long)service);
	f = fopen(path, "re");
	assert_non_null(f);
	assert_non_null(fgets(text, sizeof text, f));
	fclose(f);
	assert_int_equal(sscanf(strrchr(text, ')'), ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system),
	                 2);
	return user + system;
}

static void let_open(rlim_t most)
{
	struct rlimit limit;

	assert_int_equal(prlimit(service, RLIMIT_NOFILE, NULL, &limit), 0);
	limit.rlim_cur = most < limit.rlim_max ? most : limit.rlim_max;
	assert_int_equal(prlimit(service, RLIMIT_NOFILE, &limit, NULL), 0);
}

static void no_descriptors(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX];
	size_t length = a_request(frame);
	unsigned long before, spent;
	struct pollfd wait;
	int round;

	(void)state;
	unharmed();
	for (round = 0; round < 2; round++) {
		let_open(3); /* all that it has now it keeps; what is new has no number */
		wait = (struct pollfd){.fd = connect_service(), .events = POLLIN};
		send_bytes(wait.fd, frame, length);
		before = busy();
		assert_int_equal(poll(&wait, 1, 2000), 0);
		spent = busy() - before;
		assert_in_range(spent, 0, (unsigned long)sysconf(_SC_CLK_TCK) * 2 / 10);
		let_open(RLIM_INFINITY);
		expect(answered(wait.fd), AUTHZ_OK); /* who came meanwhile was not forgotten */
		unharmed();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ALONE("a look-up that never ends ends the service; others are answered, and the child serves again (serve MUST 3)", stuck),
		SERVED("a service held up under the audit's lock is not killed by who waits for it, as a child would be (audit_lock MUST 1)",
		       held_up),
		SERVED("out of descriptors it waits without work, and serves who has come once there are some", no_descriptors),
	};

	return cmocka_run_group_tests_name("serve, stuck", tests, service_open, state_close);
}
