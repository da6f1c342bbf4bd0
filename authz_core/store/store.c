/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a reader sees one commit, whole, and waits for no writer.
 * MUST 2: a store of tokens counts as empty when it is of another boot.
 * MUST 3: a store that was lost is never taken for one that was never made.
 */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "store/commit.h"
#include "store/folder.h"
#include "store/held.h"
#include "store/holder.h"
#include "store/keep.h"
#include "store/lock.h"
#include "store/twin.h"

#define READ_PAUSE_US 20
#define READ_PAUSE_MOST_US 1000
#define MISSING_MOST 10

static bool parse_boot_id(const char *text, unsigned char out[BOOT_ID_SIZE])
{
	size_t length;

	return text != NULL && strlen(text) == 36 &&
	       sodium_hex2bin(out, BOOT_ID_SIZE, text, 36, "-", &length, NULL) == 0 && length == BOOT_ID_SIZE;
}

static enum authz_result make_store(struct store *s)
{
	struct store_txn *t;
	enum authz_result result = store_begin(s, true, &t);

	/* the commit makes it, if nobody else has meanwhile */
	return result == AUTHZ_OK ? store_commit(t) : result;
}

static enum authz_result prepare(struct store *s, const char *boot_id)
{
	enum authz_result result;
	char name;

	if (sodium_init() < 0 || !parse_boot_id(boot_id, s->boot_id))
		return store_fail(s, AUTHZ_INTERNAL, NULL);
	result = folder_open(s);
	if (result == AUTHZ_OK)
		result = folder_current(s, &name);
	if (s->replace)
		return result == AUTHZ_STORE_DAMAGED ? AUTHZ_OK : result;
	return result == AUTHZ_OK && name == 0 ? make_store(s) : result;
}

enum authz_result store_open(struct store **out, const struct store_options *options)
{
	struct store *s = calloc(1, sizeof *s);

	*out = s;
	if (s == NULL)
		return AUTHZ_NO_MEMORY;
	s->folder_fd = -1;
	s->owner = geteuid();
	s->durable = options->durable;
	s->replace = options->replace;
	s->lock_wait_ms = options->lock_wait_ms;
	s->hold_ms = options->hold_ms;
	s->keep = options->keep;
	s->folder = strdup(options->folder);
	if (s->folder == NULL) {
		free(s);
		*out = NULL;
		return AUTHZ_NO_MEMORY;
	}
	return prepare(s, options->boot_id);
}

/* Is what is open still the store of these options, and is there one? */
static bool goes_on(struct store *s, const struct store_options *o)
{
	char name;

	return s->folder_fd >= 0 && !s->replace && !o->replace && s->durable == o->durable && s->keep == o->keep &&
	       strcmp(s->folder, o->folder) == 0 && folder_still_there(s) &&
	       folder_current(s, &name) == AUTHZ_OK && name != 0;
}

enum authz_result store_again(struct store **s, const struct store_options *options)
{
	if (*s == NULL || !goes_on(*s, options)) {
		store_close(*s);
		return store_open(s, options);
	}
	(*s)->lock_wait_ms = options->lock_wait_ms;
	(*s)->hold_ms = options->hold_ms;
	return parse_boot_id(options->boot_id, (*s)->boot_id) ? AUTHZ_OK : store_fail(*s, AUTHZ_INTERNAL, NULL);
}

void store_close(struct store *s)
{
	if (s == NULL)
		return;
	if (s->folder_fd >= 0)
		close(s->folder_fd);
	free(s->memory);
	free(s->folder);
	free(s);
}

const char *store_subject(const struct store *s)
{
	return s != NULL ? s->subject : "";
}

/* What one try to open the current twin came to. */
enum try { TRY_DONE, TRY_MISSING, TRY_LOCKED, TRY_MOVED };

/* A writer reads the twin that is kept. */
static struct kept *kept_current(struct store_txn *t)
{
	struct kept *kept = t->entered ? keep_twin(t->store->keep, t->name) : NULL;

	return kept != NULL && kept->twin != NULL ? kept : NULL;
}

static enum authz_result open_current(struct store_txn *t, struct stat *st)
{
	struct kept *kept = kept_current(t);

