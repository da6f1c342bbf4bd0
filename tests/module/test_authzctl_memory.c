/* SPDX-License-Identifier: ISC */
/*
 * The memory of authzctl when it ends: it is stopped there, all that it can write is read, and no token and no password
 * may be in it.
 *
 * This also fails for a program that is linked without -z now: a call that is bound late saves the vector registers, with
 * whatever memcpy left in them, on the stack.
 */
#include "config.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "authz.h"
#include "own_state.h"

#define TEXT_LENGTH (AUTHZ_TOKEN_TEXT_SIZE - 1)
#define PASSWORD "right $password"
#define HASH "$6$salt$GvHV2eRSMfGBRBYYEP37XLZKChjra4jYKKvz0Q7gsy6v8qSTF.XwbEwsPYuyeB3Ha3dG4gj5dQNodlRw8i2hR/" /* crypt(PASSWORD) */
#define LARGEST (UINT64_C(1) << 28) /* a sanitizer's shadow is larger */

static char program[128], child[128];

/* What authzctl wrote, and how often secrets were found in its memory: as text (a token's without the prefix), as bytes. */
struct ending {
	int status;
	char out[1024];
	unsigned texts, bytes;
	uint64_t looked_at;
};

static int make_state(void **state)
{
	(void)state;
	if (state_open("helpers/authzctl/authzctl") != 0)
		return -1;
	snprintf(program, sizeof program, "%s", beside_state("authzctl"));
	snprintf(child, sizeof child, "%s", beside_state("child"));
	state_make();
	write_file(in_state("shadow"), "daemon:" HASH ":20000:0:99999:7:::\n");
	write_child(child);
	return 0;
}

static unsigned count(const unsigned char *in, size_t length, const void *what, size_t size)
{
	const unsigned char *at = in;
	unsigned found = 0;

	while ((at = memmem(at, length - (size_t)(at - in), what, size)) != NULL) {
		found++;
		at++;
	}
	return found;
}

static void look_at(struct ending *e, int memory, uint64_t from, uint64_t to, const char *secret)
{
	unsigned char bytes[AUTHZ_TOKEN_SIZE], *copy = malloc(to - from);
	const ssize_t got = pread(memory, copy, to - from, (off_t)from);
	const bool token = authz_token_from_text(bytes, secret) == 0;

	if (token)
		secret += strlen("prftkn_");
	if (got > 0) {
		e->looked_at += (uint64_t)got;
		e->texts += count(copy, (size_t)got, secret, strlen(secret));
		e->bytes += token ? count(copy, (size_t)got, bytes, sizeof bytes) : 0;
	}
	free(copy);
}

/* All writable memory of a stopped process. */
static void look(struct ending *e, pid_t pid, const char *secret)
{
	char path[64], line[512], mode[8];
	uint64_t from, to;
	FILE *maps;
	int memory;

	(void)snprintf(path, sizeof path, "/proc/%d/mem", (int)pid);
	memory = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(memory >= 0);
	(void)snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
	maps = fopen(path, "re");
	assert_non_null(maps);
	while (fgets(line, sizeof line, maps) != NULL)
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s", &from, &to, mode) == 3 && mode[1] == 'w' && to - from <= LARGEST)
			look_at(e, memory, from, to, secret);
	(void)fclose(maps);
	(void)close(memory);
}

static void start(const char *const *words, int in, int out)
{
	const char *argv[12] = {program, "--helper", child, "--socket", "none"};

	for (size_t i = 5; i < 11 && *words != NULL; i++)
		argv[i] = *words++;
	if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
		_exit(126);
	(void)setenv("ASAN_OPTIONS", "detect_leaks=0", 1); /* that cannot work in a traced process */
	execv(program, (char **)(uintptr_t)argv);
	_exit(127);
}

