/* SPDX-License-Identifier: ISC */
/* The helper itself, as a process with --state, by an ordinary user. */
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
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "authz.h"
#include "pam_tree.h"
#include "wire/reply.h"
#include "wire/request.h"

#define NOBODY 65534
#define HAS_REPLY(field) (1u << REPLY_##field)
/* Where it is built with a sanitizer: its check for leaks traces the process, which the filter forbids. */
#define NO_LEAK_CHECK "ASAN_OPTIONS=detect_leaks=0"

static char folder[128], state_folder[160], helper[4096];
static char owner[NAME_SIZE];
static uid_t owner_uid;

static const char *in_state(const char *name)
{
	static char paths[4][256];
	static unsigned next;
	char *path = paths[next++ % 4];

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
			owner_uid = pw->pw_uid;
			break;
		}
	endpwent();
	return owner[0] != '\0';
}

static int setup(void **state)
{
	char text[512];

	(void)state;
	alarm(120);
	snprintf(state_folder, sizeof state_folder, "%s/state", folder);
	assert_int_equal(mkdir(state_folder, 0700), 0);
	assert_int_equal(mkdir(in_state("store"), 0700), 0);
	assert_int_equal(mkdir(in_state("tokens"), 0700), 0);
	assert_int_equal(mkdir(in_state("audit"), 0700), 0);
	snprintf(text, sizeof text, "[authz]\nuid_min = 1\nsystem_profiles = nobody\nshadow_file = %s\naudit_syslog = no\n",
	         in_state("shadow"));
	write_file(in_state("authz.conf"), text);
	snprintf(text, sizeof text, "%s:$6$salt$hash:19000:0:99999:7:::\n", owner);
	write_file(in_state("shadow"), text);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	run_rm(state_folder);
	return 0;
}

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

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void become_helper(const struct how *how, int fd)
{
	char *const argv[] = {helper, (char[]){"--state"}, state_folder, NULL};
	char *const envp[] = {(char[]){NO_LEAK_CHECK}, NULL};

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

static void run(const struct how *how, const void *in, size_t length, struct outcome *out)
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

static struct request ask(uint16_t operation)
{
	struct request q = {.id = 0x1122334455667788, .operation = operation};

	return q;
}

static struct request ask_token(int64_t type)
{
	struct request q = ask(OP_TOKEN_GENERATE);

	q.has = HAS(USER) | HAS(PASSWORD) | HAS(TIMEOUT) | HAS(TYPE);
	snprintf(q.user, sizeof q.user, "%s", owner);
	q.password = PASSWORD_NOPWD;
	q.timeout = 600;
	q.type = type;
	return q;
}

static struct request ask_redeem(const unsigned char token[TOKEN_SIZE])
{
	struct request q = ask(OP_TOKEN_REDEEM);

	q.has = HAS(USER) | HAS(TOKEN);
	snprintf(q.user, sizeof q.user, "%s", owner);
	memcpy(q.token, token, TOKEN_SIZE);
	return q;
}

/* One request, its whole reply and nothing more, exit status 0; the result. */
static int64_t request_how(const struct how *how, const struct request *q, struct reply *reply)
{
	static struct outcome out;
	unsigned char frame[FRAME_REQUEST_MAX];
	size_t length = request_encode(q, frame);
	const char *fault;

	assert_true(length > 0);
	run(how, frame, length, &out);
	fault = reply_decode(reply, out.bytes, out.length, q->operation, q->id);
	if (fault != NULL)
		fail_msg("%s (%zu bytes, status %x)", fault, out.length, (unsigned)out.status);
	assert_int_equal(out.status, 0);
	return reply->result;
}

static int64_t request(const struct request *q, struct reply *reply)
{
	return request_how(&(struct how){.argv = NULL}, q, reply);
}

static void expect(int64_t got, enum authz_result expected)
{
	if (got != (int64_t)expected)
		fail_msg("%s, not %s", authz_result_code((enum authz_result)got), authz_result_code(expected));
}

static void make_token(int64_t type, unsigned char token[TOKEN_SIZE])
{
	struct request q = ask_token(type);
	struct reply reply;

	expect(request(&q, &reply), AUTHZ_OK);
	memcpy(token, reply.token, TOKEN_SIZE);
}

static void redeems(const unsigned char token[TOKEN_SIZE], enum authz_result expected)
{
	struct request q = ask_redeem(token);
	struct reply reply;

	expect(request(&q, &reply), expected);
}

/* Nothing that was before is lost, and everything still works. */
static void unharmed(const unsigned char before[TOKEN_SIZE])
{
	unsigned char token[TOKEN_SIZE];

	redeems(before, AUTHZ_OK);
	make_token('1', token);
	redeems(token, AUTHZ_OK);
	redeems(token, AUTHZ_TOKEN_SPENT);
}

static bool files_hold(const void *bytes, size_t length)
{
	char command[512], *text = NULL;
	size_t size = 0, have = 0;
	FILE *all;
	bool found;

	snprintf(command, sizeof command, "find '%s' -type f -exec cat {} +", state_folder);
	all = popen(command, "re");
	assert_non_null(all);
	do {
		size += 1 << 20;
		text = realloc(text, size);
		assert_non_null(text);
		have += fread(text + have, 1, size - have, all);
	} while (have == size);
	assert_int_equal(pclose(all), 0);
	found = memmem(text, have, bytes, length) != NULL;
	free(text);
	return found;
}

struct binding {
	int64_t bind_field, said_field; /* bits of the two fields */
	char *bound, *said;
	size_t size;
	enum authz_result refused;
};

/* A token that is bound by one of the four: refused where it differs or is not said, which spends nothing, then taken. */
static void one_binding(struct request *make, const struct binding *b, struct request *redemption)
{
	static const char *const others[] = {"wrong", "", "righ", "rightt", "RIGHT"};
	struct reply reply;
	size_t i;

	make->has |= (uint64_t)b->bind_field;
	snprintf(b->bound, b->size, "right");
	expect(request(make, &reply), AUTHZ_OK);
	memcpy(redemption->token, reply.token, TOKEN_SIZE);
	expect(request(redemption, &reply), b->refused);
	redemption->has |= (uint64_t)b->said_field;
	for (i = 0; i < sizeof others / sizeof others[0]; i++) {
		snprintf(b->said, b->size, "%s", others[i]);
		expect(request(redemption, &reply), b->refused);
	}
	snprintf(b->said, b->size, "right");
	expect(request(redemption, &reply), AUTHZ_OK);
	expect(request(redemption, &reply), AUTHZ_TOKEN_SPENT);
}

static void bindings(void **state)
{
	static const enum authz_result results[] = {AUTHZ_BIND_SERVICE, AUTHZ_BIND_RHOST, AUTHZ_BIND_TTY};
	int which;

	(void)state;
	for (which = 0; which < 3; which++) {
		const unsigned char none[TOKEN_SIZE] = {0};
		struct request make = ask_token('1'), redemption = ask_redeem(none);
		const struct binding rows[] = {
			{HAS(BIND_SERVICE), HAS(SERVICE), make.bind_service, redemption.service, sizeof make.bind_service, results[0]},
			{HAS(BIND_RHOST), HAS(RHOST), make.bind_rhost, redemption.rhost, sizeof make.bind_rhost, results[1]},
			{HAS(BIND_TTY), HAS(TTY), make.bind_tty, redemption.tty, sizeof make.bind_tty, results[2]},
		};

		one_binding(&make, &rows[which], &redemption);
	}
}

static void bound_uid(void **state)
{
	struct request make = ask_token('1'), redemption;
	struct reply reply;

	(void)state;
	make.has |= HAS(BIND_UID);
	make.bind_uid = (int64_t)geteuid() + 1;
	expect(request(&make, &reply), AUTHZ_OK);
	redemption = ask_redeem(reply.token);
	expect(request(&redemption, &reply), AUTHZ_BIND_UID);
	make.bind_uid = (int64_t)geteuid();
	expect(request(&make, &reply), AUTHZ_OK);
	redemption = ask_redeem(reply.token);
	expect(request(&redemption, &reply), AUTHZ_OK);
	expect(request(&redemption, &reply), AUTHZ_TOKEN_SPENT);
}

static void whole_job(void **state)
{
	struct request q = ask_token('1');
	struct reply reply;
	unsigned char token[TOKEN_SIZE];
	char text[AUTHZ_TOKEN_TEXT_SIZE];

	(void)state;
	expect(request(&q, &reply), AUTHZ_OK);
	assert_string_equal(reply.user, owner);
	assert_int_equal(reply.uid, owner_uid);
	assert_int_equal(reply.seconds, 600);
	memcpy(token, reply.token, sizeof token);
	assert_true(files_hold(reply.token_id, 16)); /* the audit has the id */
	q = ask_redeem(token);
	expect(request(&q, &reply), AUTHZ_OK);
	assert_string_equal(reply.user, owner);
	assert_false(reply.has & HAS_REPLY(TOKEN));
	expect(request(&q, &reply), AUTHZ_TOKEN_SPENT);
	assert_int_equal(reply.has & ~(HAS_REPLY(RESULT) | HAS_REPLY(SUBJECT)), 0);
	authz_token_to_text(token, text);
	assert_false(files_hold(token, 16));
	assert_false(files_hold(text + 7, 20));
	q = ask_token('1');
	strcpy(q.user, "root");
	expect(request(&q, &reply), AUTHZ_SYSTEM_PROFILE);
	assert_string_equal(reply.subject, "root");
}

static void other_operations(void **state)
{
	struct request q = ask(OP_PROFILE_DISABLE);
	struct frame_reader items;
	unsigned char token[TOKEN_SIZE];
	struct reply reply;
	char item[2048];

	(void)state;
	make_token('2', token);
	q.has = HAS(USER);
	strcpy(q.user, owner);
	expect(request(&q, &reply), AUTHZ_OK);
	redeems(token, AUTHZ_DISABLED);
	q.operation = OP_PROFILE_ENABLE;
	expect(request(&q, &reply), AUTHZ_OK);
	redeems(token, AUTHZ_TOKEN_STALE);
	q.operation = OP_PROFILE_SHOW;
	expect(request(&q, &reply), AUTHZ_OK);
	assert_true(reply_next_entry(&reply, &items) && frame_next_item(&items, item, sizeof item));
	assert_string_equal(item, owner);
	q.operation = OP_PROFILE_SPECIAL;
	q.has |= HAS(MASK_ADD);
	q.mask_add = 3;
	expect(request(&q, &reply), AUTHZ_OK);
	q = ask(OP_AUTHORITY_GRANT);
	q.has = HAS(OBJECT_TYPE) | HAS(OBJECT) | HAS(MASK_ADD) | HAS(PRINCIPAL);
	strcpy(q.object_type, "profile");
	strcpy(q.object, owner);
	strcpy(q.principal, "root");
	q.mask_add = 1;
	expect(request(&q, &reply), AUTHZ_OK);
	q = ask(OP_TOKEN_LIST);
	expect(request(&q, &reply), AUTHZ_OK);
	assert_true(reply_next_entry(&reply, &items));
	q = ask(OP_TOKEN_REMOVE);
	q.has = HAS(TOKEN);
	memcpy(q.token, token, sizeof token);
	expect(request(&q, &reply), AUTHZ_OK);
	redeems(token, AUTHZ_TOKEN_NOT_VALID);
	q = ask(OP_AUDIT_READ);
	expect(request(&q, &reply), AUTHZ_OK);
	assert_true(reply_next_entry(&reply, &items) && frame_next_item(&items, item, sizeof item));
	assert_non_null(strstr(item, "seq=1 event=token.generate phase=intent"));
	assert_true(reply.has & HAS_REPLY(CURSOR));
	memcpy(&q.cursor, &reply.cursor, sizeof q.cursor);
	q.has = HAS(CURSOR);
	expect(request(&q, &reply), AUTHZ_OK);
	assert_false(reply_next_entry(&reply, &items));
}

/* What the helper must not have answered or done. */
static void nothing_came(const struct outcome *out, int exit_status)
{
	assert_int_equal(out->length, 0);
	assert_true(WIFEXITED(out->status));
	assert_int_equal(WEXITSTATUS(out->status), exit_status);
}

static void arguments(void **state)
{
	static char *many[302];
	char state_option[] = "--state", relative[] = "state", other[] = "--help", more[] = "x", joined[256];
	char *const rows[][5] = {
		{helper, state_option, NULL}, {helper, other, NULL}, {helper, state_option, relative, NULL},
		{helper, state_option, state_folder, more, NULL}, {helper, other, state_folder, NULL}, {helper, joined, NULL},
		{helper, state_folder, NULL}, {helper, state_option, more + 1, NULL},
	};
	unsigned char frame[FRAME_REQUEST_MAX];
	struct request q = ask_token('1');
	size_t length = request_encode(&q, frame), i;
	static struct outcome out;

	(void)state;
	snprintf(joined, sizeof joined, "--state=%s", state_folder);
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		run(&(struct how){.argv = rows[i]}, frame, length, &out);
		nothing_came(&out, 2);
	}
	for (i = 0; i < 301; i++)
		many[i] = state_option;
	run(&(struct how){.argv = many}, frame, length, &out);
	nothing_came(&out, 2);
	assert_int_not_equal(access(in_state("store/current"), F_OK), 0);
}

