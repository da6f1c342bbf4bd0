/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "loginuid.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/connect.h"
#include "quiet_write.h"

#define DIGITS 10

static uint32_t read_number(const char *path)
{
	const int fd = connect_clear_of_stdio(open(path, O_RDONLY | O_CLOEXEC));
	char text[DIGITS + 2] = "";
	unsigned long long number = 0;
	ssize_t got;

	if (fd < 0)
		return LOGINUID_UNSET;
	got = read(fd, text, sizeof text - 1);
	close(fd);
	if (got <= 0 || text[strspn(text, "0123456789")] != '\0')
		return LOGINUID_UNSET;
	for (const char *at = text; *at != '\0'; at++)
		number = number * 10 + (unsigned)(*at - '0');
	return number < UINT32_MAX ? (uint32_t)number : LOGINUID_UNSET;
}

uint32_t loginuid_get(void)
{
	return read_number("/proc/self/loginuid");
}

uint32_t loginuid_session(void)
{
	return read_number("/proc/self/sessionid");
}

bool loginuid_set(uint32_t uid)
{
	const int fd = connect_clear_of_stdio(open("/proc/self/loginuid", O_WRONLY | O_CLOEXEC));
	char text[DIGITS + 1];
	bool done;
	int error;

	if (fd < 0)
		return false;
	(void)snprintf(text, sizeof text, "%u", (unsigned)uid);
	done = quiet_write(fd, text, strlen(text));
	error = errno;
	close(fd);
	errno = error;
	return done;
}
