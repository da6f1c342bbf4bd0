/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: root, nobody, users below min_uid and system profiles are issued no token, and that is no failure.
 * MUST 2: a login waits for the helper until its time-out and no longer, and goes on without a token.
 * MUST 3: the token counts as one that its user made, so it never proves again who is there already.
 * MUST 4: at the end of the session the token that its file holds by then is removed, and the file.
 * MUST 5: the token itself is in no log, no environment and no memory of the login program afterwards.
 * MUST 6: in a master's session the token carries the master's name.
 */
#include "session.h"

#include <errno.h>
#include <limits.h>
#include <security/pam_ext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "authz.h"
#include "claims.h"
#include "config.h"
#include "eligible.h"
#include "entry.h"
#include "session_file.h"

#define VARIABLE "AUTHZ_TOKEN_FILE"
#define DATA "authz_session" /* the path, for the end of the session */
#define FOLDER AUTHZ_RUNDIR "/sessions"

/* Where the token of a session is. */
struct place {
	const char *folder;
	uid_t uid;
	char name[SESSION_NAME_SIZE];
};

static int64_t now_ms(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static const char *folder_of(const struct options *options)
{
	return options->sessions != NULL ? options->sessions : FOLDER;
}

/* NULL for a user who is not known, or for whom there is nothing. */
static const struct passwd *find_account(pam_handle_t *pamh, const struct options *options)
{
	const struct passwd *account = claims_account(pamh);

	return account != NULL && eligible(options, account) ? account : NULL;
}

static int log_failure(pam_handle_t *pamh, const char *what, const char *user, enum authz_result result,
                       const struct authz_error *error)
{
	char sentence[512];

	pam_syslog(pamh, LOG_ERR, "%s: user=%s %s: %s", what, user, authz_result_code(result),
	           authz_result_text(result, error, sentence, sizeof sentence));
	return PAM_SESSION_ERR;
}

static int generate(pam_handle_t *pamh, const struct options *options, const struct passwd *account,
                    const struct authz_client *client, unsigned char token[AUTHZ_TOKEN_SIZE])
{
	const struct authz_token_request request = {
		.user = account->pw_name,
		.password = AUTHZ_NOPWD,
		.timeout = options->lifetime,
		.type = (enum authz_token_type)options->issue,
		.bind_uid = (uid_t)-1,
		.actor = account->pw_uid,
		.master = entry_master(pamh),
	};
	struct authz_error error;
	const enum authz_result result = authz_token_generate(client, &request, token, &error);

	if (result == AUTHZ_OK)
		return PAM_SUCCESS;
	if (result == AUTHZ_SYSTEM_PROFILE)
		return PAM_IGNORE;
	return log_failure(pamh, "no token for the session", account->pw_name, result, &error);
}

static void forget(pam_handle_t *pamh, void *data, int status)
{
	(void)pamh, (void)status;
	free(data);
}

/* The path into the environment of the session, and where its end finds it. */
static bool tell(pam_handle_t *pamh, const struct place *place)
{
	char variable[sizeof VARIABLE + PATH_MAX];
	const int length = snprintf(variable, sizeof variable, VARIABLE "=%s/%u/%s", place->folder, (unsigned)place->uid,
	                            place->name);
	char *path = length < (int)sizeof variable ? strdup(variable + sizeof VARIABLE) : NULL;

	if (path != NULL && pam_set_data(pamh, DATA, path, forget) != PAM_SUCCESS) {
		free(path);
		path = NULL;
	}
	if (path != NULL && pam_putenv(pamh, variable) == PAM_SUCCESS)
		return true;
	errno = ENOMEM;
	return false;
}

/* To the user: a file of hers, and its name. */
static bool hand_over(pam_handle_t *pamh, const struct options *options, const struct passwd *account,
                      const unsigned char token[AUTHZ_TOKEN_SIZE])
{
	struct place place = {.folder = folder_of(options), .uid = account->pw_uid};
	unsigned char taken[AUTHZ_TOKEN_SIZE];
	int error;

	if (session_file_make(place.folder, account->pw_uid, account->pw_gid, token, place.name) == 0) {
		if (tell(pamh, &place))
			return true;
		error = errno;
		(void)session_file_take(place.folder, place.uid, place.name, taken);
		explicit_bzero(taken, sizeof taken);
		errno = error;
	}
	pam_syslog(pamh, LOG_ERR, "no token for the session: user=%s %s: %m", account->pw_name, place.folder);
	return false;
}

int session_open(pam_handle_t *pamh, const struct options *options)
{
	const int64_t until = now_ms() + options->timeout * INT64_C(1000);
	struct authz_client client = claims_client(options);
	const struct passwd *account = find_account(pamh, options);
	unsigned char token[AUTHZ_TOKEN_SIZE];
	const void *before = NULL;
	int status;

	if (account == NULL || (pam_get_data(pamh, DATA, &before) == PAM_SUCCESS && before != NULL))
		return PAM_IGNORE; /* a module that stands twice in a file issues one token */
	status = generate(pamh, options, account, &client, token);
	if (status == PAM_SUCCESS && !hand_over(pamh, options, account, token)) {
		status = PAM_SESSION_ERR;
		client.timeout_ms = (int)(until - now_ms());
		if (client.timeout_ms > 0)
			(void)authz_token_remove(&client, token, NULL); /* else it dies by its time-out */
	}
	explicit_bzero(token, sizeof token);
	if (status == PAM_SUCCESS && options->debug)
		pam_syslog(pamh, LOG_DEBUG, "a token was issued for the session");
	return status;
}

/* FOLDER/UID/NAME, and nothing else. */
static bool read_path(const struct options *options, const char *path, struct place *place)
{
	char uid[12];
	size_t length;

	place->folder = folder_of(options);
	length = strlen(place->folder);
	if (strncmp(path, place->folder, length) != 0 || path[length] != '/')
		return false;
	path += length + 1;
	length = strspn(path, "0123456789");
	if (length == 0 || length > 10 || path[length] != '/' || !session_file_is_name(path + length + 1))
		return false;
	(void)snprintf(uid, sizeof uid, "%.*s", (int)length, path);
	place->uid = (uid_t)strtoul(uid, NULL, 10);
	(void)snprintf(place->name, sizeof place->name, "%s", path + length + 1);
	return true;
}

/*
 * What the opening left; where a host does not keep that, the variable, which other modules may have from the user: then
 * it has to be in the user's own folder.
 */
static bool find_place(pam_handle_t *pamh, const struct options *options, struct place *place)
{
	const void *data = NULL;
	const struct passwd *account;
	const char *path;

	if (pam_get_data(pamh, DATA, &data) == PAM_SUCCESS && data != NULL)
		return read_path(options, data, place);
	account = find_account(pamh, options);
	path = pam_getenv(pamh, VARIABLE);
	return account != NULL && path != NULL && read_path(options, path, place) && place->uid == account->pw_uid;
}

int session_close(pam_handle_t *pamh, const struct options *options)
{
	const struct authz_client client = claims_client(options);
	enum authz_result result = AUTHZ_OK;
	unsigned char token[AUTHZ_TOKEN_SIZE];
	struct authz_error error;
	struct place place;
	const void *user = NULL;

	if (!find_place(pamh, options, &place))
		return PAM_IGNORE;
	if (session_file_take(place.folder, place.uid, place.name, token))
		result = authz_token_remove(&client, token, &error);
	explicit_bzero(token, sizeof token);
	(void)pam_set_data(pamh, DATA, NULL, NULL);
	if (pam_getenv(pamh, VARIABLE) != NULL)
		(void)pam_putenv(pamh, VARIABLE);
	if (result == AUTHZ_OK)
		return PAM_SUCCESS;
	(void)pam_get_item(pamh, PAM_USER, &user);
	return log_failure(pamh, "the token of the session is not removed, and dies by its time-out", user == NULL ? "-" : user,
	                   result, &error);
}