static void no_arguments(void **state)
{
	char *const none[] = {NULL};
	unsigned char frame[FRAME_REQUEST_MAX];
	struct request q = ask_token('1');
	size_t length = request_encode(&q, frame);
	static struct outcome out;
	struct reply reply;

	(void)state;
	/* the kernel may make it one empty argument: then it is the installed places, where this user may do nothing */
	run(&(struct how){.argv = none}, frame, length, &out);
	assert_true(WIFEXITED(out.status));
	if (out.length > 0) {
		assert_null(reply_decode(&reply, out.bytes, out.length, q.operation, q.id));
		assert_int_not_equal(reply.result, AUTHZ_OK);
	}
	assert_int_not_equal(access(in_state("store/current"), F_OK), 0);
}

static void tty_on_stdin(void)
{
	int main_fd = posix_openpt(O_RDWR | O_NOCTTY), fd;

	if (main_fd < 0 || grantpt(main_fd) != 0 || unlockpt(main_fd) != 0 || (fd = open(ptsname(main_fd), O_RDWR | O_NOCTTY)) < 0)
		_exit(98);
	dup2(fd, 0);
}

static void by_a_person(void **state)
{
	static struct outcome out;

	(void)state;
	run(&(struct how){.prepare = tty_on_stdin}, "", 0, &out);
	nothing_came(&out, 2);
}

