/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: once the keeper has been waited for, its number is another's, and root sends nothing there.
 * MUST 2: a terminal that takes nothing, or gives what was promised to somebody else, holds no signal back.
 */
#include "relay.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "privileged.h"

struct pipe {
	char bytes[4096];
	size_t used;
};

struct relay {
	struct terminal *t;
	pid_t keeper;
	int signals;
	bool ended, typed_all; /* the keeper has ended; nothing more will be typed */
	int status;
	struct pipe in, out;
};

/* Some of what is there goes to fd; false: nobody will ever read it. */
static bool put(struct pipe *p, int fd)
{
	const ssize_t n = write(fd, p->bytes, p->used);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	p->used -= (size_t)n;
	memmove(p->bytes, p->bytes + n, p->used);
	return true;
}

static void wake(int number)
{
	(void)number;
}

/*
 * The caller's terminal blocks, for it is the caller's shell's too: what is there may go to another reader, and what has room
 * may be less than what is written.  From here on to "false" a call that hangs is broken off, again and again.
 */
static void bound(bool on)
{
	const struct itimerval tenths = {{0, on ? 100000 : 0}, {0, on ? 100000 : 0}};

	(void)setitimer(ITIMER_REAL, &tenths, NULL);
}

/* As put, on the caller's terminal. */
static bool show(struct relay *r)
{
	bool done;

	bound(true);
	done = put(&r->out, r->t->callers);
	bound(false);
	return done;
}

static void tell(const struct relay *r, int number)
{
	if (!r->ended)
		privileged_signal(r->keeper, number);
}

/* The end of what is typed: the character for it, or, of a terminal that has gone, the hang-up. */
static void end_typing(struct relay *r)
{
	struct termios now;

	r->typed_all = true;
	if (r->t->raw || tcgetattr(r->t->master, &now) != 0)
		tell(r, SIGHUP);
	else
		r->in.bytes[r->in.used++] = (char)now.c_cc[VEOF];
}

static void hear_typing(struct relay *r)
{
	ssize_t n;

	bound(true);
	n = read(STDIN_FILENO, r->in.bytes, sizeof r->in.bytes - 1);
	bound(false);
	if (n > 0)
		r->in.used = (size_t)n;
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		end_typing(r);
}

static void close_master(struct relay *r)
{
	if (r->t->master >= 0)
		close(r->t->master);
	r->t->master = -1;
}

static void hear_command(struct relay *r)
{
	const ssize_t n = read(r->t->master, r->out.bytes, sizeof r->out.bytes);

	if (n > 0)
		r->out.used = (size_t)n;
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		close_master(r); /* nobody has the command's terminal any more */
}

/* What the command has said by now, as far as the terminal takes it. */
static void show_all(struct relay *r)
{
	struct pollfd p = {.fd = r->t->master, .events = POLLIN};
	size_t before;

	while (r->t->master >= 0 && (r->out.used > 0 || (poll(&p, 1, 0) > 0 && (p.revents & POLLIN) != 0))) {
		if (r->out.used == 0)
			hear_command(r);
		before = r->out.used;
		if (before > 0 && (!show(r) || r->out.used == before))
			return;
	}
}

/* The command has stopped: so does this program, with the terminal as it was, until somebody continues it. */
static void stop(struct relay *r)
{
	show_all(r);
	terminal_restore(r->t);
	(void)kill(getpid(), SIGSTOP);
}

static void look(struct relay *r)
{
	int status;

	while (!r->ended && waitpid(r->keeper, &status, WNOHANG | WUNTRACED) == r->keeper) {
		if (WIFSTOPPED(status)) {
			stop(r);
		} else {
			r->ended = true;
			r->status = status;
		}
	}
}

/* Where there is nobody any more to hand a signal on to, it ends the waiting for a terminal that takes no output. */
static void hand_on(struct relay *r, int number)
{
	if (!r->ended) {
		tell(r, number);
	} else if (number != SIGCONT && number != SIGTSTP) {
		r->out.used = 0;
		close_master(r);
	}
}

static void hear_signal(struct relay *r)
{
	struct signalfd_siginfo info;

	if (read(r->signals, &info, sizeof info) != (ssize_t)sizeof info)
		return;
	if (info.ssi_signo == SIGCONT && r->t->master >= 0)
		terminal_take(r->t);
	if (info.ssi_signo == SIGCHLD)
		look(r);
	else if (info.ssi_signo == SIGWINCH && r->t->master >= 0)
		terminal_copy_size(r->t);
	else if (info.ssi_signo != SIGWINCH && info.ssi_signo != SIGTTIN && info.ssi_signo != SIGTTOU)
		hand_on(r, (int)info.ssi_signo);
}

static bool may_listen(const struct relay *r)
{
	return r->t->keyboard && !r->typed_all && r->t->master >= 0 && r->in.used == 0;
}

/*
 * Milliseconds, or for ever.  Once the keeper has ended its terminal is hung up: what it still has comes at once.  And nobody
 * says so where a job that runs is brought to the foreground.
 */
static int patience(const struct relay *r, bool listening)
{
	if (r->ended && r->out.used == 0)
		return 100;
	return may_listen(r) && !listening ? 500 : -1;
}

/* One round; false when the keeper has ended and all that its terminal showed was passed on. */
static bool turn(struct relay *r)
{
	const int master = r->t->master;
	const bool listening = may_listen(r) && terminal_is_ours(r->t);
	const short wanted = (short)((r->out.used == 0 ? POLLIN : 0) | (r->in.used > 0 ? POLLOUT : 0));
	struct pollfd p[] = {
		{.fd = r->signals, .events = POLLIN},
		{.fd = listening ? STDIN_FILENO : -1, .events = POLLIN},
		{.fd = wanted == 0 ? -1 : master, .events = wanted}, /* a hang-up is told whether it is wanted or not */
		{.fd = r->out.used > 0 ? r->t->callers : -1, .events = POLLOUT},
	};
	int ready;

	if (listening)
		terminal_take(r->t);
	ready = poll(p, 4, patience(r, listening));
	if (ready < 0)
		return errno == EINTR;
	if (p[0].revents != 0)
		hear_signal(r);
	if (p[1].revents != 0)
		hear_typing(r);
	if ((p[2].revents & POLLOUT) != 0 && r->in.used > 0 && !put(&r->in, master))
		r->in.used = 0;
	if (p[3].revents != 0 && !show(r)) {
		r->out.used = 0;
		close_master(r); /* the caller's terminal has gone: so has the command's */
	}
	if (r->t->master >= 0 && r->out.used == 0 && (p[2].revents & (POLLIN | POLLHUP | POLLERR)) != 0)
		hear_command(r);
	return !r->ended || r->out.used > 0 || (ready > 0 && r->t->master >= 0);
}

int relay(struct terminal *t, pid_t keeper, const sigset_t *held)
{
	const struct sigaction alarm = {.sa_handler = wake}; /* and no SA_RESTART */
	struct relay r = {.t = t, .keeper = keeper, .signals = signalfd(-1, held, SFD_CLOEXEC | SFD_NONBLOCK), .status = -1};

	if (r.signals < 0 || sigaction(SIGALRM, &alarm, NULL) != 0)
		return -1;
	if (t->master >= 0)
		terminal_take(t);
	look(&r); /* before the first signal that says so */
	while (turn(&r))
		continue;
	terminal_restore(t);
	close_master(&r);
	close(r.signals);
	return r.status;
}
