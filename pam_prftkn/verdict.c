/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: uid 0, a uid below min_uid and nobody are refused here, and the helper is not asked.
 * MUST 2: a user whom NSS does not know is asked about and refused like one whom the token does not fit, so a stranger
 *         can't tell the two apart by time or by answer.
 * MUST 3: success needs the helper's OK and, in it, both the uid and the name of the account that PAM_USER is.
 * MUST 4: one line is logged for each token, with the result's code and sentence.  No byte of an answer, not its
 *         length, and no name that is unknown here (people type passwords at "login:") is ever in it.
 * MUST 5: who is there already does not prove it again by a token, and the helper is not asked; with the option reauth
 *         it is asked, and told so.
 */
#include "verdict.h"

#include <pwd.h>
#include <security/pam_ext.h>
#include <security/pam_modutil.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <syslog.h>
#include <unistd.h>

#include "eligible.h"
#include "override.h"
#include "wire/request.h"

static int pam_code(enum authz_result result)
{
	switch (result) {
#define X(name, number, code, pam, exit, sentence) \
	case AUTHZ_##name: \
		return PAM_##pam;
		AUTHZ_RESULTS(X)
#undef X
	}
	return PAM_AUTHINFO_UNAVAIL;
}

static const char *item(pam_handle_t *pamh, int type)
{
	const void *text = NULL;

	return pam_get_item(pamh, type, &text) == PAM_SUCCESS ? text : NULL;
}

/* A statement about the session.  One that has no room in a request is not made: cut short it could fit a binding. */
static const char *claim(pam_handle_t *pamh, int type, size_t size)
{
	const char *text = item(pamh, type);

	return text != NULL && *text != '\0' && strlen(text) < size ? text : NULL;
}

/* A copy for the log: one word, nothing that could end the line or pass for another word of it. */
static const char *word(char *to, size_t size, const char *from)
{
	size_t i;

	if (from == NULL || *from == '\0')
		from = "-";
	for (i = 0; from[i] != '\0' && i < size - 1; i++)
		to[i] = from[i];
	to[i] = '\0';
	for (i = 0; to[i] != '\0'; i++)
		if (to[i] <= ' ' || to[i] > '~')
			to[i] = '?';
	return to;
}

static void log_result(pam_handle_t *pamh, enum authz_result result, const struct authz_error *error, const char *user)
{
	char name[NAME_SIZE], host[256], sentence[512];
	int code = pam_code(result);

	word(name, sizeof name, user);
	word(host, sizeof host, item(pamh, PAM_RHOST));
	if (code == PAM_SUCCESS) {
		pam_syslog(pamh, LOG_INFO, "token accepted: user=%s rhost=%s", name, host);
		return;
	}
	authz_result_text(result, error, sentence, sizeof sentence);
	pam_syslog(pamh, code == PAM_AUTH_ERR ? LOG_NOTICE : LOG_ERR, "token %s: user=%s rhost=%s %s: %s",
	           code == PAM_AUTH_ERR ? "refused" : "not checked", name, host, authz_result_code(result), sentence);
}

/*
 * Did the user start this program, or is it hers?  A set-user-ID program may have made itself root altogether before it
 * asks; what the kernel noted when it was started stays.  PAM_RUSER does not tell: some set it to the name that was
 * typed.  Polkit's helper may be a service of root's, but nobody ever logs in by it.
 */
static bool is_there_already(pam_handle_t *pamh, const struct passwd *account)
{
	const char *service = item(pamh, PAM_SERVICE);

	return account != NULL && (getuid() == account->pw_uid || getauxval(AT_UID) == account->pw_uid ||
	                           (service != NULL && strcmp(service, "polkit-1") == 0));
}

static enum authz_result ask_helper(pam_handle_t *pamh, const struct options *options, const unsigned char *token,
                                    bool reauth, struct authz_identity *identity, struct authz_error *error)
{
	const struct request *sizes = NULL; /* for sizeof alone */
	const char *user = item(pamh, PAM_USER);
	const struct authz_session session = {
		.service = claim(pamh, PAM_SERVICE, sizeof sizes->service),
		.rhost = claim(pamh, PAM_RHOST, sizeof sizes->rhost),
		.tty = claim(pamh, PAM_TTY, sizeof sizes->tty),
		.reauth = reauth,
		.actor = getuid(),
	};
	const struct authz_client client = {
		.helper = options->helper,
		.socket = options->socket,
		.timeout_ms = options->timeout * 1000,
	};

	if (options->debug)
		pam_syslog(pamh, LOG_DEBUG, "asking the helper about a token");
	return authz_token_redeem(&client, token, user == NULL ? "" : user, &session, identity, error);
}

static enum authz_result check_account(const struct options *options, const struct passwd *account,
                                       struct authz_error *error)
{
	if (eligible(options, account))
		return AUTHZ_OK;
	(void)snprintf(error->subject, sizeof error->subject, "%s", account->pw_name);
	return AUTHZ_SYSTEM_PROFILE;
}

/* The helper has said OK: of whom? */
static enum authz_result check_identity(const struct passwd *account, const struct authz_identity *identity,
                                        struct authz_error *error)
{
	if (identity->uid == account->pw_uid && strcmp(identity->user, account->pw_name) == 0)
		return AUTHZ_OK;
	(void)snprintf(error->subject, sizeof error->subject, "%s", account->pw_name);
	return AUTHZ_TOKEN_OTHER_USER;
}

int verdict_on(pam_handle_t *pamh, const struct options *options, const struct answer *answer)
{
	const char *user = item(pamh, PAM_USER);
	const struct passwd *account = user == NULL ? NULL : pam_modutil_getpwnam(pamh, user);
	struct authz_identity identity = {.uid = (uid_t)-1};
	struct authz_error error = {.subject = ""};
	enum authz_result result = AUTHZ_OK;
	bool reauth = is_there_already(pamh, account);

	if (account != NULL)
		result = check_account(options, account, &error);
	if (result == AUTHZ_OK && reauth && !options->reauth)
		result = AUTHZ_REAUTH;
	if (result == AUTHZ_OK && !answer->well_formed)
		result = AUTHZ_TOKEN_NOT_VALID;
	if (result == AUTHZ_OK)
		result = ask_helper(pamh, options, answer->token, reauth, &identity, &error);
	if (account == NULL && pam_code(result) != PAM_AUTHINFO_UNAVAIL) {
		result = AUTHZ_USER_NOT_FOUND;
		error.subject[0] = '\0';
	} else if (result == AUTHZ_OK) {
		result = check_identity(account, &identity, &error);
	}
	override_note(pamh, result == AUTHZ_OK ? &identity : NULL);
	log_result(pamh, result, &error, account == NULL ? NULL : account->pw_name);
	return pam_code(result);
}
