/* SPDX-License-Identifier: ISC */
#include "dispatch.h"

#include <stdio.h>
#include <string.h>

#include "harden.h"
#include "stream.h"
#include "rules/authority.h"
#include "rules/cabinet.h"
#include "rules/exit.h"
#include "rules/mailbox.h"
#include "rules/master.h"
#include "rules/profile.h"
#include "rules/profile_record.h"
#include "rules/token.h"
#include "rules/view_tools.h"

/*
 * What holders of a lock, of a store or the audit's, promise: past it a waiter of another process kills them, all of the
 * service too.  A child may be frozen by its user, and would have ended itself by then.  The service no user can freeze,
 * but a disk can; so it has as long as it gives a request itself (STUCK_MS).
 */
#define LOAD_HOLD_MS (STREAM_LIFE_MS + STREAM_SILENCE_MS)
#define SERVICE_HOLD_MS 30000

static bool take_line(void *arg, const char *line)
{
	const char *items[] = {line};

	return answer_row(arg, items, 1);
}

/* The audit names users and what they did: *SECADM. */
static enum authz_result read_audit(struct rules *r, const struct request *request, struct answer *answer)
{
	struct audit_cursor cursor = {0, 0};
	char subject[HOST_SUBJECT_SIZE];
	enum authz_result result = profile_require(r, SPECIAL_SECADM);

	if (result != AUTHZ_OK)
		return result;
	if (request->cursor.length == sizeof cursor)
		memcpy(&cursor, request->cursor.bytes, sizeof cursor);
	result = r->host->audit_read(r->host->context, request->since, &cursor, take_line, answer, subject);
	if (result != AUTHZ_OK)
		return rules_refuse(r, result, subject);
	memcpy(answer->reply.cursor.bytes, &cursor, sizeof cursor);
	answer->reply.cursor.length = sizeof cursor;
	answer->reply.has |= 1u << REPLY_CURSOR;
	return AUTHZ_OK;
}

/* One row for each operation, with one of the three. */
struct rule {
	enum operation operation;
	enum authz_result (*acts)(struct rules *r, const struct request *request);
	enum authz_result (*answers)(struct rules *r, const struct request *request, struct answer *answer);
	enum authz_result (*streams)(struct rules *r, const struct request *request, const struct rules_stream *stream,
	                             struct answer *answer);
};

static const struct rule rules_of_operations[] = {
	{OP_TOKEN_GENERATE, .answers = token_generate},
	{OP_TOKEN_REDEEM, .answers = token_redeem},
	{OP_TOKEN_REMOVE, .acts = token_remove},
	{OP_TOKEN_LIST, .answers = token_list},
	{OP_TOKEN_REGENERATE, .answers = token_regenerate},
	{OP_TOKEN_INSPECT, .answers = token_inspect},
	{OP_TOKEN_INVALIDATE, .acts = token_invalidate},
	{OP_TOKEN_REMOVE_ALL, .answers = token_remove_all},
	{OP_TOKEN_USER, .answers = token_user},
	{OP_AUTHORITY_GRANT, .acts = authority_grant},
	{OP_AUTHORITY_REVOKE, .acts = authority_revoke},
	{OP_AUTHORITY_SET, .acts = authority_set},
	{OP_AUTHORITY_CHECK, .acts = authority_check},
	{OP_AUTHORITY_GET, .answers = authority_get},
	{OP_AUTHORITY_EXPLICIT, .answers = authority_explicit},
	{OP_AUTHORITY_COPY, .acts = authority_copy},
	{OP_AUTHORITY_DELETE, .answers = authority_delete},
	{OP_AUTHORITY_LIST, .answers = authority_list},
	{OP_AUTHORITY_EXPLAIN, .answers = authority_explain},
	{OP_PROFILE_SHOW, .answers = profile_show},
	{OP_PROFILE_ENABLE, .acts = profile_enable},
	{OP_PROFILE_DISABLE, .acts = profile_disable},
	{OP_PROFILE_SPECIAL, .acts = profile_special},
	{OP_AUDIT_READ, .answers = read_audit},
	{OP_STORE_STATS, .answers = store_tools_stats},
	{OP_STORE_CHECK, .streams = store_tools_check},
	{OP_STORE_DUMP, .streams = store_tools_dump},
	{OP_STORE_LOAD, .streams = view_tools_load},
	{OP_CABINET_CREATE, .answers = cabinet_create},
	{OP_CABINET_ALTER, .acts = cabinet_alter},
	{OP_CABINET_PASSWORD, .acts = cabinet_password},
	{OP_CABINET_ADMIN, .acts = cabinet_admin},
	{OP_CABINET_DELETE, .acts = cabinet_delete},
	{OP_CABINET_UNDELETE, .acts = cabinet_undelete},
	{OP_CABINET_PURGE, .answers = cabinet_purge},
	{OP_CABINET_SHOW, .answers = cabinet_show},
	{OP_CABINET_LIST, .answers = cabinet_list},
	{OP_CABINET_ADD, .answers = cabinet_add},
	{OP_CABINET_SET, .acts = cabinet_set},
	{OP_CABINET_REMOVE, .acts = cabinet_remove},
	{OP_CABINET_MEMBERS, .answers = cabinet_members},
	{OP_CABINET_WHERE, .answers = cabinet_where},
	{OP_CABINET_PROFILE, .answers = cabinet_profile_of},
	{OP_CABINET_LOAD, .streams = cabinet_load},
	{OP_CABINET_FORGET, .answers = cabinet_forget},
	{OP_CABINET_AUTHORIZE, .acts = cabinet_authorize},
	{OP_CABINET_WITHDRAW, .acts = cabinet_withdraw},
	{OP_VIEW_CHECK, .streams = view_tools_check},
	{OP_VIEW_REBUILD, .streams = view_tools_rebuild},
	{OP_MASTER_DEFINE, .acts = master_define},
	{OP_MASTER_REMOVE, .acts = master_remove},
	{OP_MASTER_LIST, .answers = master_list},
	{OP_MASTER_GRANT, .acts = master_grant},
	{OP_MASTER_REVOKE, .acts = master_revoke},
	{OP_MASTER_MAY, .answers = master_may},
	{OP_MASTER_MINE, .answers = master_mine},
	{OP_MASTER_FORBID, .acts = master_forbid},
	{OP_MASTER_ENTER, .answers = master_enter},
	{OP_BOX_GROUP_SET, .acts = box_group_set},
	{OP_BOX_GROUP_LIST, .answers = box_group_list},
	{OP_BOX_GROUP_DELETE, .acts = box_group_delete},
	{OP_MAILBOX_ADD, .acts = mailbox_add},
	{OP_MAILBOX_ALTER, .acts = mailbox_alter},
	{OP_MAILBOX_DELETE, .acts = mailbox_delete},
	{OP_MAILBOX_LIST, .answers = mailbox_list},
	{OP_MAILBOX_BIND, .answers = mailbox_bind},
	{OP_MAILBOX_REGISTER, .acts = mailbox_register},
	{OP_EXIT_ADD, .answers = exit_add},
	{OP_EXIT_REMOVE, .answers = exit_remove},
	{OP_EXIT_POINT, .answers = exit_point},
	{OP_EXIT_LIST, .answers = exit_list},
	{OP_EXIT_CHECK, .streams = exit_check},
	{OP_EXIT_SIGNON, .acts = exit_signon},
	{OP_EXIT_COMMAND, .acts = exit_command},
};

