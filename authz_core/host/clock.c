/* SPDX-License-Identifier: ISC */
/*
 * The two clocks, and which boot this is.
 *
 * MUST 1: the boot clock counts sleep too (CLOCK_BOOTTIME), so that a suspended host does not lengthen a token's life.
 */
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "host/machine.h"

static bool read_clock(clockid_t id, int64_t *microseconds)
{
	struct timespec ts;

	if (clock_gettime(id, &ts) != 0)
		return false;
	*microseconds = (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
	return true;
}

bool clock_boot_id(char text[37])
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t got;

	memset(text, 0, 37);
	if (fd < 0)
		return false;
	got = read(fd, text, 36);
	close(fd);
	return got == 36;
}

enum authz_result clock_read(void *context, struct host_clock *out)
{
	const struct machine *m = context;
	size_t length;

	if (!read_clock(CLOCK_REALTIME, &out->wall) || !read_clock(CLOCK_BOOTTIME, &out->boot))
		return AUTHZ_INTERNAL;
	if (sodium_hex2bin(out->boot_id, sizeof out->boot_id, m->boot_id, 36, "-", &length, NULL) != 0 ||
	    length != sizeof out->boot_id)
		return AUTHZ_INTERNAL;
	out->today = (int)(out->wall / 1000000 / 86400);
	return AUTHZ_OK;
}