	if (kept == NULL)
		return folder_file(t->store, (const char[2]){t->name, '\0'}, O_RDONLY, &t->layout.fd, st);
	st->st_dev = (dev_t)kept->left.device;
	st->st_ino = (ino_t)kept->left.inode;
	t->layout.fd = twin_descriptor(kept->twin);
	t->borrowed = true;
	return AUTHZ_OK;
}

/* The current twin is not written to as long as a transaction has it open. */
static void remember(struct store_txn *t)
{
	struct store *s = t->store;

	layout_remember(&t->layout, s->memory != NULL ? s->memory : layout_memory_new());
	s->memory = NULL;
}

static void close_current(struct store_txn *t)
{
	if (t->store->memory == NULL)
		t->store->memory = t->layout.memory;
	else
		free(t->layout.memory);
	if (t->borrowed)
		flock(t->layout.fd, LOCK_UN);
	else if (t->layout.fd >= 0)
		close(t->layout.fd);
	t->layout = (struct layout){.fd = -1};
	t->borrowed = false;
}

/* It is not the file of its name any more. */
static void drop_kept(struct store_txn *t)
{
	keep_drop(kept_current(t));
	t->layout.fd = -1;
	t->borrowed = false;
}

/*
 * Between the look at "current" and the lock the twin may have become the spare and may have been left half written: it
 * counts only if it still is the current one when nobody can write to it any more.
 */
static enum try try_current(struct store_txn *t, struct stat *st, enum authz_result *result)
{
	struct store *s = t->store;
	const char name[2] = {t->name, '\0'};
	char now;

	*result = open_current(t, st);
	if (*result == AUTHZ_STORE_MISSING)
		return TRY_MISSING;
	if (*result != AUTHZ_OK)
		return TRY_DONE;
	if (flock(t->layout.fd, LOCK_SH | LOCK_NB) == 0) {
		*result = folder_current_now(s, &now);
		if (*result != AUTHZ_OK || (now == t->name && folder_same(s, name, st, st)))
			return TRY_DONE;
		if (t->borrowed)
			drop_kept(t);
		close_current(t);
		return TRY_MOVED;
	}
	*result = errno == EWOULDBLOCK ? AUTHZ_OK : store_fail(s, AUTHZ_STORE_IO, name);
	close_current(t);
	return *result == AUTHZ_OK ? TRY_LOCKED : TRY_DONE;
}

/* Open and lock the current twin, if there is one: t->name says so.  *st: how it is then. */
static enum authz_result lock_current(struct store_txn *t, struct stat *st)
{
	const uint64_t deadline = holder_now_ms(CLOCK_MONOTONIC) + t->store->lock_wait_ms;
	unsigned pause = READ_PAUSE_US, missing = 0;
	enum authz_result result;

	for (;;) {
		result = folder_current_now(t->store, &t->name);
		if (result != AUTHZ_OK || t->name == 0)
			return result;
		switch (try_current(t, st, &result)) {
		case TRY_DONE:
			return result;
		case TRY_MISSING:
			if (++missing >= MISSING_MOST)
				return store_fail(t->store, AUTHZ_STORE_DAMAGED, (const char[2]){t->name, '\0'});
			break;
		case TRY_LOCKED:
			if (holder_now_ms(CLOCK_MONOTONIC) >= deadline)
				return store_fail(t->store, AUTHZ_STORE_BUSY, (const char[2]){t->name, '\0'});
			lock_pause(&pause, READ_PAUSE_MOST_US);
			break;
		case TRY_MOVED:
			break;
		}
	}
}

static enum authz_result read_header(struct store_txn *t, int64_t size)
{
	enum authz_result result = layout_open_sized(&t->layout, t->layout.fd, size);

	remember(t);
	if (result == AUTHZ_OK)
		result = layout_header(&t->layout, &t->header);
	if (result == AUTHZ_OK && t->header.durable != t->store->durable)
		result = AUTHZ_STORE_DAMAGED;
	return store_note(t->store, held_result(t, result), (const char[2]){t->name, '\0'});
}

static void become_empty(struct store_txn *t)
{
	close_current(t);
	t->empty = true;
	header_new(&t->header, t->store->durable);
}

