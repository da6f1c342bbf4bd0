/* SPDX-License-Identifier: ISC */
/*
 * A helper for tests of what talks to one: "fake_helper ANSWER ASKED".  It appends the request that it got to the file
 * ASKED, a line for each field, and answers what the file ANSWER says, a line for each of:
 *
 *	result N, user NAME, uid N, master NAME, master_uid N, seconds N, overridden N, isn N, gid N, count N, total N,
 *	mask N, subject TEXT				the reply's fields
 *	number N
 *	row TEXT|TEXT|...				a row of a list
 *	bare						a row without items
 *	fill N C					a row of one item, N times the character C
 *	cursor TEXT					there is more; a request with it is answered by the file ANSWER.TEXT
 *	token N						a token all of whose bytes are N
 *	do crash | killed | hang | nothing | garbage | half | other-id | longer | early
 *
 * What is streamed to it, it reads, but with "early", and counts the lines; a stream whose first line is TEXT is answered by the
 * file ANSWER.TEXT, if there is one.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wire/reply.h"
#include "wire/request.h"
#include "wire/stream.h"

#define HAS_REPLY(field) (UINT64_C(1) << REPLY_##field)

static size_t read_frame(unsigned char frame[FRAME_REQUEST_MAX])
{
	size_t have = 0, want = FRAME_HEADER;

	while (have < want) {
		ssize_t got = read(0, frame + have, want - have);

		if (got <= 0)
			return 0;
		have += (size_t)got;
		if (have == FRAME_HEADER && want == FRAME_HEADER)
			want = request_frame_length(frame);
		if (want == 0)
			return 0;
	}
	return have;
}

/* A NUL is shown as "\\0". */
static void report_data(FILE *f, const struct request *r)
{
	size_t i;

	fputs("data ", f);
	for (i = 0; i < r->data.length; i++)
		fprintf(f, r->data.bytes[i] == '\0' ? "\\0" : "%c", r->data.bytes[i]);
	fputc('\n', f);
}

