/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: of a user who was forgotten no entry of a set is left, no master, and no history.
 */
#include "rules/master_forget.h"

#include <string.h>

#include "rules/master_history.h"
#include "rules/master_record.h"

static enum authz_result forget_in(struct rules *r, struct store_txn *t, const char *master, const char *user, unsigned *sets)
{
	struct master_wide wide;
	struct master m;
	bool found, is_in = false;
	enum authz_result result = master_read(r, t, master, &m, &wide, &found);

	if (result == AUTHZ_OK && strcmp(master, user) == 0)
		return master_erase(r, t, &m);
	if (result == AUTHZ_OK)
		result = master_user_drop(r, t, &m, user, &is_in);
	*sets += is_in;
	return result;
}

enum authz_result master_forget(struct rules *r, struct store_txn *t, const char *user, unsigned *sets)
{
	struct master_names n;
	enum authz_result result = master_names_read(r, t, &n);
	size_t i;

	*sets = 0;
	for (i = 0; i < n.count && result == AUTHZ_OK; i++)
		result = forget_in(r, t, n.names[i], user, sets);
	return result == AUTHZ_OK ? master_history_erase(r, t, user) : result;
}
