/* SPDX-License-Identifier: ISC */
#include "store/load.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/commit.h"
#include "store/dump_text.h"
#include "store/walk.h"

#define CHUNK 65536

struct load {
	struct store *s;
	const struct store_source *source;
	const struct store_progress *progress;
	struct header *header;
	struct dump_state state;
	struct dump_line line;
	uint64_t records; /* as the first line says */
	size_t at, got;
	unsigned char key[STORE_KEY_MAX], value[STORE_VALUE_MAX], record[RECORD_MAX];
	char chunk[CHUNK];
};

/* Line numbers begin with 1. */
static enum authz_result bad(struct load *l, uint64_t number, const char *what)
{
	snprintf(l->s->subject, sizeof l->s->subject, "line %" PRIu64 " %s", number, what);
	return AUTHZ_BAD_DUMP;
}

/* More of the text; *end: there is no more. */
static enum authz_result more(struct load *l, bool *end)
{
	long got;

	*end = false;
	if (l->at < l->got)
		return AUTHZ_OK;
	got = l->source->get(l->source->context, l->chunk, sizeof l->chunk);
	if (got < 0 || got > (long)sizeof l->chunk)
		return store_fail(l->s, AUTHZ_STOPPED, NULL);
	l->at = 0;
	l->got = (size_t)got;
	*end = got == 0;
	return AUTHZ_OK;
}

/* The next line, without its newline, into l->line. */
static enum authz_result read_line(struct load *l)
{
	const uint64_t number = l->state.lines + 1;
	const char *newline;
	size_t some;
	bool end;
	enum authz_result result;

	for (l->line.length = 0;; l->line.length += some) {
		result = more(l, &end);
		if (result != AUTHZ_OK)
			return result;
		if (end)
			return bad(l, number, l->line.length == 0 ? "is missing" : "is cut off");
		newline = memchr(l->chunk + l->at, '\n', l->got - l->at);
		some = newline != NULL ? (size_t)(newline - l->chunk) - l->at : l->got - l->at;
		if (some >= DUMP_LINE_MAX - l->line.length)
			return bad(l, number, "is longer than any record");
		memcpy(l->line.text + l->line.length, l->chunk + l->at, some);
		l->at += some + (newline != NULL);
		if (newline == NULL)
			continue;
		l->line.length += some;
		return memchr(l->line.text, '\0', l->line.length) == NULL ? AUTHZ_OK : bad(l, number, "holds a NUL");
	}
}

/* The next line, in order, without its checksum.  It ends with a NUL. */
static enum authz_result take_line(struct load *l)
{
	struct dump_line *line = &l->line;
	char sum[DUMP_SUM + 1], *tail;
	bool same;
	enum authz_result result = read_line(l);

	if (result != AUTHZ_OK)
		return result;
	if (line->length < DUMP_SUM + 2)
		return bad(l, l->state.lines + 1, "has no checksum");
	line->length -= DUMP_SUM + 1;
	tail = line->text + line->length;
	dump_sum(&l->state, line, sum);
	same = tail[0] == ' ' && memcmp(tail + 1, sum, DUMP_SUM) == 0;
	if (!same)
		return bad(l, l->state.lines, "does not fit its checksum");
	line->length += DUMP_SUM + 1;
	line->text[line->length++] = '\n';
	dump_take(&l->state, line);
	line->length -= DUMP_SUM + 2;
	tail[0] = '\0';
	return AUTHZ_OK;
}

/* A number as it is written, without a sign or a needless zero. */
static bool read_count(const char *text, uint64_t *count)
{
	char again[24];

	*count = strtoull(text, NULL, 10);
	snprintf(again, sizeof again, "%" PRIu64, *count);
	return strcmp(text, again) == 0;
}

static enum authz_result first_line(struct load *l)
{
	char *word[5], *rest = l->line.text;
	size_t i, length;
	enum authz_result result = take_line(l);

