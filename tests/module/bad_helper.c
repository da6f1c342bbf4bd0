/* SPDX-License-Identifier: ISC */
/*
 * Every helper that a client should survive, and two good ones.  What it does is the last part of the path by which it
 * was started, as argv and environment are the client's:
 *
 *	good  refuse  fail        a right answer: done; AZ-SPENT; done, but ending with status 3
 *	report                    a right answer whose subject says what the helper finds itself in
 *	mark                      a right answer, and its pid in the file PATH.pid
 *	hang  hang_after  stop    no answer: before reading; after; stopped.  Its pid in PATH.pid
 *	late_end                  a right answer, and no end.  Its pid in PATH.pid
 *	slow                      a right answer in two halves, 150 ms apart
 *	crash  crash_after  close_early  silent      by a signal or by exit, before or after reading
 *	cut_N  kill_N             the first N bytes of a right answer, then the end, or SIGKILL
 *	leave_N                   the same as cut_N, while another process holds the channel for two seconds more
 *	noise  words  magic  version  operation  id  huge  result  twice  short   wrong in that
 *	more  more_later          one byte after the answer: at once, after 50 ms
 *	bare                      done, and no other field
 *	root                      done, with uid 0
 */
#include "config.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "wire/reply.h"
#include "wire/request.h"

#define REPLY_HAS(field) (UINT64_C(1) << REPLY_##field)

extern char **environ;

static const char *path, *mode;

static bool is(const char *name)
{
	return strcmp(mode, name) == 0;
}

/* The number behind a mode's name, or -1. */
static long number_after(const char *name)
{
	size_t length = strlen(name);

	return strncmp(mode, name, length) == 0 ? atol(mode + length) : -1;
}

static void pause_ms(long milliseconds)
{
	const struct timespec t = {milliseconds / 1000, milliseconds % 1000 * 1000000};

	nanosleep(&t, NULL);
}

static void tell_pid(void)
{
	char name[PATH_MAX];
	FILE *f;

	snprintf(name, sizeof name, "%s.pid", path);
	f = fopen(name, "we");
	if (f == NULL)
		return;
	fprintf(f, "%ld\n", (long)getpid());
	fclose(f);
}

static void hang(void)
{
	tell_pid();
	alarm(60); /* nothing stays behind if the test fails */
	for (;;)
		pause();
}

