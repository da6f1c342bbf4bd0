/* SPDX-License-Identifier: ISC */
/*
 * The cabinet view as it lies in its file: doc/VIEW says what is where, and why.  Numbers are in this machine's own order
 * of bytes; everything but texts begins at a multiple of 8.
 */
#ifndef AUTHZ_VIEW_FORMAT_H
#define AUTHZ_VIEW_FORMAT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define VIEW_MAGIC UINT64_C(0x415a5669657731a5) /* "AZView1" and a byte of no text; of another order of bytes it is none */
#define VIEW_VERSION 1u

/* Which table is which.  All have places of one form; the last is no hash table, but all groups by their gids. */
enum view_table { VIEW_NAMES, VIEW_GIDS, VIEW_USERS, VIEW_LIST, VIEW_TABLES };

struct view_place {
	uint64_t record; /* offset of the record; 0 in a place that is free */
	uint32_t key;    /* low half of the name's hash; the gid in VIEW_GIDS and VIEW_LIST */
	uint32_t sum;    /* view_place_sum */
};

struct view_extent {
	uint64_t offset;
	uint64_t count; /* of places: a power of two in a hash table */
};

struct view_header {
	uint64_t magic;
	uint32_t version;
	uint32_t header_size;
	uint64_t sequence; /* of the store's transaction that this is the view of */
	uint64_t size;     /* of the file */
	uint64_t seed;     /* of all hashes and sums: nobody can choose names that collide */
	struct view_extent tables[VIEW_TABLES];
	uint64_t sum; /* of all before */
	uint8_t mark; /* anything but 0: ask the path.  The one byte that is written after publication */
	uint8_t zero[7];
};

/* Every record begins so. */
struct view_record {
	uint64_t sum;    /* of all after */
	uint64_t length; /* with this and the zeros at the end */
};

struct view_group_record {
	struct view_record head;
	uint32_t gid;
	uint32_t members;
	uint32_t administrators;
	uint32_t zero;
	uint64_t text_length;
	/* uint32_t at[members + administrators]: where in the text each begins; then the text: name, members, administrators,
	 * each with its NUL */
};

struct view_user_record {
	struct view_record head;
	uint32_t gids;
	uint32_t name_length;
	/* uint32_t gid[gids]; then the name with its NUL */
};

static inline uint64_t view_round(uint64_t length)
{
	return (length + 7) & ~UINT64_C(7);
}

/* One to one for each of its two arguments, so that a change of one word alone never goes unseen. */
static inline uint64_t view_mix(uint64_t state, uint64_t word)
{
	state = (state ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return state ^ state >> 32;
}

/* Of length bytes, a multiple of 8, that begin at a multiple of 8.  Four at a time: a large group is a megabyte. */
static inline uint64_t view_sum(const void *bytes, uint64_t length, uint64_t seed)
{
	const uint64_t *word = bytes;
	uint64_t lane[4] = {seed, ~seed, seed + length, ~length};
	uint64_t left = length / 8;
	unsigned i;

	for (; left >= 4; left -= 4, word += 4)
		for (i = 0; i < 4; i++)
			lane[i] = view_mix(lane[i], word[i]);
	for (i = 0; i < left; i++)
		lane[i] = view_mix(lane[i], word[i]);
	return view_mix(view_mix(view_mix(lane[0], lane[1]), lane[2]), lane[3]);
}

static inline uint64_t view_name_hash(const char *name, size_t length, uint64_t seed)
{
	uint64_t state = view_mix(seed, length), word;

	for (; length >= 8; length -= 8, name += 8) {
		memcpy(&word, name, 8);
		state = view_mix(state, word);
	}
	word = 0;
	memcpy(&word, name, length);
	return view_mix(view_mix(state, word), seed);
}

static inline uint64_t view_gid_hash(uint32_t gid, uint64_t seed)
{
	return view_mix(view_mix(seed, gid), seed);
}

/* Its table and number are in it: a place that stands where it does not belong is seen. */
static inline uint32_t view_place_sum(const struct view_place *p, enum view_table table, uint64_t number, uint64_t seed)
{
	return (uint32_t)view_mix(view_mix(view_mix(seed, p->record), (uint64_t)table << 32 | p->key), number);
}

/* A record that stands where another should is seen, too. */
static inline uint64_t view_record_sum(const struct view_record *r, uint64_t length, uint64_t offset, uint64_t seed)
{
	return view_sum(&r->length, length - sizeof r->sum, seed ^ offset);
}

#endif
