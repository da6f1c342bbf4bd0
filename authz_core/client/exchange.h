/* SPDX-License-Identifier: ISC */
/* The bytes of one call: a request out, a whole reply in, before the deadline. */
#ifndef AUTHZ_CLIENT_EXCHANGE_H
#define AUTHZ_CLIENT_EXCHANGE_H

#include <stddef.h>
#include <stdint.h>

#include "result.h"
#include "wire/reply.h"

struct exchange {
	int channel;
	int pidfd; /* of the child, which ends the stream after its reply; -1: a service, which need not */
	int64_t deadline;
	uint16_t operation; /* what a reply must carry */
	uint64_t id;
};

/* All of the request.  AUTHZ_OK, AUTHZ_HELPER_DIED, AUTHZ_HELPER_LATE. */
enum authz_result exchange_send(const struct exchange *x, const unsigned char *request, size_t length);

/*
 * A whole reply.  AUTHZ_OK; AUTHZ_HELPER_DIED, AUTHZ_HELPER_LATE; AUTHZ_HELPER_GARBLED where the header is already not
 * of this answer, or a child says something after it.  *length is the number of bytes that came, in any case.
 */
enum authz_result exchange_receive(const struct exchange *x, unsigned char frame[FRAME_REPLY_MAX], size_t *length);

#endif
