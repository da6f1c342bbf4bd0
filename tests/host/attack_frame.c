/* SPDX-License-Identifier: ISC */
#include "attack_frame.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "authz.h"
#include "wire/reply.h"

enum kind { STRING, BYTES, NUMBER, BLOB };

static const struct {
	const char *name;
	uint16_t tag;
	enum kind kind;
} fields_known[] = {
#define F(name, tag, kind, member) {#name, tag, kind},
	REQUEST_FIELDS(F)
#undef F
};

static const struct {
	const char *name;
	uint16_t number;
} operations_known[] = {
#define O(name, number, required, optional) {#name, number},
	OPERATIONS(O)
#undef O
};

static size_t unescape(unsigned char *to, size_t size, const char *from)
{
	size_t used = 0;
	unsigned byte;

	while (*from != '\0' && used < size) {
		if (from[0] == '\\' && from[1] == 'x' && sscanf(from + 2, "%2x", &byte) == 1) {
			to[used++] = (unsigned char)byte;
			from += 4;
		} else {
			to[used++] = (unsigned char)*from++;
		}
	}
	return used;
}

static size_t token_bytes(unsigned char *to, size_t size, const char *value)
{
	char text[128] = "";
	size_t used = 0;
	unsigned byte;
	FILE *f;

	if (value[0] != '@') {
		while (used < size && sscanf(value + 2 * used, "%2x", &byte) == 1)
			to[used++] = (unsigned char)byte;
		return used;
	}
	f = fopen(value + 1, "re");
	if (f == NULL)
		return 0;
	if (fgets(text, sizeof text, f) != NULL)
		text[strcspn(text, "\n")] = '\0';
	fclose(f);
	return authz_token_from_text(to, text) == 0 ? AUTHZ_TOKEN_SIZE : 0;
}

static bool put_field(struct frame_writer *w, const char *field)
{
	static unsigned char bytes[ATTACK_FRAME_MAX];
	const size_t name = strcspn(field, "=");
	size_t i, length;

	for (i = 0; i < sizeof fields_known / sizeof fields_known[0]; i++)
		if (strlen(fields_known[i].name) == name && strncmp(fields_known[i].name, field, name) == 0 && field[name] == '=') {
			if (fields_known[i].kind == NUMBER) {
				frame_put_number(w, fields_known[i].tag, strtoll(field + name + 1, NULL, 0));
				return true;
			}
			length = fields_known[i].kind == BYTES ? token_bytes(bytes, sizeof bytes, field + name + 1)
			                                       : unescape(bytes, sizeof bytes, field + name + 1);
			frame_put(w, fields_known[i].tag, bytes, length);
			return true;
		}
	return false;
}

size_t attack_frame(unsigned char frame[ATTACK_FRAME_MAX], const char *operation, char *const *fields)
{
	uint16_t number = (uint16_t)strtoul(operation, NULL, 0);
	struct frame_writer w;
	size_t i;

	for (i = 0; i < sizeof operations_known / sizeof operations_known[0]; i++)
		if (strcmp(operations_known[i].name, operation) == 0)
			number = operations_known[i].number;
	frame_begin(&w, frame, ATTACK_FRAME_MAX, FRAME_REQUEST_MAGIC, number, UINT64_C(0x6d616c6c6f727921));
	for (; *fields != NULL; fields++)
		if (!put_field(&w, *fields))
			return 0;
	return frame_finish(&w);
}

bool attack_send(int fd, const unsigned char *bytes, size_t length)
{
	ssize_t put;

	for (; length > 0; bytes += put, length -= (size_t)put) {
		put = send(fd, bytes, length, MSG_NOSIGNAL);
		if (put < 0 && errno == ENOTSOCK)
			put = write(fd, bytes, length);
		if (put <= 0)
			return false;
	}
	return true;
}

size_t attack_read(int fd, unsigned char *bytes, size_t size)
{
	size_t used = 0;
	ssize_t got;

	while (used < size) {
		got = read(fd, bytes + used, size - used);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		used += (size_t)got;
	}
	return used;
}

int attack_connect(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || strlen(path) >= sizeof address.sun_path)
		return -1;
	memcpy(address.sun_path, path, strlen(path) + 1);
	if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
		return fd;
	close(fd);
	return -1;
}

int attack_child(const char *helper, pid_t *pid)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
		return -1;
	*pid = fork();
	if (*pid == 0) {
		dup2(ends[1], STDIN_FILENO);
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		execl(helper, "authz-helper", (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	return ends[0];
}

const char *attack_says(char *text, const unsigned char *reply, size_t length)
{
	struct frame_header h;
	struct frame_reader row;
	struct reply r;
	unsigned rows = 0;
	char *at;

	if (length == 0)
		return strcpy(text, "no answer");
	if (length < FRAME_HEADER)
		return strcpy(text, "garbage");
	frame_read_header(&h, reply);
	if (reply_decode(&r, reply, length, h.operation, h.id) != NULL)
		return strcpy(text, "garbage");
	while (reply_next_entry(&r, &row))
		rows++;
	at = text + snprintf(text, ATTACK_TEXT, "%s %s", authz_result_code(r.result), r.subject);
	if (rows > 0)
		snprintf(at, (size_t)(text + ATTACK_TEXT - at), "%u rows", rows);
	for (at = text; *at != '\0'; at++)
		if (*at < ' ' || *at > '~')
			*at = '?';
	return text;
}
