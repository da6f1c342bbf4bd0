/* SPDX-License-Identifier: ISC */
/*
 * attack_race HOW TOKEN-FILE USER COUNT HELPER SOCKET WHO...: so many processes redeem one token at the same moment.
 *
 * They are, in turn, those of WHO (numbers of users; 0 is root), and reach the helper as HOW says: "child", "socket", or "both":
 * users by the socket, root in turn by the socket and by a child.  Shown are the codes, and how often each came.
 */
#include <grp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "authz.h"

static unsigned char token[AUTHZ_TOKEN_SIZE];
static const char *user;

static void redeem(const struct authz_client *client, uid_t uid, int start)
{
	const struct authz_session session = {.service = "door"};
	struct authz_identity who;
	struct authz_error error;
	char byte;
	enum authz_result result;

	if (uid != 0 && (setgroups(0, NULL) != 0 || setgid(uid) != 0 || setuid(uid) != 0))
		_exit(255);
	(void)!read(start, &byte, 1); /* until it is closed */
	result = authz_token_redeem(client, token, user, &session, &who, &error);
	_exit((int)result);
}

static void show(int count)
{
	unsigned seen[256] = {0};
	int i, status;

	for (i = 0; i < count; i++)
		if (wait(&status) > 0)
			seen[WIFEXITED(status) ? WEXITSTATUS(status) : 255]++;
	for (i = 0; i < 256; i++)
		if (seen[i] > 0)
			printf("%s %u\n", i == 255 ? "crashed" : authz_result_code((enum authz_result)i), seen[i]);
}

static bool read_token(const char *path)
{
	char text[128] = "";
	FILE *f = fopen(path, "re");

	if (f == NULL || fgets(text, sizeof text, f) == NULL)
		return false;
	fclose(f);
	text[strcspn(text, "\n")] = '\0';
	return authz_token_from_text(token, text) == 0;
}

int main(int argc, char **argv)
{
	struct authz_client client[2] = {{.socket = ""}, {.helper = "/nonexistent"}};
	int start[2], count, i, how;
	uid_t uid;

	if (argc < 8 || !read_token(argv[2]) || pipe(start) != 0)
		return 2;
	user = argv[3];
	count = atoi(argv[4]);
	client[0].helper = argv[5];
	client[1].socket = argv[6];
	client[0].timeout_ms = client[1].timeout_ms = 20000;
	for (i = 0; i < count; i++) {
		uid = (uid_t)strtoul(argv[7 + i % (argc - 7)], NULL, 10);
		how = strcmp(argv[1], "child") != 0 && (strcmp(argv[1], "socket") == 0 || uid != 0 || i / (argc - 7) % 2 == 1);
		if (fork() == 0) {
			close(start[1]);
			redeem(&client[how], uid, start[0]);
		}
	}
	close(start[0]);
	sleep(1);
	close(start[1]);
	show(count);
	return 0;
}
