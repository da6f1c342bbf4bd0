/* SPDX-License-Identifier: ISC */
#include "store/commit.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "store/folder.h"
#include "store/holder.h"
#include "store/journal.h"
#include "store/lock.h"
#include "store/twin.h"

#define SPARE_NEW "spare.new"
#define SPARE_PATIENCE_MS 2
#define SPARE_PAUSE_US 20
#define COPY_BYTES 131072
#define ROOM_KEPT 65536 /* for transactions that add no record */

struct commit {
	struct store_txn *t;
	struct store *s;
	struct header header;  /* as it will be */
	char from[2], to[2];   /* names of the current and of the spare twin; from is empty in an empty store */
	struct identity current;
	struct journal last;   /* of the transaction before this one */
	struct twin *spare;
	bool vouch;            /* the current twin is known to be as it was left, or was just copied */
};

/* What each change means for the current twin, and how many records there will be. */
static enum authz_result sort_changes(struct commit *c, bool *any)
{
	struct store_txn *t = c->t;
	struct overlay_entry *e;
	struct layout_record r;
	enum authz_result result;
	bool there = false;

	*any = false;
	for (e = t->overlay.first; e != NULL; e = e->next) {
		result = t->empty ? AUTHZ_OK : layout_find(&t->layout, t->header.seal_key, e->key, e->change.key_length,
		                                           LAYOUT_PROVEN, &r, &there);
		if (result != AUTHZ_OK)
			return store_fail(c->s, result, c->from);
		if (e->change.record == NULL)
			e->change.kind = there ? CHANGE_DELETE : CHANGE_NOTHING;
		else
			e->change.kind = there ? CHANGE_REPLACE : CHANGE_INSERT;
		c->header.records += e->change.kind == CHANGE_INSERT;
		c->header.records -= e->change.kind == CHANGE_DELETE;
		*any = *any || e->change.kind != CHANGE_NOTHING;
	}
	return AUTHZ_OK;
}

/* An empty file under another name, ours alone. */
static enum authz_result new_spare(struct commit *c, int *fd)
{
	enum authz_result result = folder_remove(c->s, SPARE_NEW);

	/* the old one first: it is of no use any more, and there may be no room for three */
	if (result == AUTHZ_OK)
		result = folder_remove(c->s, c->to);
	if (result == AUTHZ_OK)
		result = folder_file(c->s, SPARE_NEW, O_RDWR | O_CREAT | O_EXCL, fd);
	if (result == AUTHZ_OK && flock(*fd, LOCK_EX | LOCK_NB) != 0) {
		close(*fd);
		result = store_fail(c->s, AUTHZ_STORE_IO, SPARE_NEW);
	}
	return result;
}

static enum authz_result copy_bytes(int from, int to)
{
	unsigned char *bytes = malloc(COPY_BYTES);
	enum authz_result result = bytes == NULL ? AUTHZ_NO_MEMORY : AUTHZ_OK;
	ssize_t got, put;
	off_t at = 0;

	while (result == AUTHZ_OK && (got = pread(from, bytes, COPY_BYTES, at)) != 0) {
		put = got > 0 ? pwrite(to, bytes, (size_t)got, at) : -1;
		if (put > 0)
			at += put;
		else if (errno != EINTR)
			result = store_errno(errno);
	}
	free(bytes);
	return result;
}

/* Is the spare that is open now at the commit of this sequence, of the same store? */
static enum authz_result check_spare(struct commit *c, uint64_t sequence)
{
	struct header h;
	enum authz_result result = twin_get_header(c->spare, &h);

	if (result != AUTHZ_OK)
		return result;
	if (h.sequence != sequence || memcmp(h.seal_key, c->header.seal_key, sizeof h.seal_key) != 0)
		return AUTHZ_STORE_DAMAGED;
	return AUTHZ_OK;
}

/* Step 2 without a journal: a copy of the current twin, or of nothing. */
static enum authz_result make_spare(struct commit *c)
{
	enum authz_result result;
	int fd;

	result = new_spare(c, &fd);
	if (result != AUTHZ_OK)
		return result;
	if (!c->t->empty)
		result = copy_bytes(c->t->layout.fd, fd);
	if (result == AUTHZ_OK)
		result = twin_open(&c->spare, fd);
	else
		close(fd);
	if (result == AUTHZ_OK && !c->t->empty)
		result = check_spare(c, c->t->header.sequence);
	c->vouch = !c->t->empty;
	return store_note(c->s, result, c->to);
}

/* The writer's lock on the spare, which a reader who came late may hold for a moment. */
static bool lock_spare(int fd)
{
	const uint64_t deadline = holder_now_ms(CLOCK_MONOTONIC) + SPARE_PATIENCE_MS;
	unsigned pause = SPARE_PAUSE_US;

	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (holder_now_ms(CLOCK_MONOTONIC) > deadline)
			return false;
		lock_pause(&pause, 4 * SPARE_PAUSE_US);
	}
	return true;
}

/* Step 2 with a journal: the spare, if it is just as the journal says.  AUTHZ_STORE_DAMAGED: it is not. */
static enum authz_result take_spare(struct commit *c)
{
	struct identity now;
	enum authz_result result;
	int fd;