static void close_all(void)
{
	close(0);
	close(1);
	close(2);
}

static void close_reading(void)
{
	close(0);
}

static void close_writing(void)
{
	close(1);
	close(2);
}

static void closed_descriptors(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX], token[TOKEN_SIZE];
	struct request q = ask_token('1');
	size_t length = request_encode(&q, frame);
	static struct outcome out;

	(void)state;
	make_token('2', token);
	run(&(struct how){.prepare = close_all}, frame, length, &out);
	assert_int_equal(out.length, 0);
	assert_true(WIFEXITED(out.status) && WEXITSTATUS(out.status) != 0);
	run(&(struct how){.prepare = close_reading}, frame, length, &out);
	assert_int_equal(out.length, 0);
	assert_true(WIFEXITED(out.status) && WEXITSTATUS(out.status) != 0);
	/* the answer goes nowhere, and above all not into a file of the store's */
	run(&(struct how){.prepare = close_writing}, frame, length, &out);
	assert_int_equal(out.length, 0);
	assert_true(WIFEXITED(out.status));
	unharmed(token);
}

static void hostile_environment(void **state)
{
	char *const envp[] = {
		(char[]){"TZ=:/etc/shadow"}, (char[]){"LOCPATH=/tmp"}, (char[]){"LC_ALL=tr_TR.UTF-8"}, (char[]){"TMPDIR=/nonexistent"},
		(char[]){"HOME=/nonexistent"}, (char[]){"PATH="}, (char[]){"AUTHZ_STATE=/nonexistent"}, (char[]){"IFS=/"},
		(char[]){"MALLOC_PERTURB_=85"}, (char[]){"NSS_WRAPPER_PASSWD=/nonexistent"}, (char[]){"HOSTALIASES=/etc/shadow"},
		(char[]){"POSIXLY_CORRECT=1"}, (char[]){"=="}, (char[]){"no equals sign"}, (char[]){NO_LEAK_CHECK}, NULL,
	};
	struct request q = ask_token('1');
	struct reply reply;

	(void)state;
	expect(request_how(&(struct how){.envp = envp}, &q, &reply), AUTHZ_OK);
	redeems(reply.token, AUTHZ_OK);
}

