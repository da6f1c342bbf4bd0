/* SPDX-License-Identifier: ISC */
/* Foreign programs by the real authz-launch, asked as the helper asks it (host/foreign.c), and by hand. */
#include "config.h"

#include "launcher.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "host/launch_wire.h"
#include "service.h"

#define LONG_MS 20000 /* longer than any test is slow */
#define INPUT_SIZE LAUNCHER_INPUT_MAX

static struct launched got;

static int setup(void **state)
{
	(void)state;
	alarm(100);
	state_make();
	launcher_start();
	return 0;
}

static int teardown(void **state)
{
	if (launcher > 0)
		(void)launcher_stop(SIGTERM);
	return state_remove(state);
}

static int open_state(void **state)
{
	(void)state;
	return state_open(LAUNCHER_FILE);
}

/* A script of that name; its path. */
__attribute__((format(printf, 2, 3))) static const char *script(const char *name, const char *format, ...)
{
	char text[1024];
	va_list words;

	va_start(words, format);
	vsnprintf(text, sizeof text, format, words);
	va_end(words);
	write_script(in_state(name), "%s", text);
	return in_state(name);
}

static void run(const char *path, unsigned wait_ms)
{
	launch(path, "question\n", 9, wait_ms, &got);
}

static void says(const char *path, const char *expected)
{
	run(path, LONG_MS);
	assert_string_equal(got.why, "");
	assert_int_equal(got.result, AUTHZ_OK);
	assert_string_equal(got.output, expected);
	assert_int_equal(got.length, strlen(expected));
}

static void fails_in(const char *path, unsigned wait_ms, const char *cause)
{
	char expected[HOST_SUBJECT_SIZE];

	snprintf(expected, sizeof expected, "%.128s: %s", path, cause);
	run(path, wait_ms);
	assert_int_equal(got.result, AUTHZ_LAUNCH_FAILED);
	assert_string_equal(got.why, expected);
	assert_int_equal(got.length, 0);
}

static void fails(const char *path, const char *cause)
{
	fails_in(path, LONG_MS, cause);
}

/* The process that a script has written the number of. */
static pid_t process_in(const char *name)
{
	long pid = 0;
	FILE *f;
	int i;

	for (i = 0; i < 1000 && pid == 0; i++) {
		f = fopen(in_state(name), "re");
		if (f == NULL || fscanf(f, "%ld\n", &pid) != 1)
			pid = 0;
		if (f != NULL)
			fclose(f);
		if (pid == 0)
			poll(NULL, 0, 10);
	}
	assert_true(pid > 1);
	return (pid_t)pid;
}

static void is_gone(pid_t pid)
{
	int i;

	for (i = 0; i < 1000 && kill(pid, 0) == 0; i++)
		poll(NULL, 0, 10);
	assert_int_equal(kill(pid, 0), -1);
}

/* ---- the program */

static void whole(void **state)
{
	char *input = malloc(INPUT_SIZE);

	(void)state;
	assert_non_null(input);
	memset(input, 'i', INPUT_SIZE);
	says(script("cat", "exec cat"), "question\n");
	says("/bin/cat", "question\n");
	launch(script("count", "wc -c"), input, INPUT_SIZE, LONG_MS, &got);
	assert_string_equal(got.output, "1048576\n");
	launch(script("large", "head -c 65536"), input, INPUT_SIZE, LONG_MS, &got); /* which leaves the rest unread */
	assert_string_equal(got.why, "");
	assert_int_equal(got.length, 65536);
	assert_memory_equal(got.output, input, 65536);
	launch(script("deaf", "exec 0<&-; echo yes"), input, INPUT_SIZE, LONG_MS, &got);
	assert_string_equal(got.output, "yes\n");
	says(script("silent", "exit 0"), "");
	free(input);
}

static void surroundings(void **state)
{
	(void)state;
	setenv("AUTHZ_SECRET", "x", 1);
	says("/usr/bin/env", "PATH=/usr/bin:/bin\nLANG=C\n");
	says(script("descriptors", "ls /proc/self/fd"), "0\n1\n2\n3\n"); /* the last is the folder that ls reads */
	says(script("error", "readlink /proc/self/fd/2; echo secret >&2"), "/dev/null\n");
	says(script("place", "umask; pwd"), "0077\n/\n");
	says(script("terminal", "tty; (echo x >/dev/tty) || echo none"), "not a tty\nnone\n");
	says(script("session", "set -- $(cat /proc/self/stat); [ \"$6\" = $$ ] && echo $7"), "0\n");
	says(script("signals", "grep -E '^Sig(Blk|Ign)' /proc/self/status | sort -u -k 2"), "SigBlk:\t0000000000000000\n");
}

