/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: no service is there only where connecting says ENOENT or ECONNREFUSED; everything else ends the call.
 */
#include "config.h"

#include "client/connect.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "client/deadline.h"
#include "client/failure.h"

int connect_clear_of_stdio(int descriptor)
{
	int moved, saved;

	if (descriptor < 0 || descriptor > STDERR_FILENO)
		return descriptor;
	moved = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	saved = errno == EINVAL ? EMFILE : errno; /* EINVAL: the limit is 3 or less */
	close(descriptor);
	errno = saved;
	return moved;
}

/* A service whose queue is full makes connect wait: for that long at most. */
static void bound_connect(int channel, int64_t deadline)
{
	int left = deadline_left(deadline);
	struct timeval t = {.tv_sec = left / 1000, .tv_usec = left % 1000 * 1000};

	if (left == 0)
		t.tv_usec = 1; /* 0 is for ever */
	setsockopt(channel, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t);
}

/* 0 or an errno. */
static int try_connect(int channel, const struct sockaddr_un *address, int64_t deadline)
{
	do {
		bound_connect(channel, deadline);
		if (connect(channel, (const struct sockaddr *)address, sizeof *address) == 0)
			return 0;
	} while (errno == EINTR && deadline_left(deadline) > 0);
	return errno;
}

enum authz_result connect_socket(const char *path, int64_t deadline, int *channel, struct authz_error *error)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int number;

	*channel = -1;
	if (path[0] != '/' || strlen(path) >= sizeof address.sun_path)
		return failure(error, AUTHZ_BAD_PARAMETER, "socket");
	memcpy(address.sun_path, path, strlen(path) + 1);
	*channel = connect_clear_of_stdio(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
	if (*channel < 0)
		return failure_errno(error, AUTHZ_NO_RESOURCES, "socket", errno);
	number = try_connect(*channel, &address, deadline);
	if (number == 0)
		return AUTHZ_OK;
	close(*channel);
	*channel = -1;
	if (number == ENOENT || number == ECONNREFUSED)
		return AUTHZ_OK;
	if (number == EAGAIN || number == EINTR)
		return AUTHZ_HELPER_LATE;
	return failure_errno(error, AUTHZ_HELPER_MISSING, path, number);
}
