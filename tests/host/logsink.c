/* SPDX-License-Identifier: ISC */
/*
 * logsink SOCKET FILE: be the system log.
 *
 * Binds the datagram socket (/dev/log), prints the number of the process that stays behind, and appends one line for each
 * datagram to FILE until it is ended.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static int fail(const char *what)
{
	perror(what);
	return 1;
}

/* One write for each line, so that whoever reads the file never sees half of one. */
static void serve(int from, int to)
{
	char line[65537];
	ssize_t length;

	for (;;) {
		length = recv(from, line, sizeof line - 1, 0);
		if (length < 0)
			continue;
		for (ssize_t i = 0; i < length; i++)
			if (line[i] == '\n' || line[i] == '\0')
				line[i] = ' ';
		line[length++] = '\n';
		if (write(to, line, (size_t)length) != length)
			_exit(1);
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int from, to, null;
	pid_t child;

	if (argc != 3 || strlen(argv[1]) >= sizeof address.sun_path) {
		fprintf(stderr, "usage: logsink SOCKET FILE\n");
		return 2;
	}
	strcpy(address.sun_path, argv[1]);
	to = open(argv[2], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (to < 0)
		return fail(argv[2]);
	from = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	unlink(argv[1]);
	if (from < 0 || bind(from, (struct sockaddr *)&address, sizeof address) != 0 || chmod(argv[1], 0666) != 0)
		return fail(argv[1]);
	child = fork();
	if (child < 0)
		return fail("fork");
	if (child > 0) {
		printf("%ld\n", (long)child);
		return fflush(stdout) == 0 ? 0 : 1;
	}
	setsid();
	null = open("/dev/null", O_RDWR);
	for (int i = 0; i < 3; i++)
		dup2(null, i);
	serve(from, to);
}
