/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a master is let in only if its password was found right, the helper says yes to exactly these two, and both
 *         are accounts that the module does anything for; and it is not who logs in.
 * MUST 2: whatever is wrong, the password is checked, the helper is asked, and the same delay is wanted: unknown owner,
 *         unknown master, wrong password, wrong set.
 * MUST 3: an answer that lets no master in is in PAM_AUTHTOK afterwards as it was typed, for passwords may begin like
 *         one.
 * MUST 4: after success the master's password is no module's any more; after a name that was split neither, and of no
 *         copy of ours anything is left.
 * MUST 5: a token is no master's password: it is checked by nobody, and gone.
 * MUST 6: one line is logged for each attempt, with both names; no name that this host does not know, and no part of an
 *         answer.
 * MUST 7: who is there already does not prove it again by a master, and nobody is asked.
 * MUST 8: PAM_USER becomes the owner where names are split, after success alone, or where the master is the owner
 *         itself.
 * MUST 9: to the service authz-master no name is given but that of an account that may be a master: what was typed may
 *         be a password's part, which its modules would log or send to other hosts, and nobody tries root's password
 *         there.
 */
#include "master.h"

#include <security/pam_ext.h>
#include <security/pam_modutil.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "answer.h"
#include "claims.h"
#include "eligible.h"
#include "entry.h"
#include "master_form.h"
#include "nested.h"
#include "wire/token_text.h"

#define DELAY 2000000 /* microseconds: pam_unix has the same */
#define STRANGER "authz-no-master" /* should there be such a user, it is let in nowhere by this */

struct attempt {
	const char *owner, *master;                     /* as they were typed */
	const struct passwd *owners, *masters;          /* accounts, or NULL */
};

static struct attempt attempt_of(pam_handle_t *pamh, const char *owner, const char *master)
{
	return (struct attempt){
		.owner = owner,
		.master = master,
		.owners = pam_modutil_getpwnam(pamh, owner),
		.masters = pam_modutil_getpwnam(pamh, master),
	};
}

static const char *name_of(const struct passwd *account)
{
	return account == NULL ? "" : account->pw_name;
}

static bool may_be(const struct options *options, const struct attempt *a)
{
	return a->owners != NULL && a->masters != NULL && eligible(options, a->owners) && eligible(options, a->masters) &&
	       a->owners->pw_uid != a->masters->pw_uid;
}

static const char *name_to_check(const struct options *options, const struct attempt *a)
{
	return a->masters != NULL && eligible(options, a->masters) ? a->master : STRANGER;
}

/* A sentence is about one of the two, whom the host knows, or about what is out of reach; else about nobody. */
static void hide_stranger(const struct attempt *a, enum authz_result result, struct authz_error *error)
{
	if (claims_pam_code(result) == PAM_AUTH_ERR && strcmp(error->subject, name_of(a->owners)) != 0 &&
	    strcmp(error->subject, name_of(a->masters)) != 0)
		error->subject[0] = '\0';
}

static void log_attempt(pam_handle_t *pamh, const struct attempt *a, enum authz_result result, struct authz_error *error)
{
	char owner[AUTHZ_NAME_SIZE], master[AUTHZ_NAME_SIZE], host[CLAIMS_HOST_SIZE], sentence[512];
	const int code = claims_pam_code(result);

	log_word(owner, sizeof owner, name_of(a->owners));
	log_word(master, sizeof master, name_of(a->masters));
	claims_host(pamh, host);
	if (result == AUTHZ_OK) {
		pam_syslog(pamh, LOG_INFO, "master let in: user=%s master=%s rhost=%s", owner, master, host);
		return;
	}
	hide_stranger(a, result, error);
	pam_syslog(pamh, code == PAM_AUTHINFO_UNAVAIL ? LOG_ERR : LOG_NOTICE, "master %s: user=%s master=%s rhost=%s %s: %s",
	           code == PAM_AUTHINFO_UNAVAIL ? "not checked" : "refused", owner, master, host, authz_result_code(result),
	           authz_result_text(result, error, sentence, sizeof sentence));
}

/* The helper has said yes: to whom? */
static enum authz_result check_entry(const struct attempt *a, const struct authz_entry *entry, struct authz_error *error)
{
	if (entry->owner_uid == a->owners->pw_uid && strcmp(entry->owner, a->owners->pw_name) == 0 &&
	    entry->master_uid == a->masters->pw_uid && strcmp(entry->master, a->masters->pw_name) == 0)
		return AUTHZ_OK;
	(void)snprintf(error->subject, sizeof error->subject, "%s", a->masters->pw_name);
	return AUTHZ_NOT_IN_SET;
}

static enum authz_result keep_entry(pam_handle_t *pamh, const struct options *options, const struct authz_entry *entered,
                                    struct authz_error *error)
{
	struct entry entry = {.owner = entered->owner_uid, .master = entered->master_uid};

	memcpy(entry.name, entered->master, sizeof entry.name);
	return entry_note(pamh, options, &entry, error);
}

