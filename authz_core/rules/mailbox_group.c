/* SPDX-License-Identifier: ISC */
/*
 * Groups of mailboxes: made, changed, listed, deleted.
 *
 * MUST 1: the host and *SECADM alone.
 * MUST 2: a group that has mailboxes is changed by reconfiguring alone, and deleted never.
 * MUST 3: the master is a user of this host, no system profile, and not the manager, who gives passwords to owners; a new master
 *         has a new password.
 * MUST 4: neither the master's password nor its hash is in a record of the audit, and no copy of either stays here.
 */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "rules/mailbox.h"
#include "rules/mailbox_server.h"
#include "rules/mailbox_who.h"
#include "rules/profile_record.h"
#include "rules/system_profile.h"

struct setting {
	struct rules *r;
	const struct request *request;
	struct host_user master, manager; /* as they are now, where the request names them */
	char crypt[HOST_CRYPT_SIZE];      /* of a new password */
	struct host_clock now;
	struct box_group group;
	char detail[128];
	struct audit_event event;
};

static bool has(const struct setting *s, uint64_t field)
{
	return (s->request->has & field) != 0;
}

static bool server_fits(const char *path)
{
	const char *c;

	for (c = path; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == '\x7f')
			return false;
	return path[0] == '\0' || (path[0] == '/' && path[1] != '\0');
}

/* What can be said of the request alone. */
static enum authz_result shape(struct setting *s)
{
	const struct request *q = s->request;

	if (!mailbox_name_fits(q->box_group))
		return rules_refuse(s->r, AUTHZ_BAD_PARAMETER, "group");
	if (has(s, HAS(SERVER)) && !server_fits(q->server))
		return rules_refuse(s->r, AUTHZ_BAD_PARAMETER, "server");
	if (((q->mask_add | q->mask_drop) & ~(int64_t)BOX_ALL) != 0 || (q->mask_add & q->mask_drop) != 0)
		return rules_refuse(s->r, AUTHZ_BAD_PARAMETER, "options");
	if (has(s, HAS(NEW_SECRET)) && has(s, HAS(MASTER)) && q->master[0] == '\0')
		return rules_refuse(s->r, AUTHZ_BAD_PARAMETER, "master");
	return has(s, HAS(NEW_SECRET)) ? mailbox_password_fits(s->r, q->new_secret, "password") : AUTHZ_OK;
}

static enum authz_result find_user(struct setting *s, uint64_t field, const char *name, struct host_user *out)
{
	bool is_user;
	enum authz_result result;

	if (!has(s, field) || name[0] == '\0')
		return AUTHZ_OK;
	result = mailbox_user(s->r, name, out, &is_user);
	return result == AUTHZ_OK && !is_user ? rules_refuse(s->r, AUTHZ_USER_NOT_FOUND, name) : result;
}

static enum authz_result ask(struct setting *s)
{
	struct rules *r = s->r;
	const struct request *q = s->request;
	enum authz_result result = find_user(s, HAS(MASTER), q->master, &s->master);

	if (result == AUTHZ_OK && s->master.name[0] != '\0' &&
	    system_profile(&r->host->config, s->master.name, s->master.uid))
		return rules_refuse(r, AUTHZ_SYSTEM_PROFILE, q->master);
	if (result == AUTHZ_OK)
		result = find_user(s, HAS(PRINCIPAL), q->principal, &s->manager);
	if (result == AUTHZ_OK && r->host->clock(r->host->context, &s->now) != AUTHZ_OK)
		return rules_refuse(r, AUTHZ_INTERNAL, "a clock could not be read");
	if (result != AUTHZ_OK || !has(s, HAS(NEW_SECRET)))
		return result;
	result = r->host->password_field(r->host->context, q->new_secret, s->crypt);
	return result == AUTHZ_OK ? result : rules_refuse(r, result, result == AUTHZ_BAD_PARAMETER ? "password" : "libcrypt");
}

/* ---- the change */

static enum authz_result set_master(struct setting *s)
{
	struct box_group *g = &s->group;
	const bool other = strcmp(g->master, s->master.name) != 0 || g->master_uid != s->master.uid;

