/* SPDX-License-Identifier: ISC */
/*
 * The bytes of one connection: a request that comes in pieces, a reply that goes out in pieces.  No call waits.
 *
 * One thread at a time per connection.
 */
#ifndef AUTHZ_HELPER_CONNECTION_H
#define AUTHZ_HELPER_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "wire/frame.h"

struct connection {
	int fd;
	unsigned char request[FRAME_REQUEST_MAX];
	size_t have;         /* bytes of it that are there */
	size_t length;       /* of its frame, once the header is there; else 0 */
	unsigned char *rest; /* of a reply that the peer has not taken whole */
	size_t rest_length, rest_sent;
};

enum connection_step {
	CONNECTION_MORE, /* wait until there is more to read, or room to write */
	CONNECTION_WHOLE, /* the request is there; the reply is out */
	CONNECTION_OVER  /* the peer is gone, or what it sends is no request */
};

void connection_init(struct connection *c, int fd);
/* Read what is there. */
enum connection_step connection_read(struct connection *c);
/* Write a reply, and keep what the peer does not take; then go on with that. */
enum connection_step connection_write(struct connection *c, const unsigned char *reply, size_t length);
enum connection_step connection_write_rest(struct connection *c);
/* Has the peer gone?  Nobody waits for an answer then. */
bool connection_left(const struct connection *c);
/* For a stream: reads and writes wait, each for so long at most. */
bool connection_block(struct connection *c, int milliseconds);
/* Close it, and wipe what it held. */
void connection_close(struct connection *c);

#endif
