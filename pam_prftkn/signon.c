/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: whatever is not the helper's OK is a refusal, but of uid 0: who repairs helper or store gets in, and the log says so.
 * MUST 2: exits are told service, remote host and master as they are: what has no room in a request, or a master's entry
 *         that is not genuine, is a refusal, and never left out.
 * MUST 3: no name that is unknown here (people type passwords at "login:") is ever in a line of the log.
 * MUST 4: who signs on is told which exit point it is, and neither a path nor a number.
 */
#include "signon.h"

#include <security/pam_ext.h>
#include <stdio.h>
#include <syslog.h>

#include "claims.h"
#include "entry.h"

/* What an exit said names the exit; any other result may be about a name that was typed. */
static void log_refusal(pam_handle_t *pamh, const char *master, enum authz_result result, struct authz_error *error)
{
	const struct passwd *account = claims_account(pamh);
	const bool denied = result == AUTHZ_EXIT_DENIED;
	char user[AUTHZ_NAME_SIZE], of[AUTHZ_NAME_SIZE], host[CLAIMS_HOST_SIZE], sentence[512];

	if (!denied && result != AUTHZ_EXIT_FAILED && account == NULL)
		error->subject[0] = '\0';
	log_word(user, sizeof user, account == NULL ? NULL : account->pw_name);
	log_word(of, sizeof of, master);
	claims_host(pamh, host);
	authz_result_text(result, error, sentence, sizeof sentence);
	pam_syslog(pamh, denied ? LOG_NOTICE : LOG_ERR, "account %s: exits user=%s master=%s rhost=%s %s: %s",
	           denied ? "refused" : "not checked", user, of, host, authz_result_code(result), sentence);
}

/* MUST 4 */
static void tell(pam_handle_t *pamh, enum authz_result result)
{
	const struct authz_error shown = {.subject = "AZ_SIGNON"};
	char sentence[512];

	if (result != AUTHZ_EXIT_DENIED && result != AUTHZ_EXIT_FAILED)
		return;
	(void)pam_error(pamh, "%s: %s", authz_result_code(result), authz_result_text(result, &shown, sentence, sizeof sentence));
}

static const char *item(pam_handle_t *pamh, int type)
{
	const char *text = claims_item(pamh, type);

	return text == NULL || *text == '\0' ? NULL : text;
}

/* MUST 2: unlike in claims_session nothing is left out but the terminal, of which no exit is told. */
static enum authz_result ask(pam_handle_t *pamh, const struct options *options, const char *master, struct authz_error *error)
{
	const struct authz_client client = claims_client(options);
	const char *user = claims_item(pamh, PAM_USER);
	struct authz_session session = claims_session(pamh);

	session.service = item(pamh, PAM_SERVICE);
	session.rhost = item(pamh, PAM_RHOST);
	if (options->debug)
		pam_syslog(pamh, LOG_DEBUG, "asking the helper about exits");
	return authz_exit_signon(&client, user == NULL ? "" : user, master, &session, error);
}

/* The helper asks no exit about uid 0, and has that on record; it may be what is broken. */
static int not_asked(pam_handle_t *pamh, enum authz_result result, const struct authz_error *error)
{
	char sentence[512];

	pam_syslog(pamh, LOG_WARNING,
	           "account passed: exits are not asked about uid 0, and the helper has no record of it: %s: %s",
	           authz_result_code(result), authz_result_text(result, error, sentence, sizeof sentence));
	return PAM_SUCCESS;
}

int signon_ask(pam_handle_t *pamh, const struct options *options, int flags)
{
	const struct passwd *account = claims_account(pamh);
	struct authz_error error = {.subject = ""};
	enum authz_result result;
	const char *master;

	if (!entry_master_signing_on(pamh, options, &master))
		return PAM_AUTHINFO_UNAVAIL;
	result = ask(pamh, options, master, &error);
	if (result == AUTHZ_OK)
		return PAM_SUCCESS;
	if (account != NULL && account->pw_uid == 0)
		return not_asked(pamh, result, &error);
	log_refusal(pamh, master, result, &error);
	if (((unsigned)flags & PAM_SILENT) == 0)
		tell(pamh, result);
	return result == AUTHZ_EXIT_DENIED ? PAM_PERM_DENIED : PAM_AUTHINFO_UNAVAIL;
}
