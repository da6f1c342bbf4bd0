/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: success needs the helper's OK and, in it, the number and the name of the account that PAM_USER is.
 * MUST 2: of who has no mailbox the answer is left as it was typed, and nothing is logged.
 * MUST 3: a session by the master's password is that master's.
 * MUST 4: who is there already does not prove it again by a mailbox, nor is sshd's filling a wrong password.
 * MUST 5: a password is changed by the owner's own old one, and never by the master's.
 */
#include "mailbox.h"

#include <security/pam_ext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "answer.h"
#include "claims.h"
#include "eligible.h"
#include "entry.h"

#define OURS "pam_prftkn_mailbox" /* the first call of chauthtok has found one */

static void log_result(pam_handle_t *pamh, const char *what, enum authz_result result, const struct passwd *account,
                       const char *master, struct authz_error *error)
{
	char owner[AUTHZ_NAME_SIZE], who[AUTHZ_NAME_SIZE], host[CLAIMS_HOST_SIZE], sentence[512];
	const int code = claims_pam_code(result);

	log_word(owner, sizeof owner, account == NULL ? NULL : account->pw_name);
	log_word(who, sizeof who, master);
	claims_host(pamh, host);
	if (result == AUTHZ_OK) {
		pam_syslog(pamh, LOG_INFO, "mailbox %s: user=%s master=%s rhost=%s", what, owner, who, host);
		return;
	}
	if (code == PAM_AUTH_ERR && (account == NULL || strcmp(error->subject, account->pw_name) != 0))
		error->subject[0] = '\0';
	pam_syslog(pamh, code == PAM_AUTH_ERR ? LOG_NOTICE : LOG_ERR, "mailbox not %s: user=%s rhost=%s %s: %s",
	           what, owner, host, authz_result_code(result), authz_result_text(result, error, sentence, sizeof sentence));
}

/* The helper has said yes: of whom?  And a master's session is marked. */
static enum authz_result check_entry(pam_handle_t *pamh, const struct options *options, const struct passwd *account,
                                     const struct authz_entry *entered, struct authz_error *error)
{
	struct entry entry = {.owner = entered->owner_uid, .master = entered->master_uid};

	if (account == NULL || entered->owner_uid != account->pw_uid || strcmp(entered->owner, account->pw_name) != 0) {
		(void)snprintf(error->subject, sizeof error->subject, "%s", account == NULL ? "" : account->pw_name);
		return AUTHZ_INVALID_PASSWORD;
	}
	if (entered->master_uid == (uid_t)-1)
		return AUTHZ_OK;
	memcpy(entry.name, entered->master, sizeof entry.name);
	return entry_note(pamh, options, &entry, error);
}

/* A name or a password that has no room in a request is none of a mailbox. */
static bool has_none(enum authz_result result)
{
	return result == AUTHZ_NO_MAILBOX || result == AUTHZ_BAD_PARAMETER;
}

int mailbox_bind(pam_handle_t *pamh, const struct options *options)
{
	const struct passwd *account = claims_account(pamh);
	const char *user = claims_item(pamh, PAM_USER), *text = answer_text(pamh);
	const struct authz_client client = claims_client(options);
	const struct authz_session session = claims_session(pamh);
	struct authz_error error = {.subject = ""};
	struct authz_entry entry;
	enum authz_result result;

	if (!options->mailbox || text == NULL || *text == '\0' || answer_is_decoy(pamh) ||
	    claims_there_already(pamh, account) || (account != NULL && !eligible(options, account)))
		return PAM_IGNORE;
	result = authz_mailbox_bind(&client, account == NULL ? user : account->pw_name, text, &session, &entry, &error);
	if (has_none(result))
		return PAM_IGNORE;
	if (result == AUTHZ_OK)
		result = check_entry(pamh, options, account, &entry, &error);
	log_result(pamh, "opened", result, account, entry.master, &error);
	if (result == AUTHZ_OK)
		answer_forget(pamh);
	return claims_pam_code(result);
}

static void no_longer(pam_handle_t *pamh, void *data, int status)
{
	(void)pamh, (void)status;
	free(data);
}

static int remember(pam_handle_t *pamh)
{
	char *ours = strdup(OURS);

	if (ours != NULL && pam_set_data(pamh, OURS, ours, no_longer) == PAM_SUCCESS)
		return PAM_SUCCESS;
	free(ours);
	return PAM_AUTHINFO_UNAVAIL;
}

/* By the old password it is found out whether there is a mailbox, and whether it is the owner's. */
static int try_old(pam_handle_t *pamh, const struct options *options, const struct passwd *account, const char *old)
{
	const struct authz_client client = claims_client(options);
	const struct authz_session session = claims_session(pamh);
	struct authz_error error = {.subject = ""};
	struct authz_entry entry;
	enum authz_result result = authz_mailbox_bind(&client, account->pw_name, old, &session, &entry, &error);

	if (has_none(result))
		return PAM_IGNORE;
	if (result == AUTHZ_OK && (entry.owner_uid != account->pw_uid || entry.master_uid != (uid_t)-1)) {
		(void)snprintf(error.subject, sizeof error.subject, "%s", account->pw_name);
		result = AUTHZ_INVALID_PASSWORD;
	}
	if (result == AUTHZ_OK)
		return remember(pamh);
	log_result(pamh, "changed", result, account, NULL, &error);
	return claims_pam_code(result);
}

int mailbox_before_change(pam_handle_t *pamh, const struct options *options)
{
	const struct passwd *account = claims_account(pamh);
	const char *old = NULL;
	int status;

	if (!options->mailbox || account == NULL || !eligible(options, account) || claims_roots())
		return PAM_IGNORE;
	(void)pam_set_data(pamh, OURS, NULL, NULL);
	status = pam_get_authtok(pamh, PAM_OLDAUTHTOK, &old, NULL);
	if (status != PAM_SUCCESS || old == NULL)
		return PAM_AUTHTOK_RECOVERY_ERR;
	return try_old(pamh, options, account, old);
}

int mailbox_change(pam_handle_t *pamh, const struct options *options)
{
	const struct passwd *account = claims_account(pamh);
	const struct authz_client client = claims_client(options);
	const struct authz_session session = claims_session(pamh);
	const char *old = claims_item(pamh, PAM_OLDAUTHTOK), *fresh = NULL;
	struct authz_error error = {.subject = ""};
	enum authz_result result;
	const void *ours = NULL;

	if (!options->mailbox || account == NULL || old == NULL || pam_get_data(pamh, OURS, &ours) != PAM_SUCCESS ||
	    ours == NULL)
		return PAM_IGNORE;
	if (pam_get_authtok(pamh, PAM_AUTHTOK, &fresh, NULL) != PAM_SUCCESS || fresh == NULL)
		return PAM_AUTHTOK_ERR;
	if (answer_clear_if_token(pamh))
		return PAM_AUTHTOK_ERR;
	result = authz_mailbox_register(&client, account->pw_name, old, fresh, &session, &error);
	log_result(pamh, "changed", result, account, NULL, &error);
	return claims_pam_code(result);
}
