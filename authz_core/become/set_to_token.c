/* SPDX-License-Identifier: ISC */
/*
 * authz_set_to_token: what QsySetToPrfTkn does, in a process of root's.
 *
 * MUST 1: the token is not asked about where the caller is not root in all three uids, or could not become the user.
 * MUST 2: the process becomes the account that the helper's OK names, by name and by number, or nobody.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "authz.h"
#include "become/become.h"

static bool is_root(void)
{
	uid_t real, effective, saved;

	return getresuid(&real, &effective, &saved) == 0 && real == 0 && effective == 0 && saved == 0;
}

static enum authz_result set(const struct become *b)
{
	switch (become_user(b)) {
	case BECOME_DONE:
		return AUTHZ_OK;
	case BECOME_NOT:
		return AUTHZ_SET_REFUSED;
	default:
		return AUTHZ_SET_HALF;
	}
}

static enum authz_result check_and_set(const struct authz_client *client, const struct become *b,
                                       const unsigned char token[AUTHZ_TOKEN_SIZE], const struct authz_session *session,
                                       struct authz_identity *identity, struct authz_error *error)
{
	enum authz_result result;

	if (!become_possible() || become_inherits())
		return AUTHZ_SET_REFUSED;
	result = authz_token_redeem(client, token, b->user, session, identity, error);
	if (result != AUTHZ_OK)
		return result;
	memcpy(error->subject, identity->user, sizeof identity->user);
	if (identity->uid != b->uid || strcmp(identity->user, b->user) != 0)
		return AUTHZ_TOKEN_OTHER_USER;
	return set(b);
}

enum authz_result authz_set_to_token(const struct authz_client *client, const unsigned char token[AUTHZ_TOKEN_SIZE],
                                     const char *user, const struct authz_session *session,
                                     struct authz_identity *identity, struct authz_error *error)
{
	struct authz_error ours = {""};
	struct become b = {.uid = (uid_t)-1};
	enum authz_result result = AUTHZ_HOST_ONLY;

	*identity = (struct authz_identity){.uid = (uid_t)-1, .master_uid = (uid_t)-1};
	if (is_root())
		result = user == NULL ? AUTHZ_BAD_PARAMETER : become_look_up(&b, user, &ours);
	if (user == NULL)
		memcpy(ours.subject, "user", sizeof "user");
	if (b.user != NULL && result == AUTHZ_OK)
		result = check_and_set(client, &b, token, session, identity, &ours);
	if (result != AUTHZ_OK)
		*identity = (struct authz_identity){.uid = (uid_t)-1, .master_uid = (uid_t)-1};
	else
		ours.subject[0] = '\0';
	if (error != NULL)
		*error = ours;
	become_free(&b);
	return result;
}
