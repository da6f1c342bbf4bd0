/* SPDX-License-Identifier: ISC */
/*
 * Read the audit's file, the one before it first, from a place that outlasts a rotation.
 *
 * MUST 1: no byte in the files keeps the records behind it from being read.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "host/audit_file.h"
#include "host/audit_line.h"
#include "host/machine.h"

struct reading {
	char since[AUDIT_STAMP_SIZE]; /* times of this form sort as text */
	struct audit_cursor *cursor;
	bool (*take)(void *arg, const char *line);
	void *arg;
};

/* An inode alone is given again soon after a file is removed; the time of the first record tells the two apart. */
static uint64_t file_id(int fd, const struct stat *st)
{
	unsigned char first[AUDIT_STAMP_SIZE - 1];
	ssize_t length = pread(fd, first, sizeof first, 0), i;
	uint64_t id = (uint64_t)st->st_ino;

	for (i = 0; i < length; i++)
		id = (id ^ first[i]) * UINT64_C(0x100000001b3);
	return id;
}

static FILE *open_log(int folder, const char *name, uint64_t *id)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	FILE *file;

	*id = 0;
	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (file = fdopen(fd, "r")) == NULL) {
		close(fd);
		return NULL;
	}
	*id = file_id(fd, &st);
	return file;
}

/*
 * The next line, to its newline or NUL (zeros are what a crash leaves), or as much of it as there is room for, and the bytes
 * that it took.  false: the end, or a line that is being written.
 */
static bool next_line(FILE *file, char *line, size_t size, uint64_t *taken)
{
	size_t used = 0;
	int c;

	while (used < size - 1 && (c = getc_unlocked(file)) != '\n' && c != '\0') {
		if (c == EOF)
			return false;
		line[used++] = (char)c;
	}
	line[used] = '\0';
	*taken = used < size - 1 ? used + 1 : used;
	return true;
}

/* false: the taker has had enough. */
static bool read_log(struct reading *r, FILE *file, uint64_t id)
{
	char line[AUDIT_LINE_SIZE + AUDIT_STAMP_SIZE + 2];
	uint64_t taken;

	if (r->cursor->file != id)
		*r->cursor = (struct audit_cursor){.file = id};
	if (fseeko(file, (off_t)r->cursor->offset, SEEK_SET) != 0)
		return true;
	while (next_line(file, line, sizeof line, &taken)) {
		if (line[0] != '\0' && strcmp(line, r->since) >= 0 && !r->take(r->arg, line))
			return false;
		r->cursor->offset += taken;
	}
	return true;
}

static void since_text(int64_t since, char text[AUDIT_STAMP_SIZE])
{
	time_t seconds = (time_t)since;
	struct tm tm;

	text[0] = '\0';
	if (since > 0 && gmtime_r(&seconds, &tm) != NULL)
		strftime(text, AUDIT_STAMP_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
}

enum authz_result audit_read(void *context, int64_t since, struct audit_cursor *cursor,
                             bool (*take)(void *arg, const char *line), void *arg)
{
	const struct machine *m = context;
	struct reading r = {.cursor = cursor, .take = take, .arg = arg};
	int folder = open(m->audit_folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	uint64_t old_id, id;
	FILE *old, *file;
	bool more = true;

	if (folder < 0)
		return AUTHZ_STORE_MISSING;
	since_text(since, r.since);
	old = open_log(folder, AUDIT_FILE_OLD, &old_id);
	file = open_log(folder, AUDIT_FILE, &id);
	if (old != NULL && (file == NULL || cursor->file != id))
		more = read_log(&r, old, old_id);
	if (file != NULL && more)
		(void)read_log(&r, file, id);
	if (old != NULL)
		fclose(old);
	if (file != NULL)
		fclose(file);
	close(folder);
	return AUTHZ_OK;
}
