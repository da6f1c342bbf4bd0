/* SPDX-License-Identifier: ISC */
/* Rules that are not written yet. */
#include "rules/mailbox.h"

enum authz_result master_forbid(struct rules *r, const struct request *request)
{
	(void)request;
	return rules_refuse(r, AUTHZ_BAD_REQUEST, "operation");
}

enum authz_result master_enter(struct rules *r, const struct request *request, struct answer *answer)
{
	(void)request, (void)answer;
	return rules_refuse(r, AUTHZ_BAD_REQUEST, "operation");
}
