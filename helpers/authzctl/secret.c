/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a terminal shows no character of a token, and shows characters again however the reading ends.
 * MUST 2: no byte past the end of the line is taken from the descriptor.
 * MUST 3: what was read is wiped on every way out.
 */
#include "config.h"

#include "secret.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <termios.h>
#include <unistd.h>

static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU};
#define SIGNALS (sizeof signals / sizeof signals[0])

static volatile sig_atomic_t caught;

int secret_begin(void)
{
	const int before = prctl(PR_GET_DUMPABLE);

	(void)prctl(PR_SET_DUMPABLE, 0);
	return before;
}

void secret_end(int before)
{
	if (before == 1)
		(void)prctl(PR_SET_DUMPABLE, 1);
}

static void catch(int number)
{
	caught = number;
}

/* A byte, 0 at the end, -1 with errno; EINTR only for one of the signals, which "waiting" lets in. */
static ssize_t read_byte(int fd, char *byte, const sigset_t *waiting)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	ssize_t n;

	do {
		if (waiting != NULL && ppoll(&p, 1, NULL, waiting) < 0) {
			if (errno != EINTR || caught != 0)
				return -1;
			continue;
		}
		n = read(fd, byte, 1);
		if (n >= 0 || (errno != EINTR && errno != EAGAIN))
			return n;
		if (errno == EAGAIN)
			(void)poll(&p, 1, -1);
	} while (true);
}

static enum secret_read read_line(int fd, unsigned char *token, const sigset_t *waiting)
{
	char line[AUTHZ_TOKEN_TEXT_SIZE + 1], byte = '\0'; /* the text, perhaps a carriage return, NUL */
	size_t used = 0;
	ssize_t n;
	enum secret_read result = SECRET_UNREADABLE;

	memset(token, 0, AUTHZ_TOKEN_SIZE);
	while ((n = read_byte(fd, &byte, waiting)) > 0 && byte != '\n') {
		if (used < sizeof line)
			line[used] = byte;
		used += used < sizeof line;
	}
	if (n >= 0) {
		result = SECRET_NO_TOKEN;
		if (used > 0 && used < sizeof line && line[used - 1] == '\r')
			used--;
		if (used < sizeof line && memchr(line, '\0', used) == NULL) {
			line[used] = '\0';
			if (authz_token_from_text(token, line) == 0)
				result = SECRET_OK;
		}
	}
	explicit_bzero(line, sizeof line);
	explicit_bzero(&byte, sizeof byte);
	return result;
}

/* One try at the terminal with the signals held back but while waiting; "caught" says which one ended it. */
static enum secret_read ask(int fd, const struct termios *shown, unsigned char *token, const sigset_t *waiting)
{
	struct termios hidden = *shown;
	enum secret_read result;
	int error;

	hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	hidden.c_lflag |= ICANON | ISIG;
	if (tcsetattr(fd, TCSAFLUSH, &hidden) != 0)
		return SECRET_UNREADABLE;
	fputs("Token: ", stderr);
	result = read_line(fd, token, waiting);
	error = errno;
	(void)tcsetattr(fd, TCSAFLUSH, shown);
	fputc('\n', stderr);
	errno = error;
	return result;
}

static void hold_signals(struct sigaction before[SIGNALS], sigset_t *mask)
{
	struct sigaction ours = {.sa_handler = catch};
	sigset_t held;

	sigemptyset(&held);
	for (size_t i = 0; i < SIGNALS; i++)
		sigaddset(&held, signals[i]);
	(void)sigprocmask(SIG_BLOCK, &held, mask);
	for (size_t i = 0; i < SIGNALS; i++)
		if (sigaction(signals[i], NULL, &before[i]) == 0 && before[i].sa_handler != SIG_IGN)
			(void)sigaction(signals[i], &ours, NULL);
}

static void release_signals(const struct sigaction before[SIGNALS], const sigset_t *mask)
{
	for (size_t i = 0; i < SIGNALS; i++)
		(void)sigaction(signals[i], &before[i], NULL);
	(void)sigprocmask(SIG_SETMASK, mask, NULL);
}

static enum secret_read ask_terminal(int fd, const struct termios *shown, unsigned char *token)
{
	struct sigaction before[SIGNALS];
	enum secret_read result;
	sigset_t mask;
	int error;

	do {
		caught = 0;
		hold_signals(before, &mask);
		result = ask(fd, shown, token, &mask);
		error = errno;
		release_signals(before, &mask);
		if (caught != 0)
			(void)raise(caught); /* ends or stops the process; continued, it asks again */
		errno = error;
	} while (result == SECRET_UNREADABLE && caught != 0);
	return result;
}

enum secret_read secret_read_token(int fd, unsigned char token[AUTHZ_TOKEN_SIZE])
{
	struct termios shown;

	if (tcgetattr(fd, &shown) != 0)
		return read_line(fd, token, NULL);
	return ask_terminal(fd, &shown, token);
}
