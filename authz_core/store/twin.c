/* SPDX-License-Identifier: ISC */
#include "store/twin.h"

#include <errno.h>
#include <fcntl.h>
#include <gdbm.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/layout.h"

/* GDBM_NOLOCK: the caller holds the lock that libgdbm would take.  NOMMAP: a full file system is an error, no SIGBUS. */
#define TWIN_FLAGS (GDBM_WRCREAT | GDBM_NOLOCK | GDBM_NOMMAP | GDBM_CLOEXEC | GDBM_BSEXACT)

struct twin {
	GDBM_FILE file;
	int fd;
};

enum authz_result store_errno(int error)
{
	switch (error) {
	case ENOSPC:
	case EFBIG:
	case EDQUOT:
		return AUTHZ_STORE_NO_ROOM;
	case ENOMEM:
		return AUTHZ_NO_MEMORY;
	default:
		return AUTHZ_STORE_IO;
	}
}

static enum authz_result twin_error(gdbm_error error, int system_error)
{
	if (error == GDBM_MALLOC_ERROR)
		return AUTHZ_NO_MEMORY;
	/* seeking fails where the file names a place that cannot be */
	if (gdbm_check_syserr(error) && error != GDBM_FILE_SEEK_ERROR)
		return store_errno(system_error);
	return AUTHZ_STORE_DAMAGED;
}

enum authz_result twin_open(struct twin **out, int fd)
{
	struct twin *t = malloc(sizeof *t);
	enum authz_result result = AUTHZ_OK;
	struct layout layout;
	struct stat st;

	*out = NULL;
	if (t == NULL)
		result = AUTHZ_NO_MEMORY;
	else if (fstat(fd, &st) != 0)
		result = AUTHZ_STORE_IO;
	else if (st.st_size > 0)
		result = layout_open(&layout, fd);
	if (result == AUTHZ_OK) {
		errno = 0;
		/* without a function for fatal errors libgdbm returns them (read in 1.19 and later: it exits only after calling one) */
		t->file = gdbm_fd_open(fd, "twin", LAYOUT_BLOCK, TWIN_FLAGS, NULL);
		if (t->file == NULL)
			result = twin_error(gdbm_errno, errno);
	}
	if (result != AUTHZ_OK) {
		close(fd);
		free(t);
		return result;
	}
	t->fd = fd;
	*out = t;
	return AUTHZ_OK;
}

/*
 * After each call: libgdbm returns success from a store whose last write failed, but then says that the file needs
 * recovery, until the next call forgets why.
 */
static enum authz_result twin_after(struct twin *t, int returned)
{
	const int system_error = gdbm_last_syserr(t->file);
	const gdbm_error error = gdbm_last_errno(t->file);

	if (returned == 0 && error == GDBM_NO_ERROR && !gdbm_needs_recovery(t->file))
		return AUTHZ_OK;
	return twin_error(error, system_error);
}

/* libgdbm takes pointers that it does not write through. */
static datum twin_datum(const void *bytes, size_t length)
{
	datum d = {.dsize = (int)length};

	memcpy(&d.dptr, &bytes, sizeof d.dptr);
	return d;
}

/*
 * Spoil a record that libgdbm is about to leave behind in free space: a damaged pointer must not bring back a record that
 * was whole once.
 */
static enum authz_result spoil(struct twin *t, const struct layout_record *r)
{
	static const unsigned char nothing[RECORD_ENVELOPE];
	const ssize_t put = pwrite(t->fd, nothing, sizeof nothing, r->at + (off_t)r->key_length);

	if (put == (ssize_t)sizeof nothing)
		return AUTHZ_OK;
	return put < 0 ? store_errno(errno) : AUTHZ_STORE_IO;
}

enum authz_result twin_apply(struct twin *t, const unsigned char seal_key[SEAL_KEY_SIZE], const struct change *c)
{
	const datum key = twin_datum(c->key, c->key_length), value = twin_datum(c->record, c->length);
	struct layout layout;
	struct layout_record old;
	bool found;
	enum authz_result result = layout_open(&layout, t->fd);

	if (result == AUTHZ_OK)
		result = layout_find(&layout, seal_key, c->key, c->key_length, LAYOUT_QUICK, &old, &found);
	if (result == AUTHZ_OK && found != (c->kind != CHANGE_INSERT))
		result = AUTHZ_STORE_DAMAGED;
	if (result == AUTHZ_OK && found && (c->kind == CHANGE_DELETE || old.length != c->length))
		result = spoil(t, &old);
	if (result != AUTHZ_OK)
		return result;
	if (c->kind == CHANGE_DELETE)
		return twin_after(t, gdbm_delete(t->file, key));
	return twin_after(t, gdbm_store(t->file, key, value, c->kind == CHANGE_INSERT ? GDBM_INSERT : GDBM_REPLACE));
}

enum authz_result twin_put_header(struct twin *t, const struct header *h, bool fresh)
{
	unsigned char record[RECORD_ENVELOPE + HEADER_SIZE];
	const struct change c = {.kind = fresh ? CHANGE_INSERT : CHANGE_REPLACE,
	                         .key = (const unsigned char *)HEADER_KEY,
	                         .key_length = HEADER_KEY_LENGTH,
	                         .record = record,
	                         .length = sizeof record};

	header_pack(h, record);
	return twin_apply(t, h->seal_key, &c);
}

enum authz_result twin_get_header(struct twin *t, struct header *h)
{
	struct layout layout;
	enum authz_result result = layout_open(&layout, t->fd);

	return result == AUTHZ_OK ? layout_header(&layout, h) : result;
}

enum authz_result twin_settle(struct twin *t, bool sync)
{
	struct layout layout;

	if (sync && gdbm_sync(t->file) != 0)
		return store_errno(gdbm_last_syserr(t->file));
	return layout_open(&layout, t->fd);
}

int twin_descriptor(const struct twin *t)
{
	return t->fd;
}

/*
 * gdbm_close syncs the file, which twin_settle did if it is to be done, and each flush of a disk takes as long as the
 * other: it is given something else to sync.  By now libgdbm has written all that it has to write.
 */
void twin_close(struct twin *t)
{
	int nothing;

	if (t == NULL)
		return;
	nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (nothing >= 0) {
		dup3(nothing, t->fd, O_CLOEXEC);
		close(nothing);
	}
	gdbm_close(t->file);
	free(t);
}
