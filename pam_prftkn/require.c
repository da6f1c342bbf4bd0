/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: whatever is not the helper's OK to every requirement is a refusal.
 * MUST 2: who it is that PAM_USER has is the helper's to find out; root is asked about as all are.
 * MUST 3: no name that is unknown here (people type passwords at "login:") is ever in a line of the log.
 */
#include "require.h"

#include <security/pam_ext.h>
#include <stdio.h>
#include <syslog.h>

#include "claims.h"
#include "requirement.h"

/* What is refused is an object, and that is named already; any other result may be about a name that was typed. */
static void log_refusal(pam_handle_t *pamh, const char *value, enum authz_result result, struct authz_error *error)
{
	const bool refused = result == AUTHZ_NOT_AUTHORIZED_OBJECT;
	char sentence[512];

	if (!refused && claims_account(pamh) == NULL)
		error->subject[0] = '\0';
	authz_result_text(result, error, sentence, sizeof sentence);
	pam_syslog(pamh, refused ? LOG_NOTICE : LOG_ERR, "account %s: require=%s %s: %s", refused ? "refused" : "not checked", value,
	           authz_result_code(result), sentence);
}

static int require_one(pam_handle_t *pamh, const struct options *options, const char *user, const char *value)
{
	const struct authz_client client = claims_client(options);
	const struct authz_entity of = {.user = user};
	struct authz_error error = {.subject = ""};
	enum authz_result result = AUTHZ_BAD_PARAMETER;
	struct requirement r;

	if (requirement_read(value, &r)) {
		const struct authz_object object = {r.type, r.name};

		if (options->debug)
			pam_syslog(pamh, LOG_DEBUG, "asking the helper about require=%s", value);
		result = authz_authority_check(&client, &object, &of, r.mask, &error);
		if (result == AUTHZ_NOT_AUTHORIZED_OBJECT)
			(void)snprintf(error.subject, sizeof error.subject, "%s", r.name);
	}
	if (result == AUTHZ_OK)
		return PAM_SUCCESS;
	log_refusal(pamh, value, result, &error);
	return result == AUTHZ_NOT_AUTHORIZED_OBJECT ? PAM_PERM_DENIED : PAM_AUTHINFO_UNAVAIL;
}

int require_all(pam_handle_t *pamh, const struct options *options)
{
	const char *user = claims_item(pamh, PAM_USER);
	int status = PAM_IGNORE;

	for (size_t i = 0; i < options->require_count; i++) {
		status = require_one(pamh, options, user == NULL ? "" : user, options->require[i]);
		if (status != PAM_SUCCESS)
			return status;
	}
	return status;
}
