/* SPDX-License-Identifier: ISC */
/*
 * Names that get numbers, 0, 1, 2, …; and memory that is given back all at once.
 *
 * A number in the place of a name keeps what is done with a million memberships linear.
 */
#ifndef AUTHZ_RULES_NAME_SET_H
#define AUTHZ_RULES_NAME_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena_block;

struct arena {
	struct arena_block *last;
};

/* All zeros, aligned for anything; NULL: no memory. */
void *arena_get(struct arena *a, size_t count, size_t size);
void arena_free(struct arena *a);

struct name_set {
	struct arena *arena; /* has the names */
	uint64_t seed;       /* nobody can choose names that collide */
	const char **names;
	uint32_t count, room;
	uint32_t *table; /* number + 1; 0: free */
	uint32_t places; /* a power of two, or 0 */
};

/* The number of a name, which is copied if it is new.  false: no memory. */
bool name_set_add(struct name_set *s, const char *name, uint32_t *number);
/* false: it is not in it. */
bool name_set_find(const struct name_set *s, const char *name, uint32_t *number);
/* What is not in the arena. */
void name_set_free(struct name_set *s);

#endif