static void limits(void **state)
{
	(void)state;
	says(script("privilege", "grep -E '^(NoNewPrivs|CapEff)' /proc/self/status"), "CapEff:\t0000000000000000\nNoNewPrivs:\t1\n");
	says(script("core", "ulimit -c; ulimit -n; ulimit -t; ulimit -d"), "0\n1024\n22\n524288\n");
}

static void ends(void **state)
{
	(void)state;
	fails(script("three", "echo ok; exit 3"), "ended with status 3");
	fails(script("killed", "echo ok; kill -KILL $$"), "was ended by signal 9");
	fails(script("flood", "exec yes"), "too much output");
	fails(script("one", "head -c 65537 /dev/zero"), "too much output");
	fails(in_state("absent"), "No such file or directory");
	chmod(script("plain", "echo ok"), 0644);
	fails(in_state("plain"), "cannot be executed: Permission denied");
	write_file(in_state("plain"), "#!/no/such/interpreter\n");
	chmod(in_state("plain"), 0755);
	fails(in_state("plain"), "cannot be executed: No such file or directory");
	chmod(in_state("plain"), 0775);
	fails(in_state("plain"), "is writable by others");
	fails(in_state("store"), "is neither a program nor a socket");
}

/* ---- its time, and what it leaves behind */

static void late(void **state)
{
	(void)state;
	fails_in(script("hangs", "echo $$ >%s; echo ok; exec sleep 1000", in_state("pid")), 300, "late");
	is_gone(process_in("pid"));
	/* nor does it help to leave its group, to ignore signals, or to go on after its output was closed */
	unlink(in_state("pid"));
	fails_in(script("closes", "trap '' TERM HUP INT; exec >&-; echo $$ >%s; sleep 1000", in_state("pid")), 300, "late");
	is_gone(process_in("pid"));
}

static void daemons(void **state)
{
	(void)state;
	/* it holds the output, in a session of its own, and the program does not wait for it */
	says(script("daemon", "setsid sh -c 'echo $$ >%s; exec sleep 1000' & while ! [ -s %s ]; do :; done; echo ok", in_state("pid"),
	            in_state("pid")), "ok\n");
	is_gone(process_in("pid"));
	unlink(in_state("pid"));
	/* twice removed, and making more of its kind */
	says(script("forks", "setsid sh -c '(setsid sh -c \"echo \\$\\$ >%s; while :; do sleep 1000 & sleep 0.01; done\" &)' & "
	            "while ! [ -s %s ]; do :; done; echo ok", in_state("pid"), in_state("pid")), "ok\n");
	is_gone(process_in("pid"));
	says("/bin/cat", "question\n");
}

/* The first process of the launcher's: that of a run. */
static pid_t run_of_launcher(void)
{
	char path[64];
	long pid = 0;
	FILE *f;
	int i;

	snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", (long)launcher, (long)launcher);
	for (i = 0; i < 1000 && pid == 0; i++) {
		f = fopen(path, "re");
		assert_non_null(f);
		if (fscanf(f, "%ld", &pid) != 1)
			pid = 0;
		fclose(f);
		if (pid == 0)
			poll(NULL, 0, 10);
	}
	assert_true(pid > 1);
	return (pid_t)pid;
}

static unsigned kind; /* of waiting, for what is asked */

/* A connection with a whole request for this path. */
static int ask(const char *path, unsigned wait_ms)
{
	const struct launcher_request r = {.path_length = (uint32_t)strlen(path), .wait_ms = wait_ms, .input_length = 3,
	                                   .output_limit = 1024, .waits = kind};
	unsigned char bytes[LAUNCHER_REQUEST_SIZE];
	int fd = connect_to(in_state("launch.sock"));

	assert_true(fd >= 0);
	launcher_put_request(bytes, &r);
	send_bytes(fd, bytes, sizeof bytes);
	send_bytes(fd, path, strlen(path));
	send_bytes(fd, "in\n", 3);
	return fd;
}

