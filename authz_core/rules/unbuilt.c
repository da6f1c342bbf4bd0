/* SPDX-License-Identifier: ISC */
/* Rules that are not written yet. */
#include "rules/mailbox.h"
#include "rules/master.h"

enum authz_result master_list(struct rules *r, const struct request *request, struct answer *answer)
{
	(void)request, (void)answer;
	return rules_refuse(r, AUTHZ_BAD_REQUEST, "operation");
}

enum authz_result master_may(struct rules *r, const struct request *request, struct answer *answer)
{
	(void)request, (void)answer;
	return rules_refuse(r, AUTHZ_BAD_REQUEST, "operation");
}

enum authz_result master_mine(struct rules *r, const struct request *request, struct answer *answer)
{
	(void)request, (void)answer;
	return rules_refuse(r, AUTHZ_BAD_REQUEST, "operation");
}

enum authz_result box_group_set(struct rules *r, const struct request *request)
{
	(void)request;
	return rules_refuse(r, AUTHZ_BAD_REQUEST, "operation");
}

enum authz_result box_group_list(struct rules *r, const struct request *request, struct answer *answer)
{
	(void)request, (void)answer;
	return rules_refuse(r, AUTHZ_BAD_REQUEST, "operation");
}

enum authz_result box_group_delete(struct rules *r, const struct request *request)
{
	(void)request;
	return rules_refuse(r, AUTHZ_BAD_REQUEST, "operation");
}

enum authz_result mailbox_add(struct rules *r, const struct request *request)
{
	(void)request;
	return rules_refuse(r, AUTHZ_BAD_REQUEST, "operation");
}

enum authz_result mailbox_alter(struct rules *r, const struct request *request)
{
	(void)request;
	return rules_refuse(r, AUTHZ_BAD_REQUEST, "operation");
}

enum authz_result mailbox_delete(struct rules *r, const struct request *request)
{
	(void)request;
	return rules_refuse(r, AUTHZ_BAD_REQUEST, "operation");
}

enum authz_result mailbox_list(struct rules *r, const struct request *request, struct answer *answer)
{
	(void)request, (void)answer;
	return rules_refuse(r, AUTHZ_BAD_REQUEST, "operation");
}

enum authz_result mailbox_bind(struct rules *r, const struct request *request, struct answer *answer)
{
	(void)request, (void)answer;
	return rules_refuse(r, AUTHZ_BAD_REQUEST, "operation");
}

enum authz_result mailbox_register(struct rules *r, const struct request *request)
{
	(void)request;
	return rules_refuse(r, AUTHZ_BAD_REQUEST, "operation");
}
