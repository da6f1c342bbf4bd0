/* SPDX-License-Identifier: ISC */
#include "notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A number above 0; 0 if it is none. */
static long long number(const char *text)
{
	char *end;
	long long value;

	if (text == NULL || text[0] < '0' || text[0] > '9')
		return 0;
	value = strtoll(text, &end, 10);
	return *end == '\0' ? value : 0;
}

static void read_watchdog(struct notify *n)
{
	const char *pid = getenv("WATCHDOG_PID");

	if (pid == NULL || number(pid) == getpid())
		n->watchdog_ms = number(getenv("WATCHDOG_USEC")) / 2000;
}

void notify_init(struct notify *n)
{
	const char *path = getenv("NOTIFY_SOCKET");
	size_t length = path != NULL ? strlen(path) : 0;

	*n = (struct notify){.address = {.sun_family = AF_UNIX}};
	if (length < 2 || length >= sizeof n->address.sun_path || (path[0] != '/' && path[0] != '@'))
		return;
	memcpy(n->address.sun_path, path, length);
	n->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
	if (path[0] == '@')
		n->address.sun_path[0] = '\0'; /* a name that is no file, and has no NUL at its end */
	else
		n->length++;
	read_watchdog(n);
}

void notify_say(const struct notify *n, const char *text)
{
	int fd;

	if (n->length == 0)
		return;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return;
	(void)!sendto(fd, text, strlen(text), MSG_NOSIGNAL, (const struct sockaddr *)&n->address, n->length);
	close(fd);
}
