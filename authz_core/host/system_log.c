/* SPDX-License-Identifier: ISC */
#include "host/system_log.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#define PATH "/dev/log"

/* RFC 3164's time, which is local and has English months whatever the locale. */
static void stamp(char text[32])
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t now = time(NULL);
	struct tm tm;

	text[0] = '\0';
	if (localtime_r(&now, &tm) != NULL)
		snprintf(text, 32, "%.3s %2d %02d:%02d:%02d", months + 3 * (tm.tm_mon % 12), tm.tm_mday, tm.tm_hour, tm.tm_min,
		         tm.tm_sec);
}

static bool send_to(int type, const char *message, size_t length)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = PATH};
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	ssize_t sent = -1;

	if (fd < 0)
		return false;
	if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
		sent = send(fd, message, length, MSG_NOSIGNAL);
	close(fd);
	return sent == (ssize_t)length;
}

bool system_log_send(int severity, const char *text)
{
	char message[2560], time_text[32];
	int length;

	stamp(time_text);
	length = snprintf(message, sizeof message, "<%d>%s authz-helper[%ld]: %s", LOG_AUTHPRIV | severity, time_text,
	                  (long)getpid(), text);
	if (length < 0 || (size_t)length >= sizeof message)
		return false;
	/* A stream's messages end with a NUL, as syslog(3) has it. */
	return send_to(SOCK_DGRAM, message, (size_t)length) || send_to(SOCK_STREAM, message, (size_t)length + 1);
}
