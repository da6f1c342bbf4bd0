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
 * MUST 6: a token with a master's mark makes the session that master's, or is refused.
 */
#include "verdict.h"

#include <security/pam_ext.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "claims.h"
#include "eligible.h"
#include "entry.h"
#include "override.h"

static void log_success(pam_handle_t *pamh, const struct authz_identity *identity)
{
	char name[AUTHZ_NAME_SIZE], master[AUTHZ_NAME_SIZE], host[CLAIMS_HOST_SIZE];

	log_word(name, sizeof name, identity->user);
	log_word(master, sizeof master, identity->master);
	claims_host(pamh, host);
	if (identity->master[0] == '\0')
		pam_syslog(pamh, LOG_INFO, "token accepted: user=%s rhost=%s", name, host);
	else
		pam_syslog(pamh, LOG_INFO, "token accepted: user=%s master=%s rhost=%s", name, master, host);
}

static void log_failure(pam_handle_t *pamh, enum authz_result result, const struct authz_error *error, const char *user)
{
	char name[AUTHZ_NAME_SIZE], host[CLAIMS_HOST_SIZE], sentence[512];
	const int code = claims_pam_code(result);

	log_word(name, sizeof name, user);
	claims_host(pamh, host);
	authz_result_text(result, error, sentence, sizeof sentence);
	pam_syslog(pamh, code == PAM_AUTH_ERR ? LOG_NOTICE : LOG_ERR, "token %s: user=%s rhost=%s %s: %s",
	           code == PAM_AUTH_ERR ? "refused" : "not checked", name, host, authz_result_code(result), sentence);
}

static enum authz_result ask_helper(pam_handle_t *pamh, const struct options *options, const unsigned char *token,
                                    bool reauth, struct authz_identity *identity, struct authz_error *error)
{
	const char *user = claims_item(pamh, PAM_USER);
	const struct authz_client client = claims_client(options);
	struct authz_session session = claims_session(pamh);

	session.reauth = reauth;
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

/* A token that a master made, or that was made in a master's session: this session is that master's, if it is another's. */
static enum authz_result mark_session(pam_handle_t *pamh, const struct options *options,
                                      const struct authz_identity *identity, struct authz_error *error)
{
	struct entry entry = {.owner = identity->uid, .master = identity->master_uid};

	memcpy(entry.name, identity->master, sizeof entry.name);
	return entry_note(pamh, options, &entry, error);
}

int verdict_on(pam_handle_t *pamh, const struct options *options, const struct answer *answer)
{
	const struct passwd *account = claims_account(pamh);
	struct authz_identity identity = {.uid = (uid_t)-1, .master_uid = (uid_t)-1};
	struct authz_error error = {.subject = ""};
	enum authz_result result = AUTHZ_OK;
	bool reauth = claims_there_already(pamh, account);

	if (account != NULL)
		result = check_account(options, account, &error);
	if (result == AUTHZ_OK && reauth && !options->reauth)
		result = AUTHZ_REAUTH;
	if (result == AUTHZ_OK && !answer->well_formed)
		result = AUTHZ_TOKEN_NOT_VALID;
	if (result == AUTHZ_OK)
		result = ask_helper(pamh, options, answer->token, reauth, &identity, &error);
	if (account == NULL && claims_pam_code(result) != PAM_AUTHINFO_UNAVAIL) {
		result = AUTHZ_USER_NOT_FOUND;
		error.subject[0] = '\0';
	} else if (result == AUTHZ_OK) {
		result = check_identity(account, &identity, &error);
	}
	if (result == AUTHZ_OK && identity.master[0] != '\0' && identity.master_uid != identity.uid)
		result = mark_session(pamh, options, &identity, &error);
	override_note(pamh, result == AUTHZ_OK ? &identity : NULL);
	if (result == AUTHZ_OK)
		log_success(pamh, &identity);
	else
		log_failure(pamh, result, &error, account == NULL ? NULL : account->pw_name);
	return claims_pam_code(result);
}