static void hostile_process(void)
{
	const struct itimerval soon = {.it_value = {0, 200000}, .it_interval = {0, 10000}};
	/* the kernel's struct begins with the handler on the machines that this runs on */
	const struct { void (*handler)(int); unsigned char rest[248]; } ignored = {.handler = SIG_IGN};
	struct rlimit files;
	sigset_t all;
	int i;

	umask(0777);
	if (chdir("/tmp") != 0)
		_exit(97);
	for (i = 1; i < _NSIG; i++) /* libc's own two as well, which its signal() refuses */
		(void)syscall(SYS_rt_sigaction, (long)i, &ignored, NULL, (size_t)_NSIG / 8);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	setitimer(ITIMER_VIRTUAL, &soon, NULL);
	setitimer(ITIMER_PROF, &soon, NULL);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur > 512)
		for (i = 0; i < 300; i++)
			(void)!dup(0);
}

static void hostile_caller(void **state)
{
	struct request q = ask_token('1');
	struct reply reply;
	struct stat st;

	(void)state;
	expect(request_how(&(struct how){.prepare = hostile_process}, &q, &reply), AUTHZ_OK);
	assert_int_equal(stat(in_state("audit/audit.log"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	redeems(reply.token, AUTHZ_OK);
}

/* A line of /proc/PID/status, without its name. */
static bool status_line(pid_t pid, const char *name, char *value, size_t size)
{
	char path[64], line[256];
	size_t length = strlen(name);
	bool found = false;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	while (f != NULL && !found && fgets(line, sizeof line, f) != NULL)
		if (strncmp(line, name, length) == 0 && line[length] == ':') {
			snprintf(value, size, "%s", line + length + 2);
			value[strcspn(value, "\n")] = '\0';
			found = true;
		}
	if (f != NULL)
		fclose(f);
	return found;
}

static void expect_status(pid_t pid, const char *name, const char *expected)
{
	char value[256];

	assert_true(status_line(pid, name, value, sizeof value));
	if (strcmp(value, expected) != 0)
		fail_msg("%s is \"%s\", not \"%s\"", name, value, expected);
}

static void look_at_helper(pid_t pid)
{
	const struct timespec pause = {.tv_nsec = 10000000};
	char value[256] = "", ids[64];
	int tries;

	for (tries = 0; tries < 300 && strcmp(value, "2") != 0; tries++) {
		nanosleep(&pause, NULL);
		assert_true(status_line(pid, "Seccomp", value, sizeof value));
	}
	expect_status(pid, "Seccomp", "2");
	expect_status(pid, "NoNewPrivs", "1");
	expect_status(pid, "Umask", "0077");
	expect_status(pid, "SigBlk", "0000000000000000");
	/* a terminal's signals (HUP INT QUIT, TSTP TTIN TTOU), SIGPIPE and SIGXFSZ */
	expect_status(pid, "SigIgn", "0000000001381007");
	snprintf(ids, sizeof ids, "%u\t%u\t%u\t%u", geteuid(), geteuid(), geteuid(), geteuid());
	expect_status(pid, "Uid", ids);
	snprintf(ids, sizeof ids, "%u\t%u\t%u\t%u", getegid(), getegid(), getegid(), getegid());
	expect_status(pid, "Gid", ids);
}

static void hardened(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX];
	struct request q = ask_token('1');
	size_t length = request_encode(&q, frame);
	static struct outcome out;

	(void)state;
	run(&(struct how){.prepare = hostile_process, .look = look_at_helper}, frame, length, &out);
	assert_int_equal(out.status, 0);
	assert_true(out.length > 0);
}

static int terminal = -1;

/* At the head of the foreground of a terminal of the caller's own, whose signals ask for no permission. */
static void foreground(void)
{
	int slave;

	setsid();
	slave = open(ptsname(terminal), O_RDWR);
	if (slave < 0 || ioctl(slave, TIOCSCTTY, 0) != 0)
		_exit(98);
	signal(SIGTSTP, SIG_DFL);
}

static void press_keys(pid_t pid)
{
	const struct timespec pause = {.tv_nsec = 20000000};
	char value[256] = "";
	int tries;

	for (tries = 0; tries < 300 && strcmp(value, "2") != 0; tries++) {
		nanosleep(&pause, NULL);
		assert_true(status_line(pid, "Seccomp", value, sizeof value));
	}
	for (tries = 0; tries < 5; tries++) {
		assert_int_equal(write(terminal, "\032\003\034", 3), 3); /* ^Z ^C ^\ */
		nanosleep(&pause, NULL);
	}
	assert_true(status_line(pid, "State", value, sizeof value));
	assert_int_equal(value[0], 'S');
}

static void on_a_terminal(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX];
	struct request q = ask_token('1');
	size_t length = request_encode(&q, frame);
	static struct outcome out;

	(void)state;
	terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0);
	run(&(struct how){.prepare = foreground, .look = press_keys}, frame, length, &out);
	assert_int_equal(out.status, 0);
	assert_true(out.length > 0);
	close(terminal);
}

