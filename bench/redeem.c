/* SPDX-License-Identifier: ISC */
/*
 * What a redemption through PAM costs, beside what it stands on and beside others, in one run.
 *
 * redeem USER PASSWORD ROUNDS FOLDER: as root, with the product installed; FOLDER has nothing-static, nothing-dynamic and
 * floor, and room for PAM service files.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "login.h"
#include "program.h"
#include "rows.h"

struct token_login {
	struct login login;
	char text[AUTHZ_TOKEN_TEXT_SIZE]; /* of a token, where that is the answer */
	enum authz_token_type type;
};

static bool authenticate(void *arg)
{
	return login_authenticate(arg);
}

static bool redeem(void *arg)
{
	const struct token_login *l = arg;

	return login_authenticate(&l->login);
}

static bool generate(void *arg)
{
	struct token_login *l = arg;
	unsigned char token[AUTHZ_TOKEN_SIZE];

	if (!login_token(NULL, l->login.user, l->type, token))
		return false;
	authz_token_to_text(token, l->text);
	l->login.answer = l->text;
	return true;
}

static bool write_service(const char *folder, const char *name, const char *line)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "w");
	if (file == NULL)
		return false;
	fprintf(file, "auth required %s\n", line);
	return fclose(file) == 0;
}

static bool write_services(const char *folder)
{
	return write_service(folder, "bench-token", "pam_prftkn.so") && write_service(folder, "bench-permit", "pam_permit.so") &&
	       write_service(folder, "bench-exec", "pam_exec.so quiet /bin/true") &&
	       write_service(folder, "bench-unix", "pam_unix.so");
}

int main(int argc, char **argv)
{
	const char *user = argv[1], *folder = argv[4];
	const struct login by_token = {.folder = folder, .service = "bench-token", .user = user};
	struct token_login single = {.login = by_token, .type = AUTHZ_SINGLE_USE};
	struct token_login multiple = {.login = by_token, .type = AUTHZ_MULTIPLE_USE};
	struct token_login made = {.login = by_token, .type = AUTHZ_SINGLE_USE};
	struct login permit = {.folder = folder, .service = "bench-permit", .user = user};
	struct login exec = {.folder = folder, .service = "bench-exec", .user = user};
	struct login password = {.folder = folder, .service = "bench-unix", .user = user};
	struct program statically, dynamically, floor = {.argument = user};
	struct row rows[] = {
		{"a static program that does nothing", NULL, program_run, &statically, NULL},
		{"a dynamic program that does nothing", NULL, program_run, &dynamically, NULL},
		{"the floor: the helper's libraries and NSS questions", NULL, program_run, &floor, NULL},
		{"multiple-use token through PAM, by child", NULL, redeem, &multiple, NULL},
		{"single-use token through PAM, by child", generate, redeem, &single, NULL},
		{"making a token, by child", NULL, generate, &made, NULL},
		{"pam_permit", NULL, authenticate, &permit, NULL},
		{"pam_exec /bin/true", NULL, authenticate, &exec, NULL},
		{"pam_unix, the user's password", NULL, authenticate, &password, NULL},
	};
	size_t count = sizeof rows / sizeof rows[0], rounds;

	if (argc != 5 || (rounds = strtoul(argv[3], NULL, 10)) < 10) {
		fprintf(stderr, "usage: redeem USER PASSWORD ROUNDS FOLDER (at least 10 rounds)\n");
		return 2;
	}
	permit.answer = exec.answer = password.answer = argv[2];
	snprintf(statically.path, sizeof statically.path, "%s/nothing-static", folder);
	snprintf(dynamically.path, sizeof dynamically.path, "%s/nothing-dynamic", folder);
	snprintf(floor.path, sizeof floor.path, "%s/floor", folder);
	statically.argument = dynamically.argument = NULL;
	if (!write_services(folder) || !generate(&multiple) || !rows_run(rows, count, rounds))
		return 1;
	rows_print(rows, count, rounds, 2);
	return 0;
}
