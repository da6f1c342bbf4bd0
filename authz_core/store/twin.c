/* SPDX-License-Identifier: ISC */
#include "store/twin.h"

#include <errno.h>
#include <fcntl.h>
#include <gdbm.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* GDBM_NOLOCK: the caller holds the lock that libgdbm would take.  NOMMAP: a full file system is an error, no SIGBUS. */
#define TWIN_FLAGS (GDBM_WRCREAT | GDBM_NOLOCK | GDBM_NOMMAP | GDBM_CLOEXEC | GDBM_BSEXACT)

#define CACHE_BUCKETS 64

struct twin {
	GDBM_FILE file;
	int fd;
	struct layout layout;
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

/*
 * A twin may be kept for long: what libgdbm remembers of it is bounded.
 * Neighbours that are free become one.  Else the list of free places grows, and the file with it, while records are only
 * taken away: on a full disk, where that is to make room, it would find none after some 2,000.
 */
static bool set_options(GDBM_FILE file)
{
	size_t buckets = CACHE_BUCKETS;
	int yes = 1;

	return gdbm_setopt(file, GDBM_SETCACHESIZE, &buckets, sizeof buckets) == 0 &&
	       gdbm_setopt(file, GDBM_SETCOALESCEBLKS, &yes, sizeof yes) == 0;
}

static enum authz_result open_file(struct twin *t, int64_t size)
{
	enum authz_result result = size > 0 ? layout_open_sized(&t->layout, t->fd, size) : AUTHZ_OK;

	if (result == AUTHZ_OK && size > 0)
		result = layout_openable(&t->layout);
	if (result != AUTHZ_OK)
		return result;
	errno = 0;
	/* without a function for fatal errors libgdbm returns them (read in 1.19 and later: it exits only after calling one) */
	t->file = gdbm_fd_open(t->fd, "twin", LAYOUT_BLOCK, TWIN_FLAGS, NULL);
	if (t->file == NULL)
		return twin_error(gdbm_errno, errno);
	if (!set_options(t->file))
		return AUTHZ_NO_MEMORY;
	return size > 0 ? AUTHZ_OK : layout_open(&t->layout, t->fd);
}

enum authz_result twin_open(struct twin **out, int fd, int64_t size)
{
	struct twin *t = calloc(1, sizeof *t);
	enum authz_result result = AUTHZ_NO_MEMORY;

	*out = NULL;
	if (t != NULL) {
		t->fd = fd;
		result = open_file(t, size);
	}
	if (result == AUTHZ_OK) {
		*out = t;
	} else if (t != NULL && t->file != NULL) {
		twin_close(t);
	} else {
		close(fd);
		free(t);
	}
	return result;
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

/* Make the change, of which "old" and "found" say what is there now. */
static enum authz_result twin_change(struct twin *t, const struct change *c, const struct layout_record *old, bool found)
{
	const datum key = twin_datum(c->key, c->key_length), value = twin_datum(c->record, c->length);
	enum authz_result result = AUTHZ_OK;
	int done;

	if (found != (c->kind != CHANGE_INSERT))
		return AUTHZ_STORE_DAMAGED;
	if (found && (c->kind == CHANGE_DELETE || old->length != c->length))
		result = spoil(t, old);
	if (result != AUTHZ_OK)
		return result;
	if (c->kind == CHANGE_DELETE)
		done = gdbm_delete(t->file, key);
	else
		done = gdbm_store(t->file, key, value, c->kind == CHANGE_INSERT ? GDBM_INSERT : GDBM_REPLACE);
	result = twin_after(t, done);
	return result == AUTHZ_OK ? layout_open(&t->layout, t->fd) : result;
}

enum authz_result twin_apply(struct twin *t, const unsigned char seal_key[SEAL_KEY_SIZE], const struct change *c)
{
	struct layout_record old;
	bool found;
	enum authz_result result = layout_find(&t->layout, seal_key, c->key, c->key_length, LAYOUT_QUICK, &old, &found);

	return result == AUTHZ_OK ? twin_change(t, c, &old, found) : result;
}

enum authz_result twin_insert(struct twin *t, const struct change *c, bool *there)
{
	const int done = gdbm_store(t->file, twin_datum(c->key, c->key_length), twin_datum(c->record, c->length), GDBM_INSERT);

	*there = done == 1;
	return *there ? AUTHZ_OK : twin_after(t, done);
}

static bool header_before(const struct header *h, uint64_t before, const struct layout_record *r)
{
	struct header old;
	const bool whole = header_unpack(&old, r->bytes + r->key_length, r->length);
	const bool fits = whole && old.sequence == before && memcmp(old.seal_key, h->seal_key, SEAL_KEY_SIZE) == 0;

	sodium_memzero(&old, sizeof old);
	return fits;
}

enum authz_result twin_put_header(struct twin *t, const struct header *h, uint64_t before)
{
	unsigned char record[RECORD_ENVELOPE + HEADER_SIZE];
	const struct change c = {.kind = before == 0 ? CHANGE_INSERT : CHANGE_REPLACE,
	                         .key = (const unsigned char *)HEADER_KEY,
	                         .key_length = HEADER_KEY_LENGTH,
	                         .record = record,
	                         .length = sizeof record};
	struct layout_record old;
	bool found;
	enum authz_result result;

	result = layout_find(&t->layout, h->seal_key, c.key, c.key_length, LAYOUT_QUICK, &old, &found);
	if (result == AUTHZ_OK && found && !header_before(h, before, &old))
		result = AUTHZ_STORE_DAMAGED;
	header_pack(h, record);
	if (result == AUTHZ_OK)
		result = twin_change(t, &c, &old, found);
	sodium_memzero(record, sizeof record);
	sodium_memzero(old.bytes, sizeof old.bytes);
	return result;
}

enum authz_result twin_settle(struct twin *t, bool sync)
{
	if (sync && gdbm_sync(t->file) != 0)
		return store_errno(gdbm_last_syserr(t->file));
	return layout_open(&t->layout, t->fd);
}

const struct layout *twin_layout(const struct twin *t)
{
	return &t->layout;
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
