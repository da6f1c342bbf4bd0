/* SPDX-License-Identifier: ISC */
#include "store/layout.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/twin.h"

#define GDBM_MAGIC_64 0x13579acf
#define HASH_BITS 31
#define BUCKET_AVAIL 6
#define DIRECTORY_MIN_BITS 9   /* one block */
#define DIRECTORY_MAX_BITS 28
#define NO_HASH UINT32_MAX
#define GROUP 512              /* entries of the directory that are read at once */
#define WINDOW 64              /* entries around that of a bucket, read with it: mostly all that name it */

/* Numbers in the file are this machine's own, in the compiler's own places; a file of another machine is refused. */
struct file_head {
	int32_t magic, block_size;
	int64_t directory;
	int32_t directory_size, directory_bits, bucket_size, bucket_elements;
	int64_t next_block;
};

struct avail {
	int32_t size;
	int64_t at;
};

struct element {
	uint32_t hash; /* NO_HASH: free */
	char key_start[4];
	int64_t at;
	int32_t key_length, length;
};

struct bucket_head {
	int32_t avail_count;
	struct avail avail[BUCKET_AVAIL];
	int32_t bits, count;
	struct element first;
};

#define ELEMENTS ((LAYOUT_BLOCK - offsetof(struct bucket_head, first)) / sizeof(struct element))

struct bucket {
	union {
		struct bucket_head head;
		unsigned char bytes[LAYOUT_BLOCK];
	} u;
	struct element element[ELEMENTS];
	int64_t at;
	uint32_t index, last; /* of the entries in the directory that name it */
};

/* A piece of the directory. */
struct entries {
	const int64_t *entry;
	uint32_t count; /* a power of two: they begin at a multiple of it */
};

struct layout_memory {
	bool filled; /* the bucket is one, and whole */
	struct bucket bucket;
	int64_t group_at; /* in the file; 0: none */
	int64_t group[GROUP];
};

static enum authz_result read_at(const struct layout *l, void *to, size_t length, int64_t at)
{
	unsigned char *bytes = to;
	ssize_t got;

	while (length > 0) {
		got = pread(l->fd, bytes, length, at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? AUTHZ_STORE_IO : AUTHZ_STORE_DAMAGED;
		bytes += got;
		length -= (size_t)got;
		at += got;
	}
	return AUTHZ_OK;
}

/* GDBM's own hash of a key.  Plain char, as there: its sign is the machine's. */
static uint32_t key_hash(const void *key, size_t length)
{
	const char *bytes = key;
	uint32_t value = 0x238F13AFu * (uint32_t)length;
	size_t i;

	for (i = 0; i < length; i++)
		value = (value + ((uint32_t)bytes[i] << (i * 5 % 24))) & 0x7FFFFFFFu;
	return (1103515243u * value + 12345u) & 0x7FFFFFFFu;
}

static bool head_whole(const struct file_head *h, int64_t size)
{
	return h->magic == GDBM_MAGIC_64 && h->block_size == LAYOUT_BLOCK && h->bucket_size == LAYOUT_BLOCK &&
	       h->bucket_elements == ELEMENTS && h->directory_bits >= DIRECTORY_MIN_BITS &&
	       h->directory_bits <= DIRECTORY_MAX_BITS && (int64_t)h->directory_size == (int64_t)8 << h->directory_bits &&
	       h->next_block == size && h->directory >= LAYOUT_BLOCK && h->directory <= size - h->directory_size;
}

enum authz_result layout_open(struct layout *l, int fd)
{
	struct stat st;

	*l = (struct layout){.fd = fd};
	return fstat(fd, &st) == 0 ? layout_open_sized(l, fd, st.st_size) : AUTHZ_STORE_IO;
}

enum authz_result layout_open_sized(struct layout *l, int fd, int64_t size)
{
	struct file_head head;
	enum authz_result result;

