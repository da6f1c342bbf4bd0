/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a connection has one request: bytes behind it are never looked at.
 * MUST 2: no byte is read past the request's own buffer, whatever length a header says.
 * MUST 3: descriptors that a peer passes are never taken.
 * MUST 4: a peer that went away, or does not read, is a connection that ends, no signal and no wait.
 * MUST 5: requests and replies are wiped.
 */
#include "connection.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "wire/request.h"

void connection_init(struct connection *c, int fd)
{
	c->fd = fd;
	c->have = c->length = 0;
	c->rest = NULL;
}

/* false: what is there cannot become a request. */
static bool look(struct connection *c)
{
	if (c->length == 0 && c->have >= FRAME_HEADER) {
		c->length = request_frame_length(c->request);
		return c->length != 0;
	}
	return true;
}

enum connection_step connection_read(struct connection *c)
{
	ssize_t got;

	for (;;) {
		/* recv has no place for descriptors: the kernel closes those that come along */
		got = recv(c->fd, c->request + c->have, sizeof c->request - c->have, MSG_DONTWAIT);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return errno == EAGAIN ? CONNECTION_MORE : CONNECTION_OVER;
		c->have += (size_t)got;
		if (!look(c))
			return CONNECTION_OVER;
		if (c->length != 0 && c->have >= c->length)
			return CONNECTION_WHOLE;
		if (got == 0)
			return CONNECTION_OVER;
	}
}

/* How far it came: CONNECTION_WHOLE with *sent = length, CONNECTION_MORE, CONNECTION_OVER. */
static enum connection_step push(int fd, const unsigned char *bytes, size_t length, size_t *sent)
{
	ssize_t put;

	while (*sent < length) {
		put = send(fd, bytes + *sent, length - *sent, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return errno == EAGAIN ? CONNECTION_MORE : CONNECTION_OVER;
		*sent += (size_t)put;
	}
	return CONNECTION_WHOLE;
}

enum connection_step connection_write(struct connection *c, const unsigned char *reply, size_t length)
{
	size_t sent = 0;
	enum connection_step step = push(c->fd, reply, length, &sent);

	if (step != CONNECTION_MORE)
		return step;
	c->rest = malloc(length - sent);
	if (c->rest == NULL)
		return CONNECTION_OVER;
	c->rest_length = length - sent;
	c->rest_sent = 0;
	memcpy(c->rest, reply + sent, c->rest_length);
	return CONNECTION_MORE;
}

enum connection_step connection_write_rest(struct connection *c)
{
	return push(c->fd, c->rest, c->rest_length, &c->rest_sent);
}

bool connection_left(const struct connection *c)
{
	struct pollfd on = {.fd = c->fd};

	return poll(&on, 1, 0) == 1 && (on.revents & (POLLHUP | POLLERR)) != 0;
}

bool connection_block(struct connection *c, int milliseconds)
{
	const struct timeval wait = {.tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000};
	const int flags = fcntl(c->fd, F_GETFL);

	return flags >= 0 && fcntl(c->fd, F_SETFL, flags & ~O_NONBLOCK) == 0 &&
	       setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) == 0 &&
	       setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) == 0;
}

void connection_close(struct connection *c)
{
	close(c->fd);
	c->fd = -1;
	sodium_memzero(c->request, c->have);
	if (c->rest != NULL)
		sodium_memzero(c->rest, c->rest_length);
	free(c->rest);
	c->rest = NULL;
}
