/* SPDX-License-Identifier: ISC */
/*
 * pam_prftkn: a profile token in place of a password, or a master's password, or a mailbox's.  See pam_prftkn(8).
 *
 * MUST 1: PAM_USER is set in services of split= alone (master.c).
 * MUST 2: whoever types learns nothing from authenticate but the prompt, and what authz-master asks a master beside.
 * MUST 3: the host finds errno, its signals, its children and its descriptors as they were.
 * MUST 4: a bad option is PAM_SERVICE_ERR and a line in the log, and then nobody is prompted and nothing is asked; so is one that
 *         would not be heeded where it stands.
 * MUST 5: a token is no password: chauthtok takes none for the current one and lets none become the new one.
 * MUST 6: in the service authz-master no token is taken, and no master's form.
 */
#include <errno.h>
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "answer.h"
#include "claims.h"
#include "entry.h"
#include "mailbox.h"
#include "master.h"
#include "nested.h"
#include "options.h"
#include "override.h"
#include "require.h"
#include "session.h"
#include "signon.h"
#include "verdict.h"

#define EXPORTED __attribute__((visibility("default")))

/* An authority or an exit that is not asked about would let in whom the site keeps out.  NULL: nothing is wrong. */
static const char *misplaced(const struct options *options, bool is_account)
{
	if (options->require_count > 0 && !is_account)
		return "require= is for account alone";
	if (options->exits && !is_account)
		return "exits is for account alone";
	if (options->override && options->require_count > 0)
		return "override and require= take a line each";
	return options->override && options->exits ? "override and exits take a line each" : NULL;
}

/* PAM_SUCCESS: go on. */
static int begin(pam_handle_t *pamh, struct options *options, bool is_account, int argc, const char **argv)
{
	const char *wrong = options_parse(options, argc, argv), *why = wrong == NULL ? misplaced(options, is_account) : NULL;
	const void *service = NULL;

	if (wrong != NULL || why != NULL) {
		pam_syslog(pamh, LOG_ERR, "option not valid: %s", wrong != NULL ? wrong : why);
		return PAM_SERVICE_ERR;
	}
	if (pam_get_item(pamh, PAM_SERVICE, &service) == PAM_SUCCESS && options_have_service(options, service))
		return PAM_SUCCESS;
	if (options->debug)
		pam_syslog(pamh, LOG_DEBUG, "not a service of services=");
	return PAM_IGNORE;
}

/* A token, or a name that was split, is decided; any other answer is a master's, a mailbox's, or the next module's. */
static int decide(pam_handle_t *pamh, const struct options *options, const struct answer *answer, int got,
                  const struct master_names *names)
{
	if (got != PAM_SUCCESS && got != PAM_IGNORE)
		return got;
	if (names != NULL)
		return master_enter_name(pamh, options, names);
	if (got == PAM_SUCCESS && !nested_is(pamh))
		return verdict_on(pamh, options, answer);
	if (got == PAM_SUCCESS) {
		pam_syslog(pamh, LOG_NOTICE, "a token is no master's password");
		return PAM_AUTH_ERR;
	}
	if (nested_is(pamh))
		return PAM_IGNORE;
	got = master_enter_answer(pamh, options);
	return got == PAM_IGNORE ? mailbox_bind(pamh, options) : got;
}

static int authenticate(pam_handle_t *pamh, int argc, const char **argv)
{
	struct options options;
	struct answer answer;
	struct master_names names;
	int status = begin(pamh, &options, false, argc, argv);
	bool split;

	override_note(pamh, NULL);
	if (status == PAM_SUCCESS)
		status = answer_want_user(pamh);
	if (status != PAM_SUCCESS)
		return status;
	split = master_by_name(pamh, &options, &names);
	status = answer_get(pamh, &options, &answer);
	if (status == PAM_SUCCESS || answer_text(pamh) != NULL)
		entry_forget(pamh); /* without an answer nobody new came: it may stand twice in a file */
	status = decide(pamh, &options, &answer, status, split ? &names : NULL);
	explicit_bzero(&answer, sizeof answer);
	return status;
}

