/* SPDX-License-Identifier: ISC */
#include "host/system_log.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
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

void system_log_close(struct system_log *log)
{
	if (log->connected)
		close(log->fd);
	log->connected = false;
}

/* Which socket is at the path; 0 and 0: none. */
static void look(dev_t *device, ino_t *inode)
{
	struct stat st = {.st_ino = 0};

	(void)!stat(PATH, &st);
	*device = st.st_dev;
	*inode = st.st_ino;
}

static bool connect_as(struct system_log *log, int type)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = PATH};

	look(&log->device, &log->inode);
	log->fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	log->type = type;
	log->connected = log->fd >= 0;
	if (log->connected && connect(log->fd, (const struct sockaddr *)&address, sizeof address) != 0)
		system_log_close(log);
	return log->connected;
}

/* Whoever listens at the path now is not always who did when this was connected, and may still hold it open. */
static void look_again(struct system_log *log)
{
	dev_t device;
	ino_t inode;

	look(&device, &inode);
	if (log->connected && (device != log->device || inode != log->inode))
		system_log_close(log);
}

/* A stream's messages end with a NUL, as syslog(3) has it: one that went out in part would spoil the next. */
static bool send_on(struct system_log *log, const char *message, size_t length)
{
	const size_t whole = length + (log->type == SOCK_STREAM);

	if (!log->connected)
		return false;
	if (send(log->fd, message, whole, MSG_NOSIGNAL) == (ssize_t)whole)
		return true;
	system_log_close(log);
	return false;
}

static bool deliver(struct system_log *log, const char *message, size_t length)
{
	static const int types[] = {SOCK_DGRAM, SOCK_STREAM};
	bool sent;
	size_t i;

	look_again(log);
	sent = send_on(log, message, length);
	for (i = 0; i < sizeof types / sizeof *types && !sent; i++)
		sent = connect_as(log, types[i]) && send_on(log, message, length);
	return sent;
}

bool system_log_send(struct system_log *log, int severity, const char *text)
{
	struct system_log own = {.connected = false};
	char message[2560], time_text[32];
	bool sent;
	int length;

	stamp(time_text);
	length = snprintf(message, sizeof message, "<%d>%s %s[%ld]: %s", LOG_AUTHPRIV | severity, time_text,
	                  log != NULL && log->as != NULL ? log->as : "authz-helper", (long)getpid(), text);
	if (length < 0 || (size_t)length >= sizeof message)
		return false;
	sent = deliver(log != NULL ? log : &own, message, (size_t)length);
	system_log_close(&own);
	return sent;
}
