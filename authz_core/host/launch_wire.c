/* SPDX-License-Identifier: ISC */
#include "host/launch_wire.h"

#include <string.h>

#define REQUEST_MAGIC "azL\2" /* the last byte is the version */
#define ANSWER_MAGIC "azl\1"
#define MAGIC_SIZE 4

static void put(unsigned char *to, uint32_t number)
{
	to[0] = (unsigned char)(number >> 24);
	to[1] = (unsigned char)(number >> 16);
	to[2] = (unsigned char)(number >> 8);
	to[3] = (unsigned char)number;
}

static uint32_t take(const unsigned char *from)
{
	return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
}

void launcher_put_request(unsigned char to[LAUNCHER_REQUEST_SIZE], const struct launcher_request *r)
{
	memcpy(to, REQUEST_MAGIC, MAGIC_SIZE);
	put(to + 4, r->path_length);
	put(to + 8, r->wait_ms);
	put(to + 12, r->input_length);
	put(to + 16, r->output_limit);
	put(to + 20, r->waits);
}

bool launcher_take_request(const unsigned char from[LAUNCHER_REQUEST_SIZE], struct launcher_request *r)
{
	*r = (struct launcher_request){.path_length = take(from + 4), .wait_ms = take(from + 8),
	                               .input_length = take(from + 12), .output_limit = take(from + 16), .waits = take(from + 20)};
	return memcmp(from, REQUEST_MAGIC, MAGIC_SIZE) == 0 && r->path_length >= 1 && r->path_length <= LAUNCHER_PATH_MAX &&
	       r->wait_ms >= 1 && r->wait_ms <= LAUNCHER_WAIT_MAX && r->input_length <= LAUNCHER_INPUT_MAX &&
	       r->output_limit <= LAUNCHER_OUTPUT_MAX && r->waits <= LAUNCHER_WAITS_MAX;
}

void launcher_put_answer(unsigned char to[LAUNCHER_ANSWER_SIZE], const struct launcher_answer *a)
{
	memcpy(to, ANSWER_MAGIC, MAGIC_SIZE);
	put(to + 4, a->end);
	put(to + 8, a->number);
	put(to + 12, a->length);
}

/* What may follow each. */
static bool has_its_length(const struct launcher_answer *a)
{
	if (a->end == LAUNCHER_EXITED && a->number == 0)
		return a->length <= LAUNCHER_OUTPUT_MAX;
	if (a->end == LAUNCHER_FAILED || a->end == LAUNCHER_REFUSED)
		return a->length <= LAUNCHER_TEXT_MAX;
	return a->length == 0;
}

bool launcher_take_answer(const unsigned char from[LAUNCHER_ANSWER_SIZE], struct launcher_answer *a)
{
	const uint32_t end = take(from + 4);

	*a = (struct launcher_answer){.end = (enum launcher_end)end, .number = take(from + 8), .length = take(from + 12)};
	return memcmp(from, ANSWER_MAGIC, MAGIC_SIZE) == 0 && end >= LAUNCHER_EXITED && end <= LAUNCHER_REFUSED &&
	       has_its_length(a);
}