static void silence(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX];
	struct request q = ask_token('1');
	size_t length = request_encode(&q, frame);
	static struct outcome out;

	(void)state;
	run(&(struct how){.keep_open = true, .prepare = hostile_process}, frame, length - 1, &out);
	assert_int_equal(out.length, 0);
	assert_true(WIFSIGNALED(out.status) && WTERMSIG(out.status) == SIGALRM);
	assert_true(out.seconds > 2 && out.seconds < 5); /* before the client's own deadline */
}

static void slow_pieces(void **state)
{
	struct request q = ask_token('1');
	struct reply reply;

	(void)state;
	expect(request_how(&(struct how){.piece_us = 2000, .keep_open = true}, &q, &reply), AUTHZ_OK);
	redeems(reply.token, AUTHZ_OK);
}

static void answered_once(void **state)
{
	unsigned char frames[2 * FRAME_REQUEST_MAX], token[TOKEN_SIZE];
	static struct outcome out;
	struct request q;
	struct reply reply;
	size_t length;

	(void)state;
	make_token('1', token);
	q = ask_redeem(token);
	length = request_encode(&q, frames);
	memcpy(frames + length, frames, length);
	run(&(struct how){.keep_open = true}, frames, 2 * length, &out); /* it ends though more could come */
	assert_int_equal(out.status, 0);
	assert_null(reply_decode(&reply, out.bytes, out.length, q.operation, q.id)); /* one reply, not a byte more */
	expect(reply.result, AUTHZ_OK);
}