	if (has(s, HAS(MASTER)) && s->master.name[0] == '\0') {
		memset(g->master, 0, sizeof g->master);
		g->master_uid = 0;
		sodium_memzero(g->crypt, sizeof g->crypt);
		return AUTHZ_OK;
	}
	if (has(s, HAS(MASTER)) && other && s->crypt[0] == '\0')
		return rules_refuse(s->r, AUTHZ_BAD_PARAMETER, "password");
	if (has(s, HAS(MASTER))) {
		memcpy(g->master, s->master.name, sizeof g->master);
		g->master_uid = s->master.uid;
	}
	if (s->crypt[0] != '\0' && g->master[0] == '\0')
		return rules_refuse(s->r, AUTHZ_BAD_PARAMETER, "master");
	if (s->crypt[0] != '\0')
		memcpy(g->crypt, s->crypt, sizeof g->crypt);
	return AUTHZ_OK;
}

static void set_server(struct setting *s)
{
	struct box_group *g = &s->group;

	if (!has(s, HAS(SERVER)) || strcmp(g->server, s->request->server) == 0)
		return;
	memcpy(g->server, s->request->server, sizeof g->server);
	g->turn++;
}

static enum authz_result apply(struct setting *s, bool found)
{
	const struct request *q = s->request;
	struct box_group *g = &s->group;
	enum authz_result result;

	if (!found)
		g->options = BOX_DEFAULT;
	g->options = (g->options | (uint32_t)q->mask_add) & ~(uint32_t)q->mask_drop;
	set_server(s);
	if (has(s, HAS(PRINCIPAL))) {
		memcpy(g->manager, s->manager.name, sizeof g->manager);
		g->manager_uid = s->manager.uid;
	}
	result = set_master(s);
	/* two names may be one user's */
	if (result == AUTHZ_OK && g->master[0] != '\0' && g->manager[0] != '\0' && g->master_uid == g->manager_uid)
		return rules_refuse(s->r, AUTHZ_BAD_PARAMETER, "manager");
	g->changed_by = s->r->caller.uid;
	g->changed_at = s->now.wall;
	s->event.master = g->master;
	snprintf(s->detail, sizeof s->detail, "options=%#x%s%s", (unsigned)g->options, s->crypt[0] != '\0' ? " password=new" : "",
	         found ? "" : " group=new");
	return result;
}

static enum authz_result change(struct setting *s, struct store_txn *t)
{
	bool found;
	enum authz_result result = box_group_read(s->r, t, s->request->box_group, &s->group, &found);

	if (result == AUTHZ_OK && found && s->group.boxes > 0 && s->request->reconfigure != 1)
		result = rules_refuse(s->r, AUTHZ_IN_USE, s->group.name);
	if (result == AUTHZ_OK)
		result = apply(s, found);
	return result == AUTHZ_OK ? box_group_write(s->r, t, &s->group) : result;
}

static enum authz_result erase(struct setting *s, struct store_txn *t)
{
	bool found;
	enum authz_result result = box_group_read(s->r, t, s->request->box_group, &s->group, &found);

	if (result != AUTHZ_OK)
		return result;
	if (!found)
		return rules_refuse(s->r, AUTHZ_NO_BOX_GROUP, s->request->box_group);
	if (s->group.boxes > 0)
		return rules_refuse(s->r, AUTHZ_IN_USE, s->group.name);
	return box_group_erase(s->r, t, &s->group);
}

/* It was asked before the lock was waited for. */
static enum authz_result still_may(struct setting *s, struct store_txn *t)
{
	uint32_t special;
	enum authz_result result = profile_caller_special(s->r, t, &special);

	return result == AUTHZ_OK ? profile_require_of(s->r, special, SPECIAL_SECADM) : result;
}

static enum authz_result run(struct setting *s, enum authz_result prepared,
                             enum authz_result (*step)(struct setting *, struct store_txn *))
{
	struct rules *r = s->r;
	struct store_txn *t = NULL;
	enum authz_result result = prepared;