static struct launcher_answer answer_on(int fd)
{
	unsigned char bytes[LAUNCHER_ANSWER_SIZE + 2048];
	size_t length = receive_all(fd, bytes, sizeof bytes);
	struct launcher_answer a = {.end = 0};

	if (length > 0) {
		assert_true(length >= LAUNCHER_ANSWER_SIZE);
		assert_true(launcher_take_answer(bytes, &a));
		assert_int_equal(length, LAUNCHER_ANSWER_SIZE + a.length);
	}
	close(fd);
	return a;
}

/* Hangs, in a session of its own, and has written its number to "pid". */
static const char *hanging(void)
{
	unlink(in_state("pid"));
	return script("hanging", "setsid sh -c 'echo $$ >%s; exec sleep 1000' & sleep 1000", in_state("pid"));
}

static void run_is_killed(void **state)
{
	int fd = ask(hanging(), LONG_MS);
	pid_t pid = process_in("pid");

	(void)state;
	assert_int_equal(kill(run_of_launcher(), SIGKILL), 0);
	assert_int_equal(answer_on(fd).end, 0); /* none */
	is_gone(pid);
	says("/bin/cat", "question\n");
}

static void stopped(void **state)
{
	int fd = ask(hanging(), LONG_MS);
	pid_t pid = process_in("pid");

	(void)state;
	assert_int_equal(launcher_stop(SIGTERM), 0);
	assert_int_equal(answer_on(fd).end, 0);
	is_gone(pid);
	assert_int_not_equal(access(in_state("launch.sock"), F_OK), 0);
}

static void client_leaves(void **state)
{
	pid_t pid;
	int fd;

	(void)state;
	fd = ask(hanging(), LONG_MS);
	pid = process_in("pid");
	close(fd);
	is_gone(pid);
	fd = ask(hanging(), LONG_MS);
	pid = process_in("pid");
	shutdown(fd, SHUT_WR);
	assert_int_equal(answer_on(fd).end, LAUNCHER_REFUSED);
	is_gone(pid);
	fd = ask(hanging(), LONG_MS);
	pid = process_in("pid");
	send_bytes(fd, "more", 4);
	assert_int_equal(answer_on(fd).end, LAUNCHER_REFUSED);
	is_gone(pid);
}

/* ---- many */

static void busy_path(void **state)
{
	char path[256];
	int fds[4], i;
	pid_t pid;

	(void)state;
	snprintf(path, sizeof path, "%s", hanging());
	fds[0] = ask(path, LONG_MS);
	pid = process_in("pid");
	for (i = 1; i < 4; i++) {
		unlink(in_state("pid"));
		fds[i] = ask(path, LONG_MS);
		(void)process_in("pid");
	}
	fails(path, "authz-launch is busy");
	says(script("other", "exec cat"), "question\n");
	close(fds[0]);
	is_gone(pid);
	/* as soon as the first has gone there is a place again; until then it may still be told that there is none */
	for (i = 0; i < 1000; i++) {
		unlink(in_state("pid"));
		run(path, 100);
		if (strstr(got.why, "busy") == NULL)
			break;
		poll(NULL, 0, 10);
	}
	assert_non_null(strstr(got.why, ": late"));
	for (i = 1; i < 4; i++)
		close(fds[i]);
}

static void busy_all(void **state)
{
	int fds[16], i;
	char name[16];

	(void)state;
	for (i = 0; i < 16; i++) {
		snprintf(name, sizeof name, "hang.%d", i / 4);
		unlink(in_state("pid"));
		fds[i] = ask(script(name, "echo $$ >%s; exec sleep 1000", in_state("pid")), LONG_MS);
		(void)process_in("pid");
	}
	fails("/bin/cat", "authz-launch is busy");
	for (i = 0; i < 16; i++)
		close(fds[i]);
	for (i = 0; i < 1000; i++) {
		run("/bin/cat", LONG_MS);
		if (got.result == AUTHZ_OK)
			break;
		poll(NULL, 0, 10);
	}
	says("/bin/cat", "question\n");
}

