/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char folder[PATH_MAX - 256];

static void give_up(const char *what)
{
	perror(what);
	exit(2);
}

const char *scratch_path(const char *name)
{
	static char paths[8][PATH_MAX];
	static unsigned next;
	char *path = paths[next++ % 8];

	snprintf(path, PATH_MAX, "%s/%s", folder, name);
	return path;
}

/* This program's own folder has it. */
static int open_bad_helper(void)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 16);

	if (n < 0)
		give_up("/proc/self/exe");
	path[n] = '\0';
	strcpy(strrchr(path, '/') + 1, "bad_helper");
	return open(path, O_RDONLY | O_CLOEXEC);
}

static void copy_bad_helper(void)
{
	int from = open_bad_helper();
	int to = open(scratch_path("bad_helper"), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
	ssize_t n;

	if (from < 0 || to < 0)
		give_up("bad_helper");
	do
		n = sendfile(to, from, NULL, 1 << 20);
	while (n > 0);
	if (n < 0 || fchmod(to, 0755) != 0 || (geteuid() == 0 && fchown(to, NOBODY, NOBODY) != 0))
		give_up("a copy of bad_helper");
	close(from);
	close(to);
}

void scratch_make(void)
{
	const char *base = getenv("TMPDIR");

	snprintf(folder, sizeof folder, "%s/authz-test-XXXXXX", base == NULL || base[0] == '\0' ? "/tmp" : base);
	if (mkdtemp(folder) == NULL || chmod(folder, 0755) != 0)
		give_up(folder);
	if (geteuid() == 0 && chown(folder, NOBODY, NOBODY) != 0)
		give_up(folder);
	copy_bad_helper();
}

void scratch_remove(void)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.' && unlinkat(dirfd(dir), entry->d_name, 0) != 0)
			unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR);
	if (dir != NULL)
		closedir(dir);
	rmdir(folder);
}

int scratch_setup(void **state)
{
	(void)state;
	scratch_make();
	return 0;
}

int scratch_teardown(void **state)
{
	(void)state;
	scratch_remove();
	return 0;
}

const char *scratch_helper(const char *mode)
{
	const char *path = scratch_path(mode);
	int saved = errno;

	if (strcmp(mode, "missing") != 0 && symlink("bad_helper", path) != 0 && errno != EEXIST)
		give_up(path);
	errno = saved;
	return path;
}

pid_t scratch_pid(const char *mode)
{
	char name[64];
	long pid = 0;
	FILE *f;

	snprintf(name, sizeof name, "%s.pid", mode);
	f = fopen(scratch_path(name), "re");
	if (f == NULL)
		return 0;
	if (fscanf(f, "%ld", &pid) != 1)
		pid = 0;
	fclose(f);
	unlink(scratch_path(name));
	return (pid_t)pid;
}

static bool is_zombie(pid_t pid)
{
	char path[64], text[512] = "";
	const char *state;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
	f = fopen(path, "re");
	if (f == NULL)
		return true;
	if (fgets(text, sizeof text, f) == NULL)
		text[0] = '\0';
	fclose(f);
	state = strrchr(text, ')');
	return state == NULL || state[2] == 'Z' || state[2] == 'X';
}

bool scratch_alive(pid_t pid)
{
	const struct timespec tick = {.tv_nsec = 10000000};
	int i;

	for (i = 0; i < 100; i++) {
		if (is_zombie(pid))
			return false;
		nanosleep(&tick, NULL);
	}
	return true;
}

int open_descriptors(void)
{
	int fd, n = 0;

	for (fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

bool any_child(void)
{
	siginfo_t info;

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0 || errno != ECHILD;
}

bool in_process(void (*host)(void))
{
	int status = -1;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		host();
		fflush(NULL);
		_exit(0);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status != 0)
		fprintf(stderr, "the host ended with wait status %#x\n", (unsigned)status);
	return status == 0;
}

void host_check(bool holds, const char *what, const char *file, int line)
{
	if (holds)
		return;
	fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
	fflush(NULL);
	_exit(1);
}
