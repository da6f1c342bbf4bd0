/* SPDX-License-Identifier: ISC */
/* authz-helper --serve: how it starts, goes on with another configuration, and ends. */
#include "config.h"

#include "service.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		SERVED("asked to stop it answers what it has, lets go of who is silent, and ends (serve MUST 2)", graceful_stop),
		SERVED("a service that starts again goes on, also after a kill", restarted),
		SERVED("a changed configuration holds from the next request on, a bad one refuses each (machine MUST 1, machine MUST 2)", configuration),
		SERVED("a second service does not start, nor one where something else is (listen MUST 1, listen MUST 2, serve MUST 4)",
		       second_service),
		ALONE("a service manager hands over the socket, and hears of start, life and end (listen MUST 3)", managed),
	};

	return cmocka_run_group_tests_name("serve, life", tests, service_open, state_close);
}