/* "password" is NULL where none can be right.  Everything is done in every case. */
static enum authz_result enter(pam_handle_t *pamh, const struct options *options, const struct attempt *a,
                               const char *password, struct authz_error *error)
{
	const bool right = password != NULL && nested_verify(pamh, options, name_to_check(options, a), password);
	const bool verified = may_be(options, a) && right;
	const struct authz_client client = claims_client(options);
	const struct authz_session session = claims_session(pamh);
	struct authz_entry entry;
	enum authz_result result;

	result = authz_master_enter(&client, a->owners == NULL ? a->owner : a->owners->pw_name,
	                            a->masters == NULL ? a->master : a->masters->pw_name, verified, &session, &entry, error);
	if (result == AUTHZ_OK && !verified) {
		(void)snprintf(error->subject, sizeof error->subject, "%s", name_of(a->masters));
		result = AUTHZ_PASSWORD_WRONG;
	}
	if (result == AUTHZ_OK)
		result = check_entry(a, &entry, error);
	return result == AUTHZ_OK ? keep_entry(pamh, options, &entry, error) : result;
}

static enum authz_result attempt(pam_handle_t *pamh, const struct options *options, const struct attempt *a,
                                 const char *password)
{
	struct authz_error error = {.subject = ""};
	const enum authz_result result = enter(pamh, options, a, password, &error);

	if (result != AUTHZ_OK)
		(void)pam_fail_delay(pamh, DELAY);
	log_attempt(pamh, a, result, &error);
	return result;
}

/*
 * A root's process is "there" as root, which says nothing of who logs in, and root is entered by nobody: the helper
 * says so in as long a time as it says anything else.
 */
static bool there_already(pam_handle_t *pamh, const struct attempt *a)
{
	return a->owners != NULL && a->owners->pw_uid != 0 && claims_there_already(pamh, a->owners);
}

bool master_by_name(pam_handle_t *pamh, const struct options *options, struct master_names *names)
{
	const char *user = claims_item(pamh, PAM_USER);

	if (user == NULL || !options_split_service(options, claims_item(pamh, PAM_SERVICE)) || nested_is(pamh))
		return false;
	switch (master_form_name(user, options->separator, names->owner, names->master)) {
	case FORM_MASTER:
		return true;
	case FORM_OWN:
		(void)pam_set_item(pamh, PAM_USER, names->owner); /* else it stays a name that nobody has */
		return false;
	default:
		return false;
	}
}

int master_enter_name(pam_handle_t *pamh, const struct options *options, const struct master_names *names)
{
	const struct attempt a = attempt_of(pamh, names->owner, names->master);
	const char *password = answer_text(pamh);
	enum authz_result result;

	if (answer_is_decoy(pamh) || there_already(pamh, &a)) {
		answer_forget(pamh);
		return PAM_AUTH_ERR;
	}
	result = attempt(pamh, options, &a, password);
	answer_forget(pamh);
	if (result == AUTHZ_OK && pam_set_item(pamh, PAM_USER, a.owners->pw_name) != PAM_SUCCESS) {
		entry_forget(pamh);
		return PAM_AUTHINFO_UNAVAIL;
	}
	return claims_pam_code(result);
}

/* An answer that is all there. */
static int enter_whole(pam_handle_t *pamh, const struct options *options, const struct attempt *a, const char *password)
{
	const bool token = token_text_shaped(password);
	const enum authz_result result = attempt(pamh, options, a, token ? NULL : password);

	if (result == AUTHZ_OK || token)
		answer_forget(pamh);
	return result == AUTHZ_OK ? PAM_SUCCESS : token ? PAM_AUTH_ERR : PAM_IGNORE;
}

/* One whose password is asked for, with the words of the first prompt, whoever is named. */
static int enter_asking(pam_handle_t *pamh, const struct options *options, const struct attempt *a)
{
	enum authz_result result;
	char *typed;
	int status;

	if (!options->prompt_allowed)
		return PAM_IGNORE;
	status = answer_ask(pamh, options->prompt, &typed);
	if (status != PAM_SUCCESS)
		return status == PAM_INCOMPLETE ? PAM_INCOMPLETE : PAM_IGNORE;
	result = attempt(pamh, options, a, token_text_shaped(typed) ? NULL : typed);
	answer_drop(typed);
	if (result == AUTHZ_OK)
		answer_forget(pamh);
	return result == AUTHZ_OK ? PAM_SUCCESS : PAM_IGNORE;
}

int master_enter_answer(pam_handle_t *pamh, const struct options *options)
{
	const char *text = answer_text(pamh), *owner = claims_item(pamh, PAM_USER), *password;
	char master[NAME_SIZE];
	enum master_form form;
	struct attempt a;

	if (!options->master || text == NULL || owner == NULL || answer_is_decoy(pamh))
		return PAM_IGNORE;
	form = master_form_answer(text, options->separator, owner, master, &password);
	if (form == FORM_NONE)
		return PAM_IGNORE;
	a = attempt_of(pamh, owner, master);
	if (there_already(pamh, &a)) {
		pam_syslog(pamh, LOG_NOTICE, "no master is taken where its owner is there already");
		return PAM_IGNORE;
	}
	return form == FORM_MASTER ? enter_whole(pamh, options, &a, password) : enter_asking(pamh, options, &a);
}