	if (result != AUTHZ_OK)
		return result;
	for (i = 0; i < 5; i++)
		word[i] = rest != NULL ? strsep(&rest, " ") : NULL;
	if (strcmp(word[0], DUMP_MAGIC) != 0)
		return bad(l, 1, "does not begin a dump");
	if (word[1] == NULL || strcmp(word[1], DUMP_VERSION) != 0)
		return bad(l, 1, "names another version");
	if (word[2] == NULL || strcmp(word[2], DUMP_AUTHORITY) != 0)
		return bad(l, 1, "names another kind of store");
	if (word[4] == NULL || rest != NULL || !read_count(word[4], &l->records) ||
	    sodium_hex2bin(l->header->secret, SECRET_SIZE, word[3], strlen(word[3]), NULL, &length, NULL) != 0 ||
	    length != SECRET_SIZE)
		return bad(l, 1, "is not understood");
	return AUTHZ_OK;
}

static enum authz_result load_record(struct load *l, struct twin *spare)
{
	struct change c = {.kind = CHANGE_INSERT, .key = l->key, .record = l->record};
	const char *space;
	size_t key_text, length;
	bool there;
	enum authz_result result = take_line(l);

	if (result != AUTHZ_OK)
		return result;
	space = memchr(l->line.text, ' ', l->line.length);
	key_text = space != NULL ? (size_t)(space - l->line.text) : 0;
	if (space == NULL || !dump_unescape(l->line.text, key_text, l->key, sizeof l->key, &c.key_length) ||
	    c.key_length == 0 || l->key[0] == '\0')
		return bad(l, l->state.lines, "has no key of a record");
	if (!dump_unescape(space + 1, l->line.length - key_text - 1, l->value, sizeof l->value, &length))
		return bad(l, l->state.lines, "has no value of a record");
	record_seal(l->header->seal_key, l->key, c.key_length, l->value, length, l->record);
	c.length = RECORD_ENVELOPE + length;
	result = twin_insert(spare, &c, &there);
	if (result != AUTHZ_OK)
		return store_fail(l->s, result, NULL);
	return there ? bad(l, l->state.lines, "has a key that an earlier one has") : AUTHZ_OK;
}

static enum authz_result last_line(struct load *l)
{
	char all[2 * DUMP_ALL + 1], wanted[2 * DUMP_ALL + 40];
	enum authz_result result;
	bool end;

	dump_all(&l->state, all);
	result = take_line(l);
	if (result != AUTHZ_OK)
		return result;
	snprintf(wanted, sizeof wanted, "end %" PRIu64 " %s", l->records, all);
	if (l->line.length != strlen(wanted) || memcmp(l->line.text, wanted, l->line.length) != 0)
		return bad(l, l->state.lines, "is not the end of what stands before it");
	result = more(l, &end);
	return result != AUTHZ_OK || end ? result : bad(l, l->state.lines + 1, "is behind the end");
}

static enum authz_result fill(void *context, struct twin *spare, struct header *h)
{
	struct load *l = context;
	enum authz_result result;

	l->header = h;
	result = first_line(l);
	while (result == AUTHZ_OK && h->records < l->records) {
		result = load_record(l, spare);
		h->records++;
		if (result == AUTHZ_OK && !walk_tell(l->progress, h->records, l->records))
			result = store_fail(l->s, AUTHZ_STOPPED, NULL);
	}
	if (result == AUTHZ_OK)
		result = last_line(l);
	if (result == AUTHZ_OK && l->source->ready != NULL)
		l->source->ready(l->source->context);
	return result;
}

/* The lock is not taken before there is something: whoever sends it may be asked for a passphrase first. */
static enum authz_result load_run(struct load *l)
{
	struct store_txn *t;
	bool end;
	enum authz_result result = more(l, &end);

	if (result == AUTHZ_OK)
		result = store_begin(l->s, true, &t);
	if (result != AUTHZ_OK)
		return result;
	dump_begin(&l->state);
	result = commit_whole(t, fill, l);
	store_abort(t);
	return result;
}

enum authz_result store_load(struct store *s, const struct store_source *source, const struct store_progress *progress)
{
	struct load *l;
	enum authz_result result;

	if (!s->durable)
		return store_fail(s, AUTHZ_LOAD_TOKENS, NULL);
	l = calloc(1, sizeof *l);
	if (l == NULL)
		return store_fail(s, AUTHZ_NO_MEMORY, NULL);
	l->s = s;
	l->source = source;
	l->progress = progress;
	result = load_run(l);
	sodium_memzero(l, sizeof *l);
	free(l);
	return result;
}
