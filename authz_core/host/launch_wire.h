/* SPDX-License-Identifier: ISC */
/*
 * What the helper and authz-launch say to each other (doc/LAUNCH): a header of numbers, then so many bytes.
 *
 * MUST 1: a header that is not exactly one, or whose numbers are beyond their limits, is none.
 */
#ifndef AUTHZ_HOST_LAUNCH_WIRE_H
#define AUTHZ_HOST_LAUNCH_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LAUNCHER_PATH_MAX 255
#define LAUNCHER_INPUT_MAX (1u << 20)
#define LAUNCHER_OUTPUT_MAX (64u << 10)
#define LAUNCHER_WAIT_MAX 60000 /* milliseconds */
#define LAUNCHER_WAITS_MAX 2    /* enum host_waits */
#define LAUNCHER_TEXT_MAX 200   /* of LAUNCHER_FAILED and LAUNCHER_REFUSED */

#define LAUNCHER_REQUEST_SIZE 24
#define LAUNCHER_ANSWER_SIZE 16

/* Then come the path, without a NUL, and the input. */
struct launcher_request {
	uint32_t path_length, wait_ms, input_length, output_limit, waits;
};

enum launcher_end {
	LAUNCHER_EXITED = 1, /* number: its status; if that is 0, the output follows.  A socket's end is 0 */
	LAUNCHER_KILLED,     /* number: the signal */
	LAUNCHER_LATE,
	LAUNCHER_BUSY,       /* too many run, of this path or at all */
	LAUNCHER_TOO_MUCH,   /* output */
	LAUNCHER_FAILED,     /* why follows.  number: 0, it was not started; 1, its socket not heard to the end */
	LAUNCHER_REFUSED,    /* this was no request: why follows */
};

struct launcher_answer {
	enum launcher_end end;
	uint32_t number, length; /* length: of what follows */
};

void launcher_put_request(unsigned char to[LAUNCHER_REQUEST_SIZE], const struct launcher_request *r);
bool launcher_take_request(const unsigned char from[LAUNCHER_REQUEST_SIZE], struct launcher_request *r);
void launcher_put_answer(unsigned char to[LAUNCHER_ANSWER_SIZE], const struct launcher_answer *a);
bool launcher_take_answer(const unsigned char from[LAUNCHER_ANSWER_SIZE], struct launcher_answer *a);

#endif
