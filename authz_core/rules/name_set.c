/* SPDX-License-Identifier: ISC */
#include "rules/name_set.h"

#include <stdlib.h>
#include <string.h>

#include "view/format.h"

#define BLOCK_SIZE 65536

struct arena_block {
	struct arena_block *before;
	size_t used, size;
	max_align_t bytes[];
};

void *arena_get(struct arena *a, size_t count, size_t size)
{
	struct arena_block *b = a->last;
	unsigned char *bytes;

	if (size != 0 && count > SIZE_MAX / 4 / size)
		return NULL;
	size = (count * size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
	if (b == NULL || b->size - b->used < size) {
		b = calloc(1, sizeof *b + (size > BLOCK_SIZE ? size : BLOCK_SIZE));
		if (b == NULL)
			return NULL;
		b->size = size > BLOCK_SIZE ? size : BLOCK_SIZE;
		b->before = a->last;
		a->last = b;
	}
	bytes = (unsigned char *)b->bytes + b->used;
	b->used += size;
	return bytes;
}

void arena_free(struct arena *a)
{
	struct arena_block *b, *before;

	for (b = a->last; b != NULL; b = before) {
		before = b->before;
		free(b);
	}
	a->last = NULL;
}

/* The place of a name, or the free one where it would be. */
static uint32_t place(const struct name_set *s, const char *name)
{
	uint32_t i = (uint32_t)(view_name_hash(name, strlen(name), s->seed) >> 32) & (s->places - 1);

	while (s->table[i] != 0 && strcmp(s->names[s->table[i] - 1], name) != 0)
		i = (i + 1) & (s->places - 1);
	return i;
}

bool name_set_find(const struct name_set *s, const char *name, uint32_t *number)
{
	uint32_t i;

	if (s->count == 0)
		return false;
	i = place(s, name);
	*number = s->table[i] - 1;
	return s->table[i] != 0;
}

/* Half empty at least. */
static bool grow(struct name_set *s)
{
	const uint32_t room = s->room == 0 ? 64 : s->room * 2;
	const char **names = realloc(s->names, room * sizeof *names);
	uint32_t *table, i;

	if (names == NULL)
		return false;
	s->names = names;
	table = calloc(room * 2, sizeof *table);
	if (table == NULL)
		return false;
	free(s->table);
	s->table = table;
	s->room = room;
	s->places = room * 2;
	for (i = 0; i < s->count; i++)
		s->table[place(s, s->names[i])] = i + 1;
	return true;
}

bool name_set_add(struct name_set *s, const char *name, uint32_t *number)
{
	const size_t size = strlen(name) + 1;
	char *copy;

	if (name_set_find(s, name, number))
		return true;
	if (s->count >= UINT32_MAX / 4 || (s->count == s->room && !grow(s)))
		return false;
	copy = arena_get(s->arena, size, 1);
	if (copy == NULL)
		return false;
	memcpy(copy, name, size);
	s->names[s->count] = copy;
	s->table[place(s, copy)] = s->count + 1;
	*number = s->count++;
	return true;
}

void name_set_free(struct name_set *s)
{
	free(s->names);
	free(s->table);
	*s = (struct name_set){0};
}
