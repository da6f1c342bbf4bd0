/* SPDX-License-Identifier: ISC */
#include "mailboxes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct site_server the_site;

struct site_server *site(struct world *w)
{
	assert_ptr_equal(the_site.world, w);
	return &the_site;
}

/* ---- the site's server */

/* The value of a line, empty if there is none. */
static void line_of(const struct host_launch *what, const char *word, char value[PASSWORD_SIZE])
{
	const char *at = what->input, *end;

	value[0] = '\0';
	while ((size_t)(at - what->input) < what->input_length) {
		end = memchr(at, '\n', what->input_length - (size_t)(at - what->input));
		assert_non_null(end);
		if (strncmp(at, word, strlen(word)) == 0 && at[strlen(word)] == ' ')
			snprintf(value, PASSWORD_SIZE, "%.*s", (int)(end - at - (long)strlen(word) - 1), at + strlen(word) + 1);
		at = end + 1;
	}
}

static char *password_of(struct site_server *s, const char *owner)
{
	size_t i;

	for (i = 0; i < s->count; i++)
		if (strcmp(s->owner[i], owner) == 0)
			return s->password[i];
	return NULL;
}

static bool act(struct site_server *s, const char *command, const char *owner, const char *password, const char *new_password)
{
	char *has = password_of(s, owner);

	if (strcmp(command, "add") == 0 && has == NULL) {
		snprintf(s->owner[s->count], NAME_SIZE, "%.32s", owner);
		snprintf(s->password[s->count++], PASSWORD_SIZE, "%s", password);
		return true;
	}
	if (has == NULL || strcmp(command, "add") == 0)
		return false;
	if (strcmp(command, "alter") == 0 && password[0] != '\0')
		snprintf(has, PASSWORD_SIZE, "%s", password);
	if (strcmp(command, "delete") == 0)
		memset(s->owner[(has - s->password[0]) / PASSWORD_SIZE], 0, NAME_SIZE);
	if (strcmp(command, "alter") == 0 || strcmp(command, "delete") == 0)
		return true;
	if (strcmp(has, password) != 0)
		return false;
	if (strcmp(command, "register") == 0)
		snprintf(has, PASSWORD_SIZE, "%s", new_password);
	return true;
}

static enum authz_result out_of_reach(const struct host_launch *what, char why[HOST_SUBJECT_SIZE])
{
	snprintf(why, HOST_SUBJECT_SIZE, "%.200s: killed by signal 9", what->path);
	return AUTHZ_LAUNCH_FAILED;
}

static enum authz_result serve(void *arg, struct host_launch *what, char why[HOST_SUBJECT_SIZE])
{
	struct site_server *s = arg;
	char command[PASSWORD_SIZE], owner[PASSWORD_SIZE], password[PASSWORD_SIZE], new_password[PASSWORD_SIZE];
	void (*meanwhile)(struct world *) = s->meanwhile;
	bool done;

	line_of(what, "command", command);
	line_of(what, "owner", owner);
	line_of(what, "password", password);
	line_of(what, "new-password", new_password);
	snprintf(s->said[s->asked++ % 16], sizeof s->said[0], "%.15s", command);
	s->meanwhile = NULL;
	if (meanwhile != NULL)
		meanwhile(s->world);
	if (s->mode == SITE_AWAY)
		return out_of_reach(what, why);
	if (s->mode == SITE_CUT_OFF) {
		if (s->cuts-- == 0) {
			s->mode = SITE_RIGHT;
			s->cuts = 0;
		}
		return out_of_reach(what, why);
	}
	done = s->mode != SITE_REFUSES && act(s, command, owner, password, new_password);
	what->heard = true;
	if (s->mode == SITE_CUT_OFF_DONE || (s->mode == SITE_SLOW && !done)) {
		s->mode = s->mode == SITE_SLOW ? SITE_SLOW : SITE_RIGHT;
		return out_of_reach(what, why);
	}
	what->output_length = (size_t)snprintf(what->output, what->output_size, "%s\n", done ? "ok" : "error not by the book");
	return AUTHZ_OK;
}

int mailboxes_setup(void **state)
{
	struct world *w;

	if (world_setup(state) != 0)
		return -1;
	w = *state;
	fake_host_user(&w->fake, "helpdesk", UID_HELPDESK);
	fake_host_user(&w->fake, "mail", UID_MAIL);
	the_site = (struct site_server){.world = w};
	w->fake.launch.program = serve;
	w->fake.launch.program_arg = &the_site;
	world_host(w);
	return 0;
}

/* ---- requests */

static void put(struct request *q, uint64_t field, char *to, size_t size, const char *value)
{
	if (value == NULL)
		return;
	snprintf(to, size, "%s", value);
	q->has |= field;
}
#define PUT(q, FIELD, member, value) put(q, HAS(FIELD), (q)->member, sizeof (q)->member, value)