/* The header of a twin by its name, whichever it is. */
static enum authz_result look_at_twin(struct store *s, const char *name, struct header *h)
{
	struct layout layout;
	int fd;
	enum authz_result result = folder_file(s, name, O_RDONLY, &fd, NULL);

	if (result != AUTHZ_OK)
		return result;
	result = layout_open(&layout, fd);
	if (result == AUTHZ_OK)
		result = layout_header(&layout, h);
	close(fd);
	return result;
}

/* Whoever replaces all needs nothing of what is there, but goes on counting where it ends, as far as that is to be seen. */
static enum authz_result begin_anew(struct store_txn *t)
{
	static const char names[][2] = {"a", "b"};
	struct header h;
	size_t i;

	become_empty(t);
	for (i = 0; i < 2; i++)
		if (look_at_twin(t->store, names[i], &h) == AUTHZ_OK && h.sequence > t->header.sequence)
			t->header.sequence = h.sequence;
	return AUTHZ_OK;
}

/*
 * MUST 3.  There is no "current".  A twin beside it is what a maker of the store left that was killed before it could set
 * "current" (the first commit, of this boot or of a durable store), or one of another boot; else something was lost.
 */
static enum authz_result check_lost(struct store_txn *t, const char *name)
{
	struct store *s = t->store;
	struct header h;
	enum authz_result result = look_at_twin(s, name, &h);

	if (result == AUTHZ_STORE_MISSING)
		return AUTHZ_OK;
	if (result == AUTHZ_OK && h.sequence > 1 && (s->durable || memcmp(h.boot_id, s->boot_id, BOOT_ID_SIZE) == 0))
		result = AUTHZ_STORE_DAMAGED;
	return store_note(s, result, "current");
}

static enum authz_result no_current(struct store_txn *t)
{
	enum authz_result result;

	if (!t->write)
		return store_fail(t->store, AUTHZ_STORE_DAMAGED, "current");
	result = check_lost(t, "a");
	if (result == AUTHZ_OK)
		result = check_lost(t, "b");
	become_empty(t);
	return result;
}

static int *lock_descriptor(struct store_txn *t)
{
	return t->store->keep != NULL ? keep_lock(t->store->keep) : &t->lock_fd;
}

static enum authz_result take_lock(struct store_txn *t)
{
	struct store *s = t->store;
	const uint64_t deadline = holder_now_ms(CLOCK_MONOTONIC) + s->lock_wait_ms;
	enum authz_result result = AUTHZ_OK;

	if (s->keep != NULL) {
		result = keep_enter(s->keep, &s->at_open, deadline);
		if (result != AUTHZ_OK)
			return store_fail(s, result, "lock");
		t->entered = true;
	}
	result = lock_take(s, lock_descriptor(t), deadline);
	t->locked = result == AUTHZ_OK;
	return result;
}

static void drop_lock(struct store_txn *t)
{
	if (t->locked)
		lock_drop(*lock_descriptor(t));
	if (t->lock_fd >= 0)
		close(t->lock_fd);
	if (t->entered)
		keep_leave(t->store->keep);
}

/* What there is to begin with, under whatever lock it takes. */
static enum authz_result look_at_current(struct store_txn *t)
{
	struct stat st;
	enum authz_result result = lock_current(t, &st);

	if (result == AUTHZ_OK && t->name == 0)
		return no_current(t);
	if (result == AUTHZ_OK)
		result = read_header(t, st.st_size);
	/* MUST 2 */
	if (result == AUTHZ_OK && !t->store->durable && memcmp(t->header.boot_id, t->store->boot_id, BOOT_ID_SIZE) != 0)
		become_empty(t);
	return result;
}

static enum authz_result begin(struct store_txn *t)
{
	enum authz_result result = t->write ? take_lock(t) : AUTHZ_OK;

	if (result == AUTHZ_OK)
		result = look_at_current(t);
	return result == AUTHZ_STORE_DAMAGED && t->locked && t->store->replace ? begin_anew(t) : result;
}

enum authz_result store_begin(struct store *s, bool write, struct store_txn **out)
{
	struct store_txn *t = calloc(1, sizeof *t);
	enum authz_result result;

