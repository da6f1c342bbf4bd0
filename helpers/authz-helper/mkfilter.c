/* SPDX-License-Identifier: ISC */
/*
 * Run at build time, as "mkfilter child" or "mkfilter service": writes that filter of system calls as a C array, for
 * filter.c.
 *
 * libseccomp compiles a list into a program of the kernel's in 0.4 ms, which is half of what it costs to start the
 * helper; the helper carries the program instead.
 *
 * The list is what the helper needs: its store, its clocks, and whatever the host's NSS modules do, which may be a socket,
 * a mapping, a library to load.  What is not here fails with EPERM, so that an unusual NSS module fails alone.
 */
#include <errno.h>
#include <linux/filter.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

static const int allowed[] = {
	/* files */
	SCMP_SYS(close), SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev),
	SCMP_SYS(pread64), SCMP_SYS(pwrite64), SCMP_SYS(lseek), SCMP_SYS(_llseek), SCMP_SYS(fsync), SCMP_SYS(fdatasync),
	SCMP_SYS(ftruncate), SCMP_SYS(ftruncate64), SCMP_SYS(fallocate), SCMP_SYS(copy_file_range), SCMP_SYS(sendfile),
	SCMP_SYS(flock), SCMP_SYS(fcntl), SCMP_SYS(fcntl64), SCMP_SYS(dup), SCMP_SYS(dup2), SCMP_SYS(dup3),
	SCMP_SYS(stat), SCMP_SYS(fstat), SCMP_SYS(lstat), SCMP_SYS(newfstatat), SCMP_SYS(statx), SCMP_SYS(fstatfs),
	SCMP_SYS(statfs), SCMP_SYS(stat64), SCMP_SYS(fstat64), SCMP_SYS(fstatat64), SCMP_SYS(access), SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(symlink), SCMP_SYS(symlinkat),
	SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(getdents64),
	SCMP_SYS(getcwd),
	/* memory */
	SCMP_SYS(brk), SCMP_SYS(mmap), SCMP_SYS(mmap2), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(mprotect),
	SCMP_SYS(madvise), SCMP_SYS(msync), SCMP_SYS(mlock), SCMP_SYS(munlock),
	/* time and waiting */
	SCMP_SYS(clock_gettime), SCMP_SYS(clock_gettime64), SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep),
	SCMP_SYS(nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(select),
	SCMP_SYS(pselect6), SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait),
	SCMP_SYS(eventfd2), SCMP_SYS(pipe2), SCMP_SYS(futex),
	/* sockets: syslog, and NSS modules that ask a service */
	SCMP_SYS(socket), SCMP_SYS(socketpair), SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(sendto), SCMP_SYS(sendmsg),
	SCMP_SYS(sendmmsg), SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(recvmmsg), SCMP_SYS(getsockopt),
	SCMP_SYS(setsockopt), SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(shutdown),
	/* itself */
	SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getppid), SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid),
	SCMP_SYS(getegid), SCMP_SYS(getresuid), SCMP_SYS(getresgid), SCMP_SYS(getgroups), SCMP_SYS(uname), SCMP_SYS(sysinfo),
	SCMP_SYS(getrandom), SCMP_SYS(getrlimit), SCMP_SYS(prlimit64), SCMP_SYS(sched_getaffinity), SCMP_SYS(sched_yield),
	SCMP_SYS(rseq), SCMP_SYS(set_robust_list), SCMP_SYS(set_tid_address), SCMP_SYS(membarrier), SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack), SCMP_SYS(restart_syscall), SCMP_SYS(exit),
	SCMP_SYS(exit_group), SCMP_SYS(setitimer),
	/* another holder of the lock, past its promise */
	SCMP_SYS(pidfd_open), SCMP_SYS(pidfd_send_signal),
};

/* What the service needs beside: its socket was bound, and listens, before. */
static const int allowed_to_service[] = {SCMP_SYS(accept4)};

/* Of ioctl only what stdio and NSS modules ask: nothing that reaches a terminal. */
static const unsigned allowed_ioctls[] = {TCGETS, FIONREAD, FIONBIO};

static bool add_ioctls(scmp_filter_ctx filter)
{
	size_t i;

	for (i = 0; i < sizeof allowed_ioctls / sizeof allowed_ioctls[0]; i++)
		if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
		                     SCMP_A1_32(SCMP_CMP_EQ, allowed_ioctls[i], 0)) != 0)
			return false;
	return true;
}

/* A file may be made, but never with a set-ID bit: it would be authz's. */
#define SET_ID_BITS 06000

static bool add_opens(scmp_filter_ctx filter)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
	                        SCMP_A3_32(SCMP_CMP_MASKED_EQ, SET_ID_BITS, 0)) == 0 &&
	       (SCMP_SYS(open) < 0 || seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(open), 1,
	                                               SCMP_A2_32(SCMP_CMP_MASKED_EQ, SET_ID_BITS, 0)) == 0);
}

/* The view of cabinets is read by everybody, whatever the umask; no other mode is given to any file. */
#define VIEW_MODE 0644

static bool add_modes(scmp_filter_ctx filter)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fchmod), 1, SCMP_A1_32(SCMP_CMP_EQ, VIEW_MODE, 0)) == 0;
}

static bool add_calls(scmp_filter_ctx filter, const int *calls, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (calls[i] >= 0 && seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) != 0)
			return false; /* a number below 0 is a call that this architecture has not */
	return true;
}

static bool fill(scmp_filter_ctx filter, bool service)
{
	return seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0 &&
	       add_calls(filter, allowed, sizeof allowed / sizeof allowed[0]) &&
	       (!service || add_calls(filter, allowed_to_service, sizeof allowed_to_service / sizeof allowed_to_service[0])) &&
	       add_opens(filter) && add_modes(filter) && add_ioctls(filter);
}

static bool print(FILE *program)
{
	struct sock_filter step;

	rewind(program);
	printf("/* Made by mkfilter from its list. */\n");
	while (fread(&step, sizeof step, 1, program) == 1)
		printf("\t{0x%04x, %u, %u, 0x%08x},\n", step.code, step.jt, step.jf, step.k);
	return !ferror(program) && fflush(stdout) == 0;
}

int main(int argc, char **argv)
{
	const bool service = argc == 2 && strcmp(argv[1], "service") == 0;
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	FILE *program = tmpfile();
	bool done = filter != NULL && program != NULL && fill(filter, service) && seccomp_export_bpf(filter, fileno(program)) == 0 &&
	            print(program);

	if (filter != NULL)
		seccomp_release(filter);
	if (program != NULL)
		fclose(program);
	if (!done)
		fprintf(stderr, "mkfilter: the filter of system calls could not be made\n");
	return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
