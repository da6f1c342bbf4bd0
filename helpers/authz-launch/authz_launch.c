/* SPDX-License-Identifier: ISC */
/* authz-launch(8): foreign programs, for the helper, as a user who owns nothing. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "client/runtime.h"
#include "config.h"
#include "door.h"
#include "drop.h"
#include "harden.h"
#include "listen.h"
#include "note.h"
#include "notify.h"
#include "status.h"

_Static_assert(DROP_WHY_SIZE == LISTEN_WHY_SIZE, "one text for both");

static const char usage[] = "usage: authz-launch --serve [--own SOCKET]\n"
	"It is started by systemd, or by root, and is asked by the helper: see authz-launch(8).\n";

struct start {
	struct launcher launcher;
	struct notify notify;
	struct listener listener;
	const char *path; /* of the socket */
};

static void is_ready(const void *start)
{
	const struct start *s = start;

	note(&s->launcher, LOG_INFO, "serving at %s", s->listener.path != NULL ? s->path : "the socket handed over");
	notify_say(&s->notify, "READY=1");
}

static bool make_listener(struct start *s, char why[LISTEN_WHY_SIZE])
{
	const struct listen_file file = {.mode = 0600, .owner = s->launcher.own ? LISTEN_MINE : s->launcher.client};

	if (s->listener.fd >= 0)
		return true;
	if (!s->launcher.own && geteuid() == 0)
		runtime_make(AUTHZ_RUNDIR, AUTHZ_STATEDIR, AUTHZ_HELPER);
	return listener_make(&s->listener, s->path, &file, why);
}

static int serve(struct start *s, bool own)
{
	char why[LISTEN_WHY_SIZE] = "";
	const bool adopted = listener_adopt(&s->listener, why);

	notify_init(&s->notify);
	if (!harden_process(HARDEN_SERVICE, s->listener.fd >= 0 ? (unsigned)s->listener.fd + 1 : STDERR_FILENO + 1))
		snprintf(why, sizeof why, "it cannot begin: %s", strerror(errno));
	else if (adopted && drop_look(&s->launcher, own, why) && make_listener(s, why) && drop_now(&s->launcher, why)) {
		if (door_keep(&s->launcher, s->listener.fd, is_ready, s)) {
			note(&s->launcher, LOG_INFO, "it has ended");
			listener_unlink(&s->listener);
			return STATUS_DONE;
		}
		snprintf(why, sizeof why, "it cannot serve: %s", errno == ECANCELED ? "a program has lowered its limits" : strerror(errno));
	}
	note(&s->launcher, LOG_ERR, "%s", why);
	return STATUS_UNREACHABLE;
}

int main(int argc, char **argv)
{
	static struct start start;
	const bool own = argc == 4 && strcmp(argv[2], "--own") == 0 && argv[3][0] == '/';

	if (argc < 2 || strcmp(argv[1], "--serve") != 0 || (argc != 2 && !own)) {
		(void)!write(STDERR_FILENO, usage, sizeof usage - 1);
		return STATUS_USAGE;
	}
	start.path = own ? argv[3] : AUTHZ_LAUNCH_SOCKET;
	return serve(&start, own);
}
