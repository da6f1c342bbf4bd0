/* SPDX-License-Identifier: ISC */
#include "host/refusals.h"

#include <fcntl.h>
#include <unistd.h>

#include "host/audit_lock.h"

struct slot {
	uint64_t minute;
	uint32_t uid; /* who used it last */
	uint32_t count, suppressed;
	uint32_t unused;
};

/* false: count only. */
static bool slot_take(struct slot *s, uid_t uid, uint64_t minute, uint32_t *suppressed)
{
	s->uid = uid;
	if (s->minute != minute) {
		s->minute = minute;
		s->count = 0;
	}
	if (s->count >= REFUSALS_A_MINUTE) {
		s->suppressed += s->suppressed < UINT32_MAX;
		return false;
	}
	s->count++;
	*suppressed = s->suppressed;
	s->suppressed = 0;
	return true;
}

static off_t slot_place(uid_t uid)
{
	return (off_t)(uid % REFUSALS_SLOTS) * (off_t)sizeof(struct slot);
}

static bool slot_read(int fd, uid_t uid, struct slot *s)
{
	const ssize_t length = fd < 0 ? -1 : pread(fd, s, sizeof *s, slot_place(uid));

	if (length >= 0 && length != (ssize_t)sizeof *s)
		*s = (struct slot){0}; /* behind the end, or of a file that was cut */
	return length >= 0;
}

static bool slot_write(int fd, uid_t uid, const struct slot *s)
{
	return pwrite(fd, s, sizeof *s, slot_place(uid)) == (ssize_t)sizeof *s;
}

bool refusals_take(int folder, uid_t uid, uint64_t minute, uint32_t *suppressed)
{
	int fd = audit_open(folder, REFUSALS_FILE, O_RDWR | O_CREAT);
	bool taken = true;
	struct slot s;

	*suppressed = 0;
	if (slot_read(fd, uid, &s)) {
		taken = slot_take(&s, uid, minute, suppressed);
		if (!slot_write(fd, uid, &s)) {
			*suppressed = 0;
			taken = true;
		}
	}
	if (fd >= 0)
		close(fd);
	return taken;
}

uint32_t refusals_suppressed(int folder, uid_t uid)
{
	int fd = audit_open(folder, REFUSALS_FILE, O_RDWR);
	uint32_t suppressed = 0;
	struct slot s;

	if (slot_read(fd, uid, &s) && s.suppressed > 0) {
		suppressed = s.suppressed;
		s.suppressed = 0;
		if (!slot_write(fd, uid, &s))
			suppressed = 0;
	}
	if (fd >= 0)
		close(fd);
	return suppressed;
}
