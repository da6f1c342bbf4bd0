/* SPDX-License-Identifier: ISC */
/*
 * visible WAY TIMES CABINET USER: the user is added to the cabinet so often, and taken away again.  Prints for each time
 * "add", "seen" and "take away" with its microseconds: until the reply, and until another process, which has looked at the
 * user's groups before and goes on, has found the group there by a look-up that began after the reply.  A look-up that does
 * not find it, or finds it when it is taken away, ends all this.
 *
 * WAY: child | socket (by libauthz_core) | authzctl | gpasswd | usermod (whole processes; the last two change /etc/group).
 *
 * visible others FILE CABINET USER: the same by child until the file is gone, without a look; prints how many changes
 * there were, the longest's microseconds, and how many were refused.
 */
#include <fcntl.h>
#include <grp.h>
#include <nss.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "authz.h"
#include "config.h"
#include "worker.h"

#define GIDS 1024

extern char **environ;

struct way {
	const char *name, *service;
	struct authz_client reach;
	const char *add[6], *take[6]; /* of a program: CABINET, GROUP and USER stand for names */
};

/* What is measured by socket names a helper that is not there, so that nothing is done by child instead. */
static const struct way ways[] = {
	{.name = "child", .service = "cabinet", .reach = {.socket = "", .timeout_ms = 60000}},
	{.name = "socket", .service = "cabinet", .reach = {.helper = "/nonexistent", .timeout_ms = 60000}},
	{.name = "authzctl", .service = "cabinet", .add = {"authzctl", "cabinet", "add-member", "CABINET", "USER"},
	 .take = {"authzctl", "cabinet", "remove-member", "CABINET", "USER"}},
	{.name = "gpasswd", .service = "files", .add = {"gpasswd", "-a", "USER", "GROUP"},
	 .take = {"gpasswd", "-d", "USER", "GROUP"}},
	{.name = "usermod", .service = "files", .add = {"usermod", "-a", "-G", "GROUP", "USER"},
	 .take = {"gpasswd", "-d", "USER", "GROUP"}},
};

struct change {
	const struct way *way;
	const char *cabinet, *user;
	char group[64];
	gid_t gid;
	enum authz_result result; /* of the last */
};

/* ---- the other process */

static bool is_in(const struct change *c)
{
	gid_t gids[GIDS];
	int count = GIDS, i;

	if (getgrouplist(c->user, 0, gids, &count) < 0)
		return false;
	for (i = 0; i < count; i++)
		if (gids[i] == c->gid)
			return true;
	return false;
}

static int watch(const struct change *c, int in, int out)
{
	char byte;

	while (worker_read(in, &byte, 1)) {
		byte = (char)is_in(c);
		if (!worker_write(out, &byte, 1))
			break;
	}
	return 0;
}

/* ---- changes */

static bool run_program(const struct change *c, const char *const words[6])
{
	char *argv[7] = {NULL};
	posix_spawn_file_actions_t actions;
	int i, status;
	pid_t pid;

	for (i = 0; i < 6 && words[i] != NULL; i++) {
		const char *word = strcmp(words[i], "CABINET") == 0 ? c->cabinet : strcmp(words[i], "GROUP") == 0 ? c->group :
		                   strcmp(words[i], "USER") == 0 ? c->user : words[i];

		memcpy(&argv[i], &word, sizeof word);
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	i = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return i == 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static bool run(struct change *c, bool add)
{
	const struct authz_cabinet_member member = {.cabinet = c->cabinet, .member = c->user, .profile = AUTHZ_PROFILE_SHARED};
	struct authz_error error = {.subject = ""};
	char text[160];

	if (c->way->add[0] != NULL)
		return run_program(c, add ? c->way->add : c->way->take);
	c->result = add ? authz_cabinet_add(&c->way->reach, NULL, &member, NULL, &error) :
	                  authz_cabinet_remove(&c->way->reach, NULL, c->cabinet, c->user, &error);
	if (c->result == AUTHZ_OK)
		return true;
	authz_result_text(c->result, &error, text, sizeof text);
	fprintf(stderr, "bench: visible: %s: %s: %s\n", c->way->name, authz_result_code(c->result), text);
	return false;
}

/* Must the other process see the user there, or not?  "to" and "from" are pipes. */
static bool seen(const struct change *c, int to, int from, bool there)
{
	char byte = 0;

	if (!worker_write(to, "", 1) || !worker_read(from, &byte, 1))
		return false;
	if ((byte != 0) != there)
		fprintf(stderr, "bench: visible: %s: %s, and it is %s\n", c->way->name, there ? "added" : "taken away", there ? "not there" : "there");
	return (byte != 0) == there;
}

static bool once(struct change *c, int to, int from)
{
	const double start = worker_now();
	double added, found;

	if (!run(c, true))
		return false;
	added = worker_now();
	if (!seen(c, to, from, true))
		return false;
	found = worker_now();
	printf("add\t%.0f\nseen\t%.0f\n", added - start, found - start);
	if (!run(c, false))
		return false;
	printf("take away\t%.0f\n", worker_now() - found);
	return seen(c, to, from, false);
}

/* ---- the two uses */

static int measure(struct change *c, int times)
{
	int to[2], from[2];
	pid_t pid;
	bool good;

	if (pipe(to) != 0 || pipe(from) != 0 || (pid = fork()) < 0)
		return 1;
	if (pid == 0) {
		close(to[1]);
		close(from[0]);
		_exit(watch(c, to[0], from[1]));
	}
	close(to[0]);
	close(from[1]);
	good = seen(c, to[1], from[0], false);
	for (; good && times > 0; times--)
		good = once(c, to[1], from[0]);
	close(to[1]);
	waitpid(pid, NULL, 0);
	return !good;
}

static int others(struct change *c, const char *file)
{
	unsigned long changes = 0, refused = 0;
	double longest = 0, start, took;
	bool add = true;

	for (; access(file, F_OK) == 0; changes++) {
		start = worker_now();
		if (run(c, add))
			add = !add;
		else
			refused++;
		took = worker_now() - start;
		longest = took > longest ? took : longest;
	}
	printf("%lu\t%.0f\t%lu\n", changes, longest, refused);
	return add || run(c, false) ? 0 : 1;
}

int main(int argc, char **argv)
{
	struct change c = {.way = NULL};
	const struct group *g;
	size_t i;

	if (argc != 5) {
		fprintf(stderr, "usage: visible WAY TIMES CABINET USER | visible others FILE CABINET USER\n");
		return 2;
	}
	for (i = 0; i < sizeof ways / sizeof ways[0]; i++)
		if (strcmp(argv[1], strcmp(argv[1], "others") == 0 ? "others" : ways[i].name) == 0 && c.way == NULL)
			c.way = &ways[i];
	if (c.way == NULL)
		return 2;
	c.cabinet = argv[3];
	c.user = argv[4];
	snprintf(c.group, sizeof c.group, "%s%s", AUTHZ_GROUP_PREFIX, c.cabinet);
	/* also makes the process, and the other one after it, have the view mapped */
	if (__nss_configure_lookup("group", c.way->service) != 0 || (g = getgrnam(c.group)) == NULL)
		return 1;
	c.gid = g->gr_gid;
	return strcmp(argv[1], "others") == 0 ? others(&c, argv[2]) : measure(&c, atoi(argv[2]));
}