	s->event.caller = &r->caller;
	s->event.object_type = "mailboxes";
	s->event.entity = mailbox_name_fits(s->request->box_group) ? s->request->box_group : "?";
	s->event.detail = s->detail;
	if (result == AUTHZ_OK)
		result = rules_begin(r, r->authority, true, &t);
	if (result == AUTHZ_OK)
		result = still_may(s, t);
	if (result == AUTHZ_OK)
		result = step(s, t);
	if (result == AUTHZ_OK)
		return rules_commit(r, r->authority, t, &s->event);
	store_abort(t);
	return rules_refused(r, &s->event, result);
}

enum authz_result box_group_set(struct rules *r, const struct request *request)
{
	struct setting s = {.r = r, .request = request, .event = {.event = "mailbox.group.set"}};
	enum authz_result result = profile_require(r, SPECIAL_SECADM);

	if (result == AUTHZ_OK)
		result = shape(&s);
	if (result == AUTHZ_OK)
		result = ask(&s);
	result = run(&s, result, change);
	sodium_memzero(&s, sizeof s);
	return result;
}

enum authz_result box_group_delete(struct rules *r, const struct request *request)
{
	struct setting s = {.r = r, .request = request, .event = {.event = "mailbox.group.delete"}};
	enum authz_result result = profile_require(r, SPECIAL_SECADM);

	result = run(&s, result, erase);
	sodium_memzero(&s, sizeof s);
	return result;
}

/* ---- the list */

static void options_text(uint32_t options, char text[64])
{
	static const struct {
		uint32_t bit;
		const char *name;
	} names[] = {{BOX_ALLOW_BINDS, "allow-binds"}, {BOX_ALLOW_REG, "allow-reg"}, {BOX_CHECK, "check"},
	             {BOX_AUDIT_BINDS, "audit-binds"}, {BOX_POPULATE, "populate"}};
	size_t i, used = 0;

	text[0] = '\0';
	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		if (options & names[i].bit)
			used += (size_t)snprintf(text + used, 64 - used, "%s%s", used > 0 ? "," : "", names[i].name);
}

static bool add_row(struct answer *answer, const struct box_group *g)
{
	char options[64], boxes[16];
	const char *items[] = {g->name, g->server, g->master, g->manager, options, boxes};

	options_text(g->options, options);
	snprintf(boxes, sizeof boxes, "%u", (unsigned)g->boxes);
	return answer_row(answer, items, sizeof items / sizeof items[0]);
}

/* The cursor is the name of the last one. */
static enum authz_result list(struct rules *r, struct store_txn *t, const char *after, struct answer *answer)
{
	struct box_names names;
	struct box_group g;
	const char *last = "";
	bool found;
	size_t i;
	enum authz_result result = box_names_read(r, t, &names);

	for (i = 0; result == AUTHZ_OK && i < names.count; i++) {
		if (strcmp(names.name[i], after) <= 0)
			continue;
		result = box_group_read(r, t, names.name[i], &g, &found);
		sodium_memzero(g.crypt, sizeof g.crypt);
		if (result == AUTHZ_OK && !add_row(answer, &g)) {
			answer->reply.has |= 1u << REPLY_CURSOR;
			answer->reply.cursor.length = strlen(last);
			memcpy(answer->reply.cursor.bytes, last, strlen(last));
			return AUTHZ_OK;
		}
		last = names.name[i];
	}
	return result;
}

enum authz_result box_group_list(struct rules *r, const struct request *request, struct answer *answer)
{
	char after[NAME_SIZE] = "";
	struct store_txn *t;
	enum authz_result result = profile_require(r, SPECIAL_SECADM);

	if (request->cursor.length >= sizeof after)
		return rules_refuse(r, AUTHZ_BAD_PARAMETER, "cursor");
	memcpy(after, request->cursor.bytes, request->cursor.length);
	if (result == AUTHZ_OK)
		result = rules_begin(r, r->authority, false, &t);
	if (result != AUTHZ_OK)
		return result;
	result = list(r, t, after, answer);
	store_abort(t);
	return result;
}
