/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: nothing of the caller's environment, descriptors, timers, signals, umask or folder has any effect.
 * MUST 2: all three uids and gids are the helper's own, and there is no way back.
 * MUST 3: a child ends itself, whatever hangs.
 * MUST 4: the filter has no chmod, no exec, no ptrace, no mount, no change of identity.
 * MUST 5: a service holds no capability but, if it was started with it, that to read any file.
 */
#include "harden.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

static bool open_standard(void)
{
	int fd;

	for (fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			return false;
	return true;
}

static void close_others(unsigned first)
{
	struct rlimit limit;
	unsigned fd, most = 65536;

	if (syscall(SYS_close_range, first, ~0u, 0u) == 0)
		return;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < most)
		most = (unsigned)limit.rlim_cur;
	for (fd = first; fd < most; fd++)
		close((int)fd);
}

static void reset_signals(void)
{
	/*
	 * A terminal's signals ask nobody for permission: whoever starts the helper at the head of a terminal's foreground
	 * could stop it under a lock.  SIGPIPE, of a client that went away, is a failed write, SIGXFSZ a limit on files EFBIG.
	 */
	static const int ignored[] = {SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, SIGPIPE, SIGXFSZ};
	static const unsigned char by_default[256]; /* the kernel's struct, all zeros on every machine */
	const struct sigaction action = {.sa_handler = SIG_IGN};
	long number;
	size_t i;

	/* libc's call leaves out the two signals that are its own, which a caller may have ignored */
	for (number = 1; number < _NSIG; number++)
		(void)syscall(SYS_rt_sigaction, number, by_default, NULL, (size_t)_NSIG / 8);
	for (i = 0; i < sizeof ignored / sizeof ignored[0]; i++)
		(void)sigaction(ignored[i], &action, NULL);
}

static bool set_timers(unsigned life_ms)
{
	const struct itimerval off = {.it_value = {0}};
	const struct itimerval life = {.it_value = {life_ms / 1000, life_ms % 1000 * 1000}};
	sigset_t none;

	sigemptyset(&none);
	return setitimer(ITIMER_VIRTUAL, &off, NULL) == 0 && setitimer(ITIMER_PROF, &off, NULL) == 0 &&
	       setitimer(ITIMER_REAL, &life, NULL) == 0 && sigprocmask(SIG_SETMASK, &none, NULL) == 0;
}

/* A soft limit of the caller's goes up to the hard one, which only root could lift. */
static void raise_limits(void)
{
	static const int which[] = {RLIMIT_FSIZE, RLIMIT_NOFILE, RLIMIT_CPU, RLIMIT_AS, RLIMIT_DATA, RLIMIT_STACK};
	const struct rlimit no_core = {0, 0};
	struct rlimit limit;
	size_t i;

	for (i = 0; i < sizeof which / sizeof which[0]; i++)
		if (getrlimit(which[i], &limit) == 0) {
			limit.rlim_cur = limit.rlim_max;
			(void)setrlimit(which[i], &limit);
		}
	(void)setrlimit(RLIMIT_CORE, &no_core);
}

bool harden_process(enum harden which, unsigned first)
{
	if (!open_standard())
		return false;
	close_others(first);
	reset_signals();
	if (!set_timers(which == HARDEN_CHILD ? HELPER_LIFE_MS : 0))
		return false;
	(void)clearenv();
	umask(077);
	if (which == HARDEN_CHILD)
		(void)setsid(); /* fails for the leader of a process group, whose terminal reset_signals has made harmless */
	raise_limits();
	return chdir("/") == 0;
}

void harden_live(unsigned life_ms)
{
	const struct itimerval life = {.it_value = {life_ms / 1000, life_ms % 1000 * 1000}};

	(void)setitimer(ITIMER_REAL, &life, NULL); /* with these values it cannot fail */
}

bool harden_identity(const struct identity *id)
{
	uid_t real, effective, saved;

	if (setresgid(id->group, id->group, id->group) != 0 || setresuid(id->self, id->self, id->self) != 0)
		return false;
	if (getresuid(&real, &effective, &saved) != 0 || real != id->self || effective != id->self || saved != id->self)
		return false;
	return id->caller == id->self || setresuid((uid_t)-1, id->caller, (uid_t)-1) != 0;
}

bool harden_capabilities(void)
{
	const uint32_t kept = UINT32_C(1) << CAP_DAC_READ_SEARCH;
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	/* the ambient ones are for programs that are executed: there are none; a kernel without them has none */
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (syscall(SYS_capget, &header, data) != 0)
		return false;
	data[0].effective &= kept;
	data[0].permitted &= kept;
	data[0].inheritable = data[1].effective = data[1].permitted = data[1].inheritable = 0;
	return syscall(SYS_capset, &header, data) == 0;
}

bool harden_gain(void)
{
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}