#define ONE(name, number, required, optional) +1
_Static_assert(sizeof rules_of_operations / sizeof rules_of_operations[0] == 0 OPERATIONS(ONE), "each has its rule");
#undef ONE

static enum authz_result run(struct rules *r, const struct request *request, const struct rules_stream *stream,
                             struct answer *answer)
{
	const struct rule *rule = rules_of_operations, *end = rule + sizeof rules_of_operations / sizeof *rule;

	while (rule < end && rule->operation != request->operation)
		rule++;
	if (rule == end)
		return rules_refuse(r, AUTHZ_BAD_REQUEST, "operation");
	if (rule->acts != NULL)
		return rule->acts(r, request);
	if (rule->answers != NULL)
		return rule->answers(r, request, answer);
	return rule->streams(r, request, stream, answer);
}

/*
 * What is opened, and how, for one request.  What holds a store for long opens it for itself: a load, which replaces what
 * there is, whatever makes the view anew, and a load of members by the host.
 */
static enum authz_result open_store(struct rules *r, struct desk *d, uint16_t operation, bool durable)
{
	const bool load = operation == OP_STORE_LOAD, members = operation == OP_CABINET_LOAD && r->caller.is_host,
	           slow = load || members || operation == OP_VIEW_REBUILD;
	const char *folder = durable ? d->place->store : d->place->tokens;
	struct store **s = durable ? &r->authority : &r->tokens, **kept = durable ? &d->authority : &d->tokens;
	enum authz_result result;
	struct store_options options = {.folder = folder, .durable = durable, .lock_wait_ms = r->host->config.lock_wait_ms,
	                                .hold_ms = slow ? LOAD_HOLD_MS : d->machine.hold_ms,
	                                .boot_id = d->machine.boot_id, .replace = load && durable};

	if (d->keeps != NULL)
		options.keep = durable ? d->keeps->authority : d->keeps->tokens;
	if (d->keeps != NULL && !slow) {
		result = store_again(kept, &options);
		*s = *kept;
	} else {
		result = store_open(s, &options);
	}
	if (result != AUTHZ_OK)
		rules_refuse(r, result, *s != NULL ? store_subject(*s) : folder);
	return result;
}

