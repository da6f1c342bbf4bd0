/* SPDX-License-Identifier: ISC */
/*
 * A helper for the host ring, installed in place of the real one.  Like that it lets go of whoever started it, who from
 * then on may not end it.  What it does is the word in the file PATH.mode:
 *
 *	hang      reads nothing and never answers; ends by itself after a minute, so that nothing stays if a test fails
 *	wait      the same, but reads the request first
 *	crash     ends by a signal
 *	garbage   answers what is no reply
 *	witness   leaves a line in the file PATH.started, and crashes
 *
 * faulty_helper SOCKET MODE: the same as a service, with a process for each connection.  It prints a line when it listens.
 */
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define CONNECTIONS 64

/* PATH with "suffix" behind it; false: that is too long. */
static bool beside(char path[PATH_MAX], const char *suffix)
{
	ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 16);

	if (length < 0)
		return false;
	strcpy(path + length, suffix);
	return true;
}

static void read_mode(char *mode, size_t size)
{
	char path[PATH_MAX];
	FILE *f;

	mode[0] = '\0';
	f = beside(path, ".mode") ? fopen(path, "re") : NULL;
	if (f == NULL)
		return;
	if (fgets(mode, (int)size, f) != NULL)
		mode[strcspn(mode, "\n")] = '\0';
	fclose(f);
}

static void bear_witness(void)
{
	char path[PATH_MAX];
	FILE *f = beside(path, ".started") ? fopen(path, "ae") : NULL;

	if (f == NULL)
		return;
	fprintf(f, "started by %ld\n", (long)getppid());
	fclose(f);
}

static void hang(void)
{
	alarm(60);
	for (;;)
		pause();
}

/* A service's client keeps its end open; its request is one segment. */
static void read_request(bool to_its_end)
{
	char bytes[4096];

	while (read(STDIN_FILENO, bytes, sizeof bytes) > 0 && to_its_end)
		;
}

static int misbehave(const char *mode, bool child)
{
	const struct rlimit none = {0, 0};

	if (strcmp(mode, "hang") == 0)
		hang();
	if (strcmp(mode, "witness") == 0)
		bear_witness();
	read_request(child);
	if (strcmp(mode, "wait") == 0)
		hang();
	setrlimit(RLIMIT_CORE, &none);
	if (strcmp(mode, "garbage") != 0)
		raise(SIGSEGV);
	return puts("Segmentation fault, or something else that is no reply of the protocol") < 0;
}

static int listen_at(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	unlink(path);
	umask(0);
	return fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, CONNECTIONS) == 0 ? fd : -1;
}

static int serve(const char *path, const char *mode)
{
	int listener = listen_at(path), peer;

	if (listener < 0 || puts("listening") < 0 || fflush(stdout) != 0 || signal(SIGCHLD, SIG_IGN) == SIG_ERR)
		return 2;
	while ((peer = accept(listener, NULL, NULL)) >= 0) {
		if (fork() == 0) {
			if (dup2(peer, STDIN_FILENO) < 0 || dup2(peer, STDOUT_FILENO) < 0)
				return 2;
			close(peer);
			close(listener);
			return misbehave(mode, false);
		}
		close(peer);
	}
	return 2;
}

int main(int argc, char **argv)
{
	char mode[32];

	if (argc == 3)
		return serve(argv[1], argv[2]);
	if (setresuid(geteuid(), geteuid(), geteuid()) != 0)
		return 2;
	read_mode(mode, sizeof mode);
	return misbehave(mode, true);
}