/* Go on until it is about to end, with its memory still there. */
static void run_to_end(pid_t pid)
{
	int status, signal_number = 0;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSTOPPED(status));
	assert_int_equal(ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)(uintptr_t)(PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL)), 0);
	for (;;) {
		assert_int_equal(ptrace(PTRACE_CONT, pid, NULL, (void *)(uintptr_t)(unsigned)signal_number), 0);
		assert_int_equal(waitpid(pid, &status, __WALL), pid);
		assert_true(WIFSTOPPED(status));
		if (status >> 8 == (SIGTRAP | (PTRACE_EVENT_EXIT << 8)))
			return;
		signal_number = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
	}
}

/* The token in a text: true, and a copy. */
static bool find_token(const char *in, char token[AUTHZ_TOKEN_TEXT_SIZE])
{
	const char *at = strstr(in, "prftkn_");

	if (at == NULL)
		return false;
	(void)snprintf(token, AUTHZ_TOKEN_TEXT_SIZE, "%.50s", at);
	return true;
}

static void read_file(const char *path, char text[AUTHZ_TOKEN_TEXT_SIZE])
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(read(fd, text, TEXT_LENGTH), TEXT_LENGTH);
	text[TEXT_LENGTH] = '\0';
	(void)close(fd);
}

/* Traces are sought of the input, of a token on the output, and of one in the file at its end, as far as there are. */
static struct ending run(const char *const *words, const char *input, const char *file)
{
	struct ending e = {.status = -1};
	char token[AUTHZ_TOKEN_TEXT_SIZE];
	int in[2], out[2], status;
	ssize_t got;
	pid_t pid;

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	if (input != NULL)
		assert_int_equal(dprintf(in[1], "%s\n", input), strlen(input) + 1);
	(void)close(in[1]);
	pid = fork();
	if (pid == 0)
		start(words, in[0], out[1]);
	run_to_end(pid);
	(void)close(in[0]);
	(void)close(out[1]);
	got = fcntl(out[0], F_SETFL, O_NONBLOCK) == 0 ? read(out[0], e.out, sizeof e.out - 1) : -1;
	e.out[got > 0 ? got : 0] = '\0';
	(void)close(out[0]);
	if (input != NULL)
		look(&e, pid, input);
	if (find_token(e.out, token))
		look(&e, pid, token);
	if (file != NULL) {
		read_file(file, token);
		look(&e, pid, token);
	}
	assert_int_equal(ptrace(PTRACE_CONT, pid, NULL, NULL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	e.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	return e;
}

static void expect_clean(const struct ending *e)
{
	assert_int_equal(e->status, 0);
	assert_true(e->looked_at > 65536);
	assert_int_equal(e->texts, 0);
	assert_int_equal(e->bytes, 0);
}

static void generated(void **state)
{
	const char *const words[] = {"token", "generate", "daemon", NULL};
	const struct ending e = run(words, NULL, NULL);

	(void)state;
	expect_clean(&e);
}

static void generated_json(void **state)
{
	const char *const words[] = {"--json", "token", "generate", "daemon", NULL};
	const struct ending e = run(words, NULL, NULL);

	(void)state;
	expect_clean(&e);
}

static void make_regenerable(char text[AUTHZ_TOKEN_TEXT_SIZE])
{
	const char *const words[] = {"token", "generate", "daemon", "--type", "regenerable", NULL};
	const struct ending made = run(words, NULL, NULL);

	assert_true(find_token(made.out, text));
}

static void held(void **state)
{
	static const char *const commands[][4] = {
		{"token", "regenerate", NULL}, {"token", "timeout", NULL},    {"token", "check", "daemon", NULL},
		{"token", "invalidate", NULL}, {"token", "remove", NULL},
	};
	char text[AUTHZ_TOKEN_TEXT_SIZE];

	(void)state;
	make_regenerable(text);
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		const struct ending e = run(commands[i], text, NULL);

		expect_clean(&e);
	}
}

static void renewed(void **state)
{
	char path[128], line[AUTHZ_TOKEN_TEXT_SIZE + 1], text[AUTHZ_TOKEN_TEXT_SIZE], after[AUTHZ_TOKEN_TEXT_SIZE];
	const char *const words[] = {"token", "renew", "--file", path, NULL};
	struct ending e;

	(void)state;
	make_regenerable(text);
	(void)snprintf(line, sizeof line, "%s\n", text);
	snprintf(path, sizeof path, "%s", beside_state("session"));
	write_file(path, line);
	assert_int_equal(chmod(path, 0600), 0);
	e = run(words, text, path); /* the input is for the search alone */
	expect_clean(&e);
	read_file(path, after);
	assert_string_not_equal(text, after);
}

static void password(void **state)
{
	const char *const words[] = {"token", "generate", "daemon", "--password", "ask", NULL};
	struct ending e = run(words, PASSWORD, NULL);

	(void)state;
	assert_non_null(strstr(e.out, "prftkn_"));
	expect_clean(&e);
	e = run(words, "wrong password", NULL);
	assert_int_equal(e.status, 1);
	assert_true(e.looked_at > 65536);
	assert_int_equal(e.texts, 0);
}

/* The test itself would see a token: one that is an argument is found; so is a password. */
static void seen(void **state)
{
	char text[AUTHZ_TOKEN_TEXT_SIZE];
	const char *const words[] = {"token", "list", "--user", text, NULL}, *const others[] = {"token", "list", "--user", PASSWORD, NULL};
	struct ending e;

	(void)state;
	make_regenerable(text);
	e = run(words, text, NULL);
	assert_int_equal(e.status, 1);
	assert_true(e.texts >= 1);
	e = run(others, PASSWORD, NULL);
	assert_true(e.texts >= 1);
}

static void cabinet_passwords(void **state)
{
	static const char *const commands[][6] = {
		{"cabinet", "passwd", "memory", NULL},           {"cabinet", "create", "other", "--password", "ask", NULL},
		{"cabinet", "members", "memory", "--as", "memory", NULL}, {"cabinet", "add-member", "memory", "bin", "--as=memory", NULL},
		{"cabinet", "tree", "--as", "memory", NULL},
	};
	const char *const make[] = {"cabinet", "create", "memory", NULL}, *const admin[] = {"cabinet", "admin", "memory", "+memory", NULL};
	struct ending e = run(make, NULL, NULL);

	(void)state;
	assert_int_equal(e.status, 0);
	e = run(admin, NULL, NULL);
	assert_int_equal(e.status, 0);
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		e = run(commands[i], PASSWORD, NULL);
		expect_clean(&e);
	}
}

