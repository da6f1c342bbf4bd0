/* SPDX-License-Identifier: ISC */
#include "scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

char test_folder[SCRATCH_SIZE];

static void give_up(const char *what)
{
	perror(what);
	_exit(2);
}

void scratch_make(char folder[SCRATCH_SIZE])
{
	const char *below = getenv("TMPDIR");

	if (below == NULL || strlen(below) > SCRATCH_SIZE - 32)
		below = "/tmp";
	snprintf(folder, SCRATCH_SIZE, "%s/authz-test.XXXXXX", below);
	if (mkdtemp(folder) == NULL)
		give_up(folder);
}

/* Call "each" for every entry of a folder but "." and ".."; true: stop. */
static bool walk(const char *folder, bool (*each)(const char *path, void *arg), void *arg)
{
	DIR *d = opendir(folder);
	struct dirent *entry;
	bool stop = false;

	while (d != NULL && !stop && (entry = readdir(d)) != NULL) {
		char path[4096];

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		stop = each(path, arg);
	}
	if (d != NULL)
		closedir(d);
	return stop;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool remove_one(const char *path, void *arg)
{
	(void)arg;
	if (is_folder(path))
		scratch_remove(path);
	else
		unlink(path);
	return false;
}

void scratch_remove(const char *folder)
{
	chmod(folder, 0700);
	walk(folder, remove_one, NULL);
	rmdir(folder);
}

int scratch_setup(void **state)
{
	(void)state;
	scratch_make(test_folder);
	return 0;
}

int scratch_teardown(void **state)
{
	(void)state;
	scratch_remove(test_folder);
	return 0;
}

const char *scratch_path(const char *folder, const char *name)
{
	static char paths[8][SCRATCH_SIZE * 2];
	static unsigned next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof paths[0], "%s/%s", folder, name);
	return path;
}

void scratch_folder(const char *path)
{
	if (mkdir(path, 0700) != 0)
		give_up(path);
}

void scratch_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	size_t length = strlen(text);

	if (fd < 0 || write(fd, text, length) != (ssize_t)length)
		give_up(path);
	close(fd);
}

char *scratch_read(const char *path, size_t *length)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	char *text;
	size_t have = 0;
	ssize_t got;

	if (fd < 0 || fstat(fd, &st) != 0 || (text = malloc((size_t)st.st_size + 1)) == NULL)
		give_up(path);
	while (have < (size_t)st.st_size && (got = read(fd, text + have, (size_t)st.st_size - have)) > 0)
		have += (size_t)got;
	close(fd);
	text[have] = '\0';
	if (length != NULL)
		*length = have;
	return text;
}

struct needle {
	const void *bytes;
	size_t length;
};

static bool holds_one(const char *path, void *arg)
{
	const struct needle *n = arg;
	struct stat st;
	size_t length;
	char *text;
	bool found;

	if (is_folder(path))
		return scratch_holds(path, n->bytes, n->length);
	if (lstat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	text = scratch_read(path, &length);
	found = memmem(text, length, n->bytes, n->length) != NULL;
	free(text);
	return found;
}

bool scratch_holds(const char *folder, const void *bytes, size_t length)
{
	struct needle n = {bytes, length};

	return walk(folder, holds_one, &n);
}

int scratch_process(int (*run)(void *arg), void *arg)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		give_up("fork");
	if (pid == 0)
		_exit(run(arg));
	if (waitpid(pid, &status, 0) != pid)
		give_up("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}
