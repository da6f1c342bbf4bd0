/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: who may not look into a cabinet does not learn whether there is one of that name or ISN.
 */
#include "rules/cabinet_found.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum authz_result cabinet_find_any(struct rules *r, struct store_txn *t, const struct request *request, struct cabinet *out,
                                   bool *found)
{
	const bool by_isn = request->has & HAS(ISN), by_name = request->has & HAS(CABINET);
	enum authz_result result;

	*found = false;
	if (by_isn == by_name)
		return rules_refuse(r, AUTHZ_NAME_AND_ISN, "");
	if (by_isn && (request->isn < 1 || request->isn > ISN_MAX))
		return AUTHZ_OK;
	result = by_isn ? cabinet_read_isn(r, t, (uint32_t)request->isn, out, found)
	                : cabinet_read(r, t, request->cabinet, out, found);
	*found = result == AUTHZ_OK && *found && out->type == CABINET_SHARED;
	return result;
}

/* What the caller said is all that an answer may say. */
enum authz_result cabinet_find_refused(struct rules *r, const struct request *request, enum authz_result result)
{
	char said[NAME_SIZE];

	if (request->has & HAS(ISN))
		snprintf(said, sizeof said, "%" PRId64, request->isn);
	else
		snprintf(said, sizeof said, "%s", request->cabinet);
	return rules_refuse(r, result, said);
}

enum authz_result cabinet_find_to_look(struct rules *r, struct store_txn *t, const struct request *request,
                                       const struct cabinet_actor *actor, struct cabinet *out)
{
	bool found, may;
	enum authz_result result;

	memset(out, 0, sizeof *out);
	result = cabinet_find_any(r, t, request, out, &found);
	if (result == AUTHZ_OK) /* MUST 1: of what is not there nobody is an administrator */
		result = found ? cabinet_administers(r, t, actor, out->name, &may) : cabinet_supervises(r, t, actor, &may);
	if (result != AUTHZ_OK)
		return result;
	if (!may)
		return cabinet_find_refused(r, request, AUTHZ_CABINET_ADMIN);
	if (!found)
		return cabinet_find_refused(r, request, request->has & HAS(ISN) ? AUTHZ_NO_ISN : AUTHZ_NO_CABINET);
	return AUTHZ_OK;
}
