/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a socket that somebody listens at is never taken away from them.
 * MUST 2: nothing but a socket is ever removed.
 * MUST 3: a descriptor that was handed over is taken only if it is one listening stream socket of AF_UNIX.
 */
#include "listen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define HANDED_OVER 3
#define BACKLOG 4096

static bool refuse(char why[LISTEN_WHY_SIZE], const char *path, const char *reason)
{
	snprintf(why, LISTEN_WHY_SIZE, "%s: %s", path, reason);
	return false;
}

static bool option_is(int fd, int option, int value)
{
	socklen_t length = sizeof(int);
	int is;

	return getsockopt(fd, SOL_SOCKET, option, &is, &length) == 0 && is == value;
}

static bool never_waits(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

bool listener_adopt(struct listener *l, char why[LISTEN_WHY_SIZE])
{
	const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");

	*l = (struct listener){.fd = -1, .lock = -1};
	if (pid == NULL || strtol(pid, NULL, 10) != getpid())
		return true;
	if (count == NULL || strcmp(count, "1") != 0)
		return refuse(why, "LISTEN_FDS", "the service takes one socket");
	if (!option_is(HANDED_OVER, SO_DOMAIN, AF_UNIX) || !option_is(HANDED_OVER, SO_TYPE, SOCK_STREAM) ||
	    !option_is(HANDED_OVER, SO_ACCEPTCONN, 1) || !never_waits(HANDED_OVER))
		return refuse(why, "LISTEN_FDS", "descriptor 3 is no listening stream socket of AF_UNIX");
	l->fd = HANDED_OVER;
	return true;
}

static bool address_of(struct sockaddr_un *address, const char *path)
{
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof address->sun_path)
		return false;
	memcpy(address->sun_path, path, strlen(path));
	return true;
}

/* 0: somebody listens; else why not. */
static int try_connect(const char *path)
{
	struct sockaddr_un address;
	int fd, number = 0;

	if (!address_of(&address, path))
		return ENAMETOOLONG;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return errno;
	if (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0 && errno != EAGAIN)
		number = errno;
	close(fd);
	return number;
}

bool listener_is_there(const char *path)
{
	int number = try_connect(path);

	return number != ENOENT && number != ECONNREFUSED;
}

/* Two services that start at once do not remove each other's socket: the kernel drops this lock only with its holder. */
static bool take_lock(struct listener *l, const char *path, char why[LISTEN_WHY_SIZE])
{
	char name[sizeof((struct sockaddr_un *)0)->sun_path + sizeof ".lock"];

	snprintf(name, sizeof name, "%s.lock", path);
	l->lock = open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (l->lock < 0)
		return refuse(why, name, strerror(errno));
	if (flock(l->lock, LOCK_EX | LOCK_NB) == 0)
		return true;
	close(l->lock);
	l->lock = -1;
	return refuse(why, path, "another service listens there");
}

/* What a service left behind that was killed, or may not remove it. */
static bool remove_stale(const char *path, char why[LISTEN_WHY_SIZE])
{
	struct stat st;
	int number;

	if (lstat(path, &st) != 0)
		return errno == ENOENT || refuse(why, path, strerror(errno));
	if (!S_ISSOCK(st.st_mode))
		return refuse(why, path, "this is no socket");
	number = try_connect(path);
	if (number == 0)
		return refuse(why, path, "another service listens there");
	if (number != ECONNREFUSED || unlink(path) != 0)
		return refuse(why, path, strerror(number != ECONNREFUSED ? number : errno));
	return true;
}

static bool bind_for(int fd, const struct sockaddr_un *address, mode_t mode)
{
	const mode_t mask = umask(0777 & ~mode);
	const bool bound = bind(fd, (const struct sockaddr *)address, sizeof *address) == 0;

	umask(mask);
	return bound;
}

static bool give_to(const char *path, uid_t owner)
{
	return owner == LISTEN_MINE || lchown(path, owner, (gid_t)-1) == 0;
}

bool listener_make(struct listener *l, const char *path, const struct listen_file *file, char why[LISTEN_WHY_SIZE])
{
	struct sockaddr_un address;
	int number;

	*l = (struct listener){.fd = -1, .lock = -1};
	if (!address_of(&address, path))
		return refuse(why, path, strerror(ENAMETOOLONG));
	if (!take_lock(l, path, why) || !remove_stale(path, why)) {
		listener_close(l);
		return false;
	}
	l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (l->fd >= 0 && bind_for(l->fd, &address, file->mode)) {
		l->path = path;
		if (give_to(path, file->owner) && listen(l->fd, BACKLOG) == 0) /* nobody connects before it listens */
			return true;
	}
	number = errno;
	listener_close(l);
	return refuse(why, path, strerror(number));
}

void listener_unlink(struct listener *l)
{
	if (l->path != NULL)
		(void)!unlink(l->path);
	l->path = NULL;
}

void listener_close(struct listener *l)
{
	listener_unlink(l);
	if (l->fd >= 0)
		close(l->fd);
	if (l->lock >= 0)
		close(l->lock);
	*l = (struct listener){.fd = -1, .lock = -1};
}