	*l = (struct layout){.fd = fd};
	result = read_at(l, &head, sizeof head, 0);
	if (result != AUTHZ_OK)
		return result;
	if (!head_whole(&head, size))
		return AUTHZ_STORE_DAMAGED;
	l->directory = head.directory;
	l->end = head.next_block;
	l->bits = (unsigned)head.directory_bits;
	return AUTHZ_OK;
}

enum authz_result layout_openable(struct layout *l)
{
	const int64_t end = l->end + LAYOUT_BLOCK;

	if (l->directory + ((int64_t)8 << l->bits) != l->end)
		return AUTHZ_OK;
	/* killed in between it is of the wrong size: a spare that is not trusted */
	if (ftruncate(l->fd, end) != 0 || pwrite(l->fd, &end, sizeof end, offsetof(struct file_head, next_block)) != sizeof end)
		return store_errno(errno);
	l->end = end;
	return AUTHZ_OK;
}

struct layout_memory *layout_memory_new(void)
{
	return malloc(sizeof(struct layout_memory));
}

void layout_remember(struct layout *l, struct layout_memory *memory)
{
	l->memory = memory;
	if (memory != NULL) {
		memory->filled = false;
		memory->group_at = 0;
	}
}

static enum authz_result all_name(const struct bucket *b, const int64_t *entries, uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++)
		if (entries[i] != b->at)
			return AUTHZ_STORE_DAMAGED;
	return AUTHZ_OK;
}

/* Do all the entries of the directory that share the bucket's bits name this bucket?  Those "near" were read already. */
static enum authz_result bucket_named(const struct layout *l, struct bucket *b, const struct entries *near)
{
	const uint32_t share = 1u << (l->bits - (unsigned)b->u.head.bits);
	int64_t entries[GROUP];
	uint32_t at, some;
	enum authz_result result;

	b->last = b->index | (share - 1);
	if (share <= near->count)
		return all_name(b, near->entry + (b->index & ~(share - 1)) % near->count, share);
	for (at = b->index & ~(share - 1); at <= b->last; at += some) {
		some = b->last - at + 1 < GROUP ? b->last - at + 1 : GROUP;
		result = read_at(l, entries, some * sizeof entries[0], l->directory + 8 * (int64_t)at);
		if (result == AUTHZ_OK)
			result = all_name(b, entries, some);
		if (result != AUTHZ_OK)
			return result;
	}
	return AUTHZ_OK;
}

static bool element_whole(const struct layout *l, const struct bucket *b, const struct element *e)
{
	const unsigned bits = (unsigned)b->u.head.bits;

	return e->hash <= 0x7FFFFFFFu && e->hash >> (HASH_BITS - bits) == b->index >> (l->bits - bits) &&
	       e->key_length >= 1 && e->key_length <= STORE_KEY_MAX && e->length >= RECORD_ENVELOPE &&
	       e->length <= RECORD_MAX && e->at >= LAYOUT_BLOCK && e->at <= l->end - e->key_length - e->length;
}

static bool avail_whole(const struct layout *l, const struct bucket_head *h)
{
	int32_t i;

	if (h->avail_count < 0 || h->avail_count > BUCKET_AVAIL)
		return false;
	for (i = 0; i < h->avail_count; i++)
		if (h->avail[i].size < 0 || h->avail[i].at < LAYOUT_BLOCK || h->avail[i].at > l->end - h->avail[i].size)
			return false;
	return true;
}

static bool bucket_whole(const struct layout *l, const struct bucket *b)
{
	const struct bucket_head *h = &b->u.head;
	int32_t count = 0;
	size_t i;

	if (h->bits < 0 || (unsigned)h->bits > l->bits || !avail_whole(l, h))
		return false;
	for (i = 0; i < ELEMENTS; i++) {
		if (b->element[i].hash == NO_HASH)
			continue;
		if (!element_whole(l, b, &b->element[i]))
			return false;
		count++;
	}
	return count == h->count;
}

/* The entries around that of a bucket: into "window", or those that are remembered. */
static enum authz_result directory_read(const struct layout *l, uint32_t index, int64_t window[WINDOW], struct entries *near)
{
	struct layout_memory *m = l->memory;
	const uint32_t count = m != NULL ? GROUP : WINDOW;
	const int64_t at = l->directory + 8 * (int64_t)(index & ~(count - 1));
	int64_t *to = m != NULL ? m->group : window;
	enum authz_result result;

