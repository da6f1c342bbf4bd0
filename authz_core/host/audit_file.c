/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a record is in the file whole or not at all, also when the disk is full.
 * MUST 2: two records never have the same number, however many helpers write.
 */
#include "host/audit_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define LOCK_TRIES 200 /* of a millisecond */
#define NUMBER_SIZE 21 /* 20 digits and a newline */

static bool lock(int fd)
{
	const struct timespec pause = {.tv_nsec = 1000000};
	int tries;

	for (tries = 0; tries < LOCK_TRIES; tries++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return false;
		nanosleep(&pause, NULL);
	}
	return false;
}

static int open_regular(int folder, const char *name, int flags)
{
	int fd = openat(folder, name, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	struct stat st;

	if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
		close(fd);
		return -1;
	}
	return fd;
}

bool audit_file_open(struct audit_file *f, const char *folder)
{
	char text[NUMBER_SIZE + 1] = "";

	*f = (struct audit_file){.folder = -1, .number = -1, .next = 1};
	f->folder = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (f->folder >= 0)
		f->number = open_regular(f->folder, AUDIT_NUMBER, O_RDWR | O_CREAT);
	if (f->number < 0 || !lock(f->number) || pread(f->number, text, NUMBER_SIZE, 0) < 0) {
		audit_file_close(f);
		return false;
	}
	f->next = strtoull(text, NULL, 10) + 1;
	return true;
}

void audit_file_close(struct audit_file *f)
{
	if (f->number >= 0)
		close(f->number);
	if (f->folder >= 0)
		close(f->folder);
	f->folder = f->number = -1;
}

uint64_t audit_file_count(struct audit_file *f)
{
	char text[NUMBER_SIZE + 1];

	snprintf(text, sizeof text, "%020" PRIu64 "\n", f->next);
	if (pwrite(f->number, text, NUMBER_SIZE, 0) != NUMBER_SIZE)
		return 0;
	return f->next++;
}

static void stamp(char text[AUDIT_STAMP_SIZE])
{
	struct timespec now;
	struct tm tm;
	size_t used;

	clock_gettime(CLOCK_REALTIME, &now);
	memset(&tm, 0, sizeof tm);
	gmtime_r(&now.tv_sec, &tm);
	used = strftime(text, AUDIT_STAMP_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + used, AUDIT_STAMP_SIZE - used, ".%06dZ", (int)(now.tv_nsec / 1000 % 1000000));
}

/* The open file, after a rotation if it has grown too large; -1: none. */
static int open_current(struct audit_file *f, uint64_t most, off_t *size)
{
	int fd = open_regular(f->folder, AUDIT_FILE, O_WRONLY | O_CREAT | O_APPEND);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0)
		return fd;
	*size = st.st_size;
	if ((uint64_t)st.st_size < most || renameat(f->folder, AUDIT_FILE, f->folder, AUDIT_FILE_OLD) != 0)
		return fd;
	close(fd);
	*size = 0;
	return open_regular(f->folder, AUDIT_FILE, O_WRONLY | O_CREAT | O_APPEND);
}

bool audit_file_append(struct audit_file *f, const char *line, uint64_t most)
{
	char time_text[AUDIT_STAMP_SIZE];
	struct iovec parts[] = {{.iov_base = time_text}, {.iov_base = (char[]){" "}, .iov_len = 1}, {.iov_len = strlen(line)},
	                        {.iov_base = (char[]){"\n"}, .iov_len = 1}};
	off_t size = 0;
	int fd = open_current(f, most, &size);
	ssize_t length;
	bool whole;

	if (fd < 0)
		return false;
	stamp(time_text);
	parts[0].iov_len = strlen(time_text);
	memcpy(&parts[2].iov_base, &line, sizeof line); /* writev takes no const */
	length = (ssize_t)(parts[0].iov_len + parts[2].iov_len + 2);
	whole = writev(fd, parts, 4) == length;
	if (!whole && ftruncate(fd, size) != 0)
		whole = false;
	close(fd);
	return whole;
}