static void garbage(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX + 64], token[TOKEN_SIZE];
	struct request q = ask_token('1');
	size_t length = request_encode(&q, frame), i;
	static struct outcome out;

	(void)state;
	make_token('2', token);
	for (i = 0; i < length; i += 1 + i / 12) { /* cut short */
		run(&(struct how){.argv = NULL}, frame, i, &out);
		nothing_came(&out, 4);
	}
	for (i = 0; i < 6; i++) { /* another magic or version */
		frame[i] ^= 0x20;
		run(&(struct how){.argv = NULL}, frame, length, &out);
		nothing_came(&out, 4);
		frame[i] ^= 0x20;
	}
	for (i = 16; i < 19; i++) { /* longer than any request */
		frame[i] = 0xff;
		run(&(struct how){.argv = NULL}, frame, sizeof frame, &out);
		nothing_came(&out, 4);
		frame[i] = 0;
	}
	memset(frame, 0xa5, sizeof frame);
	run(&(struct how){.argv = NULL}, frame, sizeof frame, &out);
	nothing_came(&out, 4);
	unharmed(token);
}

static bool is_operation(unsigned number)
{
#define O(name, op, required, optional) if (number == op) return true;
	OPERATIONS(O)
#undef O
	return false;
}

static void no_operations(void **state)
{
	static const unsigned far[] = {100, 255, 256, 266, 1000, 32768, 65535};
	unsigned char frame[FRAME_REQUEST_MAX];
	struct request q = ask_token('1');
	size_t length = request_encode(&q, frame);
	static struct outcome out;
	struct reply reply;
	unsigned i, number;

	(void)state;
	for (i = 0; i < 50 + sizeof far / sizeof far[0]; i++) {
		number = i < 50 ? i : far[i - 50];
		if (is_operation(number))
			continue;
		frame[6] = (unsigned char)(number >> 8);
		frame[7] = (unsigned char)number;
		run(&(struct how){.argv = NULL}, frame, length, &out);
		assert_int_equal(out.status, 0);
		assert_null(reply_decode(&reply, out.bytes, out.length, (uint16_t)number, q.id));
		expect(reply.result, AUTHZ_BAD_REQUEST);
		assert_true(reply.subject[0] != '\0');
	}
}