	*near = (struct entries){to, count};
	if (m != NULL && m->group_at == at)
		return AUTHZ_OK;
	result = read_at(l, to, count * sizeof *to, at);
	if (m != NULL)
		m->group_at = result == AUTHZ_OK ? at : 0;
	return result;
}

/* The bucket that an entry of the directory names. */
static enum authz_result bucket_read(const struct layout *l, uint32_t index, struct bucket *b)
{
	int64_t window[WINDOW];
	struct entries near;
	enum authz_result result;

	b->index = index;
	b->at = l->directory + 8 * (int64_t)index; /* what is amiss until the entry is read */
	result = directory_read(l, index, window, &near);
	if (result != AUTHZ_OK)
		return result;
	b->at = near.entry[index % near.count];
	if (b->at < LAYOUT_BLOCK || b->at > l->end - LAYOUT_BLOCK)
		return AUTHZ_STORE_DAMAGED;
	result = read_at(l, b->u.bytes, LAYOUT_BLOCK, b->at);
	if (result != AUTHZ_OK)
		return result;
	memcpy(b->element, b->u.bytes + offsetof(struct bucket_head, first), sizeof b->element);
	return bucket_whole(l, b) ? bucket_named(l, b, &near) : AUTHZ_STORE_DAMAGED;
}

/* That of one entry was found to be that of all that share its bits. */
static bool is_remembered(const struct layout *l, uint32_t index)
{
	const struct layout_memory *m = l->memory;

	return m != NULL && m->filled &&
	       (index | ((1u << (l->bits - (unsigned)m->bucket.u.head.bits)) - 1)) == m->bucket.last;
}

static enum authz_result record_read(const struct layout *l, const struct element *e, struct layout_record *r)
{
	r->at = e->at;
	r->hash = e->hash;
	r->key_length = (size_t)e->key_length;
	r->length = (size_t)e->length;
	return read_at(l, r->bytes, r->key_length + r->length, r->at);
}

/* Is what the element stands for a whole record, and the element itself as the record's key demands? */
static bool record_fits(const unsigned char seal_key[SEAL_KEY_SIZE], const struct element *e,
                        const struct layout_record *r)
{
	const size_t start = r->key_length < sizeof e->key_start ? r->key_length : sizeof e->key_start;

	return key_hash(r->bytes, r->key_length) == e->hash && memcmp(e->key_start, r->bytes, start) == 0 &&
	       record_whole(seal_key, r->bytes, r->key_length, r->bytes + r->key_length, r->length);
}

struct search {
	const struct layout *l;
	const unsigned char *seal_key;
	const void *key;
	size_t key_length;
	uint32_t hash;
	enum layout_proof proof;
	struct bucket *bucket;
	size_t slot;
};

/* "own" is for the bucket where nothing is remembered. */
static struct search search_for(const struct layout *l, const unsigned char *seal_key, const void *key, size_t key_length,
                                struct bucket *own)
{
	return (struct search){.l = l, .seal_key = seal_key, .key = key, .key_length = key_length, .proof = LAYOUT_QUICK,
	                       .bucket = l->memory != NULL ? &l->memory->bucket : own};
}

static enum authz_result search_bucket_of(struct search *s, uint32_t index)
{
	enum authz_result result;

	if (is_remembered(s->l, index))
		return AUTHZ_OK;
	if (s->l->memory != NULL)
		s->l->memory->filled = false;
	result = bucket_read(s->l, index, s->bucket);
	if (s->l->memory != NULL)
		s->l->memory->filled = result == AUTHZ_OK;
	return result;
}

/* Look at the element of s->slot. */
static enum authz_result search_slot(struct search *s, struct layout_record *r, bool *found)
{
	const struct element *e = &s->bucket->element[s->slot];
	const bool likely = e->hash == s->hash && (size_t)e->key_length == s->key_length;
	enum authz_result result;

