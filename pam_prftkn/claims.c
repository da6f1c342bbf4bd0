/* SPDX-License-Identifier: ISC */
#include "claims.h"

#include <security/pam_modutil.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "wire/request.h"

const char *claims_item(pam_handle_t *pamh, int type)
{
	const void *text = NULL;

	return pam_get_item(pamh, type, &text) == PAM_SUCCESS ? text : NULL;
}

const struct passwd *claims_account(pam_handle_t *pamh)
{
	const char *user = claims_item(pamh, PAM_USER);

	return user == NULL ? NULL : pam_modutil_getpwnam(pamh, user);
}

static const char *claim(pam_handle_t *pamh, int type, size_t size)
{
	const char *text = claims_item(pamh, type);

	return text != NULL && *text != '\0' && strlen(text) < size ? text : NULL;
}

struct authz_session claims_session(pam_handle_t *pamh)
{
	const struct request *sizes = NULL; /* for sizeof alone */

	return (struct authz_session){
		.service = claim(pamh, PAM_SERVICE, sizeof sizes->service),
		.rhost = claim(pamh, PAM_RHOST, sizeof sizes->rhost),
		.tty = claim(pamh, PAM_TTY, sizeof sizes->tty),
		.actor = getuid(),
	};
}

struct authz_client claims_client(const struct options *options)
{
	return (struct authz_client){
		.helper = options->helper,
		.socket = options->socket,
		.timeout_ms = options->timeout * 1000,
	};
}

bool claims_there_already(pam_handle_t *pamh, const struct passwd *account)
{
	const char *service = claims_item(pamh, PAM_SERVICE);

	return account != NULL && (getuid() == account->pw_uid || getauxval(AT_UID) == account->pw_uid ||
	                           (service != NULL && strcmp(service, "polkit-1") == 0));
}

bool claims_roots(void)
{
	return getuid() == 0 && getauxval(AT_UID) == 0;
}

int claims_pam_code(enum authz_result result)
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

const char *claims_host(pam_handle_t *pamh, char to[CLAIMS_HOST_SIZE])
{
	return log_word(to, CLAIMS_HOST_SIZE, claims_item(pamh, PAM_RHOST));
}
