/* SPDX-License-Identifier: ISC */
/*
 * attack_hold silent|half|deaf|descriptors SOCKET COUNT SECONDS <FRAME: so many connections, kept that long.
 *
 * "half" sends all but the last byte of the frame, "deaf" the whole of it and never reads, "descriptors" passes 200
 * descriptors along with it.  Says "there" when all are; a connection that is closed meanwhile is made anew.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "attack_frame.h"

#define PASSED 200

static unsigned char frame[ATTACK_FRAME_MAX];
static size_t length;

static void pass_descriptors(int fd)
{
	union {
		struct cmsghdr header;
		unsigned char bytes[CMSG_SPACE(PASSED * sizeof(int))];
	} control;
	struct iovec some = {.iov_base = frame, .iov_len = length};
	struct msghdr message = {.msg_iov = &some, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
	int i, passed[PASSED], null = open("/dev/null", O_RDONLY);

	memset(&control, 0, sizeof control);
	for (i = 0; i < PASSED; i++)
		passed[i] = null;
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof passed);
	memcpy(CMSG_DATA(&control.header), passed, sizeof passed);
	(void)sendmsg(fd, &message, MSG_NOSIGNAL);
	close(null);
}

static int one(const char *how, const char *path)
{
	const int little = 1;
	int fd = attack_connect(path);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
	if (strcmp(how, "half") == 0)
		attack_send(fd, frame, length - 1);
	else if (strcmp(how, "deaf") == 0)
		attack_send(fd, frame, length);
	else if (strcmp(how, "descriptors") == 0)
		pass_descriptors(fd);
	return fd;
}

static void keep(struct pollfd *on, nfds_t count, const char *how, const char *path)
{
	nfds_t i;

	(void)poll(on, count, 50);
	for (i = 0; i < count; i++)
		if (on[i].fd < 0 || (on[i].revents & (POLLHUP | POLLERR)) != 0) {
			if (on[i].fd >= 0)
				close(on[i].fd);
			on[i].fd = one(how, path);
		}
}

int main(int argc, char **argv)
{
	static struct pollfd on[4096];
	const struct rlimit many = {4096, 4096};
	nfds_t count = argc == 5 ? strtoul(argv[3], NULL, 10) : 0, i;
	time_t end;

	if (count == 0 || count > 4000)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	(void)setrlimit(RLIMIT_NOFILE, &many);
	length = attack_read(STDIN_FILENO, frame, sizeof frame);
	for (i = 0; i < count; i++)
		on[i] = (struct pollfd){.fd = one(argv[1], argv[2])};
	puts("there");
	fflush(stdout);
	for (end = time(NULL) + atol(argv[4]); time(NULL) < end;)
		keep(on, count, argv[1], argv[2]);
	return 0;
}