	*found = false;
	if (!likely && s->proof == LAYOUT_QUICK)
		return AUTHZ_OK;
	result = record_read(s->l, e, r);
	if (result != AUTHZ_OK)
		return result;
	*found = r->key_length == s->key_length && memcmp(r->bytes, s->key, s->key_length) == 0;
	if (s->proof == LAYOUT_QUICK && !*found)
		return AUTHZ_OK;
	return record_fits(s->seal_key, e, r) ? AUTHZ_OK : AUTHZ_STORE_DAMAGED;
}

/* From the key's home to the first free element: nothing else can hold it. */
static enum authz_result search_bucket(struct search *s, struct layout_record *r, bool *found)
{
	enum authz_result result;
	size_t i;

	*found = false;
	for (i = 0; i < ELEMENTS; i++) {
		s->slot = (s->hash + i) % ELEMENTS;
		if (s->bucket->element[s->slot].hash == NO_HASH)
			break;
		result = search_slot(s, r, found);
		if (result != AUTHZ_OK || *found)
			return result;
	}
	return AUTHZ_OK;
}

static enum authz_result search_key(struct search *s, struct layout_record *r, bool *found)
{
	const enum layout_proof wanted = s->proof;
	enum authz_result result;

	s->hash = key_hash(s->key, s->key_length);
	result = search_bucket_of(s, s->hash >> (HASH_BITS - s->l->bits));
	if (result != AUTHZ_OK)
		return result;
	/* first as one who trusts: most look-ups find, and need to read one record only */
	s->proof = LAYOUT_QUICK;
	result = search_bucket(s, r, found);
	s->proof = wanted;
	if (result != AUTHZ_OK || *found || wanted == LAYOUT_QUICK)
		return result;
	return search_bucket(s, r, found);
}

enum authz_result layout_find(const struct layout *l, const unsigned char seal_key[SEAL_KEY_SIZE], const void *key,
                              size_t key_length, enum layout_proof proof, struct layout_record *r, bool *found)
{
	struct bucket own;
	struct search s = search_for(l, seal_key, key, key_length, &own);

	s.proof = proof;
	*found = false;
	return search_key(&s, r, found);
}

enum authz_result layout_header(const struct layout *l, struct header *h)
{
	static const unsigned char no_key[SEAL_KEY_SIZE];
	struct layout_record r;
	bool found;
	enum authz_result result = layout_find(l, no_key, HEADER_KEY, HEADER_KEY_LENGTH, LAYOUT_QUICK, &r, &found);

	if (result == AUTHZ_OK && (!found || !header_unpack(h, r.bytes + r.key_length, r.length)))
		result = AUTHZ_STORE_DAMAGED;
	sodium_memzero(r.bytes, sizeof r.bytes);
	return result;
}

/* The first element at or after "slot" of the bucket that is in use; ELEMENTS if there is none. */
static size_t used_slot(const struct bucket *b, size_t slot)
{
	while (slot < ELEMENTS && b->element[slot].hash == NO_HASH)
		slot++;
	return slot;
}

/* The record at s->slot of s->bucket. */
static enum authz_result slot_read(const struct search *s, struct layout_record *r)
{
	const struct element *e = &s->bucket->element[s->slot];
	const enum authz_result result = record_read(s->l, e, r);

	if (result != AUTHZ_OK)
		return result;
	return record_fits(s->seal_key, e, r) ? AUTHZ_OK : AUTHZ_STORE_DAMAGED;
}

/* The record at s->slot of s->bucket or after it. */
static enum authz_result walk_on(struct search *s, struct layout_record *r, bool *found)
{
	enum authz_result result;

	while ((s->slot = used_slot(s->bucket, s->slot)) == ELEMENTS) {
		if (s->bucket->last >= (1u << s->l->bits) - 1)
			return AUTHZ_OK;
		result = search_bucket_of(s, s->bucket->last + 1);
		if (result != AUTHZ_OK)
			return result;
		s->slot = 0;
	}
	*found = true;
	return slot_read(s, r);
}

