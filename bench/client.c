/* SPDX-License-Identifier: ISC */
/*
 * A worker that asks authz: client WHAT CARRIER FOLDER USER [PROFILES], as root.
 *
 * WHAT: generate | single | multiple (a redemption through PAM) | library (of a multiple-use token, without PAM) | permit
 * (pam_start, pam_permit, pam_end) | check | explicit (the user's authority on a queue of so many PROFILES, without PAM).
 * CARRIER: socket | child.  FOLDER: has the PAM service files.  What is measured by socket names a helper that is not there, so
 * that it fails rather than being done by child.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "login.h"
#include "object.h"
#include "worker.h"

struct client {
	struct login login;
	char service[64];
	struct authz_client reach;
	unsigned char tokens[WORKER_COUNT_MAX][AUTHZ_TOKEN_SIZE];
	size_t made; /* of tokens */
	size_t profiles;
	size_t asked; /* of objects */
};

static bool generate(struct client *c, size_t index, enum authz_token_type type)
{
	if (!login_token(&c->reach, c->login.user, type, c->tokens[index]))
		return false;
	if (c->made <= index)
		c->made = index + 1;
	return true;
}

/* So that the number of live tokens stays what it was. */
static bool remove_made(struct client *c)
{
	struct authz_error error;

	for (; c->made > 0; c->made--)
		if (!login_good(authz_token_remove(&c->reach, c->tokens[c->made - 1], &error), &error))
			return false;
	return true;
}

static bool prepare_none(void *arg, size_t count)
{
	(void)count;
	return remove_made(arg);
}

static bool prepare_single(void *arg, size_t count)
{
	size_t i;

	if (!remove_made(arg))
		return false;
	for (i = 0; i < count; i++)
		if (!generate(arg, i, AUTHZ_SINGLE_USE))
			return false;
	return true;
}

static bool prepare_multiple(void *arg, size_t count)
{
	struct client *c = arg;

	(void)count;
	return c->made == 1 || generate(c, 0, AUTHZ_MULTIPLE_USE);
}

static bool run_generate(void *arg, size_t index)
{
	return generate(arg, index, AUTHZ_SINGLE_USE);
}

static bool redeem(struct client *c, size_t index)
{
	char text[AUTHZ_TOKEN_TEXT_SIZE];

	authz_token_to_text(c->tokens[index], text);
	c->login.answer = text;
	return login_authenticate(&c->login);
}

static bool run_single(void *arg, size_t index)
{
	return redeem(arg, index);
}

static bool run_multiple(void *arg, size_t index)
{
	(void)index;
	return redeem(arg, 0);
}

static bool run_library(void *arg, size_t index)
{
	struct client *c = arg;
	const struct authz_session session = {.service = "bench"};
	struct authz_identity identity;
	struct authz_error error;

	(void)index;
	return login_good(authz_token_redeem(&c->reach, c->tokens[0], c->login.user, &session, &identity, &error), &error);
}

static bool ask(struct client *c, bool check)
{
	char name[AUTHZ_OBJECT_SIZE];
	const struct authz_object object = {"queue", name};
	const struct authz_entity of = {.user = c->login.user};
	struct authz_error error;
	uint32_t mask;

	bench_object(name, c->asked++, c->profiles);
	return login_good(check ? authz_authority_check(&c->reach, &object, &of, 4, &error)
	                        : authz_authority_explicit(&c->reach, &object, &of, &mask, &error), &error);
}

static bool run_check(void *arg, size_t index)
{
	(void)index;
	return ask(arg, true);
}

static bool run_explicit(void *arg, size_t index)
{
	(void)index;
	return ask(arg, false);
}

static bool run_permit(void *arg, size_t index)
{
	struct client *c = arg;

	(void)index;
	c->login.answer = "";
	return login_authenticate(&c->login);
}

static const struct {
	const char *what;
	bool (*prepare)(void *arg, size_t count);
	bool (*run)(void *arg, size_t index);
} kinds[] = {
	{"generate", prepare_none, run_generate},   {"single", prepare_single, run_single},
	{"multiple", prepare_multiple, run_multiple}, {"library", prepare_multiple, run_library},
	{"permit", NULL, run_permit},                 {"check", NULL, run_check},
	{"explicit", NULL, run_explicit},
};

int main(int argc, char **argv)
{
	static struct client c;
	struct worker w = {.arg = &c};
	bool by_socket;
	size_t i;
	int status;

	for (i = 0; argc >= 5 && argc <= 6 && i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(argv[1], kinds[i].what) == 0) {
			w.prepare = kinds[i].prepare;
			w.run = kinds[i].run;
		}
	if (w.run == NULL) {
		fprintf(stderr, "usage: client generate|single|multiple|library|permit|check|explicit socket|child FOLDER USER [PROFILES]\n");
		return 2;
	}
	c.profiles = argc == 6 ? strtoul(argv[5], NULL, 10) : 1;
	by_socket = strcmp(argv[2], "socket") == 0;
	c.login = (struct login){.folder = argv[3], .service = c.service, .user = argv[4]};
	c.reach = (struct authz_client){.helper = by_socket ? "/nonexistent" : NULL, .socket = by_socket ? NULL : ""};
	snprintf(c.service, sizeof c.service, "bench-%s", w.run == run_permit ? "permit" : argv[2]);
	status = worker_serve(&w);
	return remove_made(&c) ? status : 1;
}
