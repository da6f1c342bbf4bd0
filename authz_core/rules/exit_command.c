/* SPDX-License-Identifier: ISC */
/*
 * May a user of sudo run a command (CMND0100)?
 *
 * MUST 1: the authority and all exits must allow it.
 * MUST 2: nothing of a command is cut: what cannot be told whole is refused where anybody would be told.
 * MUST 3: two commands that differ never look the same.
 * MUST 4: there is no yes of an exit without its record.
 * MUST 5: a path that is spelt so that it says nothing of the folder it is in is no object's name.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/authority.h"
#include "rules/authority_profile.h"
#include "rules/exit.h"
#include "rules/exit_audit.h"
#include "rules/exit_host.h"

#define TYPE_COMMAND "command"
#define SUDOEDIT "sudoedit" /* what sudo edits files by has no path */
#define BEFORE_COMMAND 2 /* lines */
#define ESCAPED 4        /* bytes that one becomes at most */
#define PATH_ON_RECORD 255

struct command {
	struct rules *r;
	const struct request *request;
	struct host_user user;
	char bytes[DATA_SIZE + 1]; /* DATA, and a NUL */
	size_t count;              /* strings in it: the path and its arguments */
	bool no_path, no_arguments; /* they were too long */
	struct exit_programs programs;
	uint32_t number; /* of the program that said *NO */
	char detail[4 * PATH_ON_RECORD]; /* of the audit */
};

static enum authz_result bad(struct command *c, const char *parameter)
{
	return rules_refuse(c->r, AUTHZ_BAD_PARAMETER, parameter);
}

/* ---- the parameters */

static enum authz_result read_command(struct command *c)
{
	const size_t length = c->request->data.length;
	size_t i;

	memcpy(c->bytes, c->request->data.bytes, length);
	c->bytes[length] = '\0';
	for (i = 0; i < length; i++)
		c->count += c->bytes[i] == '\0';
	c->no_path = length == 0;
	c->no_arguments = c->count == 0;
	if (!c->no_path && c->bytes[0] == '\0')
		return bad(c, "command");
	if (!c->no_arguments && c->bytes[length - 1] != '\0')
		return bad(c, "arguments");
	return AUTHZ_OK;
}

static enum authz_result find_user(struct command *c)
{
	struct rules *r = c->r;
	const char *name = c->request->user;
	enum authz_result result = r->host->user_by_name(r->host->context, name, &c->user);

	if (result == AUTHZ_OK)
		return AUTHZ_OK;
	return rules_refuse(r, result, result == AUTHZ_USER_NOT_FOUND ? name : "the look-up of a user failed");
}

static enum authz_result read_parameters(struct command *c)
{
	if (c->request->user[0] == '\0')
		return bad(c, "user");
	if (c->request->principal[0] == '\0')
		return bad(c, "as");
	return read_command(c);
}

/* ---- the authority */

/* Absolute, and without a part that is empty, "." or "..". */
static bool is_plain(const char *path)
{
	const char *part = path;
	size_t length;

	for (; *part == '/'; part += length) {
		part++;
		length = strcspn(part, "/");
		if (length == 0 || strncmp(part, "..", length) == 0)
			return false;
	}
	return part != path;
}

/* What no object can be called is not taken for a pattern, nor for another's name.  MUST 5 */
static bool is_object(const struct command *c)
{
	return !c->no_path && authority_profile_is_valid(c->bytes) && !authority_profile_is_generic(c->bytes) &&
	       (is_plain(c->bytes) || strcmp(c->bytes, SUDOEDIT) == 0);
}

/* Has the type any profile at all? */
static enum authz_result is_protected(struct command *c, bool *any)
{
	struct rules *r = c->r;
	struct authority_node node;
	struct store_txn *t;
	enum authz_result result = rules_begin(r, r->authority, false, &t);

	if (result != AUTHZ_OK)
		return result;
	result = authority_node_first(r, t, TYPE_COMMAND, &node, any);
	store_abort(t);
	return result;
}

static enum authz_result look_at_use(struct command *c, const struct authority_who *who, bool *may)
{
	struct rules *r = c->r;
	struct authority_object object = {.type = TYPE_COMMAND, .id = AUTHORITY_UNBOUND};
	struct authority_node node;
	struct store_txn *t;
	uint32_t mask;
	bool found;
	enum authz_result result = rules_begin(r, r->authority, false, &t);

	if (result != AUTHZ_OK)
		return result;
	memcpy(object.name, c->bytes, strlen(c->bytes) + 1);
	result = authority_held(r, t, &object, who, &node, &found, &mask, NULL, NULL);
	store_abort(t);
	*may = result == AUTHZ_OK && (!found || (mask & AUTHORITY_USE));
	return result;
}

