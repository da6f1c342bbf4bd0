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
	uint64_t none[3]; /* zeros: what is summed is a multiple of VIEW_ROW */
	uint64_t sum;     /* of all before */
	uint8_t mark; /* anything but 0: ask the path.  The one byte that is written after publication */
	uint8_t zero[7];
};

/* Every record begins so. */
struct view_record {
	uint64_t sum;    /* of all after */
	uint64_t length; /* with this and the zeros at the end: what is after the sum is a multiple of VIEW_ROW */
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

#define VIEW_ROW 32u /* bytes that are summed at once */

/* The length of a record that needs so many bytes. */
static inline uint64_t view_round(uint64_t length)
{
	return (length - sizeof(uint64_t) + VIEW_ROW - 1) / VIEW_ROW * VIEW_ROW + sizeof(uint64_t);
}

/* One to one for each of its two arguments, so that a change of one word alone never goes unseen. */
static inline uint64_t view_mix(uint64_t state, uint64_t word)
{
	state = (state ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return state ^ state >> 32;
}

/*
 * Of length bytes, a multiple of VIEW_ROW, that begin at a multiple of 8.  Each half of each word has a lane of its own, with a
 * sum and a sum of sums, as Fletcher has it: so a row's place counts, and no step waits for a multiplication.  What one byte
 * adds to the sum at the end is itself times an odd number, whatever the row: a change of one byte never goes unseen.
 * view_sum_large of copy.h is the same for processors with wider registers.
 */
typedef uint64_t view_lanes __attribute__((vector_size(16)));

struct view_sums {
	view_lanes low[2], high[2];           /* of all words */
	view_lanes low_sums[2], high_sums[2]; /* and of these after each row */
};

static inline uint64_t view_sum_end(const struct view_sums *s, uint64_t length, uint64_t seed)
{
	const view_lanes a = s->low[0] + s->high[0] + (s->high[0] << 33), b = s->low[1] + s->high[1] + (s->high[1] << 33);
	const view_lanes c = s->low_sums[0] + s->high_sums[0] + (s->high_sums[0] << 33);
	const view_lanes d = s->low_sums[1] + s->high_sums[1] + (s->high_sums[1] << 33);

	return view_mix(seed, length) + a[0] * UINT64_C(0x9e3779b97f4a7c15) + a[1] * UINT64_C(0xc2b2ae3d27d4eb4f) +
	       b[0] * UINT64_C(0x165667b19e3779f9) + b[1] * UINT64_C(0xd6e8feb86659fd93) +
	       c[0] * UINT64_C(0xa0761d6478bd642e) + c[1] * UINT64_C(0xe7037ed1a0b428da) +
	       d[0] * UINT64_C(0x8ebc6af09c88c6e2) + d[1] * UINT64_C(0x589965cc75374cc2);
}

static inline uint64_t view_sum(const void *bytes, uint64_t length, uint64_t seed)
{
	struct view_sums s = {0};
	view_lanes one, other;
	uint64_t at;

	for (at = 0; at < length; at += VIEW_ROW) {
		memcpy(&one, (const char *)bytes + at, sizeof one);
		memcpy(&other, (const char *)bytes + at + sizeof one, sizeof other);
		s.low[0] += one & UINT32_MAX;
		s.low[1] += other & UINT32_MAX;
		s.high[0] += one >> 32;
		s.high[1] += other >> 32;
		s.low_sums[0] += s.low[0];
		s.low_sums[1] += s.low[1];
		s.high_sums[0] += s.high[0];
		s.high_sums[1] += s.high[1];
	}
	return view_sum_end(&s, length, seed);
}

/* The last bytes of a name, 8 or all: those of a longer one are looked at twice, which costs less than to count them. */
static inline uint64_t view_name_end(const char *name, size_t length)
{
	uint64_t word = 0;
	uint32_t begin, end;

	if (length >= 8) {
		memcpy(&word, name + length - 8, 8);
	} else if (length >= 4) {
		memcpy(&begin, name, 4);
		memcpy(&end, name + length - 4, 4);
		word = (uint64_t)end << 32 | begin;
	} else {
		while (length > 0)
			word = word << 8 | (unsigned char)name[--length];
	}
	return word;
}

static inline uint64_t view_name_hash(const char *name, size_t length, uint64_t seed)
{
	uint64_t state = view_mix(seed, length), word;
	size_t at;

	for (at = 0; at + 8 < length; at += 8) {
		memcpy(&word, name + at, 8);
		state = view_mix(state, word);
	}
	return view_mix(view_mix(state, view_name_end(name, length)), seed);
}

static inline uint64_t view_gid_hash(uint32_t gid, uint64_t seed)
{
	return view_mix(view_mix(seed, gid), seed);
}

#define VIEW_OF_RECORD UINT64_C(0x9e3779b97f4a7c15)
#define VIEW_OF_KEY UINT64_C(0xc2b2ae3d27d4eb4f)
#define VIEW_OF_NUMBER UINT64_C(0x165667b19e3779f9)

/*
 * Its table and number are in it: a place that stands where it does not belong is seen.  The upper half of what one byte of it
 * adds is never 0 with these numbers (test_view looks).
 */
static inline uint32_t view_place_sum(const struct view_place *p, enum view_table table, uint64_t number, uint64_t seed)
{
	return (uint32_t)((seed + p->record * VIEW_OF_RECORD + ((uint64_t)table << 32 | p->key) * VIEW_OF_KEY +
	                   number * VIEW_OF_NUMBER) >> 32);
}

/* A record that stands where another should is seen, too. */
static inline uint64_t view_record_seed(uint64_t offset, uint64_t seed)
{
	return seed ^ offset;
}

static inline uint64_t view_record_sum(const struct view_record *r, uint64_t length, uint64_t offset, uint64_t seed)
{
	return view_sum(&r->length, length - sizeof r->sum, view_record_seed(offset, seed));
}

#endif
