/* SPDX-License-Identifier: ISC */
/*
 * set_to [become] USER: a daemon of root's with three threads that becomes a user, by the token on standard input, or
 * ("become") by itself.  Prints the code of the result, "done", "not" or "half", and what each thread is then.
 */
#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "authz.h"
#include "become/become.h"

static void *wait_for_ever(void *nothing)
{
	(void)nothing;
	for (;;)
		pause();
	return NULL;
}

/* "Uid: 1 1 1 1; Gid: …; Groups: …; CapEff: …" of a thread */
static void show(const char *thread)
{
	char path[64], line[4096];
	FILE *f;

	snprintf(path, sizeof path, "/proc/self/task/%.16s/status", thread);
	f = fopen(path, "re");
	while (f != NULL && fgets(line, sizeof line, f) != NULL) {
		line[strcspn(line, "\n")] = ';';
		for (char *at = line; *at != '\0'; at++)
			if (*at == '\t')
				*at = ' ';
		if (strncmp(line, "Uid:", 4) == 0 || strncmp(line, "Gid:", 4) == 0 || strncmp(line, "Groups:", 7) == 0 ||
		    strncmp(line, "CapEff:", 7) == 0 || strncmp(line, "CapPrm:", 7) == 0)
			fputs(line, stdout);
	}
	puts("");
	if (f != NULL)
		fclose(f);
}

static void show_all(void)
{
	DIR *threads = opendir("/proc/self/task");
	const struct dirent *entry;

	while (threads != NULL && (entry = readdir(threads)) != NULL)
		if (entry->d_name[0] != '.')
			show(entry->d_name);
	if (threads != NULL)
		closedir(threads);
}

static const char *become_only(const char *user)
{
	static const char *const words[] = {[BECOME_DONE] = "done", [BECOME_NOT] = "not", [BECOME_HALF] = "half"};
	struct authz_error error;
	struct become b;
	const enum authz_result result = become_look_up(&b, user, &error);
	const char *word = result != AUTHZ_OK ? authz_result_code(result)
	                   : !become_possible() ? "impossible" : words[become_user(&b)];

	become_free(&b);
	return word;
}

static const char *by_token(const char *user)
{
	const struct authz_session session = {.service = "set_to"};
	unsigned char token[AUTHZ_TOKEN_SIZE];
	struct authz_identity identity;
	struct authz_error error;
	char line[128] = "";
	enum authz_result result;

	if (fgets(line, sizeof line, stdin) == NULL)
		return "no token";
	line[strcspn(line, "\n")] = '\0';
	if (authz_token_from_text(token, line) != 0)
		return "no token";
	result = authz_set_to_token(NULL, token, user, &session, &identity, &error);
	if ((result == AUTHZ_OK) != (identity.uid != (uid_t)-1))
		return "an identity without OK, or OK without one";
	return authz_result_code(result);
}

int main(int argc, char **argv)
{
	pthread_t thread;

	for (int i = 0; i < 2; i++)
		if (pthread_create(&thread, NULL, wait_for_ever, NULL) != 0)
			return 2;
	if (argc == 3 && strcmp(argv[1], "become") == 0)
		puts(become_only(argv[2]));
	else if (argc == 2)
		puts(by_token(argv[1]));
	else
		return 2;
	show_all();
	return 0;
}
