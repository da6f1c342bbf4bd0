/* SPDX-License-Identifier: ISC */
/*
 * authz_approval: sudo's plugin that asks whether a command may run that the policy has accepted.  See authz_approval(8).
 *
 * MUST 1: a command runs by the helper's OK, or if root called sudo; whatever else comes of it, it does not.  open is
 *         never 0, which to sudo means to go on without this plugin.
 * MUST 2: a bad option is an error, and nothing is asked.
 * MUST 3: sudo finds its signals, its children and its descriptors as they were, and nothing is written but by its own
 *         call.
 * MUST 4: no argument of a command is in a line of the log, nor in what the user is told: it may be a secret.
 * MUST 5: who calls sudo is told of an exit which point it is at, and no more; the log has all.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sudo_plugin.h>
#include <syslog.h>

#include "authz.h"
#include "client/log_word.h"
#include "client/option.h"
#include "told.h"

#define NAME "authz_approval"
#define MINOR_LEAST 15 /* of the version of sudo's interface: the first with such plugins */
#define PATH_IN_LOG 256
#define SENTENCE 512

/* The interface has no other place for it.  Strings are sudo's, and there until it ends. */
static struct {
	bool open;
	sudo_printf_t say; /* to the user */
	struct authz_client client;
	char *const *user_info;
	char why[SENTENCE]; /* for sudo's other plugins, until close */
} state;

/* ---- what is said */

/* MUST 3: the C library's descriptor of the log is not left behind. */
static void __attribute__((format(printf, 2, 3))) log_line(int priority, const char *format, ...)
{
	char line[2 * SENTENCE];
	va_list words;

	va_start(words, format);
	(void)vsnprintf(line, sizeof line, format, words);
	va_end(words);
	syslog(LOG_AUTHPRIV | priority, NAME ": %s", log_text(line));
	closelog();
}

static void tell(enum authz_result result, const struct authz_error *error)
{
	struct authz_error shown = *error;
	char sentence[SENTENCE];

	if (state.say == NULL)
		return;
	if (result == AUTHZ_EXIT_DENIED || result == AUTHZ_EXIT_FAILED) /* MUST 5 */
		(void)snprintf(shown.subject, sizeof shown.subject, "AZ_COMMAND");
	authz_result_text(result, &shown, sentence, sizeof sentence);
	(void)state.say(SUDO_CONV_ERROR_MSG, NAME ": %s: %s\n", authz_result_code(result), log_text(sentence));
}

static int option_wrong(const char *option, const char **errstr)
{
	(void)snprintf(state.why, sizeof state.why, "option not valid: %s", option);
	log_text(state.why);
	log_line(LOG_ERR, "%s", state.why);
	if (state.say != NULL)
		(void)state.say(SUDO_CONV_ERROR_MSG, NAME ": %s\n", state.why);
	if (errstr != NULL)
		*errstr = state.why;
	return -1;
}

/* A refusal is 0 and an error -1; sudo runs the command after neither.  MUST 4 */
static int refuse(enum authz_result result, const struct authz_error *error, const struct told *told, const char **errstr)
{
	const bool refused = authz_result_exit(result) == 1;
	char user[AUTHZ_NAME_SIZE], as[AUTHZ_NAME_SIZE], path[PATH_IN_LOG];

	authz_result_text(result, error, state.why, sizeof state.why);
	log_text(state.why);
	log_word(user, sizeof user, told->user);
	log_word(as, sizeof as, told->as);
	log_word(path, sizeof path, told->count > 0 ? told->command[0] : NULL);
	log_line(refused ? LOG_NOTICE : LOG_ERR, "command %s: user=%s as=%s command=%s %s: %s",
	         refused ? "refused" : "not checked", user, as, path, authz_result_code(result), state.why);
	tell(result, error);
	if (errstr != NULL)
		*errstr = state.why;
	return refused ? 0 : -1;
}

/* ---- what sudo calls */

static bool read_option(const char *option, struct authz_client *client)
{
	const char *value = strchr(option, '=');
	const size_t length = value == NULL ? 0 : (size_t)(value - option);
	int seconds;

	if (length == strlen("socket") && strncmp(option, "socket", length) == 0)
		return option_socket(value + 1, &client->socket);
	if (length == strlen("helper") && strncmp(option, "helper", length) == 0)
		return option_helper(value + 1, &client->helper);
	if (length != strlen("timeout") || strncmp(option, "timeout", length) != 0 || !option_timeout(value + 1, &seconds))
		return false;
	client->timeout_ms = seconds * 1000;
	return true;
}

static int approval_open(unsigned version, sudo_conv_t conversation, sudo_printf_t say, char *const settings[],
                         char *const user_info[], int submit_optind, char *const submit_argv[], char *const submit_envp[],
                         char *const plugin_options[], const char **errstr)
{
	(void)conversation, (void)settings, (void)submit_optind, (void)submit_argv, (void)submit_envp;
	memset(&state, 0, sizeof state);
	state.say = say;
	state.user_info = user_info;
	state.client.timeout_ms = OPTION_TIMEOUT * 1000;
	if (SUDO_API_VERSION_GET_MAJOR(version) != SUDO_API_VERSION_MAJOR || SUDO_API_VERSION_GET_MINOR(version) < MINOR_LEAST) {
		if (errstr != NULL)
			*errstr = "this sudo has another plugin interface";
		return -1;
	}
	for (; plugin_options != NULL && *plugin_options != NULL; plugin_options++)
		if (!read_option(*plugin_options, &state.client))
			return option_wrong(*plugin_options, errstr); /* MUST 2 */
	state.open = true;
	return 1;
}

static void approval_close(void)
{
	memset(&state, 0, sizeof state);
}

static int approval_check(char *const command_info[], char *const run_argv[], char *const run_envp[], const char **errstr)
{
	struct authz_error error = {.subject = ""};
	enum authz_result result;
	struct told told;
	int verdict = 1;

	(void)run_envp;
	if (!state.open)
		return -1;
	if (told_root(state.user_info))
		return 1;
	result = told_read(state.user_info, command_info, run_argv, &told, &error);
	if (result == AUTHZ_OK)
		result = authz_exit_command(&state.client, told.user, told.as, told.command, told.count, &error);
	if (result != AUTHZ_OK)
		verdict = refuse(result, &error, &told, errstr);
	told_forget(&told);
	return verdict;
}

static int approval_show_version(int verbose)
{
	(void)verbose;
	if (state.say != NULL)
		(void)state.say(SUDO_CONV_INFO_MSG, NAME " plugin version " PACKAGE_VERSION "\n");
	return 1;
}

__attribute__((visibility("default"))) struct approval_plugin authz_approval = {
	.type = SUDO_APPROVAL_PLUGIN,
	.version = SUDO_API_VERSION,
	.open = approval_open,
	.close = approval_close,
	.check = approval_check,
	.show_version = approval_show_version,
};
