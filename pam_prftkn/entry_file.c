/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: nothing is believed, and nothing is done, in a folder that others than root may write, nor of a file that is
 *         not a regular one of root's with one name, that nobody else may read or write.
 * MUST 2: what is read is one whole line as it is written here, or it is nothing.
 * MUST 3: a folder that cannot be read is an error and not "none"; one that is not there is "none".
 * MUST 4: making one sweeps those that are stale, and looks at SWEEP_MOST names for that and no more.
 */
#include "config.h"

#include "entry_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "client/connect.h"
#include "quiet_write.h"

#define PENDING "pending."
#define DIGITS 32
#define LINE_SIZE 80
#define SWEEP_MOST 4096

/* Closes fd with errno as it is; -1. */
static int give_up(int fd)
{
	const int error = errno;

	if (fd >= 0)
		close(fd);
	errno = error;
	return -1;
}

/* Root's, or in a test whoever runs this. */
static bool is_ours(const struct stat *st)
{
	return st->st_uid == 0 || st->st_uid == geteuid();
}

static int open_folder(const char *path, bool make)
{
	const bool made = make && mkdir(path, 0700) == 0;
	const int fd = connect_clear_of_stdio(open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
	struct stat st;

	if (fd < 0 || (made && fchmod(fd, 0700) != 0) || fstat(fd, &st) != 0)
		return give_up(fd);
	if (is_ours(&st) && (st.st_mode & (S_IWGRP | S_IWOTH)) == 0)
		return fd;
	errno = EPERM;
	return give_up(fd);
}

bool entry_file_is_pending(const char *name)
{
	const size_t length = sizeof PENDING - 1;

	return strncmp(name, PENDING, length) == 0 && strspn(name + length, "0123456789abcdef") == DIGITS &&
	       name[length + DIGITS] == '\0';
}

/* 128 bits, so that nobody names one that is not his. */
static bool draw_name(char name[ENTRY_NAME_SIZE])
{
	uint64_t number[2];

	if (getrandom(number, sizeof number, 0) != sizeof number)
		return false;
	(void)snprintf(name, ENTRY_NAME_SIZE, PENDING "%016llx%016llx", (unsigned long long)number[0],
	               (unsigned long long)number[1]);
	return true;
}

static void write_text(char text[LINE_SIZE], const struct entry *entry)
{
	(void)snprintf(text, LINE_SIZE, "1 %u %u %s\n", (unsigned)entry->owner, (unsigned)entry->master, entry->name);
}

/* A stream of the folder's names, which keeps the descriptor; NULL with errno. */
static DIR *open_names(int folder)
{
	const int fd = connect_clear_of_stdio(openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	DIR *names = fd < 0 ? NULL : fdopendir(fd);

	if (names == NULL)
		(void)give_up(fd);
	return names;
}

static void sweep(int folder)
{
	const time_t now = time(NULL);
	DIR *names = open_names(folder);
	const struct dirent *file;
	struct stat st;

	for (int i = 0; names != NULL && i < SWEEP_MOST && (file = readdir(names)) != NULL; i++)
		if (entry_file_is_pending(file->d_name) && fstatat(folder, file->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    now - st.st_mtime > ENTRY_STALE)
			(void)unlinkat(folder, file->d_name, 0);
	if (names != NULL)
		closedir(names);
}

static int make_file(int folder, const struct entry *entry, char name[ENTRY_NAME_SIZE])
{
	char text[LINE_SIZE];
	bool done;
	int fd;

	if (!draw_name(name))
		return -1;
	fd = connect_clear_of_stdio(openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
	if (fd < 0)
		return -1;
	write_text(text, entry);
	done = fchmod(fd, 0600) == 0 && quiet_write(fd, text, strlen(text));
	(void)give_up(fd);
	if (done)
		return 0;
	const int error = errno;
	(void)unlinkat(folder, name, 0);
	errno = error;
	return -1;
}

int entry_file_make(const char *folder, const struct entry *entry, char name[ENTRY_NAME_SIZE])
{
	const int at = open_folder(folder, true);
	int result;

	if (at < 0)
		return -1;
	sweep(at);
	result = make_file(at, entry, name);
	(void)give_up(at);
	return result;
}

/* The same text comes of it again: then it was written here. */
static bool read_text(const char *text, struct entry *entry)
{
	unsigned long long owner, master;
	char again[LINE_SIZE];

	if (sscanf(text, "1 %10llu %10llu %32s", &owner, &master, entry->name) != 3 || owner >= UINT32_MAX ||
	    master >= UINT32_MAX || owner == 0 || master == 0 || owner == master)
		return false;
	entry->owner = (uid_t)owner;
	entry->master = (uid_t)master;
	write_text(again, entry);
	return strcmp(text, again) == 0;
}

static int read_file(int folder, const char *name, struct entry *entry)
{
	const int fd = connect_clear_of_stdio(openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
	char text[LINE_SIZE] = "";
	struct stat st;
	ssize_t got;

	if (fd < 0)
		return -1;
	errno = EINVAL;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || !is_ours(&st) || st.st_nlink != 1 ||
	    (st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return give_up(fd);
	got = read(fd, text, sizeof text - 1);
	(void)give_up(fd);
	if (got > 0 && strlen(text) == (size_t)got && read_text(text, entry))
		return 0;
	errno = EINVAL;
	return -1;
}

int entry_file_read(const char *folder, const char *name, struct entry *entry)
{
	const int at = open_folder(folder, false);
	int result;

	*entry = (struct entry){.owner = (uid_t)-1, .master = (uid_t)-1};
	if (at < 0)
		return -1;
	result = read_file(at, name, entry);
	if (result != 0)
		*entry = (struct entry){.owner = (uid_t)-1, .master = (uid_t)-1};
	(void)give_up(at);
	return result;
}

int entry_file_take(const char *folder, const char *name, uint32_t session, uid_t owner, char to[ENTRY_NAME_SIZE])
{
	const int at = open_folder(folder, false);
	int result;

	if (at < 0)
		return -1;
	(void)snprintf(to, ENTRY_NAME_SIZE, "%u.%u.%s", (unsigned)session, (unsigned)owner, name + sizeof PENDING - 1);
	result = renameat(at, name, at, to);
	(void)give_up(at);
	return result;
}

void entry_file_remove(const char *folder, const char *name)
{
	const int at = open_folder(folder, false);

	if (at < 0)
		return;
	(void)unlinkat(at, name, 0);
	(void)give_up(at);
}

int entry_file_has(const char *folder, uint32_t session, uid_t owner)
{
	const int at = open_folder(folder, false);
	char begin[ENTRY_NAME_SIZE];
	const struct dirent *file = NULL;
	DIR *names;
	int error;

	if (at < 0)
		return errno == ENOENT ? 0 : -1;
	names = open_names(at);
	(void)give_up(at);
	if (names == NULL)
		return -1;
	(void)snprintf(begin, sizeof begin, "%u.%u.", (unsigned)session, (unsigned)owner);
	errno = 0;
	while ((file = readdir(names)) != NULL && strncmp(file->d_name, begin, strlen(begin)) != 0)
		errno = 0;
	error = file == NULL ? errno : 0;
	closedir(names);
	errno = error;
	return file != NULL ? 1 : error == 0 ? 0 : -1;
}