static int report(const char *path, const struct request *r, const char *wrong)
{
	FILE *f = fopen(path, "ae");

	if (f == NULL)
		return -1;
	if (wrong != NULL)
		fprintf(f, "wrong %s\n", wrong);
	fprintf(f, "operation %u\n", r->operation);
#define FIELD(name, member) \
	if (r->has & HAS(name)) \
		fprintf(f, #member " %s\n", r->member);
	FIELD(USER, user)
	FIELD(SERVICE, service)
	FIELD(RHOST, rhost)
	FIELD(TTY, tty)
	fprintf(f, "token %s\n", r->has & HAS(TOKEN) ? "there" : "missing");
	if (r->has & HAS(TOKEN))
		fprintf(f, "begins %d\n", r->token[0]);
#define NUMBER(name, member) \
	if (r->has & HAS(name)) \
		fprintf(f, #member " %lld\n", (long long)r->member);
	NUMBER(ACTOR, actor)
	NUMBER(PASSWORD, password)
	NUMBER(TIMEOUT, timeout)
	NUMBER(TYPE, type)
	FIELD(CABINET, cabinet)
	FIELD(MEMBER, member)
	FIELD(SPECIAL, special)
	FIELD(AS, as)
	FIELD(SECRET, secret)
	FIELD(NEW_SECRET, new_secret)
	FIELD(TEXT, text)
	NUMBER(CABINET_TYPE, cabinet_type)
	NUMBER(GID, gid)
	NUMBER(ISN, isn)
	NUMBER(PROFILE_TYPE, profile_type)
	NUMBER(LISTING, listing)
	NUMBER(FROM, from)
	NUMBER(LOCK, lock)
	NUMBER(SECURITY, security)
	NUMBER(MARKS, marks)
	NUMBER(WHICH, which)
	FIELD(MASTER, master)
	FIELD(OWNERS, owners)
	FIELD(BOX_GROUP, box_group)
	FIELD(SERVER, server)
	FIELD(ADDRESS, address)
	NUMBER(UNTIL, until)
	NUMBER(VERIFIED, verified)
	NUMBER(FORBID, forbid)
	NUMBER(RECONFIGURE, reconfigure)
	NUMBER(MASK_ADD, mask_add)
	NUMBER(MASK_DROP, mask_drop)
	FIELD(OBJECT_TYPE, object_type)
	FIELD(OBJECT, object)
	FIELD(PRINCIPAL, principal)
	FIELD(GROUP, group)
	NUMBER(MASK, mask)
	NUMBER(LIMIT, limit)
	FIELD(POINT, point)
	FIELD(FORMAT, format)
	NUMBER(NUMBER, number)
	NUMBER(WAIT, wait)
	NUMBER(MAXIMUM, maximum)
	if (r->has & HAS(DATA))
		report_data(f, r);
#undef FIELD
#undef NUMBER
	if (r->has & HAS(REAUTH))
		fprintf(f, "reauth %lld\n", (long long)r->reauth);
	return fclose(f);
}

/* ---- what is streamed */

struct heard {
	char first[256], last[256];
	size_t lines, used; /* used: of the line that has not ended */
	bool ended;
};

static void hear(struct heard *h, const unsigned char *bytes, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++) {
		if (bytes[i] != '\n') {
			if (h->used + 1 < sizeof h->last)
				h->last[h->used++] = (char)bytes[i];
			continue;
		}
		h->last[h->used] = '\0';
		h->used = 0;
		if (h->lines++ == 0)
			(void)strcpy(h->first, h->last);
	}
}

static bool read_all(unsigned char *to, size_t length)
{
	ssize_t got;

	for (; length > 0; to += got, length -= (size_t)got) {
		got = read(0, to, length);
		if (got <= 0)
			return false;
	}
	return true;
}

static void hear_all(struct heard *h, const struct request *r)
{
	static unsigned char bytes[STREAM_MAX];
	unsigned char header[FRAME_HEADER];
	struct frame_header f;
	size_t length;

	while (!h->ended && read_all(header, sizeof header)) {
		frame_read_header(&f, header);
		if (!stream_accept(&f, r->operation, r->id, &length) || !read_all(bytes, length))
			return;
		hear(h, bytes, length);
		h->ended = length == 0;
	}
}

static void report_heard(const char *path, const struct heard *h)
{
	FILE *f = fopen(path, "ae");

	if (f == NULL)
		return;
	fprintf(f, "lines %zu%s\nfirst %s\nlast %s\n", h->lines, h->ended && h->used == 0 ? "" : " broken", h->first, h->last);
	fclose(f);
}

/* What is said of a list. */
struct rows {
	char lines[64][256];
	size_t count;
};

/* The rest of a line that begins with "word ". */
static const char *after(const char *line, const char *word)
{
	size_t length = strlen(word);

	return strncmp(line, word, length) == 0 && line[length] == ' ' ? line + length + 1 : NULL;
}

/* A number of the reply, if the line is about one. */
static bool read_number(const char *line, struct reply *reply)
{
	const char *value;

#define NUMBER(word, field, member) \
	if ((value = after(line, word)) != NULL) { \
		reply->member = strtoll(value, NULL, 10); \
		reply->has |= HAS_REPLY(field); \
		return true; \
	}
	NUMBER("uid", UID, uid)
	NUMBER("master_uid", MASTER_UID, master_uid)
	NUMBER("seconds", SECONDS, seconds)
	NUMBER("overridden", OVERRIDDEN, overridden)
	NUMBER("isn", ISN, isn)
	NUMBER("gid", GID, gid)
	NUMBER("count", COUNT, count)
	NUMBER("total", TOTAL, total)
	NUMBER("mask", MASK, mask)
	NUMBER("number", NUMBER, number)
#undef NUMBER
	return false;
}

static void read_answer(const char *path, struct reply *reply, struct rows *rows, char deed[32])
{
	char line[512];
	const char *value;
	FILE *f = fopen(path, "re");

	deed[0] = '\0';
	while (f != NULL && fgets(line, sizeof line, f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if ((value = after(line, "result")) != NULL)
			reply->result = strtoll(value, NULL, 10);
		else if (read_number(line, reply))
			continue;
		else if ((strcmp(line, "bare") == 0 || after(line, "fill") != NULL) && rows->count < 64)
			snprintf(rows->lines[rows->count++], sizeof rows->lines[0], "\n%.250s", line);
		else if ((value = after(line, "row")) != NULL && rows->count < 64)
			snprintf(rows->lines[rows->count++], sizeof rows->lines[0], "%.255s", value);
		else if ((value = after(line, "cursor")) != NULL)
			reply->cursor.length = strlen(value), memcpy(reply->cursor.bytes, value, strlen(value)), reply->has |= HAS_REPLY(CURSOR);
		else if ((value = after(line, "user")) != NULL)
			snprintf(reply->user, sizeof reply->user, "%.32s", value), reply->has |= HAS_REPLY(USER);
		else if ((value = after(line, "master")) != NULL)
			snprintf(reply->master, sizeof reply->master, "%.32s", value), reply->has |= HAS_REPLY(MASTER);
		else if ((value = after(line, "subject")) != NULL)
			snprintf(reply->subject, sizeof reply->subject, "%.256s", value), reply->has |= HAS_REPLY(SUBJECT);
		else if ((value = after(line, "token")) != NULL)
			memset(reply->token, atoi(value), sizeof reply->token), reply->has |= HAS_REPLY(TOKEN);
		else if ((value = after(line, "do")) != NULL)
			snprintf(deed, 32, "%.31s", value);
	}
	if (f != NULL)
		fclose(f);
}

static void misbehave(const char *deed)
{
	if (strcmp(deed, "crash") == 0)
		abort();
	if (strcmp(deed, "killed") == 0)
		raise(SIGKILL);
	if (strcmp(deed, "hang") == 0)
		sleep(30);
	if (strcmp(deed, "nothing") == 0)
		exit(0);
}

static int send_all(const unsigned char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t put = write(1, bytes, length);

		if (put <= 0)
			return 1;
		bytes += put;
		length -= (size_t)put;
	}
	return 0;
}

/* "fill N C" */
static void put_fill(struct frame_writer *items, const char *line)
{
	static char text[2048];
	unsigned length = 0;
	char with = '0';

	if (sscanf(line, "fill %u %c", &length, &with) != 2 || length >= sizeof text)
		return;
	memset(text, with, length);
	text[length] = '\0';
	frame_put_item(items, text);
}

static void put_row(struct frame_writer *w, const char *line)
{
	unsigned char bytes[4096];
	struct frame_writer items = {.data = bytes, .size = sizeof bytes};
	char text[256], *rest = text, *item;

	if (line[0] == '\n') {
		put_fill(&items, line + 1);
		(void)reply_entry(w, &items);
		return;
	}
	(void)strcpy(text, line);
	while ((item = strsep(&rest, "|")) != NULL)
		frame_put_item(&items, item);
	(void)reply_entry(w, &items);
}

int main(int argc, char **argv)
{
	static unsigned char frame[FRAME_REPLY_MAX];
	struct request request;
	struct reply reply = {.has = 0};
	struct frame_writer w;
	const char *wrong;
	static struct rows rows;
	static struct heard heard;
	char deed[32], path[512];
	size_t length, i;

	if (argc != 3 || (length = read_frame(frame)) == 0)
		return 1;
	wrong = request_decode(&request, frame, length);
	if (report(argv[2], &request, wrong) != 0)
		return 1;
	snprintf(path, sizeof path, "%s%s%.*s", argv[1], request.has & HAS(CURSOR) ? "." : "", (int)request.cursor.length,
	         (const char *)request.cursor.bytes);
	read_answer(path, &reply, &rows, deed);
	if (stream_of(request.operation) == STREAM_IN && strcmp(deed, "early") != 0) {
		hear_all(&heard, &request);
		report_heard(argv[2], &heard);
		length = strlen(path);
		snprintf(path + length, sizeof path - length, ".%.200s", heard.first);
		if (access(path, F_OK) == 0) {
			rows.count = 0;
			read_answer(path, &reply, &rows, deed);
		}
	}
	misbehave(deed);
	reply_begin(&w, frame, request.operation, request.id + (strcmp(deed, "other-id") == 0), &reply);
	for (i = 0; i < rows.count; i++)
		put_row(&w, rows.lines[i]);
	length = frame_finish(&w);
	if (strcmp(deed, "garbage") == 0)
		memset(frame, 'x', length);
	else if (strcmp(deed, "half") == 0)
		length /= 2;
	else if (strcmp(deed, "longer") == 0)
		frame[length++] = 0;
	return send_all(frame, length);
}
