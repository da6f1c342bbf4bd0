/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "quiet_write.h"

#include <errno.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

bool quiet_write(int fd, const char *bytes, size_t length)
{
	const struct timespec now = {0};
	sigset_t size, before;
	ssize_t put;
	int error;

	sigemptyset(&size);
	sigaddset(&size, SIGXFSZ);
	(void)pthread_sigmask(SIG_BLOCK, &size, &before);
	errno = ENOSPC; /* of a short write */
	put = write(fd, bytes, length);
	error = errno;
	if (put < 0 && error == EFBIG && !sigismember(&before, SIGXFSZ))
		(void)sigtimedwait(&size, NULL, &now);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = error;
	return put >= 0 && (size_t)put == length;
}
