/* SPDX-License-Identifier: ISC */
/*
 * attack_fuzz child|socket PATH SEED ROUNDS FRAME...: requests that are none, made from the frames in these files.
 *
 * Whatever comes back is nothing, or a whole reply; a helper of one's own never ends by a signal.  One round in four sends
 * bytes of no sense at all.  Status 1 with the bytes of the first request of which that is not so; else how often each
 * code came.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack_frame.h"
#include "wire/reply.h"

#define CODES 40

static struct {
	char code[32];
	unsigned times;
} seen[CODES];

static void count(const char *text)
{
	size_t i, length = strcmp(text, "no answer") == 0 ? strlen(text) : strcspn(text, " ");

	for (i = 0; i < CODES - 1 && seen[i].times > 0; i++)
		if (strlen(seen[i].code) == length && strncmp(seen[i].code, text, length) == 0)
			break;
	snprintf(seen[i].code, sizeof seen[i].code, "%.*s", (int)length, text);
	seen[i].times++;
}

static void put16(unsigned char *at, unsigned value)
{
	at[0] = (unsigned char)(value >> 8);
	at[1] = (unsigned char)value;
}

/* A place where a field begins. */
static size_t field_at(const unsigned char *f, size_t length)
{
	size_t at = FRAME_HEADER, next, skip = (size_t)random() % 4;

	for (; at + 4 < length; at = next) {
		next = at + 4 + (size_t)(f[at + 2] << 8 | f[at + 3]);
		if (skip-- == 0 || next + 4 >= length)
			break;
	}
	return at;
}

static unsigned odd_length(unsigned now)
{
	const unsigned odd[] = {0, 1, now - 1, now + 1, 31, 32, 33, 34, 48, 49, 63, 64, 65, 255, 256, 257, 4075, 4096, 65535};

	return odd[(size_t)random() % (sizeof odd / sizeof odd[0])];
}

/* One mistake, anywhere. */
static size_t spoil(unsigned char *f, size_t length)
{
	size_t at = field_at(f, length);
	unsigned value;

	switch (random() % 8) {
	case 0: /* a bit */
		f[(size_t)random() % length] ^= (unsigned char)(1 << random() % 8);
		return length;
	case 1: /* cut */
		return (size_t)random() % length;
	case 2: /* the length of the body */
		value = odd_length((unsigned)length - FRAME_HEADER);
		put16(f + 16, random() % 8 == 0 ? 0xffff : 0);
		put16(f + 18, value);
		return length;
	case 3: /* the length of a field, with the body as long as it was */
		if (at + 4 <= length)
			put16(f + at + 2, odd_length((unsigned)(f[at + 2] << 8 | f[at + 3])));
		return length;
	case 4: /* the operation */
		put16(f + 6, (unsigned)(random() % 2 == 0 ? random() % 64 : random()));
		return length;
	case 5: /* the tag of a field */
		if (at + 4 <= length)
			put16(f + at, (unsigned)(random() % 64));
		return length;
	case 6: /* bytes behind */
		memset(f + length, (int)random(), 100);
		return length + (size_t)random() % 100;
	default: /* a field that grows, the body with it */
		value = (unsigned)random() % 64;
		memmove(f + at + value, f + at, length - at);
		put16(f + 18, (unsigned)length - FRAME_HEADER + value);
		return length + value;
	}
}

static size_t nonsense(unsigned char *f)
{
	size_t length = (size_t)random() % 6000, i;

	for (i = 0; i < length; i++)
		f[i] = (unsigned char)random();
	return length;
}

static bool is_well(bool child, const char *path, const unsigned char *f, size_t length)
{
	static unsigned char reply[2 * FRAME_REPLY_MAX];
	const struct timeval wait = {.tv_sec = 6};
	char text[ATTACK_TEXT] = "not connected";
	int status = 0;
	pid_t pid = 0;
	int fd = child ? attack_child(path, &pid) : attack_connect(path);

	if (fd >= 0) {
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
		attack_send(fd, f, length);
		shutdown(fd, SHUT_WR);
		attack_says(text, reply, attack_read(fd, reply, sizeof reply));
		close(fd);
	}
	if (pid > 0)
		waitpid(pid, &status, 0);
	count(text);
	return fd >= 0 && strcmp(text, "garbage") != 0 && !WIFSIGNALED(status);
}

static bool read_frame(const char *path, unsigned char *f, size_t *length)
{
	FILE *file = fopen(path, "re");

	if (file == NULL)
		return false;
	*length = fread(f, 1, FRAME_REQUEST_MAX, file);
	fclose(file);
	return *length > FRAME_HEADER;
}

int main(int argc, char **argv)
{
	static unsigned char f[ATTACK_FRAME_MAX];
	size_t length = 0, i;
	long round;

	if (argc < 6)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	srandom((unsigned)atoi(argv[3]));
	for (round = 0; round < atol(argv[4]); round++) {
		if (round % 4 == 0)
			length = nonsense(f);
		else if (read_frame(argv[5 + random() % (argc - 5)], f, &length))
			length = spoil(f, length);
		else
			return 2;
		if (!is_well(strcmp(argv[1], "child") == 0, argv[2], f, length)) {
			printf("round %ld of seed %s: ", round, argv[3]);
			for (i = 0; i < length; i++)
				printf("%02x", f[i]);
			puts("");
			return 1;
		}
	}
	for (i = 0; i < CODES && seen[i].times > 0; i++)
		printf("%s %u\n", seen[i].code, seen[i].times);
	return 0;
}
