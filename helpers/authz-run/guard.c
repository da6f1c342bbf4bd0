/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: nothing of the caller's environment, descriptors, timers, signals, umask or folder has an effect on what is done
 *         with privilege.
 * MUST 2: no core, no tracing.
 */
#include "guard.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

bool guard_begin(void)
{
	int fd;

	for (fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			return false;
	return prctl(PR_SET_DUMPABLE, 0) == 0;
}

static bool close_others(int kept)
{
	const unsigned one = kept < 3 ? 3 : (unsigned)kept;

	return (one == 3 || syscall(SYS_close_range, 3u, one - 1, 0u) == 0) &&
	       syscall(SYS_close_range, one == (unsigned)kept ? one + 1 : one, ~0u, 0u) == 0;
}

void guard_release(void)
{
	static const unsigned char by_default[256]; /* the kernel's struct, all zeros on every machine */
	sigset_t none;
	long number;

	/* libc's call leaves out the two signals that are its own, which a caller may have ignored */
	for (number = 1; number < _NSIG; number++)
		(void)syscall(SYS_rt_sigaction, number, by_default, NULL, (size_t)_NSIG / 8);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

void guard_hold(sigset_t *held)
{
	static const int numbers[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2,
	                              SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU, SIGCHLD, SIGWINCH};

	sigemptyset(held);
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		sigaddset(held, numbers[i]);
	(void)sigprocmask(SIG_BLOCK, held, NULL);
}

/* Of Linux, where nobody has set another: nanoseconds by which a timer may be late.  The caller could make them years. */
#define SLACK 50000ul

bool guard_process(int kept, int *folder)
{
	const struct itimerval off = {.it_value = {0}};

	if (!close_others(kept) || prctl(PR_SET_TIMERSLACK, SLACK) != 0)
		return false;
	(void)clearenv();
	(void)setitimer(ITIMER_REAL, &off, NULL);
	(void)setitimer(ITIMER_VIRTUAL, &off, NULL);
	(void)setitimer(ITIMER_PROF, &off, NULL);
	guard_release();
	(void)signal(SIGPIPE, SIG_IGN); /* a write that fails says so */
	(void)signal(SIGXFSZ, SIG_IGN);
	umask(022);
	*folder = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return chdir("/") == 0;
}
