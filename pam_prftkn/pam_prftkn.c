/* SPDX-License-Identifier: ISC */
/*
 * pam_prftkn: a profile token in place of a password.  See pam_prftkn(8).
 *
 * MUST 1: PAM_USER is never set.
 * MUST 2: whoever types learns nothing from authenticate but the prompt.
 * MUST 3: the host finds errno, its signals, its children and its descriptors as they were.
 * MUST 4: a bad option is PAM_SERVICE_ERR and a line in the log, and then nobody is prompted and nothing is asked.
 * MUST 5: a token is no password: chauthtok takes none for the current one and lets none become the new one.
 */
#include <errno.h>
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <string.h>
#include <syslog.h>

#include "answer.h"
#include "options.h"
#include "override.h"
#include "session.h"
#include "verdict.h"

#define EXPORTED __attribute__((visibility("default")))

/* PAM_SUCCESS: go on. */
static int begin(pam_handle_t *pamh, struct options *options, int argc, const char **argv)
{
	const char *wrong = options_parse(options, argc, argv);
	const void *service = NULL;

	if (wrong != NULL) {
		pam_syslog(pamh, LOG_ERR, "option not valid: %s", wrong);
		return PAM_SERVICE_ERR;
	}
	if (pam_get_item(pamh, PAM_SERVICE, &service) == PAM_SUCCESS && options_have_service(options, service))
		return PAM_SUCCESS;
	if (options->debug)
		pam_syslog(pamh, LOG_DEBUG, "not a service of services=");
	return PAM_IGNORE;
}

static int authenticate(pam_handle_t *pamh, int argc, const char **argv)
{
	struct options options;
	struct answer answer;
	int status = begin(pamh, &options, argc, argv);

	override_note(pamh, NULL);
	if (status == PAM_SUCCESS)
		status = answer_want_user(pamh);
	if (status != PAM_SUCCESS)
		return status;
	status = answer_get(pamh, &options, &answer);
	if (status == PAM_SUCCESS)
		status = verdict_on(pamh, &options, &answer);
	explicit_bzero(&answer, sizeof answer);
	return status;
}

/*
 * The current password (PAM_OLDAUTHTOK) is the next module's to check, and no token passes there.  A new one that looks
 * like a token could be set but never used: authenticate would take it for a token.
 */
static int change(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct options options;
	int status = begin(pamh, &options, argc, argv);

	if (status != PAM_SUCCESS)
		return status;
	if (!answer_clear_if_token(pamh))
		return PAM_IGNORE;
	pam_syslog(pamh, LOG_NOTICE, "new password refused: it begins like a profile token");
	if (((unsigned)flags & PAM_SILENT) == 0)
		(void)pam_error(pamh, "A password that begins like a profile token cannot be used.");
	return PAM_AUTHTOK_ERR;
}

static int account(pam_handle_t *pamh, int argc, const char **argv)
{
	struct options options;
	int status = begin(pamh, &options, argc, argv);

	if (status != PAM_SUCCESS)
		return status;
	return options.override && override_holds(pamh) ? PAM_SUCCESS : PAM_IGNORE;
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
	int before = errno, status = account(pamh, argc, argv);

	(void)flags;
	errno = before;
	return status;
}

static int with_session(pam_handle_t *pamh, int argc, const char **argv,
                        int (*act)(pam_handle_t *pamh, const struct options *options))
{
	struct options options;
	int status = begin(pamh, &options, argc, argv);

	if (status != PAM_SUCCESS)
		return status;
	return options.issue != 0 ? act(pamh, &options) : PAM_IGNORE;
}

EXPORTED int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	int before = errno, status = with_session(pamh, argc, argv, session_open);

	(void)flags;
	errno = before;
	return status;
}

EXPORTED int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	int before = errno, status = with_session(pamh, argc, argv, session_close);

	(void)flags;
	errno = before;
	return status;
}
