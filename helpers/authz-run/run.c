/* SPDX-License-Identifier: ISC */
/*
 * authz-run(1): a command as the user of a profile token.
 *
 * MUST 1: the token is in no argument and no environment, and no copy of it is left when the command starts.
 * MUST 2: whoever has no token that is good learns nothing but that.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "become/become.h"
#include "command_line.h"
#include "environment.h"
#include "guard.h"
#include "keeper.h"
#include "run_limits.h"
#include "privileged.h"
#include "relay.h"
#include "say.h"
#include "secret.h"
#include "terminal.h"

struct run {
	struct command_line line;
	struct environment environment;
	struct limits limits;
	struct terminal terminal;
	struct become account;
	struct conversation conversation;
	struct visit visit;
	int folder;
};

static const char *callers_terminal(const struct run *r)
{
	return r->terminal.name[0] == '\0' ? NULL : r->terminal.name;
}

/* The token's text for PAM, and whose it is.  0, or what the program ends with. */
static int ask_whose(struct run *r, const unsigned char *token)
{
	struct authz_identity identity;
	struct authz_error error;
	enum authz_result result = privileged_whose(token, callers_terminal(r), &identity, &error);

	if (result == AUTHZ_OK)
		result = become_look_up(&r->account, identity.user, &error);
	if (result == AUTHZ_OK && r->account.uid != identity.uid)
		result = AUTHZ_TOKEN_OTHER_USER;
	if (result != AUTHZ_OK)
		return say_result(result, &error);
	authz_token_to_text(token, r->conversation.text);
	return 0;
}

static int read_token(struct run *r)
{
	unsigned char token[AUTHZ_TOKEN_SIZE];
	int status = RUN_USAGE;

	switch (secret_read_token(r->line.token_fd, token)) {
	case SECRET_OK:
		status = ask_whose(r, token);
		break;
	case SECRET_WRONG:
		status = say(RUN_REFUSED, "what was read from descriptor %d is no token", r->line.token_fd);
		break;
	default:
		status = say(RUN_USAGE, "descriptor %d: %s", r->line.token_fd, strerror(errno));
	}
	explicit_bzero(token, sizeof token);
	if (r->line.token_fd > 2)
		close(r->line.token_fd);
	return status;
}

static bool complete_environment(struct run *r)
{
	char **list = pam_getenvlist(r->visit.pamh);
	const struct become *a = &r->account;
	const bool done = environment_add(&r->environment, list) &&
	                  environment_identity(&r->environment, a->user, a->home, a->shell[0] == '\0' ? "/bin/sh" : a->shell);

	for (char **at = list; at != NULL && *at != NULL; at++)
		free(*at);
	free(list);
	return done;
}

/* The command, in a session that is open.  Its wait status, or -1 with *status. */
static int run_command(struct run *r, const sigset_t *held, int *status)
{
	struct keeper k = {.account = &r->account, .terminal = &r->terminal, .login = r->line.login,
	                   .command = r->line.command};
	struct terminal *t = &r->terminal;
	int wait_status, life[2];
	pid_t keeper;

	if (!complete_environment(r))
		*status = say(RUN_INTERNAL, "out of memory");
	else if (t->callers >= 0 && (!terminal_make(t) || !privileged_give_terminal(t->slave, r->account.uid)))
		*status = say(RUN_INTERNAL, "no terminal could be made for the command: %s", strerror(errno));
	else if (pipe2(life, O_CLOEXEC) != 0)
		*status = say(RUN_INTERNAL, "no pipe could be made: %s", strerror(errno));
	if (*status != 0)
		return -1;
	k.life = life[0];
	k.environment = r->environment.list;
	if (r->folder >= 0)
		(void)!fchdir(r->folder);
	keeper = privileged_start(&r->visit, &r->account, &r->limits, keeper_run, &k);
	if (keeper < 0)
		*status = say(RUN_INTERNAL, "no process could be started: %s", strerror(errno));
	(void)!chdir("/");
	close(life[0]);
	if (t->slave >= 0)
		close(t->slave);
	wait_status = keeper < 0 ? -1 : relay(t, keeper, held);
	close(life[1]);
	if (keeper >= 0 && wait_status < 0)
		*status = say(RUN_INTERNAL, "the command was lost sight of");
	return wait_status;
}

/* From the token to the command's end; ends the process as that ended. */
static int run(struct run *r)
{
	const char *low = privileged_limits(&r->limits);
	int status, wait_status = -1;
	sigset_t held;

	if (low != NULL)
		return say(RUN_OUT_OF_REACH, "the caller's limit of the %s is too low", low);
	terminal_look(&r->terminal);
	status = read_token(r);
	if (status != 0)
		return status;
	guard_hold(&held); /* a session that is opened is closed */
	status = privileged_open(&r->visit, &r->account, &r->conversation, callers_terminal(r));
	if (status == 0)
		wait_status = run_command(r, &held, &status);
	privileged_close(&r->visit);
	if (wait_status >= 0)
		keeper_end_like(wait_status);
	return status;
}

static int text(const char *what)
{
	return fputs(what, stdout) < 0 || fflush(stdout) != 0 ? RUN_INTERNAL : 0;
}

int main(int argc, char **argv)
{
	struct run r = {.folder = -1};
	const char *why, *wrong, *subject;
	char **environment = environ;
	int status;

	if (!guard_begin())
		_exit(RUN_INTERNAL);
	why = privileged_begin();
	wrong = command_line_parse(&r.line, argc, argv, &subject);
	if (wrong != NULL)
		return say(RUN_USAGE, "%s%s%s", wrong, *subject == '\0' ? "" : ": ", subject);
	if (r.line.help)
		return text(command_line_help);
	if (r.line.version)
		return text("authz-run (authz) " PACKAGE_VERSION "\n");
	if (why != NULL)
		return say(RUN_OUT_OF_REACH, "%s", why);
	if (!environment_begin(&r.environment, environment, r.line.preserve))
		return say(RUN_INTERNAL, "out of memory");
	if (!guard_process(r.line.token_fd, &r.folder))
		return say(RUN_INTERNAL, "the process could not be set up: %s", strerror(errno));
	status = run(&r);
	explicit_bzero(&r.conversation, sizeof r.conversation);
	environment_free(&r.environment);
	become_free(&r.account);
	return status;
}