/* As many of each kind as it may have, the last kind first: the next kind has places still. */
static void places_left(void **state)
{
	static const int places[] = {16, 12, 8};
	int fds[16], i, count = 0;
	char path[256];

	(void)state;
	for (kind = HOST_WAITS; kind-- > 0;) {
		for (; count < places[kind]; count++) {
			snprintf(path, sizeof path, "hang.%d", count % 8);
			unlink(in_state("pid"));
			fds[count] = ask(script(path, "echo $$ >%s; exec sleep 1000", in_state("pid")), LONG_MS);
			(void)process_in("pid");
		}
		assert_int_equal(answer_on(ask("/bin/cat", LONG_MS)).end, LAUNCHER_BUSY);
	}
	kind = HOST_WAITS_PROMPT;
	for (i = 0; i < 16; i++)
		close(fds[i]);
}

static void path_places_left(void **state)
{
	int fds[4], i, count = 0;
	char path[256];

	(void)state;
	snprintf(path, sizeof path, "%s", hanging());
	for (kind = HOST_WAITS; kind-- > 0;) {
		for (; count < 4 - (int)kind; count++) {
			unlink(in_state("pid"));
			fds[count] = ask(path, LONG_MS);
			(void)process_in("pid");
		}
		assert_int_equal(answer_on(ask(path, LONG_MS)).end, LAUNCHER_BUSY);
	}
	kind = HOST_WAITS_PROMPT;
	for (i = 0; i < 4; i++)
		close(fds[i]);
}

static int one_of_many(int number, const unsigned char *unused)
{
	(void)number;
	(void)unused;
	run("/bin/cat", LONG_MS);
	if (got.result == AUTHZ_OK)
		return strcmp(got.output, "question\n") == 0 ? 0 : 2;
	return strcmp(got.why, "/bin/cat: authz-launch is busy") == 0 ? 1 : 2;
}

static void many(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 5; i++)
		assert_true(crowd(CROWD, one_of_many, NULL) > 0);
	for (i = 0; i < 1000; i++) {
		run("/bin/cat", LONG_MS);
		if (got.result == AUTHZ_OK)
			break;
		poll(NULL, 0, 10);
	}
	says("/bin/cat", "question\n");
}

/* ---- what is no request */

static void garbage(void **state)
{
	static const char bytes[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
	const struct launcher_request r = {.path_length = 8, .wait_ms = 1000};
	unsigned char header[LAUNCHER_REQUEST_SIZE];
	int fd = connect_to(in_state("launch.sock"));

	(void)state;
	send_bytes(fd, bytes, sizeof bytes);
	assert_int_equal(answer_on(fd).end, LAUNCHER_REFUSED);
	fd = connect_to(in_state("launch.sock"));
	launcher_put_request(header, &r);
	send_bytes(fd, header, sizeof header);
	send_bytes(fd, "/bin\0cat", 8);
	assert_int_equal(answer_on(fd).end, LAUNCHER_REFUSED);
	fd = connect_to(in_state("launch.sock"));
	send_bytes(fd, header, sizeof header - 1);
	shutdown(fd, SHUT_WR);
	assert_int_equal(answer_on(fd).end, LAUNCHER_REFUSED);
	fd = connect_to(in_state("launch.sock")); /* and says nothing */
	says("/bin/cat", "question\n");
	assert_int_equal(answer_on(fd).end, LAUNCHER_REFUSED);
}

/* ---- servers */

static pid_t server;

static void serve_one(const char *text, size_t reads, bool waits)
{
	char byte;
	int listener, fd;

	unlink(in_state("server"));
	listener = listen_at(in_state("server"), SOCK_STREAM);
	server = fork();
	assert_true(server >= 0);
	if (server > 0) {
		close(listener);
		return;
	}
	fd = accept(listener, NULL, NULL);
	while (reads > 0 && read(fd, &byte, 1) == 1)
		reads--;
	send_bytes(fd, text, strlen(text));
	if (waits) {
		while (read(fd, &byte, 1) == 1) /* the end of the input, and then of the run */
			;
		poll(&(struct pollfd){.fd = fd, .events = POLLHUP}, 1, LONG_MS);
	}
	_exit(0);
}

static void server_ended(void)
{
	assert_int_equal(waitpid(server, NULL, 0), server);
}

static void servers(void **state)
{
	(void)state;
	serve_one("ok\n", 100, false); /* which reads to the end of the input */
	says(in_state("server"), "ok\n");
	server_ended();
	serve_one("ok\n", 9, false);
	says(in_state("server"), "ok\n");
	server_ended();
	serve_one("ok\n", 9, true);
	fails_in(in_state("server"), 300, "late");
	server_ended();
	serve_one("ok\n", 2, false); /* which closes with some of the input unread */
	fails(in_state("server"), "Connection reset by peer");
	server_ended();
	unlink(in_state("server"));
	close(listen_at(in_state("server"), SOCK_STREAM));
	fails(in_state("server"), "cannot be connected to: Connection refused");
}

/* ---- each other */

static long landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, 1u);
}