static void no_file_size(void)
{
	const struct rlimit none = {0, 0};

	setrlimit(RLIMIT_FSIZE, &none);
}

static void soft_file_size(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = 0;
	setrlimit(RLIMIT_FSIZE, &limit);
}

static void limited_file_size(void **state)
{
	struct request q = ask_token('1'), use;
	unsigned char token[TOKEN_SIZE];
	struct reply reply;

	(void)state;
	expect(request_how(&(struct how){.prepare = no_file_size}, &q, &reply), AUTHZ_STORE_NO_ROOM); /* no store yet */
	make_token('2', token);
	expect(request_how(&(struct how){.prepare = no_file_size}, &q, &reply), AUTHZ_STORE_NO_ROOM);
	use = ask_redeem(token);
	expect(request_how(&(struct how){.prepare = no_file_size}, &use, &reply), AUTHZ_AUDIT_LOST); /* no record of its use */
	expect(request_how(&(struct how){.prepare = soft_file_size}, &use, &reply), AUTHZ_OK); /* that one it lifts */
	unharmed(token);
}

static void three_files(void)
{
	const struct rlimit three = {3, 3};

	setrlimit(RLIMIT_NOFILE, &three);
}

static void limited_descriptors(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX], token[TOKEN_SIZE];
	struct request q = ask_token('1');
	size_t length = request_encode(&q, frame);
	static struct outcome out;
	struct reply reply;

	(void)state;
	make_token('2', token);
	run(&(struct how){.prepare = three_files}, frame, length, &out);
	assert_true(WIFEXITED(out.status)); /* its libraries could not be loaded, or its files not be opened */
	if (out.length > 0) {
		assert_null(reply_decode(&reply, out.bytes, out.length, q.operation, q.id));
		assert_int_not_equal(reply.result, AUTHZ_OK);
	} else {
		assert_int_not_equal(WEXITSTATUS(out.status), 0);
	}
	unharmed(token);
}

static void bad_configuration(void **state)
{
	struct request q = ask_token('1');
	struct reply reply;

	(void)state;
	write_file(in_state("authz.conf"), "[authz]\nuid_min = 1\nuidmin = 1\n");
	expect(request(&q, &reply), AUTHZ_BAD_CONFIG);
	assert_non_null(strstr(reply.subject, "authz.conf, line 3: unknown key or bad value: uidmin"));
	assert_int_equal(unlink(in_state("authz.conf")), 0);
	assert_int_equal(mkfifo(in_state("authz.conf"), 0600), 0);
	expect(request(&q, &reply), AUTHZ_BAD_CONFIG);
	assert_int_equal(unlink(in_state("authz.conf")), 0);
	assert_int_equal(rmdir(in_state("tokens")), 0);
	expect(request(&q, &reply), AUTHZ_STORE_MISSING);
	assert_non_null(strstr(reply.subject, "/tokens"));
}

