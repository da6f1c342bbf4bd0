/* SPDX-License-Identifier: ISC */
/*
 * A helper for the host ring, installed in place of the real one.  Like that it lets go of whoever started it, who from
 * then on may not end it.  What it does is the word in the file PATH.mode:
 *
 *	hang      reads nothing and never answers; ends by itself after a minute, so that nothing stays if a test fails
 *	wait      the same, but reads the request first
 *	crash     ends by a signal
 *	garbage   answers what is no reply
 */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void read_mode(char *mode, size_t size)
{
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof path - sizeof ".mode");
	FILE *f;

	mode[0] = '\0';
	if (length < 0)
		return;
	strcpy(path + length, ".mode");
	f = fopen(path, "re");
	if (f == NULL)
		return;
	if (fgets(mode, (int)size, f) != NULL)
		mode[strcspn(mode, "\n")] = '\0';
	fclose(f);
}

static void hang(void)
{
	alarm(60);
	for (;;)
		pause();
}

static void read_request(void)
{
	char bytes[4096];

	while (read(STDIN_FILENO, bytes, sizeof bytes) > 0)
		;
}

int main(void)
{
	const struct rlimit none = {0, 0};
	char mode[32];

	if (setresuid(geteuid(), geteuid(), geteuid()) != 0)
		return 2;
	read_mode(mode, sizeof mode);
	if (strcmp(mode, "hang") == 0)
		hang();
	read_request();
	if (strcmp(mode, "wait") == 0)
		hang();
	setrlimit(RLIMIT_CORE, &none);
	if (strcmp(mode, "crash") == 0)
		raise(SIGSEGV);
	return puts("Segmentation fault, or something else that is no reply of the protocol") < 0;
}
