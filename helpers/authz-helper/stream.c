/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: what was not ended by its empty frame was never said whole: reading it fails at its end.
 * MUST 2: a frame that is not of this stream ends it.
 * MUST 3: no stream lasts longer than STREAM_LIFE_MS, a user's no longer than STREAM_BRIEF_MS, however it trickles; but for
 *         one wait for the other end, which whoever carries it bounds.
 * MUST 4: no stream gives its place to another before its end was read.
 */
#include "stream.h"

#include <errno.h>
#include <sodium.h>
#include <stddef.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harden.h"
#include "store/holder.h"

/* MUST 3 */
static bool in_time(struct stream *s)
{
	s->gone |= holder_now_ms(CLOCK_MONOTONIC) > s->ends;
	return !s->gone;
}

/* A user's stream does not put off its end; what is to be done with what it said has a helper's usual time. */
static void show_life(struct stream *s)
{
	const uint64_t now = holder_now_ms(CLOCK_MONOTONIC);
	const unsigned left = s->brief && !s->ended && s->ends > now ? (unsigned)(s->ends - now) : 0;

	if (in_time(s) && s->carrier.alive != NULL)
		s->carrier.alive(s->carrier.context, s->brief ? left + HELPER_LIFE_MS : STREAM_SILENCE_MS);
}

static bool begin(void *context)
{
	struct stream *s = context;

	if (!s->carrier.begin(s->carrier.context))
		return false;
	s->ends = holder_now_ms(CLOCK_MONOTONIC) + (s->brief ? STREAM_BRIEF_MS : STREAM_LIFE_MS);
	s->gone = false;
	show_life(s);
	return true;
}

static bool send_frame(struct stream *s)
{
	const unsigned char *from = s->bytes;
	size_t length = FRAME_HEADER + s->used;
	ssize_t put;

	stream_header(s->bytes, s->operation, s->id, s->used);
	s->used = 0;
	for (; length > 0 && in_time(s); from += put, length -= (size_t)put) {
		put = write(s->carrier.out, from, length);
		if (put < 0 && errno == EINTR)
			put = 0;
		else if (put <= 0)
			s->gone = true;
	}
	if (!s->gone)
		show_life(s);
	return !s->gone;
}

static bool put(void *context, const void *bytes, size_t length)
{
	struct stream *s = context;
	const unsigned char *from = bytes;
	size_t some;

	for (; length > 0; from += some, length -= some) {
		some = STREAM_MAX - s->used < length ? STREAM_MAX - s->used : length;
		memcpy(s->bytes + FRAME_HEADER + s->used, from, some);
		s->used += some;
		if (s->used == STREAM_MAX && !send_frame(s))
			return false;
	}
	return !s->gone;
}

static bool flush(void *context)
{
	struct stream *s = context;

	return s->used == 0 ? !s->gone : send_frame(s);
}

static size_t read_ahead(struct carrier *c, unsigned char *to, size_t length)
{
	if (length > c->ahead_length)
		length = c->ahead_length;
	if (length == 0)
		return 0;
	memcpy(to, c->ahead, length);
	c->ahead += length;
	c->ahead_length -= length;
	return length;
}

static bool read_all(struct stream *s, unsigned char *to, size_t length)
{
	ssize_t got = (ssize_t)read_ahead(&s->carrier, to, length);

	to += got;
	length -= (size_t)got;
	for (; length > 0; to += got, length -= (size_t)got) {
		got = read(s->carrier.in, to, length);
		if (got < 0 && errno == EINTR)
			got = 0;
		else if (got <= 0 || !in_time(s))
			return false;
	}
	return true;
}

/* MUST 2 */
static bool next_frame(struct stream *s)
{
	unsigned char bytes[FRAME_HEADER];
	struct frame_header h;

	if (!read_all(s, bytes, sizeof bytes))
		return false;
	frame_read_header(&h, bytes);
	if (!stream_accept(&h, s->operation, s->id, &s->left))
		return false;
	s->ended = s->left == 0;
	show_life(s);
	return !s->gone;
}

/* MUST 1: 0 is the empty frame alone. */
static long get(void *context, void *bytes, size_t size)
{
	struct stream *s = context;

	if (s->left == 0 && !s->ended && !s->gone)
		s->gone = !next_frame(s);
	if (s->gone)
		return -1;
	if (size > s->left)
		size = s->left;
	s->gone = !read_all(s, bytes, size);
	s->left -= s->gone ? 0 : size;
	return s->gone ? -1 : (long)size;
}

/* Nothing trickles any more: what follows is the rules' own, and ends by itself.  MUST 4 */
static void proceed(void *context, unsigned ms)
{
	struct stream *s = context;

	if (!s->ended)
		return;
	if (s->carrier.over != NULL)
		s->carrier.over(s->carrier.context, ms);
	if (s->carrier.alive != NULL)
		s->carrier.alive(s->carrier.context, ms + HELPER_LIFE_MS);
}

void stream_begin(struct stream *s, const struct request *request, const struct carrier *carrier, bool brief)
{
	memset(s, 0, offsetof(struct stream, bytes));
	s->carrier = *carrier;
	s->operation = request->operation;
	s->id = request->id;
	s->brief = brief;
	s->gone = true;
}

struct rules_stream stream_port(struct stream *s)
{
	return (struct rules_stream){.context = s, .open = begin, .put = put, .flush = flush, .get = get, .proceed = proceed};
}

bool stream_end(struct stream *s)
{
	const bool sent = flush(s);

	sodium_memzero(s->bytes, sizeof s->bytes);
	return sent;
}