static void die(int signal_number)
{
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

static void write_all(const unsigned char *bytes, size_t length)
{
	ssize_t n;

	signal(SIGPIPE, SIG_IGN);
	while (length > 0 && (n = write(1, bytes, length)) > 0) {
		bytes += n;
		length -= (size_t)n;
	}
}

static bool read_request(struct request *r)
{
	unsigned char frame[FRAME_REQUEST_MAX];
	size_t have = 0, need = FRAME_HEADER;
	ssize_t n;

	while (have < need && (n = read(0, frame + have, need - have)) > 0) {
		have += (size_t)n;
		if (have == FRAME_HEADER)
			need = request_frame_length(frame);
	}
	return have == need && request_decode(r, frame, have) == NULL;
}

static void append(char *text, size_t size, const char *name, long value)
{
	size_t used = strlen(text);

	snprintf(text + used, size - used, "%s=%ld ", name, value);
}

static long count_environment(void)
{
	long n = 0;

	while (environ[n] != NULL)
		n++;
	return n;
}

static long count_descriptors(void)
{
	long fd, n = 0;

	for (fd = 0; fd < 4096; fd++)
		n += fcntl((int)fd, F_GETFD) >= 0;
	return n;
}

/* Signals that are blocked, and those that are ignored; handlers end with exec anyway. */
static void append_signals(char *text, size_t size)
{
	struct sigaction action;
	long blocked = 0, ignored = 0;
	sigset_t mask;
	int s;

	sigprocmask(SIG_BLOCK, NULL, &mask);
	for (s = 1; s < _NSIG; s++) {
		blocked += sigismember(&mask, s) == 1;
		ignored += sigaction(s, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
	}
	append(text, size, "blocked", blocked);
	append(text, size, "ignored", ignored);
}

static void append_ids(char *text, size_t size)
{
	uid_t u[3];
	gid_t g[3];

	getresuid(&u[0], &u[1], &u[2]);
	getresgid(&g[0], &g[1], &g[2]);
	append(text, size, "sameids", u[0] == u[1] && u[1] == u[2] && g[0] == g[1] && g[1] == g[2]);
	append(text, size, "uid", (long)u[0]);
	append(text, size, "gid", (long)g[0]);
	append(text, size, "groups", u[0] == 0 ? -1 : getgroups(0, NULL));
}

/* Is 2 something that takes all and gives nothing? */
static bool discards(int fd)
{
	char byte = 'x';

	return !isatty(fd) && write(fd, &byte, 1) == 1 && read(fd, &byte, 1) == 0;
}

static void report(char *text, size_t size, int argc, char **argv)
{
	struct itimerval timer;

	getitimer(ITIMER_REAL, &timer);
	append(text, size, "argc", argc);
	append(text, size, "name", strcmp(argv[0], "authz-helper") == 0);
	append(text, size, "env", count_environment());
	append(text, size, "fds", count_descriptors());
	append(text, size, "null", discards(2));
	append(text, size, "timer", timer.it_value.tv_sec != 0 || timer.it_value.tv_usec != 0);
	append_signals(text, size);
	append_ids(text, size);
}

static void spoil(struct request *r, struct reply *reply)
{
	if (is("refuse"))
		*reply = (struct reply){.has = REPLY_HAS(SUBJECT), .result = AUTHZ_TOKEN_SPENT, .subject = "a subject"};
	if (is("result"))
		reply->result = 4711;
	if (is("bare"))
		reply->has = 0;
	if (is("root"))
		reply->uid = 0;
	if (is("id"))
		r->id ^= 1;
	if (is("operation"))
		r->operation = OP_TOKEN_LIST;
}

static void put_number(unsigned char *to, unsigned long value, unsigned bytes)
{
	for (; bytes-- > 0; value >>= 8)
		to[bytes] = (unsigned char)value;
}

static size_t spoil_frame(unsigned char *frame, struct frame_writer *w)
{
	size_t length;

	if (is("twice"))
		frame_put_number(w, 1, 0);
	length = frame_finish(w);
	if (is("magic"))
		put_number(frame, FRAME_REQUEST_MAGIC, 4);
	if (is("version"))
		put_number(frame + 4, FRAME_VERSION + 1, 2);
	if (is("huge"))
		put_number(frame + 16, FRAME_REPLY_MAX, 4);
	if (is("short"))
		put_number(frame + 16, length - FRAME_HEADER - 1, 4);
	if (is("noise"))
		memset(frame, 0xa5, length);
	if (is("words"))
		memcpy(frame, "Segmentation fault\n", 19);
	return length;
}

static void leave_somebody(void)
{
	if (fork() != 0)
		return;
	pause_ms(2000);
	_exit(0);
}

static void end_early(const unsigned char *frame)
{
	long n;

	if ((n = number_after("cut_")) >= 0) {
		write_all(frame, (size_t)n);
		_exit(0);
	}
	if ((n = number_after("kill_")) >= 0) {
		write_all(frame, (size_t)n);
		die(SIGKILL);
	}
	if ((n = number_after("leave_")) >= 0) {
		leave_somebody();
		write_all(frame, (size_t)n);
		_exit(0);
	}
}

static void answer(const unsigned char *frame, size_t length)
{
	end_early(frame);
	if (is("slow")) {
		write_all(frame, length / 2);
		pause_ms(150);
		write_all(frame + length / 2, length - length / 2);
		return;
	}
	write_all(frame, is("more") ? length + 1 : length);
	if (is("more_later")) {
		pause_ms(50);
		write_all(frame, 1);
	}
	if (is("late_end"))
		hang();
}

static void before_reading(void)
{
	if (is("hang"))
		hang();
	if (is("crash"))
		die(SIGSEGV);
	if (is("close_early"))
		_exit(0);
	if (is("mark"))
		tell_pid();
}

static void after_reading(void)
{
	if (is("hang_after"))
		hang();
	if (is("stop")) {
		tell_pid();
		raise(SIGSTOP);
	}
	if (is("crash_after"))
		die(SIGSEGV);
	if (is("silent"))
		_exit(0);
}

int main(int argc, char **argv)
{
	static unsigned char frame[FRAME_REPLY_MAX];
	struct reply reply = {.has = REPLY_HAS(USER) | REPLY_HAS(UID), .user = "alice", .uid = 1000};
	struct frame_writer w;
	struct request r;

	path = (const char *)getauxval(AT_EXECFN);
	mode = strrchr(path, '/') + 1;
	before_reading();
	if (!read_request(&r))
		return 1;
	after_reading();
	if (r.operation == OP_TOKEN_GENERATE) {
		memset(reply.token, 0x5a, sizeof reply.token);
		reply.has = REPLY_HAS(TOKEN);
	}
	if (is("report")) {
		report(reply.subject, sizeof reply.subject, argc, argv);
		reply.has |= REPLY_HAS(SUBJECT);
	}
	spoil(&r, &reply);
	reply_begin(&w, frame, r.operation, r.id, &reply);
	answer(frame, spoil_frame(frame, &w));
	return is("fail") ? 3 : 0;
}
