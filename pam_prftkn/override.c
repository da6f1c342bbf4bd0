/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: an override holds for the handle whose authenticate redeemed a token that has one, and for its user alone.
 * MUST 2: the next authenticate of the handle ends it, whatever comes of that.
 */
#include "override.h"

#include <stdlib.h>
#include <string.h>

static const char name[] = "pam_prftkn_override";

static void forget(pam_handle_t *pamh, void *data, int status)
{
	(void)pamh, (void)status;
	free(data);
}

/* Without memory there is no override: the site's modules look at the account then, as everywhere else. */
void override_note(pam_handle_t *pamh, const struct authz_identity *identity)
{
	char *user = identity == NULL || identity->overridden == 0 ? NULL : strdup(identity->user);
	const void *noted = NULL;

	if (user == NULL && pam_get_data(pamh, name, &noted) != PAM_SUCCESS)
		return; /* as in every login without an override: nothing is kept */
	if (pam_set_data(pamh, name, user, forget) != PAM_SUCCESS)
		free(user);
}

bool override_holds(pam_handle_t *pamh)
{
	const void *noted = NULL, *user = NULL;

	return pam_get_data(pamh, name, &noted) == PAM_SUCCESS && noted != NULL &&
	       pam_get_item(pamh, PAM_USER, &user) == PAM_SUCCESS && user != NULL && strcmp(user, noted) == 0;
}
