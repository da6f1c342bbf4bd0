/* SPDX-License-Identifier: ISC */
#include "store/overlay.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 64

/* FNV-1a.  Whoever chooses keys to collide here slows down nobody's transaction but their own. */
static size_t overlay_hash(const void *key, size_t length)
{
	const unsigned char *bytes = key;
	uint64_t hash = 14695981039346656037u;

	while (length-- > 0)
		hash = (hash ^ *bytes++) * 1099511628211u;
	return (size_t)(hash ^ hash >> 32);
}

static struct overlay_entry **overlay_bucket(const struct overlay *o, const void *key, size_t key_length)
{
	return &o->buckets[overlay_hash(key, key_length) & (o->size - 1)];
}

struct overlay_entry *overlay_find(const struct overlay *o, const void *key, size_t key_length)
{
	struct overlay_entry *e;

	if (o->used == 0)
		return NULL;
	for (e = *overlay_bucket(o, key, key_length); e != NULL; e = e->same_bucket)
		if (e->change.key_length == key_length && memcmp(e->key, key, key_length) == 0)
			return e;
	return NULL;
}

static bool overlay_grow(struct overlay *o)
{
	size_t size = o->size == 0 ? FIRST_SIZE : 2 * o->size;
	struct overlay_entry **buckets = calloc(size, sizeof *buckets), *e;

	if (buckets == NULL)
		return false;
	free(o->buckets);
	o->buckets = buckets;
	o->size = size;
	for (e = o->first; e != NULL; e = e->next) {
		buckets = overlay_bucket(o, e->key, e->change.key_length);
		e->same_bucket = *buckets;
		*buckets = e;
	}
	return true;
}

static struct overlay_entry *overlay_add(struct overlay *o, const void *key, size_t key_length)
{
	struct overlay_entry *e, **bucket;

	if (o->used >= o->size && !overlay_grow(o))
		return NULL;
	e = malloc(sizeof *e + key_length);
	if (e == NULL)
		return NULL;
	memcpy(e->key, key, key_length);
	e->change = (struct change){.kind = CHANGE_DELETE, .key = e->key, .key_length = key_length};
	e->absent = false;
	bucket = overlay_bucket(o, key, key_length);
	e->same_bucket = *bucket;
	*bucket = e;
	e->next = o->first;
	o->first = e;
	o->used++;
	return e;
}

static void free_record(const unsigned char *record, size_t length)
{
	unsigned char *mine;

	if (record == NULL)
		return;
	memcpy(&mine, &record, sizeof mine);
	sodium_memzero(mine, length);
	free(mine);
}

bool overlay_set(struct overlay *o, const void *key, size_t key_length, unsigned char *record, size_t length)
{
	struct overlay_entry *e = overlay_find(o, key, key_length);

	if (e == NULL)
		e = overlay_add(o, key, key_length);
	if (e == NULL) {
		free_record(record, length);
		return false;
	}
	free_record(e->change.record, e->change.length);
	e->change.record = record;
	e->change.length = length;
	e->change.kind = record == NULL ? CHANGE_DELETE : CHANGE_REPLACE;
	return true;
}

void overlay_note_absent(struct overlay *o, const void *key, size_t key_length)
{
	struct overlay_entry *e = overlay_add(o, key, key_length);

	if (e != NULL)
		e->absent = true;
}

void overlay_clear(struct overlay *o)
{
	struct overlay_entry *e;

	while ((e = o->first) != NULL) {
		o->first = e->next;
		free_record(e->change.record, e->change.length);
		free(e);
	}
	free(o->buckets);
	*o = (struct overlay){0};
}