	if (!c->last.valid || c->last.to != c->t->header.sequence)
		return AUTHZ_STORE_DAMAGED;
	if (folder_file(c->s, c->to, O_RDWR, &fd) != AUTHZ_OK)
		return AUTHZ_STORE_DAMAGED;
	if (!lock_spare(fd) || !identity_of(fd, &now) || !identity_same(&now, &c->last.spare)) {
		close(fd);
		return AUTHZ_STORE_DAMAGED;
	}
	c->vouch = identity_same(&c->current, &c->last.current);
	result = twin_open(&c->spare, fd);
	return result == AUTHZ_OK ? check_spare(c, c->last.from) : result;
}

/*
 * What grew in one twin will grow in the other with the next transaction.  So a transaction that makes the file grow is
 * refused unless there is room for both, and one that adds records unless there is some to spare: then one that adds none,
 * as spending and removing, finds its room on a full disk too.
 */
static enum authz_result leave_room(const struct commit *c)
{
	struct layout layout;
	const uint64_t kept = c->header.records > c->t->header.records ? ROOM_KEPT : 0;
	struct statvfs fs;
	enum authz_result result = layout_open(&layout, twin_descriptor(c->spare));

	if (result != AUTHZ_OK || c->t->empty || layout.end <= c->t->layout.end)
		return result;
	if (fstatvfs(c->s->folder_fd, &fs) != 0 || fs.f_blocks == 0)
		return AUTHZ_OK;
	if (fs.f_bavail * (uint64_t)fs.f_frsize >= (uint64_t)(layout.end - c->t->layout.end) + kept)
		return AUTHZ_OK;
	return AUTHZ_STORE_NO_ROOM;
}

/* The rest of step 2, and step 3.  The header comes first: a spare that was begun with, is at no sequence that a journal names. */
static enum authz_result fill_spare(struct commit *c)
{
	struct overlay_entry *e;
	struct change change;
	enum authz_result result = twin_put_header(c->spare, &c->header, c->t->empty);

	while (result == AUTHZ_OK && c->last.valid && journal_next(&c->last, &change))
		result = twin_apply(c->spare, c->header.seal_key, &change);
	if (result == AUTHZ_OK && c->last.at != c->last.length)
		result = AUTHZ_STORE_DAMAGED;
	for (e = c->t->overlay.first; e != NULL && result == AUTHZ_OK; e = e->next)
		if (e->change.kind != CHANGE_NOTHING)
			result = twin_apply(c->spare, c->header.seal_key, &e->change);
	if (result == AUTHZ_OK)
		result = leave_room(c);
	if (result == AUTHZ_OK)
		result = twin_settle(c->spare, c->s->durable);
	return store_note(c->s, result, c->to);
}

static void drop_spare(struct commit *c)
{
	twin_close(c->spare);
	c->spare = NULL;
}

/* Steps 2 and 3. */
static enum authz_result bring_up(struct commit *c)
{
	enum authz_result result = take_spare(c);

	if (result == AUTHZ_OK)
		result = fill_spare(c);
	if (result != AUTHZ_STORE_DAMAGED)
		return result;
	/* no spare that anything is known of, or one that libgdbm may not be let loose on */
	drop_spare(c);
	journal_clear(&c->last);
	result = make_spare(c);
	if (result == AUTHZ_OK)
		result = fill_spare(c);
	/* its own name only now: what is called by it is whole, or a spare that nobody trusts */
	if (result == AUTHZ_OK && renameat(c->s->folder_fd, SPARE_NEW, c->s->folder_fd, c->to) != 0)
		result = store_fail(c->s, store_errno(errno), c->to);
	return result;
}

/* Step 4. */
static void vouch(struct commit *c)
{
	struct journal j = {.from = c->t->header.sequence, .to = c->header.sequence, .spare = c->current};

	if (c->vouch && identity_of(twin_descriptor(c->spare), &j.current))
		journal_write(c->s, &c->header, &j, &c->t->overlay, (size_t)c->t->layout.end);
}

static enum authz_result commit_steps(struct commit *c)
{
	enum authz_result result;

	if (!c->t->empty) {
		if (!identity_of(c->t->layout.fd, &c->current))
			return store_fail(c->s, AUTHZ_STORE_IO, c->from);
		journal_read(c->s, &c->t->header, &c->last);
	}
	result = folder_remove(c->s, "journal");
	if (result != AUTHZ_OK)
		return result;
	result = bring_up(c);
	if (result == AUTHZ_OK)
		vouch(c);
	/* before the switch: readers who come to the new current twin must not find it locked */
	drop_spare(c);
	if (result == AUTHZ_OK)
		return folder_switch(c->s, c->to[0]);
	unlinkat(c->s->folder_fd, SPARE_NEW, 0);
	return result;
}

enum authz_result commit_run(struct store_txn *t)
{
	struct commit c = {.t = t, .s = t->store, .header = t->header, .from = {t->name}, .to = {t->name == 'a' ? 'b' : 'a'}};
	enum authz_result result;
	bool any;

	c.header.sequence++;
	c.header.durable = t->store->durable;
	memcpy(c.header.boot_id, t->store->boot_id, BOOT_ID_SIZE);
	result = sort_changes(&c, &any);
	if (result == AUTHZ_OK && (any || t->empty))
		result = commit_steps(&c);
	journal_clear(&c.last);
	sodium_memzero(&c.header, sizeof c.header);
	return result;
}