enum authz_result set_group(struct world *w, const char *name, const char *server, const char *master, int add, int drop,
                            bool reconfigure)
{
	struct principal before = w->rules.caller;
	struct request q = {.mask_add = add, .mask_drop = drop, .reconfigure = reconfigure};
	enum authz_result result;

	PUT(&q, BOX_GROUP, box_group, name);
	PUT(&q, SERVER, server, server);
	PUT(&q, MASTER, master, master);
	if (master != NULL && master[0] != '\0')
		PUT(&q, NEW_SECRET, new_secret, "master");
	world_host(w);
	result = box_group_set(&w->rules, &q);
	w->rules.caller = before;
	return result;
}

static void set_manager(struct world *w, const char *name, const char *manager)
{
	struct request q = {.has = 0};

	PUT(&q, BOX_GROUP, box_group, name);
	PUT(&q, PRINCIPAL, principal, manager);
	assert_result(box_group_set(&w->rules, &q), AUTHZ_OK);
}

void make_groups(struct world *w)
{
	struct principal before = w->rules.caller;

	world_host(w);
	assert_result(set_group(w, "built", NULL, "helpdesk", 0, 0, false), AUTHZ_OK);
	assert_result(set_group(w, "site", SITE_SERVER, "helpdesk", 0, 0, false), AUTHZ_OK);
	set_manager(w, "built", "mail");
	set_manager(w, "site", "mail");
	w->rules.caller = before;
}

static struct request about(struct world *w, const char *owner)
{
	struct request q = {.has = 0};

	PUT(&q, USER, user, owner);
	answer_init(&w->answer);
	w->rules.subject[0] = '\0';
	return q;
}

enum authz_result add_box(struct world *w, const char *owner, const char *group, const char *password, const char *address)
{
	struct request q = about(w, owner);

	PUT(&q, BOX_GROUP, box_group, group);
	PUT(&q, NEW_SECRET, new_secret, password);
	PUT(&q, ADDRESS, address, address);
	return mailbox_add(&w->rules, &q);
}

enum authz_result alter_box(struct world *w, const char *owner, const char *group, const char *password, const char *address)
{
	struct request q = about(w, owner);

	PUT(&q, BOX_GROUP, box_group, group);
	PUT(&q, NEW_SECRET, new_secret, password);
	PUT(&q, ADDRESS, address, address);
	return mailbox_alter(&w->rules, &q);
}

enum authz_result delete_box(struct world *w, const char *owner)
{
	const struct request q = about(w, owner);

	return mailbox_delete(&w->rules, &q);
}

enum authz_result bind_box(struct world *w, const char *owner, const char *password, const char *from)
{
	struct request q = about(w, owner);

	PUT(&q, SECRET, secret, password);
	PUT(&q, RHOST, rhost, from);
	return mailbox_bind(&w->rules, &q, &w->answer);
}

enum authz_result register_box(struct world *w, const char *owner, const char *old, const char *new)
{
	struct request q = about(w, owner);

	PUT(&q, SECRET, secret, old);
	PUT(&q, NEW_SECRET, new_secret, new);
	return mailbox_register(&w->rules, &q);
}

void host_adds_box(struct world *w, const char *owner, const char *group, const char *password)
{
	struct principal before = w->rules.caller;

	world_host(w);
	assert_result(add_box(w, owner, group, password, NULL), AUTHZ_OK);
	w->rules.caller = before;
}

void assert_entered(struct world *w, const char *owner, const char *master)
{
	const struct reply *reply = &w->answer.reply;
	const uint64_t of_master = 1u << REPLY_MASTER | 1u << REPLY_MASTER_UID;

	assert_true((reply->has & (1u << REPLY_USER)) && (reply->has & (1u << REPLY_UID)));
	assert_string_equal(reply->user, owner);
	assert_int_equal(reply->uid, fake_host_find(&w->fake, owner)->user.uid);
	assert_int_equal(reply->has & of_master, master != NULL ? of_master : 0);
	if (master == NULL)
		return;
	assert_string_equal(reply->master, master);
	assert_int_equal(reply->master_uid, fake_host_find(&w->fake, master)->user.uid);
}

bool find_box(struct world *w, const char *owner, struct mailbox *out)
{
	struct store_txn *t = begin(w->rules.authority, false);
	struct box_group group;
	bool found;

	assert_result(mailbox_read(&w->rules, t, owner, out, &group, &found), AUTHZ_OK);
	store_abort(t);
	return found;
}

void find_group(struct world *w, const char *name, struct box_group *out)
{
	struct store_txn *t = begin(w->rules.authority, false);
	bool found;

	assert_result(box_group_read(&w->rules, t, name, out, &found), AUTHZ_OK);
	assert_true(found);
	store_abort(t);
}