/* Order of keys that have one hash. */
static int key_order(const void *one, size_t one_length, const void *other, size_t other_length)
{
	if (one_length != other_length)
		return one_length < other_length ? -1 : 1;
	return memcmp(one, other, one_length);
}

/* The lowest hash in the bucket that is not below "least"; NO_HASH if there is none. */
static uint32_t hash_from(const struct bucket *b, uint32_t least)
{
	uint32_t lowest = NO_HASH;
	size_t i;

	for (i = 0; i < ELEMENTS; i++)
		if (b->element[i].hash >= least && b->element[i].hash < lowest)
			lowest = b->element[i].hash;
	return lowest;
}

/* Of the bucket's records of this hash that with the first key that comes after "key", which may be empty. */
static enum authz_result first_after(struct search *s, uint32_t hash, const void *key, size_t key_length,
                                     struct layout_record *r, bool *found)
{
	unsigned char first[STORE_KEY_MAX];
	size_t first_length = 0, first_slot = 0;
	enum authz_result result = AUTHZ_OK;

	for (s->slot = 0; s->slot < ELEMENTS; s->slot++) {
		if (s->bucket->element[s->slot].hash != hash)
			continue;
		result = slot_read(s, r);
		if (result != AUTHZ_OK)
			return result;
		if (key_order(r->bytes, r->key_length, key, key_length) <= 0 ||
		    (*found && key_order(r->bytes, r->key_length, first, first_length) >= 0))
			continue;
		*found = true;
		first_slot = s->slot;
		first_length = r->key_length;
		memcpy(first, r->bytes, first_length);
	}
	s->slot = first_slot;
	/* mostly it is the one that was read last */
	return *found && key_order(r->bytes, r->key_length, first, first_length) != 0 ? slot_read(s, r) : AUTHZ_OK;
}

/* The first record of s->bucket whose hash is not below "least", or of a bucket after it. */
static enum authz_result first_from(struct search *s, uint32_t least, struct layout_record *r, bool *found)
{
	enum authz_result result;
	uint32_t hash;

	while ((hash = hash_from(s->bucket, least)) == NO_HASH) {
		if (s->bucket->last >= (1u << s->l->bits) - 1)
			return AUTHZ_OK;
		result = search_bucket_of(s, s->bucket->last + 1);
		if (result != AUTHZ_OK)
			return result;
	}
	return first_after(s, hash, NULL, 0, r, found);
}

enum authz_result layout_next(const struct layout *l, const unsigned char seal_key[SEAL_KEY_SIZE], const void *key,
                              size_t key_length, struct layout_record *r, bool *found)
{
	struct bucket own;
	struct search s = search_for(l, seal_key, key, key_length, &own);
	enum authz_result result;

	*found = false;
	if (key_length > 0)
		s.hash = key_hash(key, key_length);
	result = search_bucket_of(&s, s.hash >> (HASH_BITS - l->bits));
	if (result == AUTHZ_OK && key_length > 0)
		result = first_after(&s, s.hash, key, key_length, r, found);
	if (result != AUTHZ_OK || *found)
		return result;
	return first_from(&s, key_length > 0 ? s.hash + 1 : 0, r, found);
}

enum authz_result layout_walk(const struct layout *l, const unsigned char seal_key[SEAL_KEY_SIZE],
                              enum authz_result (*each)(void *context, const struct layout_record *r), void *context,
                              int64_t *at)
{
	struct bucket own;
	struct search s = search_for(l, seal_key, NULL, 0, &own);
	struct layout_record r;
	enum authz_result result;
	bool found = true;

	result = search_bucket_of(&s, 0);
	while (result == AUTHZ_OK && found) {
		found = false;
		result = walk_on(&s, &r, &found);
		if (result == AUTHZ_OK && found)
			result = each(context, &r);
		*at = found ? r.at : s.bucket->at;
		s.slot++;
	}
	if (result != AUTHZ_OK && !found)
		*at = s.bucket->at;
	sodium_memzero(r.bytes, sizeof r.bytes);
	return result;
}