/* In a master's session, and in the login of one, the owner's password is not changed. */
static int refuse_change(pam_handle_t *pamh, int flags)
{
	const char *user = claims_item(pamh, PAM_USER);
	struct authz_error error = {.subject = ""};
	char sentence[512];

	(void)snprintf(error.subject, sizeof error.subject, "%.200s", user == NULL ? "" : user);
	authz_result_text(AUTHZ_IN_SESSION, &error, sentence, sizeof sentence);
	if (((unsigned)flags & PAM_SILENT) == 0)
		(void)pam_error(pamh, "%s", sentence);
	return PAM_PERM_DENIED;
}

/* A new password that looks like a token could be set but never used: authenticate would take it for a token. */
static int refuse_token(pam_handle_t *pamh, int flags)
{
	pam_syslog(pamh, LOG_NOTICE, "new password refused: it begins like a profile token");
	if (((unsigned)flags & PAM_SILENT) == 0)
		(void)pam_error(pamh, "A password that begins like a profile token cannot be used.");
	return PAM_AUTHTOK_ERR;
}

/* The current password (PAM_OLDAUTHTOK) is the next module's to check, and no token passes there. */
static int change(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct options options;
	int status = begin(pamh, &options, false, argc, argv);

	if (status != PAM_SUCCESS)
		return status;
	if (entry_keeps_password(pamh, &options))
		return refuse_change(pamh, flags);
	if (options.late)
		return PAM_IGNORE;
	if (answer_clear_if_token(pamh))
		return refuse_token(pamh, flags);
	if (((unsigned)flags & PAM_PRELIM_CHECK) != 0)
		return mailbox_before_change(pamh, &options);
	return mailbox_change(pamh, &options);
}

/* Exits come last: they are asked of nobody who is refused anyway. */
static int account(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct options options;
	int status = begin(pamh, &options, true, argc, argv);

	if (status != PAM_SUCCESS)
		return status;
	if (options.override)
		return override_holds(pamh) ? PAM_SUCCESS : PAM_IGNORE;
	status = require_all(pamh, &options);
	if (options.exits && (status == PAM_SUCCESS || status == PAM_IGNORE))
		status = signon_ask(pamh, &options, flags);
	return status;
}

EXPORTED int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	int before = errno, status = authenticate(pamh, argc, argv);

	(void)flags;
	errno = before;
	return status;
}

EXPORTED int pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	int before = errno, status = change(pamh, flags, argc, argv);

	errno = before;
	return status;
}

/* Who comes by token has the groups and the environment that every login gets; nothing is to be added. */
EXPORTED int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)pamh, (void)flags, (void)argc, (void)argv;
	return PAM_SUCCESS;
}

EXPORTED int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	int before = errno, status = account(pamh, flags, argc, argv);

	errno = before;
	return status;
}

/* Of two codes the worse: nothing to do is better than done, and done is better than failed. */
static int both(int entry, int token)
{
	if (entry != PAM_SUCCESS && entry != PAM_IGNORE)
		return entry;
	return token == PAM_IGNORE ? entry : token;
}

static int open_session(pam_handle_t *pamh, int argc, const char **argv)
{
	struct options options;
	int status = begin(pamh, &options, false, argc, argv);

	if (status != PAM_SUCCESS)
		return status;
	status = entry_open(pamh, &options);
	if ((status == PAM_SUCCESS || status == PAM_IGNORE) && options.issue != 0)
		status = both(status, session_open(pamh, &options));
	return status;
}

static int close_session(pam_handle_t *pamh, int argc, const char **argv)
{
	struct options options;
	int status = begin(pamh, &options, false, argc, argv), token = PAM_IGNORE;

	if (status != PAM_SUCCESS)
		return status;
	if (options.issue != 0)
		token = session_close(pamh, &options);
	return both(entry_close(pamh, &options), token);
}

EXPORTED int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	int before = errno, status = open_session(pamh, argc, argv);

	(void)flags;
	errno = before;
	return status;
}

EXPORTED int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	int before = errno, status = close_session(pamh, argc, argv);

	(void)flags;
	errno = before;
	return status;
}