static enum authz_result look_at_authority(struct command *c)
{
	struct request of_user = {.has = HAS(PRINCIPAL)};
	struct authority_who who;
	bool any, may = false;
	enum authz_result result = is_protected(c, &any);

	if (result != AUTHZ_OK || !any)
		return result;
	if (!is_object(c))
		return bad(c, "command (its path is not a whole and plain one that could have an authority)");
	memcpy(of_user.principal, c->user.name, sizeof of_user.principal);
	result = authority_who_counts(c->r, &of_user, &who);
	if (result == AUTHZ_OK)
		result = look_at_use(c, &who, &may);
	return result != AUTHZ_OK || may ? result : rules_refuse(c->r, AUTHZ_NOT_AUTHORIZED_OBJECT, c->bytes);
}

/* ---- the exits */

/* MUST 3: behind what there is; "*text" is where the next one begins. */
static const char *escape(char **text, const char *from)
{
	const char *start = *text;
	char *to = *text;

	for (; *from != '\0'; from++) {
		if (*from >= ' ' && *from <= '~' && *from != '\\')
			*to++ = *from;
		else
			to += sprintf(to, "\\%03o", (unsigned char)*from);
	}
	*to = '\0';
	*text = to + 1;
	return start;
}

static void write_lines(const struct command *c, struct exit_line *lines, char *text)
{
	const char *from = c->bytes;
	size_t i;

	lines[0] = (struct exit_line){"user", c->user.name};
	lines[1] = (struct exit_line){"as", c->request->principal};
	for (i = 0; i < c->count; i++, from += strlen(from) + 1)
		lines[BEFORE_COMMAND + i] = (struct exit_line){i == 0 ? "command" : "arg", escape(&text, from)};
}

static enum authz_result ask(struct command *c)
{
	struct exit_line *lines = calloc(BEFORE_COMMAND + c->count, sizeof *lines);
	char *text = malloc(ESCAPED * c->request->data.length + 1);
	enum authz_result result = AUTHZ_OK;

	if (lines == NULL || text == NULL) {
		result = rules_refuse(c->r, AUTHZ_NO_MEMORY, "");
	} else {
		write_lines(c, lines, text);
		result = exit_host_ask(c->r, &c->programs, lines, BEFORE_COMMAND + c->count, &c->number);
	}
	free(text);
	free(lines);
	return result;
}

/* MUST 2 */
static enum authz_result look_at_exits(struct command *c)
{
	enum authz_result result = exit_host_programs(c->r, EXIT_POINT_COMMAND, EXIT_FORMAT_COMMAND, &c->programs);

	if (result != AUTHZ_OK || c->programs.count == 0)
		return result;
	result = exit_host_word(c->r, "user", c->user.name);
	if (result == AUTHZ_OK)
		result = exit_host_word(c->r, "as", c->request->principal);
	if (result != AUTHZ_OK)
		return result;
	if (c->no_path || c->no_arguments)
		return bad(c, c->no_path ? "command" : "arguments");
	return ask(c);
}

/* ---- the whole */

/* No command is without its path on record because somebody made that long: then its end is there. */
static void describe(struct command *c)
{
	const size_t length = strlen(c->bytes);
	const bool whole = length <= PATH_ON_RECORD;

	exit_audit_add(c->detail, sizeof c->detail, "run-as", c->request->principal);
	exit_audit_add(c->detail, sizeof c->detail, whole ? "command" : "command-end",
	               whole ? c->bytes : c->bytes + length - PATH_ON_RECORD);
	if (c->number != 0)
		exit_audit_add_number(c->detail, sizeof c->detail, "number", c->number);
}

/* MUST 1 */
static enum authz_result decide(struct command *c, const struct audit_event *event)
{
	enum authz_result result = read_parameters(c);

	if (result == AUTHZ_OK)
		result = find_user(c);
	if (result == AUTHZ_USER_NOT_FOUND)
		return rules_refused_unsaid(c->r, event, result);
	if (result == AUTHZ_OK && c->user.uid == 0)
		return AUTHZ_OK;
	if (result == AUTHZ_OK)
		result = look_at_authority(c);
	if (result == AUTHZ_OK)
		result = look_at_exits(c);
	if (result == AUTHZ_OK && c->programs.count == 0)
		return AUTHZ_OK;
	describe(c);
	return exit_audit(c->r, event, result); /* MUST 4 */
}

enum authz_result exit_command(struct rules *r, const struct request *request)
{
	struct command c = {.r = r, .request = request};
	const struct audit_event event = {.event = "exit.command", .caller = &r->caller, .owner = c.user.name,
	                                  .object_type = TYPE_COMMAND, .detail = c.detail};
	enum authz_result result;

	if (!r->caller.is_host)
		return rules_refused(r, &event, rules_refuse(r, AUTHZ_HOST_ONLY, ""));
	result = decide(&c, &event);
	exit_programs_free(&c.programs);
	return result;
}
