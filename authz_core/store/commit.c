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
#include "store/held.h"
#include "store/holder.h"
#include "store/journal.h"
#include "store/keep.h"
#include "store/lock.h"

#define SPARE_NEW "spare.new"
#define SPARE_PATIENCE_MS 2
#define SPARE_PAUSE_US 20
#define COPY_BYTES 131072
#define JOURNAL_SHARE 64    /* of a twin's size */
#define JOURNAL_SHORT 65536 /* what is always short */
#define ROOM_KEPT 65536 /* for transactions that add no record */

struct commit {
	struct store_txn *t;
	struct store *s;
	struct header header;  /* as it will be */
	char from[2], to[2];   /* names of the current and of the spare twin; from is empty in an empty store */
	struct identity current;
	struct journal last;   /* of the transaction before this one */
	struct twin *spare;
	uint64_t at;           /* the commit that the spare is at; 0: at none */
	struct identity left;  /* of the spare, when nothing is written to it any more */
	bool vouch;            /* the current twin is known to be as it was left, or was just copied */
};

/* What each change means for the current twin, and how many records there will be. */
static enum authz_result sort_changes(struct commit *c, bool *any)
{
	struct store_txn *t = c->t;
	struct overlay_entry *e;
	struct layout_record r;
	enum authz_result result;
	bool there;

