/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a terminal shows no character of a token or a password, and shows characters again however the reading ends.
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

/* What is asked for, and the room for it, with a NUL.  It has SIZE where the line was too long or had a NUL in it. */
struct line {
	const char *prompt, *about; /* "Password of ", whom; about may be NULL */
	char *text;
	size_t size, length;
};

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

static bool read_line(struct line *l, int fd, const sigset_t *waiting)
{
	char byte = '\0';
	bool wrong = false;
	ssize_t n = 0;

	l->length = 0;
	/* what is longer is none: a file without a line's end has no end here, either */
	while (!wrong && (n = read_byte(fd, &byte, waiting)) > 0 && byte != '\n') {
		wrong = byte == '\0' || l->length == l->size - 1;
		if (!wrong)
			l->text[l->length++] = byte;
	}
	l->text[l->length] = '\0';
	if (wrong)
		l->length = l->size;
	explicit_bzero(&byte, sizeof byte);
	return n >= 0;
}

/* A name may come from anywhere: nothing of it moves the cursor. */
static void put_plain(const char *text)
{
	for (; *text != '\0'; text++)
		fputc(*text >= ' ' && *text <= '~' ? *text : '?', stderr);
}

/* One try at the terminal with the signals held back but while waiting; "caught" says which one ended it. */
static bool ask(struct line *l, int fd, const struct termios *shown, const sigset_t *waiting)
{
	struct termios hidden = *shown;
	bool read;
	int error;

	hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	hidden.c_lflag |= ICANON | ISIG;
	if (tcsetattr(fd, TCSAFLUSH, &hidden) != 0)
		return false;
	fputs(l->prompt, stderr);
	if (l->about != NULL)
		put_plain(l->about);
	fputs(": ", stderr);
	read = read_line(l, fd, waiting);
	error = errno;
	(void)tcsetattr(fd, TCSAFLUSH, shown);
	fputc('\n', stderr);
	errno = error;
	return read;
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

static bool ask_terminal(struct line *l, int fd, const struct termios *shown)
{
	struct sigaction before[SIGNALS];
	sigset_t mask;
	bool read;
	int error;

	do {
		caught = 0;
		hold_signals(before, &mask);
		read = ask(l, fd, shown, &mask);
		error = errno;
		if (!read)
			explicit_bzero(l->text, l->size); /* the signal may end the process */
		release_signals(before, &mask);
		if (caught != 0)
			(void)raise(caught); /* ends or stops the process; continued, it asks again */
		errno = error;
	} while (!read && caught != 0);
	return read;
}

static bool read_secret(struct line *l, int fd)
{
	struct termios shown;

	return tcgetattr(fd, &shown) != 0 ? read_line(l, fd, NULL) : ask_terminal(l, fd, &shown);
}

enum secret_read secret_read_token(int fd, unsigned char token[AUTHZ_TOKEN_SIZE])
{
	char text[AUTHZ_TOKEN_TEXT_SIZE + 1]; /* the text, perhaps a carriage return, NUL */
	struct line l = {.prompt = "Token", .text = text, .size = sizeof text};
	const bool read = read_secret(&l, fd);
	const int error = errno;
	bool ok = false;

	memset(token, 0, AUTHZ_TOKEN_SIZE);
	if (read && l.length < sizeof text) {
		if (l.length > 0 && text[l.length - 1] == '\r')
			text[l.length - 1] = '\0';
		ok = authz_token_from_text(token, text) == 0;
	}
	explicit_bzero(text, sizeof text);
	errno = error;
	return ok ? SECRET_OK : read ? SECRET_WRONG : SECRET_UNREADABLE;
}

static enum secret_read read_password(int fd, const char *prompt, const char *about, char password[PASSWORD_SIZE])
{
	struct line l = {.prompt = prompt, .about = about, .text = password, .size = PASSWORD_SIZE};
	const bool read = read_secret(&l, fd);

	if (read && l.length > 0 && l.length < PASSWORD_SIZE)
		return SECRET_OK;
	explicit_bzero(password, PASSWORD_SIZE);
	return read ? SECRET_WRONG : SECRET_UNREADABLE;
}

enum secret_read secret_read_password(int fd, const char *user, char password[PASSWORD_SIZE])
{
	return read_password(fd, "Password of ", user, password);
}

enum secret_read secret_read_new_password(int fd, const char *of, char password[PASSWORD_SIZE])
{
	enum secret_read read = read_password(fd, "New password of ", of, password);
	char again[PASSWORD_SIZE];

	if (read != SECRET_OK || isatty(fd) != 1)
		return read;
	read = read_password(fd, "Again, new password of ", of, again);
	if (read == SECRET_OK && strcmp(password, again) != 0)
		read = SECRET_DIFFERENT;
	if (read != SECRET_OK)
		explicit_bzero(password, PASSWORD_SIZE);
	explicit_bzero(again, sizeof again);
	return read;
}
