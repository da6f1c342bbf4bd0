/* SPDX-License-Identifier: ISC */
/*
 * Read the audit's files, the oldest first, from a place that outlasts rotations.  No lock: readers keep nobody waiting.
 *
 * MUST 1: no byte in the files keeps the records behind it from being read.
 * MUST 2: whoever goes on from place to place gets each record once, whatever is written and rotated meanwhile.
 * MUST 3: no file is passed over: one that is not this user's alone to write is named, and nothing is read.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "host/audit_file.h"
#include "host/audit_line.h"
#include "host/audit_lock.h"
#include "host/machine.h"

#define READ_MOST (UINT64_C(32) << 20) /* bytes that one call looks at, of lines before "since" too: a helper's life is short */
#define OPEN_TRIES 10
#define FIRST_SIZE (AUDIT_STAMP_SIZE - 1)

struct log {
	int fd;
	dev_t device;
	ino_t inode;
	uint64_t id; /* 0: it has no record yet */
};

struct logs {
	struct log log[AUDIT_KEEP_MAX + 1]; /* the newest first */
	unsigned count;
};

struct reading {
	char since[AUDIT_STAMP_SIZE]; /* times of this form sort as text */
	struct audit_cursor *cursor;
	uint64_t left; /* of READ_MOST */
	bool (*take)(void *arg, const char *line);
	void *arg;
};

/* An inode alone is given again soon after a file is removed; the time of the first record tells the two apart. */
static uint64_t file_id(int fd, ino_t inode)
{
	unsigned char first[FIRST_SIZE];
	uint64_t id = (uint64_t)inode;
	size_t i;

	if (pread(fd, first, sizeof first, 0) != (ssize_t)sizeof first)
		return 0;
	for (i = 0; i < sizeof first; i++)
		id = (id ^ first[i]) * UINT64_C(0x100000001b3);
	return id;
}

static bool seen(const struct logs *l, const struct stat *st)
{
	unsigned i;

	for (i = 0; i < l->count; i++)
		if (l->log[i].device == st->st_dev && l->log[i].inode == st->st_ino)
			return true;
	return false;
}

/* MUST 3 */
static enum authz_result open_error(int error)
{
	switch (error) {
	case ENOENT:
		return AUTHZ_STORE_MISSING;
	case ELOOP:  /* a link */
	case ENOTDIR:
	case ENXIO:  /* a socket */
	case EACCES: /* another user's */
	case EPERM:
		return AUTHZ_BAD_INSTALL;
	default:
		return AUTHZ_STORE_IO;
	}
}

static enum authz_result open_log(int folder, const char *name, struct logs *l)
{
	struct stat st;
	int fd;

	fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return errno == ENOENT ? AUTHZ_OK : open_error(errno);
	if (fstat(fd, &st) != 0 || !audit_is_own(&st, S_IFREG)) {
		close(fd);
		return AUTHZ_BAD_INSTALL;
	}
	if (seen(l, &st)) {
		close(fd);
		return AUTHZ_OK;
	}
	l->log[l->count++] = (struct log){.fd = fd, .device = st.st_dev, .inode = st.st_ino, .id = file_id(fd, st.st_ino)};
	return AUTHZ_OK;
}

static void close_logs(struct logs *l)
{
	for (; l->count > 0; l->count--)
		if (l->log[l->count - 1].fd >= 0)
			close(l->log[l->count - 1].fd);
}

/* Is what was met first still the newest?  Then at most one rotation was under way, and no file went past us. */
static bool still_newest(int folder, unsigned keep, const struct logs *l)
{
	char name[AUDIT_NAME_SIZE];
	struct stat st;
	unsigned age;

	for (age = 0; age <= keep; age++) {
		audit_file_name(name, age);
		if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode))
			return l->count > 0 && l->log[0].device == st.st_dev && l->log[0].inode == st.st_ino;
	}
	return l->count == 0;
}

/*
 * All files, from new to old, against the way that they move: each is met, and one that moves meanwhile twice.  "name" is the
 * one that failed.
 */
static enum authz_result open_logs(int folder, unsigned keep, struct logs *l, char name[AUDIT_NAME_SIZE])
{
	enum authz_result result = AUTHZ_OK;
	unsigned try, age;

	for (try = 0; try < OPEN_TRIES; try++) {
		l->count = 0;
		for (age = 0; age <= keep && result == AUTHZ_OK; age++) {
			audit_file_name(name, age);
			result = open_log(folder, name, l);
		}
		if (result == AUTHZ_OK && still_newest(folder, keep, l))
			return AUTHZ_OK;
		close_logs(l);
		if (result != AUTHZ_OK)
			return result;
	}
	audit_file_name(name, 0);
	return AUTHZ_STORE_BUSY;
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

/*
 * false: the taker has had enough, or this call has.  The place moves to this file with its first line: a file that only
 * begins may be another one by the next call.
 */
static bool read_lines(struct reading *r, FILE *file, struct audit_cursor at)
{
	char line[AUDIT_LINE_SIZE + AUDIT_STAMP_SIZE + 2];
	uint64_t taken;

	if (fseeko(file, (off_t)at.offset, SEEK_SET) != 0)
		return true;
	while (next_line(file, line, sizeof line, &taken)) {
		if (line[0] != '\0' && strcmp(line, r->since) >= 0 && !r->take(r->arg, line))
			return false;
		at.offset += taken;
		*r->cursor = at;
		if (r->left <= taken)
			return false;
		r->left -= taken;
	}
	return true;
}

static enum authz_result read_log(struct reading *r, struct log *log, bool *more)
{
	struct audit_cursor at = {.file = log->id, .offset = r->cursor->file == log->id ? r->cursor->offset : 0};
	FILE *file;

	if (log->id == 0)
		return AUTHZ_OK;
	file = fdopen(log->fd, "r");
	if (file == NULL)
		return AUTHZ_NO_MEMORY;
	log->fd = -1; /* the stream's */
	*more = read_lines(r, file, at);
	fclose(file);
	return AUTHZ_OK;
}

/* From the file of the place on; from the oldest where that is gone, which is where there are records that nobody read. */
static enum authz_result read_logs(struct reading *r, struct logs *l)
{
	enum authz_result result = AUTHZ_OK;
	unsigned at = 0;
	bool more = true;

	while (at < l->count && (l->log[at].id == 0 || l->log[at].id != r->cursor->file))
		at++;
	if (at == l->count)
		at = l->count - 1;
	for (at++; at > 0 && more && result == AUTHZ_OK; at--)
		result = read_log(r, &l->log[at - 1], &more);
	return result;
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
                             bool (*take)(void *arg, const char *line), void *arg, char subject[HOST_SUBJECT_SIZE])
{
	const struct machine *m = context;
	struct reading r = {.cursor = cursor, .left = READ_MOST, .take = take, .arg = arg};
	int folder = audit_open_folder(m->audit_folder);
	char name[AUDIT_NAME_SIZE];
	enum authz_result result;
	struct logs logs;

	snprintf(subject, HOST_SUBJECT_SIZE, "%s", m->audit_folder);
	if (folder < 0)
		return open_error(errno);
	since_text(since, r.since);
	result = open_logs(folder, m->config.audit_keep, &logs, name);
	if (result != AUTHZ_OK)
		snprintf(subject, HOST_SUBJECT_SIZE, "%s/%s", m->audit_folder, name);
	if (result == AUTHZ_OK && logs.count > 0)
		result = read_logs(&r, &logs);
	if (result == AUTHZ_OK)
		close_logs(&logs);
	close(folder);
	return result;
}
