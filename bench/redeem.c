/* SPDX-License-Identifier: ISC */
/*
 * What a redemption through PAM costs, beside what it stands on and beside others, in one run.
 *
 * redeem USER PASSWORD ROUNDS FOLDER: as root, with the product installed; FOLDER has nothing-static, nothing-dynamic and
 * floor, and room for PAM service files.
 */
#include <security/pam_appl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "authz.h"
#include "rows.h"

struct login {
	const char *folder, *service, *user, *answer;
	char text[AUTHZ_TOKEN_TEXT_SIZE]; /* of a token, where that is the answer */
	enum authz_token_type type;
};

struct program {
	char path[256];
	const char *argument;
};

static int converse(int count, const struct pam_message **messages, struct pam_response **responses, void *arg)
{
	const struct login *l = arg;
	struct pam_response *r = calloc((size_t)count, sizeof *r);
	int i;

	if (r == NULL)
		return PAM_BUF_ERR;
	for (i = 0; i < count; i++)
		if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF || messages[i]->msg_style == PAM_PROMPT_ECHO_ON)
			r[i].resp = strdup(l->answer);
	*responses = r;
	return PAM_SUCCESS;
}

static bool authenticate(void *arg)
{
	struct login *l = arg;
	const struct pam_conv conv = {converse, l};
	pam_handle_t *handle;
	int code;

	if (pam_start_confdir(l->service, l->user, &conv, l->folder, &handle) != PAM_SUCCESS)
		return false;
	code = pam_authenticate(handle, 0);
	if (code != PAM_SUCCESS)
		fprintf(stderr, "bench: %s: %s\n", l->service, pam_strerror(handle, code));
	return pam_end(handle, code) == PAM_SUCCESS && code == PAM_SUCCESS;
}

static bool generate(void *arg)
{
	struct login *l = arg;
	const struct authz_token_request request = {.user = l->user, .password = AUTHZ_NOPWD, .timeout = 3600, .type = l->type,
	                                            .bind_uid = (uid_t)-1};
	unsigned char token[AUTHZ_TOKEN_SIZE];
	struct authz_error error;
	char text[512];
	enum authz_result result = authz_token_generate(NULL, &request, token, &error);

	if (result != AUTHZ_OK)
		fprintf(stderr, "bench: %s: %s\n", authz_result_code(result), authz_result_text(result, &error, text, sizeof text));
	authz_token_to_text(token, l->text);
	l->answer = l->text;
	return result == AUTHZ_OK;
}

static bool run_program(void *arg)
{
	struct program *p = arg;
	char argument[64], *argv[] = {p->path, NULL, NULL}, *envp[] = {NULL};
	int status;
	pid_t pid;

	if (p->argument != NULL) {
		snprintf(argument, sizeof argument, "%s", p->argument);
		argv[1] = argument;
	}
	if (posix_spawn(&pid, p->path, NULL, NULL, argv, envp) != 0 || waitpid(pid, &status, 0) != pid)
		return false;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
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
	struct login single = {.folder = folder, .service = "bench-token", .user = user, .type = AUTHZ_SINGLE_USE};
	struct login multiple = {.folder = folder, .service = "bench-token", .user = user, .type = AUTHZ_MULTIPLE_USE};
	struct login permit = {.folder = folder, .service = "bench-permit", .user = user};
	struct login exec = {.folder = folder, .service = "bench-exec", .user = user};
	struct login password = {.folder = folder, .service = "bench-unix", .user = user};
	struct login made = {.user = user, .type = AUTHZ_SINGLE_USE};
	struct program statically, dynamically, floor = {.argument = user};
	struct row rows[] = {
		{"a static program that does nothing", NULL, run_program, &statically, NULL},
		{"a dynamic program that does nothing", NULL, run_program, &dynamically, NULL},
		{"the floor: the helper's libraries and NSS questions", NULL, run_program, &floor, NULL},
		{"multiple-use token through PAM, by child", NULL, authenticate, &multiple, NULL},
		{"single-use token through PAM, by child", generate, authenticate, &single, NULL},
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
