/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a record is in the file whole or not at all, also when the disk is full.
 * MUST 2: two records never have the same number, however many helpers write, and whatever became of the file "number".
 * MUST 3: no record is glued to what a crash or a kill left behind.
 * MUST 4: a rotation drops the oldest file alone, and none where it was killed half way.
 */
#include "host/audit_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define NUMBER_SIZE 21 /* 20 digits and a newline */
#define TAIL_SIZE 65536 /* numbers are not quite in order, but those of one time are near each other */

/* 0: this is none that a record can have had. */
static uint64_t number_of(const char *text)
{
	uint64_t number;

	errno = 0;
	number = strtoull(text, NULL, 10);
	return errno == 0 && text[0] >= '0' && text[0] <= '9' && number < UINT64_MAX ? number : 0;
}

/* The highest number among the last records of a log; 0: there is none.  No value in a line can hold " seq=". */
static uint64_t last_number(int folder, const char *name)
{
	static const char key[] = " seq=";
	char *tail = malloc(TAIL_SIZE + 1), *at = tail;
	int fd = tail != NULL ? openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) : -1;
	uint64_t number, highest = 0;
	struct stat st;
	ssize_t length;

	if (fd >= 0 && fstat(fd, &st) == 0 && audit_is_own(&st, S_IFREG) &&
	    (length = pread(fd, tail, TAIL_SIZE, st.st_size > TAIL_SIZE ? st.st_size - TAIL_SIZE : 0)) > 0) {
		tail[length] = '\0';
		while ((at = memmem(at, (size_t)(tail + length - at), key, strlen(key))) != NULL) {
			at += strlen(key);
			number = number_of(at);
			highest = number > highest ? number : highest;
		}
	}
	if (fd >= 0)
		close(fd);
	free(tail);
	return highest;
}

/* Of another boot: never synced, it may be older than the logs beside it. */
static bool is_stale(const struct stat *st)
{
	struct timespec wall, boot;

	return clock_gettime(CLOCK_REALTIME, &wall) != 0 || clock_gettime(CLOCK_BOOTTIME, &boot) != 0 ||
	       st->st_mtim.tv_sec <= wall.tv_sec - boot.tv_sec + 1;
}

/* What was counted last.  false: it cannot be read. */
static bool read_number(struct audit_folder *folder, int fd, const struct stat *st, uint64_t *number)
{
	char text[NUMBER_SIZE + 2] = "";
	ssize_t length = pread(fd, text, NUMBER_SIZE + 1, 0);
	uint64_t logged;
	int i;

	if (length < 0)
		return false;
	*number = 0;
	if (length == NUMBER_SIZE && strspn(text, "0123456789") == NUMBER_SIZE - 1 && text[NUMBER_SIZE - 1] == '\n')
		*number = number_of(text);
	if (*number != 0 && !is_stale(st))
		return true;
	/* the logs know better: both, as the current one may hold only the end of an early record */
	for (i = 0; i < 2; i++) {
		logged = last_number(folder->at.fd, i == 0 ? AUDIT_FILE : AUDIT_FILE_OLD);
		*number = logged > *number ? logged : *number;
	}
	return length == 0 || length == NUMBER_SIZE || ftruncate(fd, 0) == 0;
}

bool audit_file_open(struct audit_file *f, struct audit_folder *folder)
{
	struct stat st;
	const int fd = audit_part(folder, AUDIT_PART_NUMBER, &st);

	*f = (struct audit_file){.folder = folder};
	if (fd < 0 || !read_number(folder, fd, &st, &f->next))
		return false;
	f->next++;
	return true;
}

uint64_t audit_file_count(struct audit_file *f)
{
	char text[NUMBER_SIZE + 1];

	snprintf(text, sizeof text, "%020" PRIu64 "\n", f->next);
	if (pwrite(audit_part(f->folder, AUDIT_PART_NUMBER, NULL), text, NUMBER_SIZE, 0) != NUMBER_SIZE)
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

void audit_file_name(char name[AUDIT_NAME_SIZE], unsigned age)
{
	if (age == 0)
		snprintf(name, AUDIT_NAME_SIZE, "%s", AUDIT_FILE);
	else
		snprintf(name, AUDIT_NAME_SIZE, "%s.%u", AUDIT_FILE, age % 1000);
}

static bool there(int folder, unsigned age)
{
	char name[AUDIT_NAME_SIZE];
	struct stat st;

	audit_file_name(name, age);
	return fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* What is left of a time when more were kept. */
static void drop_older(int folder, unsigned keep)
{
	char name[AUDIT_NAME_SIZE];
	unsigned age;

	for (age = keep + 1; age <= AUDIT_KEEP_MAX; age++) {
		audit_file_name(name, age);
		(void)unlinkat(folder, name, 0);
	}
}

/*
 * Each file becomes one older, the oldest first: a reader who goes from new to old meets each.  Where there is a gap, which
 * is what a rotation that was killed left, nothing older than the gap moves, and so nothing is dropped.
 */
static bool rotate(int folder, unsigned keep)
{
	char from[AUDIT_NAME_SIZE], to[AUDIT_NAME_SIZE];
	unsigned age = 1;

	drop_older(folder, keep);
	while (age < keep && there(folder, age))
		age++;
	for (; age > 0; age--) {
		audit_file_name(from, age - 1);
		audit_file_name(to, age);
		if (renameat(folder, from, folder, to) != 0)
			return false;
	}
	return true;
}

/* The open file, after a rotation if it has grown too large; -1: none. */
static int open_current(struct audit_folder *folder, uint64_t most, unsigned keep, off_t *size)
{
	struct stat st;
	int fd = audit_part(folder, AUDIT_PART_LOG, &st);

	if (fd >= 0 && (uint64_t)st.st_size >= most && rotate(folder->at.fd, keep))
		fd = audit_part(folder, AUDIT_PART_LOG, &st);
	*size = fd >= 0 ? st.st_size : 0;
	return fd;
}

/* Does the file end in the middle of a line?  Not if it ends where we left it. */
static bool unfinished(const struct audit_folder *folder, int fd, off_t size)
{
	char last;

	return size > 0 && size != folder->left && (pread(fd, &last, 1, size - 1) != 1 || last != '\n');
}

bool audit_file_append(struct audit_file *f, const char *line, uint64_t most, unsigned keep)
{
	char time_text[AUDIT_STAMP_SIZE], newline[] = "\n", space[] = " ";
	struct iovec parts[] = {{.iov_base = newline}, {.iov_base = time_text}, {.iov_base = space, .iov_len = 1},
	                        {.iov_len = strlen(line)}, {.iov_base = newline, .iov_len = 1}};
	off_t size = 0;
	int fd = open_current(f->folder, most, keep, &size);
	ssize_t length;
	bool whole;

	if (fd < 0)
		return false;
	stamp(time_text);
	parts[0].iov_len = unfinished(f->folder, fd, size) ? 1 : 0;
	parts[1].iov_len = strlen(time_text);
	memcpy(&parts[3].iov_base, &line, sizeof line); /* writev takes no const */
	length = (ssize_t)(parts[0].iov_len + parts[1].iov_len + parts[3].iov_len + 2);
	whole = writev(fd, parts, 5) == length;
	f->folder->left = whole ? size + length : -1;
	if (!whole)
		(void)!ftruncate(fd, size);
	return whole;
}
