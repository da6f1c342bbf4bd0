/* SPDX-License-Identifier: ISC */
/*
 * One request of mallory's, with anything in it.
 *
 *	attack_ask frame OPERATION [FIELD=VALUE]...      the frame to standard output
 *	attack_ask reply                                 what the reply on standard input says
 *	attack_ask socket PATH                           sends the frame on standard input there, and says what came back
 *	attack_ask child HELPER                          the same by a helper of its own, whose words and status are let be
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack_frame.h"
#include "wire/reply.h"

static int show(int from)
{
	static unsigned char reply[2 * FRAME_REPLY_MAX];
	char text[ATTACK_TEXT];
	size_t length = attack_read(from, reply, sizeof reply);

	puts(attack_says(text, reply, length));
	return 0;
}

static int ask(int fd)
{
	static unsigned char frame[ATTACK_FRAME_MAX];
	size_t length = attack_read(STDIN_FILENO, frame, sizeof frame);

	if (fd < 0) {
		puts("not connected");
		return 1;
	}
	attack_send(fd, frame, length);
	shutdown(fd, SHUT_WR);
	return show(fd);
}

int main(int argc, char **argv)
{
	static unsigned char frame[ATTACK_FRAME_MAX];
	size_t length;
	pid_t pid;

	if (argc > 2 && strcmp(argv[1], "frame") == 0) {
		length = attack_frame(frame, argv[2], argv + 3);
		return length > 0 && fwrite(frame, 1, length, stdout) == length && fflush(stdout) == 0 ? 0 : 2;
	}
	if (argc == 2 && strcmp(argv[1], "reply") == 0)
		return show(STDIN_FILENO);
	if (argc == 3 && strcmp(argv[1], "socket") == 0)
		return ask(attack_connect(argv[2]));
	if (argc == 3 && strcmp(argv[1], "child") == 0)
		return ask(attack_child(argv[2], &pid));
	fputs("usage: attack_ask frame|reply|socket|child ...\n", stderr);
	return 2;
}