	*out = NULL;
	if (t == NULL)
		return store_fail(s, AUTHZ_NO_MEMORY, NULL);
	t->store = s;
	t->write = write;
	t->layout.fd = -1;
	t->lock_fd = -1;
	result = begin(t);
	if (result == AUTHZ_OK)
		*out = t;
	else
		store_abort(t);
	return result;
}

void store_abort(struct store_txn *t)
{
	if (t == NULL)
		return;
	close_current(t);
	drop_lock(t);
	overlay_clear(&t->overlay);
	sodium_memzero(t, sizeof *t);
	free(t);
}

enum authz_result store_commit_hold(struct store_txn *t)
{
	return t->write ? commit_run(t) : AUTHZ_OK;
}

enum authz_result store_commit(struct store_txn *t)
{
	enum authz_result result = store_commit_hold(t);

	store_abort(t);
	return result;
}

/* Keys that begin with a NUL are the store's own. */
static enum authz_result check_key(struct store_txn *t, const void *key, size_t key_length)
{
	if (key_length >= 1 && key_length <= STORE_KEY_MAX && *(const char *)key != '\0')
		return AUTHZ_OK;
	return store_fail(t->store, AUTHZ_INTERNAL, NULL);
}

static enum authz_result hand_out(struct store_txn *t, const unsigned char *record, size_t record_length, void *value,
                                  size_t size, size_t *length)
{
	*length = record_length - RECORD_ENVELOPE;
	if (*length > size) {
		*length = 0;
		return store_fail(t->store, AUTHZ_STORE_DAMAGED, (const char[2]){t->name, '\0'});
	}
	if (*length > 0)
		memcpy(value, record + RECORD_ENVELOPE, *length);
	return AUTHZ_OK;
}

enum authz_result store_get(struct store_txn *t, const void *key, size_t key_length, void *value, size_t size, size_t *length,
                            bool *found)
{
	const struct overlay_entry *e;
	struct layout_record r;
	enum authz_result result = check_key(t, key, key_length);

	*found = false;
	*length = 0;
	if (result != AUTHZ_OK)
		return result;
	e = overlay_find(&t->overlay, key, key_length);
	if (e != NULL) {
		*found = e->change.record != NULL;
		return *found ? hand_out(t, e->change.record, e->change.length, value, size, length) : AUTHZ_OK;
	}
	if (t->empty)
		return AUTHZ_OK;
	result = layout_find(&t->layout, t->header.seal_key, key, key_length, LAYOUT_PROVEN, &r, found);
	if (result == AUTHZ_OK && *found)
		return hand_out(t, r.bytes + r.key_length, r.length, value, size, length);
	if (result == AUTHZ_OK && t->write)
		overlay_note_absent(&t->overlay, key, key_length);
	return store_note(t->store, held_result(t, result), (const char[2]){t->name, '\0'});
}

enum authz_result store_put(struct store_txn *t, const void *key, size_t key_length, const void *value, size_t length)
{
	unsigned char *record;
	enum authz_result result = check_key(t, key, key_length);

	if (result == AUTHZ_OK && (!t->write || length > STORE_VALUE_MAX))
		result = store_fail(t->store, AUTHZ_INTERNAL, NULL);
	if (result != AUTHZ_OK)
		return result;
	record = malloc(RECORD_ENVELOPE + length);
	if (record == NULL)
		return store_fail(t->store, AUTHZ_NO_MEMORY, NULL);
	record_seal(t->header.seal_key, key, key_length, value, length, record);
	if (!overlay_set(&t->overlay, key, key_length, record, RECORD_ENVELOPE + length))
		return store_fail(t->store, AUTHZ_NO_MEMORY, NULL);
	return AUTHZ_OK;
}

enum authz_result store_delete(struct store_txn *t, const void *key, size_t key_length)
{
	enum authz_result result = check_key(t, key, key_length);

	if (result == AUTHZ_OK && !t->write)
		result = store_fail(t->store, AUTHZ_INTERNAL, NULL);
	if (result == AUTHZ_OK && !overlay_set(&t->overlay, key, key_length, NULL, 0))
		result = store_fail(t->store, AUTHZ_NO_MEMORY, NULL);
	return result;
}
