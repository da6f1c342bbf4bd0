/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a manager is the user of then: of the name and the uid; one who is disabled manages nothing.
 */
#include "rules/mailbox_who.h"

#include <sodium.h>
#include <string.h>

#include "rules/profile_record.h"

enum authz_result mailbox_caller_read(struct rules *r, struct store_txn *t, struct mailbox_caller *out)
{
	struct profile_state state = {.disabled = false};
	uint32_t special;
	enum authz_result result = profile_caller_special(r, t, &special);

	if (result == AUTHZ_OK && !r->caller.is_host)
		result = profile_read(r, t, r->caller.uid, &state);
	*out = (struct mailbox_caller){.secadm = result == AUTHZ_OK && (special & SPECIAL_SECADM) != 0,
	                               .disabled = result != AUTHZ_OK || state.disabled};
	return result;
}

bool mailbox_manages(const struct rules *r, const struct mailbox_caller *caller, const struct box_group *group)
{
	return caller->secadm || (!caller->disabled && group->manager[0] != '\0' && group->manager_uid == r->caller.uid &&
	                          strcmp(group->manager, r->caller.name) == 0);
}

enum authz_result mailbox_manages_any(struct rules *r, struct store_txn *t, const struct mailbox_caller *caller, bool *does)
{
	struct box_names names;
	struct box_group group;
	bool found;
	size_t i;
	enum authz_result result = box_names_read(r, t, &names);

	*does = caller->secadm;
	for (i = 0; result == AUTHZ_OK && i < names.count && !*does; i++) {
		result = box_group_read(r, t, names.name[i], &group, &found);
		*does = result == AUTHZ_OK && mailbox_manages(r, caller, &group);
		sodium_memzero(&group, sizeof group);
	}
	return result;
}

enum authz_result mailbox_user(struct rules *r, const char *name, struct host_user *out, bool *is_user)
{
	enum authz_result result = r->host->user_by_name(r->host->context, name, out);

	*is_user = result == AUTHZ_OK;
	if (result == AUTHZ_USER_NOT_FOUND) {
		*out = (struct host_user){.uid = (uid_t)-1};
		memcpy(out->name, name, strnlen(name, sizeof out->name - 1));
		return AUTHZ_OK;
	}
	return result == AUTHZ_OK ? result : rules_refuse(r, result, "the look-up of a user failed");
}

enum authz_result mailbox_user_is(struct rules *r, struct store_txn *t, const char *name, uid_t uid,
                                  const struct host_user *user, bool *is)
{
	struct profile_state state;
	enum authz_result result = AUTHZ_OK;

	*is = user != NULL && name[0] != '\0' && user->uid == uid && strcmp(user->name, name) == 0;
	if (*is) {
		result = profile_read(r, t, uid, &state);
		*is = result == AUTHZ_OK && !state.disabled;
	}
	return result;
}