/* Whatever becomes of the request. */
static void mailbox_passwords(void **state)
{
	static const char *const commands[][6] = {
		{"mailbox", "group", "post", "--master", "bin", NULL}, {"mailbox", "add", "daemon", "--group", "post", NULL},
		{"mailbox", "bind", "daemon", NULL},                   {"mailbox", "passwd", "daemon", NULL},
		{"mailbox", "alter", "daemon", "--password", "ask", NULL},
	};
	struct ending e;

	(void)state;
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		e = run(commands[i], PASSWORD, NULL);
		assert_true(e.looked_at > 65536);
		assert_int_equal(e.texts, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"a token in memory would be found by this test", seen, NULL, NULL, NULL},
		{"nothing of a token that was made is in memory at the end (token MUST 3)", generated, NULL, NULL, NULL},
		{"nor where it was written as JSON (token MUST 3)", generated_json, NULL, NULL, NULL},
		{"nothing of a token that was read is in memory at the end (secret MUST 3)", held, NULL, NULL, NULL},
		{"nor of the two of a file that was renewed (token MUST 3)", renewed, NULL, NULL, NULL},
		{"nor of a password, right or wrong (token_generate MUST 1, secret MUST 3)", password, NULL, NULL, NULL},
		{"nor of a cabinet's password, old or new (cabinet MUST 1, secret MUST 3)", cabinet_passwords, NULL, NULL, NULL},
		{"nor of a mailbox's password, whatever becomes of the request (secret MUST 3)", mailbox_passwords, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests(tests, make_state, state_close);
}
