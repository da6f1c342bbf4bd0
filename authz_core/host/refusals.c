/* SPDX-License-Identifier: ISC */
#include "host/refusals.h"

#include <sodium.h>
#include <string.h>
#include <unistd.h>

struct slot {
	uint64_t minute;
	uint32_t count, suppressed;
};

static off_t slot_place(const struct refusals_bucket *b)
{
	const size_t index = (size_t)b->kind * REFUSALS_SLOTS + b->slot % REFUSALS_SLOTS;

	return REFUSALS_KEY_SIZE + (off_t)(index * sizeof(struct slot));
}

static bool slot_read(int fd, const struct refusals_bucket *b, struct slot *s)
{
	const ssize_t length = fd < 0 ? -1 : pread(fd, s, sizeof *s, slot_place(b));

	if (length >= 0 && length != (ssize_t)sizeof *s)
		*s = (struct slot){0}; /* behind the end, or of a file that was cut */
	return length >= 0;
}

static bool slot_write(int fd, const struct refusals_bucket *b, const struct slot *s)
{
	return pwrite(fd, s, sizeof *s, slot_place(b)) == (ssize_t)sizeof *s;
}

bool refusals_key(struct audit_folder *folder, unsigned char key[REFUSALS_KEY_SIZE])
{
	const int fd = audit_part(folder, AUDIT_PART_REFUSALS, NULL);
	bool there;

	if (fd < 0)
		return false;
	there = pread(fd, key, REFUSALS_KEY_SIZE, 0) == REFUSALS_KEY_SIZE && !sodium_is_zero(key, REFUSALS_KEY_SIZE);
	if (!there) {
		randombytes_buf(key, REFUSALS_KEY_SIZE);
		there = pwrite(fd, key, REFUSALS_KEY_SIZE, 0) == REFUSALS_KEY_SIZE;
	}
	return there;
}

/* Count one more in the slot; false: it is full. */
static bool slot_take(struct slot *s, const struct refusals_bucket *b, uint64_t minute)
{
	if (s->minute != minute) {
		s->minute = minute;
		s->count = 0;
	}
	if (s->count >= b->a_minute)
		return false;
	s->count++;
	return true;
}

/* The first bucket that has room takes it; the first of all knows what was suppressed.  false: nothing could be counted. */
static bool take(int fd, const struct refusals_bucket *b, size_t count, uint64_t minute, bool *taken, uint32_t *suppressed)
{
	struct slot slots[REFUSALS_BUCKETS_MAX];
	size_t i;

	*taken = false;
	for (i = 0; i < count && !*taken; i++) {
		if (!slot_read(fd, &b[i], &slots[i]))
			return false;
		*taken = slot_take(&slots[i], &b[i], minute);
	}
	*suppressed = *taken ? slots[0].suppressed : 0;
	slots[0].suppressed = *taken ? 0 : slots[0].suppressed + (slots[0].suppressed < UINT32_MAX);
	while (i-- > 0)
		if (!slot_write(fd, &b[i], &slots[i]))
			return false;
	return true;
}

bool refusals_take(struct audit_folder *folder, const struct refusals_bucket *buckets, size_t count, uint64_t minute, uint32_t *suppressed)
{
	const int fd = audit_part(folder, AUDIT_PART_REFUSALS, NULL);
	bool taken;

	if (fd < 0 || count == 0 || !take(fd, buckets, count, minute, &taken, suppressed)) {
		*suppressed = 0;
		taken = true;
	}
	return taken;
}

uint32_t refusals_suppressed(struct audit_folder *folder, const struct refusals_bucket *bucket)
{
	const int fd = audit_part(folder, AUDIT_PART_REFUSALS, NULL);
	uint32_t suppressed = 0;
	struct slot s;

	if (slot_read(fd, bucket, &s) && s.suppressed > 0) {
		suppressed = s.suppressed;
		s.suppressed = 0;
		if (!slot_write(fd, bucket, &s))
			suppressed = 0;
	}
	return suppressed;
}
