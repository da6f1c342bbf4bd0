/* SPDX-License-Identifier: ISC */
/* Questions to the helper, and what the answers have in common. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "app.h"

const struct option no_options[] = {{.name = NULL}};

void call_begin(struct call *c, enum operation operation)
{
	explicit_bzero(c, sizeof *c);
	c->request.operation = (uint16_t)operation;
}

enum authz_result call_ask(const struct app *app, struct call *c)
{
	return client_call(&app->client, &c->request, &c->reply, c->frame, &c->error);
}

enum authz_result call_stream(const struct app *app, struct call *c, const struct client_stream *stream)
{
	return client_call_stream(&app->client, &c->request, stream, &c->reply, c->frame, &c->error);
}

void call_wipe(struct call *c)
{
	explicit_bzero(c, sizeof *c);
}

bool call_row(struct frame_reader *row, char items[][ITEM_SIZE], size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!frame_next_item(row, items[i], ITEM_SIZE))
			return false;
	return true; /* what a later helper adds at the end is left alone */
}

bool text_number(const char *text, int64_t *number)
{
	char *end;

	if (strspn(text, "-0123456789") != strlen(text))
		return false;
	errno = 0;
	*number = strtoimax(text, &end, 10);
	return errno == 0 && end != text && *end == '\0';
}

enum authz_result call_more(struct call *c)
{
	struct request *r = &c->request;
	const struct reply *p = &c->reply;

	if ((r->has & HAS(CURSOR)) != 0 && r->cursor.length == p->cursor.length &&
	    memcmp(r->cursor.bytes, p->cursor.bytes, r->cursor.length) == 0)
		return AUTHZ_HELPER_GARBLED;
	memcpy(r->cursor.bytes, p->cursor.bytes, sizeof r->cursor.bytes);
	r->cursor.length = p->cursor.length;
	r->has |= HAS(CURSOR);
	return AUTHZ_OK;
}