/* A program reads what needs the right to trace, of the launcher, of a run of it, and of another program. */
static void each_other(void **state)
{
	int fd = ask(script("victim", "echo $$ >%s; exec sleep 1000", in_state("pid")), LONG_MS);
	pid_t victim = process_in("pid"), keeper = run_of_launcher();
	const bool fenced = landlock() >= 2, deaf = landlock() >= 6;

	(void)state;
	says(script("traces", "for p in %d %d; do cat /proc/$p/environ /proc/$p/maps | wc -c; done", (int)launcher, (int)keeper), "0\n0\n");
	says(script("reads", "cat /proc/%d/environ | wc -c", (int)victim), fenced ? "0\n" : "26\n");
	says(script("reads_own", "sleep 1000 & cat /proc/$!/environ | head -c 5"), "PATH=");
	if (deaf)
		says(script("kills", "kill -KILL %d %d %d; echo ok", (int)launcher, (int)keeper, (int)victim), "ok\n");
	assert_int_equal(kill(victim, 0), 0);
	close(fd);
	is_gone(victim);
}

/* Any process of a user's may lower the limits of another, Landlock or not. */
static void lowered(void **state)
{
	static const char *const limits[] = {"nofile=0", "nproc=0", "data=0", "fsize=0"};
	size_t i;
	int status;

	(void)state;
	for (i = 0; i < sizeof limits / sizeof limits[0]; i++) {
		run(script("lowers", "prlimit --pid %d --%s", (int)launcher, limits[i]), LONG_MS);
		assert_int_equal(got.result, AUTHZ_OK);
		run("/bin/cat", LONG_MS); /* whatever it says */
		status = launcher_stop(0);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 3);
		launcher_start();
		says("/bin/cat", "question\n");
	}
}

#define TEST(sentence, function) {sentence, function, setup, teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a program reads all of its input, if it likes, and all that it writes is the answer (one_run MUST 2)", whole),
		TEST("it has its input, its output, two variables, and nothing else of anybody's (program MUST 1, program MUST 4)", surroundings),
		TEST("it has limits, no capability, and gains none (program MUST 2)", limits),
		TEST("any other end is a failure with its cause, and without output (one_run MUST 2)", ends),
		TEST("one that hangs is late, and gone (one_run MUST 1)", late),
		TEST("what it leaves in the background is not waited for, and is killed, wherever it went (one_run MUST 1, one_run MUST 5)", daemons),
		TEST("where a run's own process is killed, its program is, too (door MUST 3)", run_is_killed),
		TEST("asked to stop it kills what runs, and removes its socket (door MUST 3)", stopped),
		TEST("a client that goes away, or says more, ends the run (one_run MUST 6)", client_leaves),
		TEST("of one path four run, the fifth hears that it is busy, and others do not notice (one_run MUST 4)", busy_path),
		TEST("sixteen run, the next hears that it is busy (door MUST 2)", busy_all),
		TEST("users' activities leave runs to the host's, and these to who signs on (one_run MUST 4)", places_left),
		TEST("also of one path (one_run MUST 4)", path_places_left),
		TEST("of 64 at once each has its answer or hears that it is busy", many),
		TEST("what is no request is told so, and one that says nothing is in nobody's way", garbage),
		TEST("a server is connected to, gets the input and its end, and answers until it closes (one_run MUST 2)", servers),
		TEST("programs of the same user trace neither authz-launch nor each other (program MUST 3)", each_other),
		TEST("one whose limits a program has lowered ends, and is itself when it is started again (door MUST 4)", lowered),
	};

	return cmocka_run_group_tests_name("launch", tests, open_state, state_close);
}
