/* SPDX-License-Identifier: ISC */
/* Where the helper's state is: helpers/authz-helper/place.c; and its filter of system calls: filter.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>
#include <stdio.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cmocka.h>

#include "config.h"
#include "filter.h"
#include "place.h"
#include "scratch.h"

static void of_the_build(void **state)
{
	struct place p = {.own = false};

	(void)state;
	assert_true(place_set(&p, NULL));
	assert_false(p.own);
	assert_string_equal(p.config, AUTHZ_CONFFILE);
	assert_string_equal(p.store, AUTHZ_STATEDIR "/store");
	assert_string_equal(p.tokens, AUTHZ_RUNDIR "/tokens");
	assert_string_equal(p.audit, AUTHZ_STATEDIR "/audit");
	assert_string_equal(p.view, AUTHZ_STATEDIR "/view");
	assert_string_equal(p.socket, AUTHZ_SOCKET);
	assert_string_equal(p.launch, AUTHZ_LAUNCH_SOCKET);
}

static void of_ones_own(void **state)
{
	struct place p = {.own = false};

	(void)state;
	assert_true(place_set(&p, "/some/where"));
	assert_true(p.own);
	assert_string_equal(p.config, "/some/where/authz.conf");
	assert_string_equal(p.store, "/some/where/store");
	assert_string_equal(p.tokens, "/some/where/tokens");
	assert_string_equal(p.audit, "/some/where/audit");
	assert_string_equal(p.view, "/some/where/view");
	assert_string_equal(p.socket, "/some/where/helper.sock");
	assert_string_equal(p.launch, "/some/where/launch.sock");
}

static void not_a_place(void **state)
{
	char name[PLACE_SIZE + 1];
	struct place p = {.own = false};

	(void)state;
	assert_false(place_set(&p, ""));
	assert_false(place_set(&p, "relative"));
	assert_false(place_set(&p, "./here"));
	memset(name, 'x', sizeof name);
	name[0] = '/';
	name[PLACE_SIZE - 15] = '\0';
	assert_false(place_set(&p, name));
	name[PLACE_SIZE - 16] = '\0';
	assert_true(place_set(&p, name)); /* and nothing of it is cut */
	assert_string_equal(p.config + PLACE_SIZE - 16, "/authz.conf");
}

static bool denied(long result)
{
	return result == -1 && errno == EPERM;
}

/* 0: each of these calls fails with EPERM, though the caller may be root. */
static int all_denied(const char *path)
{
	char *const argv[] = {(char[]){"true"}, NULL};

	if (!denied(chmod(path, 0777)) || !denied(fchmodat(AT_FDCWD, path, 0777, 0)) || !denied(chown(path, 1, 1)))
		return 2;
	if (!denied(execve("/bin/true", argv, NULL)) || !denied(syscall(SYS_execveat, AT_FDCWD, "/bin/true", argv, NULL, 0)))
		return 3;
	if (!denied(ptrace(PTRACE_TRACEME, 0, NULL, NULL)) ||
	    !denied(syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0)))
		return 4;
	if (!denied(mount("none", path, "tmpfs", 0, NULL)) || !denied(umount2(path, MNT_DETACH)) || !denied(unshare(CLONE_NEWNS)))
		return 5;
	if (!denied(syscall(SYS_setuid, 1)) || !denied(syscall(SYS_setresuid, 1, 1, 1)) || !denied(syscall(SYS_setgid, 1)) ||
	    !denied(syscall(SYS_setresgid, 1, 1, 1)) || !denied(syscall(SYS_setgroups, 0, NULL)))
		return 6;
	if (!denied(syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0)) || !denied(kill(getppid(), 0)) ||
	    !denied(link(path, "/nowhere")) || !denied(mknod("/nowhere", S_IFCHR | 0600, 0)))
		return 7;
	return 0;
}

/* 0: neither filter lets a socket be made into one that listens, and only the service's lets it accept. */
static int sockets(void *arg)
{
	const enum filter which = *(const enum filter *)arg;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !filter_load(which))
		return 1;
	if (!denied(listen(fd, 1)) || !denied(accept(fd, NULL, NULL)))
		return 2;
	return denied(accept4(fd, NULL, NULL, 0)) == (which == FILTER_CHILD) ? 0 : 3;
}

static int filtered(void *arg)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && filter_load(FILTER_CHILD) ? all_denied(arg) : 1;
}

static int filtered_service(void *arg)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && filter_load(FILTER_SERVICE) ? all_denied(arg) : 1;
}

/* 0: of all modes the view's alone is given to a file, and by its descriptor alone. */
static int modes(void *arg)
{
	const enum filter which = *(const enum filter *)arg;
	const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC), own = memfd_create("view", MFD_CLOEXEC);
	int mode;

	if (fd < 0 || own < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !filter_load(which))
		return 1;
	for (mode = 0; mode <= 07777; mode++)
		if (mode != 0644 && !denied(fchmod(own, (mode_t)mode)))
			return 2;
	return !denied(fchmod(own, 0100644)) || fchmod(own, 0644) != 0 || !denied(fchmodat(AT_FDCWD, "/dev/null", 0644, 0)) ? 3 : 0;
}

/* 0: what the helper needs still works under it. */
static int needed(void *arg)
{
	const char *path = arg;
	char text[8];
	int fd;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !filter_load(FILTER_CHILD))
		return 1;
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof text) < 0 || write(fd, "x", 1) != 1 || fsync(fd) != 0 || ftruncate(fd, 0) != 0)
		return 2;
	return close(fd) == 0 && access(path, R_OK) == 0 && unlink(path) == 0 ? 0 : 3;
}

static void filter(void **state)
{
	char folder[SCRATCH_SIZE];
	const char *path;
	enum filter which;
	struct stat st;

	(void)state;
	scratch_make(folder);
	path = scratch_path(folder, "file");
	scratch_write(path, "text");
	assert_int_equal(scratch_process(filtered, (void *)(uintptr_t)path), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(scratch_process(filtered_service, (void *)(uintptr_t)path), 0);
	for (which = FILTER_CHILD; which <= FILTER_SERVICE; which++) {
		assert_int_equal(scratch_process(sockets, &which), 0);
		assert_int_equal(scratch_process(modes, &which), 0);
	}
	assert_int_equal(scratch_process(needed, (void *)(uintptr_t)path), 0);
	scratch_remove(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"without --state the places are those of the build", of_the_build, NULL, NULL, NULL},
		{"with --state everything is below that folder", of_ones_own, NULL, NULL, NULL},
		{"a folder that is not absolute, or too long, is refused, not cut", not_a_place, NULL, NULL, NULL},
		{"under the filter chmod, exec, ptrace, mount and changes of identity fail (harden MUST 4)", filter, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("place", tests, NULL, NULL);
}