	*any = false;
	for (e = t->overlay.first; e != NULL; e = e->next) {
		there = false;
		result = t->empty || e->absent ? AUTHZ_OK : layout_find(&t->layout, t->header.seal_key, e->key, e->change.key_length,
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

static struct kept *kept_spare(const struct commit *c)
{
	return c->s->keep != NULL ? keep_twin(c->s->keep, c->to[0]) : NULL;
}

/* The spare is of no use any more, and its room is needed. */
static enum authz_result remove_spare(struct commit *c)
{
	if (kept_spare(c) != NULL)
		keep_drop(kept_spare(c));
	return held_put_away(c->s, c->to, c->header.sequence);
}

/* An empty file under another name, ours alone. */
static enum authz_result new_spare(struct commit *c, int *fd)
{
	enum authz_result result = folder_remove(c->s, SPARE_NEW);

	/* the old one first: there may be no room for three; but where the current one is damaged it may be the good one */
	if (result == AUTHZ_OK && !c->s->replace)
		result = remove_spare(c);
	if (result == AUTHZ_OK)
		result = folder_file(c->s, SPARE_NEW, O_RDWR | O_CREAT | O_EXCL, fd, NULL);
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
		result = twin_open(&c->spare, fd, c->t->empty ? 0 : c->t->layout.end);
	else
		close(fd);
	c->at = c->t->empty ? 0 : c->t->header.sequence;
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

/* The spare as this process left it, if it is still so.  Else there is none, and what was kept is let go. */
static bool take_kept(struct commit *c)
{
	struct kept *kept = kept_spare(c);
	struct stat st;
	struct identity now;

	if (kept == NULL || kept->twin == NULL)
		return false;
	st.st_dev = (dev_t)kept->left.device;
	st.st_ino = (ino_t)kept->left.inode;
	if (lock_spare(twin_descriptor(kept->twin)) && folder_same(c->s, c->to, &st, &st)) {
		now = identity_from(&st);
		if (identity_same(&now, &c->last.spare) && keep_trusted(kept, &now, &c->header, c->last.from)) {
			c->spare = kept->twin;
			kept->twin = NULL;
			return true;
		}
	}
	keep_drop(kept);
	return false;
}

/* Step 2 with a journal: the spare, if it is just as the journal says.  AUTHZ_STORE_DAMAGED: it is not. */
static enum authz_result take_spare(struct commit *c)
{
	struct identity now;
	int fd;

	if (!c->last.valid || c->last.to != c->t->header.sequence)
		return AUTHZ_STORE_DAMAGED;
	c->vouch = identity_same(&c->current, &c->last.current);
	c->at = c->last.from;
	if (take_kept(c))
		return AUTHZ_OK;
	if (folder_file(c->s, c->to, O_RDWR, &fd, NULL) != AUTHZ_OK)
		return AUTHZ_STORE_DAMAGED;
	if (!lock_spare(fd) || !identity_of(fd, &now) || !identity_same(&now, &c->last.spare)) {
		close(fd);
		return AUTHZ_STORE_DAMAGED;
	}
	return twin_open(&c->spare, fd, (int64_t)now.size);
}

/*
 * What grew in one twin will grow in the other with the next transaction.  So a transaction that makes the file grow is
 * refused unless there is room for both, and one that adds records unless there is some to spare: then one that adds none,
 * as spending and removing, finds its room on a full disk too.
 */
static enum authz_result leave_room(const struct commit *c)
{
	const int64_t end = twin_layout(c->spare)->end;
	const uint64_t kept = c->header.records > c->t->header.records ? ROOM_KEPT : 0;
	struct statvfs fs;

	if (c->t->empty || end <= c->t->layout.end)
		return AUTHZ_OK;
	if (fstatvfs(c->s->folder_fd, &fs) != 0 || fs.f_blocks == 0)
		return AUTHZ_OK;
	if (fs.f_bavail * (uint64_t)fs.f_frsize >= (uint64_t)(end - c->t->layout.end) + kept)
		return AUTHZ_OK;
	return AUTHZ_STORE_NO_ROOM;
}

/* The rest of step 2, and step 3.  The header comes first: a spare that was begun with, is at no sequence that a journal names. */
static enum authz_result fill_spare(struct commit *c)
{
	struct overlay_entry *e;
	struct change change;
	enum authz_result result = twin_put_header(c->spare, &c->header, c->at);

	while (result == AUTHZ_OK && c->last.valid && journal_next(&c->last, &change))
		result = twin_apply(c->spare, c->header.seal_key, &change);
	if (result == AUTHZ_OK && c->last.at != c->last.length)
		result = AUTHZ_STORE_DAMAGED;
	for (e = c->t->overlay.first; e != NULL && result == AUTHZ_OK; e = e->next)
		if (e->change.kind != CHANGE_NOTHING)
			result = twin_apply(c->spare, c->header.seal_key, &e->change);
	if (result == AUTHZ_OK)
		result = leave_room(c);
	if (result == AUTHZ_OK && c->s->durable)
		result = twin_settle(c->spare, true);
	return store_note(c->s, result, c->to);
}

static void drop_spare(struct commit *c)
{
	twin_close(c->spare);
	c->spare = NULL;
}

/* Its own name only now: what is called by it is whole, or a spare that nobody trusts. */
static enum authz_result name_spare(struct commit *c)
{
	enum authz_result result = c->s->replace ? remove_spare(c) : AUTHZ_OK; /* else it is gone by now */

	if (result == AUTHZ_OK && renameat(c->s->folder_fd, SPARE_NEW, c->s->folder_fd, c->to) != 0)
		result = store_fail(c->s, store_errno(errno), c->to);
	return result;
}

/* No spare that anything is known of, or one that libgdbm may not be let loose on. */
static enum authz_result bring_up_new(struct commit *c)
{
	enum authz_result result;

	drop_spare(c);
	journal_clear(&c->last);
	result = make_spare(c);
	if (result == AUTHZ_OK)
		result = fill_spare(c);
	return result == AUTHZ_OK ? name_spare(c) : result;
}

/* Steps 2 and 3. */
static enum authz_result bring_up(struct commit *c)
{
	enum authz_result result = take_spare(c);

	if (result == AUTHZ_OK)
		result = fill_spare(c);
	if (result == AUTHZ_STORE_DAMAGED)
		result = bring_up_new(c);
	if (result == AUTHZ_STORE_NO_ROOM && held_cut(c->s))
		result = bring_up_new(c);
	return result;
}

/*
 * The longest journal that brings a twin of this size up sooner than a copy does: a change is some 100 bytes and is made
 * in the time in which as many kilobytes are copied.
 */
static size_t journal_worth(int64_t size)
{
	const size_t worth = (size_t)size / JOURNAL_SHARE < JOURNAL_SHORT ? JOURNAL_SHORT : (size_t)size / JOURNAL_SHARE;

	return worth < (size_t)size ? worth : (size_t)size;
}

/* Step 4. */
static void vouch(struct commit *c)
{
	struct journal j = {.from = c->t->header.sequence, .to = c->header.sequence, .spare = c->current};

	if (!identity_of(twin_descriptor(c->spare), &j.current)) {
		drop_spare(c);
		return;
	}
	c->left = j.current;
	if (c->vouch)
		journal_write(c->s, &c->header, &j, &c->t->overlay, journal_worth(c->t->layout.end));
}

/* For the next transaction of this process. */
static void keep_spare(struct commit *c)
{
	struct kept *kept = kept_spare(c);

	if (kept == NULL || c->spare == NULL)
		return;
	keep_drop(kept);
	*kept = (struct kept){.twin = c->spare, .left = c->left, .sequence = c->header.sequence};
	memcpy(kept->seal_key, c->header.seal_key, SEAL_KEY_SIZE);
	c->spare = NULL;
}

/* Step 5.  Readers who come to the new current twin must not find it locked. */
static enum authz_result make_current(struct commit *c)
{
	enum authz_result result;

	if (c->s->keep == NULL || (c->spare != NULL && flock(twin_descriptor(c->spare), LOCK_UN) != 0))
		drop_spare(c);
	result = folder_switch(c->s, c->to[0]);
	if (result == AUTHZ_OK)
		keep_spare(c);
	drop_spare(c);
	return result;
}

static void give_up(struct commit *c)
{
	drop_spare(c);
	unlinkat(c->s->folder_fd, SPARE_NEW, 0);
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
	held_look(c->s, c->header.sequence);
	result = bring_up(c);
	if (result != AUTHZ_OK) {
		give_up(c);
		return result;
	}
	vouch(c);
	return make_current(c);
}

static struct commit commit_of(struct store_txn *t)
{
	struct commit c = {.t = t, .s = t->store, .header = t->header, .from = {t->name}, .to = {t->name == 'a' ? 'b' : 'a'}};

	c.header.sequence++;
	c.header.durable = t->store->durable;
	memcpy(c.header.boot_id, t->store->boot_id, BOOT_ID_SIZE);
	return c;
}

enum authz_result commit_run(struct store_txn *t)
{
	struct commit c = commit_of(t);
	bool any;
	enum authz_result result = sort_changes(&c, &any);

	if (result == AUTHZ_OK && (any || t->empty))
		result = commit_steps(&c);
	journal_clear(&c.last);
	sodium_memzero(&c.header, sizeof c.header);
	return result;
}

/* A twin of what "fill" has, whole, under its own name. */
static enum authz_result fill_new(struct commit *c, commit_fill *fill, void *context)
{
	enum authz_result result;
	int fd;

	result = new_spare(c, &fd);
	if (result != AUTHZ_OK)
		return result;
	result = store_note(c->s, twin_open(&c->spare, fd, 0), c->to);
	if (result == AUTHZ_OK)
		result = fill(context, c->spare, &c->header);
	if (result != AUTHZ_OK)
		return result;
	result = twin_settle(c->spare, false);
	if (result == AUTHZ_OK)
		result = twin_put_header(c->spare, &c->header, 0);
	if (result == AUTHZ_OK)
		result = leave_room(c);
	if (result == AUTHZ_OK)
		result = twin_settle(c->spare, c->s->durable);
	return result == AUTHZ_OK ? name_spare(c) : store_fail(c->s, result, c->to);
}

enum authz_result commit_whole(struct store_txn *t, commit_fill *fill, void *context)
{
	struct commit c = commit_of(t);
	enum authz_result result = folder_remove(c.s, "journal");

	randombytes_buf(c.header.seal_key, SEAL_KEY_SIZE);
	c.header.records = 0;
	if (result == AUTHZ_OK)
		result = fill_new(&c, fill, context);
	if (result == AUTHZ_OK) {
		drop_spare(&c);
		if (t->entered)
			keep_drop(kept_spare(&c)); /* else its file, of which the name goes now, would hold its room */
		result = make_current(&c);
	} else {
		give_up(&c);
		if (result == AUTHZ_STORE_NO_ROOM)
			held_cut(c.s); /* the source cannot be read again: for the next load */
	}
	sodium_memzero(&c.header, sizeof c.header);
	return result;
}