static void shadow_out_of_reach(void **state)
{
	unsigned char token[TOKEN_SIZE];
	struct request q = ask_token('1');
	struct reply reply;

	(void)state;
	make_token('2', token);
	assert_int_equal(rename(in_state("shadow"), in_state("away")), 0);
	expect(request(&q, &reply), AUTHZ_NO_SHADOW);
	redeems(token, AUTHZ_NO_SHADOW);
	write_file(in_state("shadow"), "somebody:*:19000:0:99999:7:::\n");
	expect(request(&q, &reply), AUTHZ_ACCOUNT_UNKNOWN);
	redeems(token, AUTHZ_TOKEN_STALE);
	assert_int_equal(rename(in_state("away"), in_state("shadow")), 0);
	unharmed(token);
}

static void killed(void **state)
{
	unsigned char frame[FRAME_REQUEST_MAX], token[TOKEN_SIZE];
	struct request q = ask_token('1');
	size_t length = request_encode(&q, frame);
	int i, pair[2], status;

	(void)state;
	make_token('2', token);
	for (i = 0; i < 60; i++) {
		const struct timespec pause = {.tv_nsec = i * 100000};
		pid_t pid;

		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
		pid = fork();
		if (pid == 0)
			become_helper(&(struct how){.argv = NULL}, pair[1]);
		close(pair[1]);
		assert_int_equal(send(pair[0], frame, length, 0), length);
		nanosleep(&pause, NULL);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		close(pair[0]);
	}
	unharmed(token);
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
static bool copy_helper(void)
{
	char command[2 * sizeof helper];

	snprintf(command, sizeof command, "cp '%s' '%s/authz-helper' && chmod 755 '%s/authz-helper'",
	         tree_build("helpers/authz-helper/authz-helper"), folder, folder);
	snprintf(helper, sizeof helper, "%s/authz-helper", folder);
	return system(command) == 0;
}

#define TEST(sentence, function) {sentence, function, setup, teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("a token is made by one helper, redeemed by the next, refused by the third", whole_job),
		TEST("a token bound to service, remote host or terminal is refused elsewhere with its own code, unspent, and taken there",
		     bindings),
		TEST("a token bound to a user is taken from that user alone", bound_uid),
		TEST("each operation reaches its rule", other_operations),
		TEST("any argument but --state and an absolute folder is refused (main MUST 1)", arguments),
		TEST("without any argument, not even a name, it does nothing to the caller", no_arguments),
		TEST("a terminal on standard input gets the usage", by_a_person),
		TEST("closed descriptors 0 to 2 harm nothing (harden MUST 1)", closed_descriptors),
		TEST("a hostile environment has no effect (harden MUST 1)", hostile_environment),
		TEST("the caller's umask, signals, timers, descriptors and folder have no effect (harden MUST 1)", hostile_caller),
		TEST("before a byte is read all ids are its own, the filter is in place, nothing is blocked (harden MUST 2)", hardened),
		TEST("a terminal of the caller's can neither stop nor end the helper (harden MUST 1)", on_a_terminal),
		TEST("a request that never ends ends the helper, whatever the caller ignores (harden MUST 3)", silence),
		TEST("a request in slow pieces is answered", slow_pieces),
		TEST("a second request is not answered, nor waited for (main MUST 2)", answered_once),
		TEST("garbage, a cut request and one that is too long get no answer, and harm nothing", garbage),
		TEST("each number that is no operation is AZ-REQUEST", no_operations),
		TEST("a limit of 0 on files is a named refusal, a soft one is lifted", limited_file_size),
		TEST("a limit of three descriptors harms nothing", limited_descriptors),
		TEST("a bad configuration and a missing store are named", bad_configuration),
		TEST("shadow out of reach is not an unknown account", shadow_out_of_reach),
		TEST("a helper killed at any moment loses nothing", killed),
	};
	const char *below = getenv("TMPDIR");
	int failed;

	snprintf(folder, sizeof folder, "%s/authz-helper-test.XXXXXX", below != NULL && strlen(below) < 80 ? below : "/tmp");
	if (mkdtemp(folder) == NULL || !copy_helper() || !become_ordinary() || !find_owner()) {
		perror("test_helper");
		return 2;
	}
	failed = cmocka_run_group_tests_name("helper", tests, NULL, NULL);
	run_rm(folder);
	return failed;
}
