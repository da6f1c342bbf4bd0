/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: the caller's terminal is as it was at every end and every stop of authz-run but a kill.
 * MUST 2: the command's terminal is another one than the caller's.
 */
#include "terminal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

void terminal_look(struct terminal *t)
{
	*t = (struct terminal){.callers = -1, .master = -1, .slave = -1};
	for (int fd = 0; fd < 3; fd++)
		t->is[fd] = isatty(fd) == 1;
	t->keyboard = t->is[0];
	t->screen = t->is[1];
	for (int i = 0; i < 3 && t->callers < 0; i++)
		t->callers = t->is[(i + 1) % 3] ? (i + 1) % 3 : -1;
	if (t->callers >= 0 && ttyname_r(t->callers, t->name, sizeof t->name) != 0)
		t->name[0] = '\0';
}

void terminal_copy_size(const struct terminal *t)
{
	struct winsize size;

	if (ioctl(t->callers, TIOCGWINSZ, &size) == 0)
		(void)ioctl(t->master, TIOCSWINSZ, &size);
}

bool terminal_make(struct terminal *t)
{
	struct termios like;

	t->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (t->master < 0 || grantpt(t->master) != 0 || unlockpt(t->master) != 0)
		return false;
	t->slave = ioctl(t->master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (t->slave < 0 || tcgetattr(t->callers, &like) != 0)
		return false;
	if (!t->keyboard || !t->screen)
		like.c_lflag &= ~(tcflag_t)ECHO; /* the caller's shows what is typed */
	terminal_copy_size(t);
	return tcsetattr(t->slave, TCSANOW, &like) == 0;
}

bool terminal_is_ours(const struct terminal *t)
{
	return t->callers >= 0 && tcgetpgrp(t->callers) == getpgrp();
}

void terminal_take(struct terminal *t)
{
	struct termios raw;

	if (t->raw || !t->keyboard || !t->screen || !terminal_is_ours(t) || tcgetattr(t->callers, &t->before) != 0)
		return;
	raw = t->before;
	cfmakeraw(&raw);
	/* not after the output: a terminal that is held up would hold up this program, with all signals held */
	t->raw = tcsetattr(t->callers, TCSANOW, &raw) == 0;
}

void terminal_restore(struct terminal *t)
{
	if (t->raw)
		(void)tcsetattr(t->callers, TCSANOW, &t->before);
	t->raw = false;
}