/* What a crash left of a publication is finished first, by whoever comes: without waiting for a lock. */
static void finish_view(struct rules *r, const struct desk *d)
{
	const struct store_options options = {.folder = d->place->store, .durable = true, .lock_wait_ms = 0,
	                                      .hold_ms = d->machine.hold_ms, .boot_id = d->machine.boot_id};
	struct store *s;

	if (!r->publisher->is_pending(r->publisher->context))
		return;
	if (store_open(&s, &options) == AUTHZ_OK)
		view_finish(r, s);
	store_close(s);
}

static void close_store(const struct desk *d, struct store **s)
{
	if (*s != d->authority && *s != d->tokens)
		store_close(*s);
	*s = NULL;
}

static bool needs_tokens(const struct request *request)
{
	static const uint16_t on_tokens[] = {
		OP_TOKEN_GENERATE, OP_TOKEN_REDEEM, OP_TOKEN_REMOVE, OP_TOKEN_LIST,
		OP_TOKEN_REGENERATE, OP_TOKEN_INSPECT, OP_TOKEN_INVALIDATE, OP_TOKEN_REMOVE_ALL,
		OP_TOKEN_USER, OP_MAILBOX_BIND, OP_MAILBOX_REGISTER,
	};
	size_t i;

	for (i = 0; i < sizeof on_tokens / sizeof on_tokens[0]; i++)
		if (request->operation == on_tokens[i])
			return true;
	/* whichever store it names; and the tries of a cabinet's password */
	return (request->has & (HAS(STORE) | HAS(AS))) != 0;
}

/* Whoever only looks is told the rest where the tokens are out of reach. */
static void open_if_there(struct rules *r, struct desk *d)
{
	if (open_store(r, d, OP_PROFILE_SHOW, false) == AUTHZ_OK)
		return;
	close_store(d, &r->tokens);
	r->subject[0] = '\0';
}

static enum authz_result with_stores(struct rules *r, struct desk *d, const struct request *request,
                                     const struct rules_stream *stream, struct answer *answer)
{
	enum authz_result result = open_store(r, d, request->operation, true);

	if (result == AUTHZ_OK)
		finish_view(r, d);
	if (result == AUTHZ_OK && needs_tokens(request))
		result = open_store(r, d, request->operation, false);
	else if (result == AUTHZ_OK && request->operation == OP_PROFILE_SHOW)
		open_if_there(r, d);
	if (result == AUTHZ_OK)
		result = run(r, request, stream, answer);
	close_store(d, &r->tokens);
	close_store(d, &r->authority);
	return result;
}

void desk_init(struct desk *d, const struct place *place, uid_t self, const struct keeps *keeps)
{
	*d = (struct desk){.place = place, .keeps = keeps,
	                   .machine = {.config_owner = place->own ? self : 0, .trusted_options = place->own, .foreign = {.own = place->own}}};
	d->machine.audit = keeps != NULL ? keeps->audit : NULL;
	d->machine.foreign.seats = keeps != NULL ? keeps->foreign : NULL;
	d->machine.hold_ms = keeps != NULL ? SERVICE_HOLD_MS : HELPER_LIFE_MS;
	snprintf(d->machine.config_file, sizeof d->machine.config_file, "%s", place->config);
	snprintf(d->machine.audit_folder, sizeof d->machine.audit_folder, "%s", place->audit);
	snprintf(d->machine.foreign.socket, sizeof d->machine.foreign.socket, "%s", place->launch);
	view_folder_init(&d->view, place->view);
}

enum authz_result desk_start(struct desk *d, uid_t self, char subject[SUBJECT_SIZE])
{
	struct rules rules = {.host = &d->host, .publisher = &d->view.publisher,
	                      .caller = {.uid = self, .is_host = true, .loginuid = UINT32_MAX}};
	char why[256] = "";
	enum authz_result result = machine_host(&d->machine, &d->host, why);

	d->machine.hold_ms = SERVICE_HOLD_MS; /* it may make the view anew */
	if (result != AUTHZ_OK)
		rules_refuse(&rules, result, why);
	else
		result = open_store(&rules, d, OP_VIEW_CHECK, true);
	if (result == AUTHZ_OK)
		result = view_start(&rules);
	close_store(d, &rules.authority);
	memcpy(subject, rules.subject, SUBJECT_SIZE);
	return result;
}

void dispatch(struct desk *d, const struct identity *id, const struct request *request, const struct rules_stream *stream,
              struct answer *answer)
{
	struct rules rules = {.host = &d->host, .publisher = &d->view.publisher};
	enum authz_result result;
	char why[256] = "";

	result = machine_host(&d->machine, &d->host, why);
	if (result == AUTHZ_OK) {
		identity_principal(id, &d->host, &rules.caller);
		result = with_stores(&rules, d, request, stream, answer);
	} else {
		rules_refuse(&rules, result, why);
	}
	answer->reply.result = result;
	if (result != AUTHZ_OK) {
		answer->reply.has = 1u << REPLY_SUBJECT;
		memcpy(answer->reply.subject, rules.subject, sizeof answer->reply.subject);
		answer_drop_rows(answer);
	}
}
