/* SPDX-License-Identifier: ISC */
#include "cabinet_world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "noise.h"
#include "rules/view_tools.h"

/* ---- a publisher that fails */

/* True: this step fails. */
static bool at(struct cabinet_world *c, enum publish_step step)
{
	if (c->hook != NULL)
		c->hook(c->hook_arg, step);
	if (c->die_at == step)
		kill(getpid(), SIGKILL);
	return c->fail_at == step;
}

static enum view_answer step_open(void *context, enum view_which which, struct view *v)
{
	struct cabinet_world *c = context;

	return c->folder.publisher.open(&c->folder, which, v);
}

static bool step_is_pending(void *context)
{
	struct cabinet_world *c = context;

	return c->folder.publisher.is_pending(&c->folder);
}

static enum authz_result step_write(void *context, struct view_content *content)
{
	struct cabinet_world *c = context;
	enum authz_result result;

	if (at(c, STEP_WRITE))
		return AUTHZ_STORE_NO_ROOM;
	result = c->folder.publisher.write(&c->folder, content);
	(void)at(c, STEP_WRITTEN);
	return result;
}

static enum authz_result step_mark(void *context)
{
	struct cabinet_world *c = context;
	enum authz_result result;

	if (at(c, STEP_MARK))
		return AUTHZ_STORE_IO;
	result = c->folder.publisher.mark(&c->folder);
	(void)at(c, STEP_MARKED);
	return result;
}

static enum authz_result step_rename(void *context)
{
	struct cabinet_world *c = context;
	enum authz_result result;

	if (at(c, STEP_RENAME))
		return AUTHZ_STORE_NO_ROOM;
	result = c->folder.publisher.rename(&c->folder);
	(void)at(c, STEP_RENAMED);
	return result;
}

static enum authz_result step_drop(void *context)
{
	struct cabinet_world *c = context;

	return c->folder.publisher.drop(&c->folder);
}

static void asked(void *arg, const char *what)
{
	if (strcmp(what, "intent") == 0)
		(void)at(arg, STEP_INTENT);
}

/* ---- setup */

int cabinet_world_setup(void **state)
{
	struct cabinet_world *c = calloc(1, sizeof *c);
	void *w = NULL;

	if (c == NULL || world_setup(&w) != 0)
		return -1;
	/* the world is part of this one */
	memcpy(&c->w, w, sizeof c->w);
	free(w);
	c->w.fake.host.context = &c->w.fake;
	c->w.rules.host = &c->w.fake.host;
	c->w.fake.asked = asked;
	c->w.fake.asked_arg = c;
	mkdir(scratch_path(c->w.folder, "view"), 0755);
	view_folder_init(&c->folder, scratch_path(c->w.folder, "view"));
	c->publisher = (struct view_publisher){c, c->folder.path, step_open, step_is_pending, step_write, step_mark, step_rename,
	                                       step_drop};
	c->w.rules.publisher = &c->publisher;
	world_host(&c->w);
	*state = c;
	return 0;
}

int cabinet_world_teardown(void **state)
{
	struct cabinet_world *c = *state;

	world_close(&c->w);
	scratch_remove(c->w.folder);
	free(c);
	return 0;
}

void cabinet_world_again(struct cabinet_world *c)
{
	cabinet_world_close(c);
	world_open(&c->w);
}

void cabinet_world_close(struct cabinet_world *c)
{
	world_close(&c->w);
	c->die_at = c->fail_at = STEP_NONE;
	c->hook = NULL;
}

/* ---- changes */

void change_begin(struct cabinet_world *c)
{
	c->t = begin(c->w.rules.authority, true);
	c->touched = cabinet_touched_new();
	assert_non_null(c->touched);
}

enum authz_result change_commit(struct cabinet_world *c)
{
	const struct audit_event event = {.event = "cabinet.test", .caller = &c->w.rules.caller, .owner = "", .maker = "",
	                                  .token_id = "", .service = "", .rhost = "", .tty = "", .detail = ""};

	c->w.rules.subject[0] = '\0';
	return cabinet_commit(&c->w.rules, c->t, c->touched, &event);
}

static const char *cabinet_name(unsigned cabinet)
{
	static char names[MODEL_CABINETS][8];

	snprintf(names[cabinet], sizeof names[cabinet], "cab%u", cabinet);
	return names[cabinet];
}

static const char *user_name(unsigned user)
{
	static char names[MODEL_USERS][8];

	snprintf(names[user], sizeof names[user], "user%u", user);
	return names[user];
}

static struct cabinet read_cabinet(struct cabinet_world *c, unsigned cabinet)
{
	struct cabinet record;
	bool found;

	assert_result(cabinet_read(&c->w.rules, c->t, cabinet_name(cabinet), &record, &found), AUTHZ_OK);
	assert_true(found);
	return record;
}

void put_cabinet(struct cabinet_world *c, const char *name, gid_t gid)
{
	struct cabinet record = {.type = CABINET_SHARED, .gid = gid, .listing = VIEW_LIST_ALL};

	snprintf(record.name, sizeof record.name, "%s", name);
	assert_result(cabinet_next_isn(&c->w.rules, c->t, &record.isn), AUTHZ_OK);
	assert_result(cabinet_write(&c->w.rules, c->t, &record), AUTHZ_OK);
	cabinet_touch(c->touched, name);
}

void change_create(struct cabinet_world *c, unsigned cabinet)
{
	put_cabinet(c, cabinet_name(cabinet), AUTHZ_GID_LOW + cabinet);
	c->model.cabinets[cabinet] = (struct model_cabinet){.there = true};
}

void change_erase(struct cabinet_world *c, unsigned cabinet)
{
	const struct cabinet record = read_cabinet(c, cabinet);
	unsigned i;

	for (i = 0; i < MODEL_USERS; i++) {
		change_user(c, RELATION_MEMBER, cabinet, i, false);
		change_user(c, RELATION_ADMIN, cabinet, i, false);
	}
	for (i = 0; i < MODEL_CABINETS; i++) {
		change_nested(c, RELATION_MEMBER, cabinet, i, false);
		change_nested(c, RELATION_ADMIN, cabinet, i, false);
		change_nested(c, RELATION_MEMBER, i, cabinet, false);
		change_nested(c, RELATION_ADMIN, i, cabinet, false);
	}
	assert_result(cabinet_erase(&c->w.rules, c->t, &record), AUTHZ_OK);
	cabinet_touch(c->touched, record.name);
	c->model.cabinets[cabinet].there = false;
}

void change_lock(struct cabinet_world *c, unsigned cabinet, bool locked)
{
	struct cabinet record = read_cabinet(c, cabinet);

	record.marked = record.locked = locked;
	assert_result(cabinet_write(&c->w.rules, c->t, &record), AUTHZ_OK);
	cabinet_touch(c->touched, record.name);
	c->model.cabinets[cabinet].locked = locked;
}

void change_listing(struct cabinet_world *c, unsigned cabinet, enum view_listing listing)
{
	struct cabinet record = read_cabinet(c, cabinet);

	record.listing = (uint8_t)listing;
	assert_result(cabinet_write(&c->w.rules, c->t, &record), AUTHZ_OK);
	cabinet_touch(c->touched, record.name);
	c->model.cabinets[cabinet].listing = listing;
}

static struct cabinet_entity entity(char kind, const char *name)
{
	struct cabinet_entity e = {.kind = kind};

	snprintf(e.name, sizeof e.name, "%s", name);
	return e;
}

void link_add(struct cabinet_world *c, char relation, const char *cabinet, char kind, const char *name)
{
	struct cabinet_link link = {.relation = relation, .member = entity(kind, name), .profile_type = 1};

	snprintf(link.cabinet, sizeof link.cabinet, "%s", cabinet);
	assert_result(cabinet_link_add(&c->w.rules, c->t, &link), AUTHZ_OK);
	cabinet_touch_link(c->touched, &link);
}

static void link_remove(struct cabinet_world *c, char relation, const char *cabinet, char kind, const char *name)
{
	const struct cabinet_entity member = entity(kind, name);
	struct cabinet_link link;
	bool found;

	assert_result(cabinet_link_find(&c->w.rules, c->t, relation == RELATION_ADMIN ? RELATION_ADMIN : RELATION_MEMBER, cabinet,
	                                &member, &link, &found), AUTHZ_OK);
	assert_true(found);
	assert_result(cabinet_link_remove(&c->w.rules, c->t, &link), AUTHZ_OK);
	cabinet_touch_link(c->touched, &link);
}

static void change_link(struct cabinet_world *c, char relation, unsigned cabinet, char kind, const char *name, bool *is,
                        bool there)
{
	if (*is == there)
		return;
	*is = there;
	(there ? link_add : link_remove)(c, relation, cabinet_name(cabinet), kind, name);
}

void change_user(struct cabinet_world *c, char relation, unsigned cabinet, unsigned user, bool there)
{
	struct model_cabinet *m = &c->model.cabinets[cabinet];

	change_link(c, relation, cabinet, 'u', user_name(user), relation == RELATION_ADMIN ? &m->admin_users[user] : &m->users[user],
	            there);
}

void change_nested(struct cabinet_world *c, char relation, unsigned cabinet, unsigned member, bool there)
{
	struct model_cabinet *m = &c->model.cabinets[cabinet];

	change_link(c, relation, cabinet, 'c', cabinet_name(member),
	            relation == RELATION_ADMIN ? &m->admin_cabinets[member] : &m->cabinets[member], there);
}

/* Two levels and no more. */
static bool may_nest(const struct model *m, unsigned cabinet, unsigned member)
{
	unsigned i;

	if (cabinet == member)
		return false;
	for (i = 0; i < MODEL_CABINETS; i++)
		if (m->cabinets[member].cabinets[i] || m->cabinets[i].cabinets[cabinet])
			return false;
	return true;
}

static void change_any_nested(struct cabinet_world *c, uint64_t *noise, unsigned cabinet)
{
	const char relation = noise_below(noise, 2) == 0 ? RELATION_ADMIN : RELATION_MEMBER;
	const unsigned member = noise_below(noise, MODEL_CABINETS);
	const struct model_cabinet *m = &c->model.cabinets[cabinet];
	const bool is = relation == RELATION_ADMIN ? m->admin_cabinets[member] : m->cabinets[member];

	if (is || (c->model.cabinets[member].there && (relation == RELATION_ADMIN || may_nest(&c->model, cabinet, member))))
		change_nested(c, relation, cabinet, member, !is);
}

void change_any(struct cabinet_world *c, uint64_t *noise)
{
	const unsigned cabinet = noise_below(noise, MODEL_CABINETS), what = noise_below(noise, 100);
	const char relation = noise_below(noise, 3) == 0 ? RELATION_ADMIN : RELATION_MEMBER;
	const unsigned user = noise_below(noise, MODEL_USERS);
	struct model_cabinet *m = &c->model.cabinets[cabinet];

	if (!m->there)
		change_create(c, cabinet);
	else if (what < 4)
		change_erase(c, cabinet);
	else if (what < 14)
		change_lock(c, cabinet, !m->locked);
	else if (what < 22)
		change_listing(c, cabinet, noise_below(noise, 3));
	else if (what < 50)
		change_any_nested(c, noise, cabinet);
	else
		change_user(c, relation, cabinet, user,
		            !(relation == RELATION_ADMIN ? m->admin_users[user] : m->users[user]));
}

void change_one(struct cabinet_world *c, uint64_t *noise)
{
	change_begin(c);
	change_any(c, noise);
	assert_result(change_commit(c), AUTHZ_OK);
}

void change_many(struct cabinet_world *c, uint64_t *noise)
{
	unsigned i;

	change_begin(c);
	for (i = 0; i < 150; i++)
		change_any(c, noise);
	assert_result(change_commit(c), AUTHZ_OK);
	assert_view(c);
}

/* ---- what the view must say */

static bool is_live(const struct model *m, unsigned cabinet)
{
	return m->cabinets[cabinet].there && !m->cabinets[cabinet].locked;
}

static bool is_in(const struct model *m, unsigned cabinet, unsigned user)
{
	unsigned k;

	if (!is_live(m, cabinet))
		return false;
	if (m->cabinets[cabinet].users[user])
		return true;
	for (k = 0; k < MODEL_CABINETS; k++)
		if (m->cabinets[cabinet].cabinets[k] && is_live(m, k) && m->cabinets[k].users[user])
			return true;
	return false;
}

static bool is_administrator(const struct model *m, unsigned cabinet, unsigned user)
{
	unsigned k;

	if (m->cabinets[cabinet].admin_users[user])
		return true;
	for (k = 0; k < MODEL_CABINETS; k++)
		if (m->cabinets[cabinet].admin_cabinets[k] && is_in(m, k, user))
			return true;
	return false;
}

static bool is_listed(const struct model *m, unsigned cabinet, unsigned user)
{
	return is_in(m, cabinet, user) && (m->cabinets[cabinet].listing == VIEW_LIST_ALL ||
	                                   (m->cabinets[cabinet].listing == VIEW_LIST_ADMINISTRATORS &&
	                                    is_administrator(m, cabinet, user)));
}

static unsigned how_often(const struct view_group *g, uint32_t from, uint32_t to, const char *name)
{
	unsigned count = 0;

	for (; from < to; from++)
		count += strcmp(g->text + g->starts[from], name) == 0;
	return count;
}

static bool is_group(const struct view *v, const struct model *m, unsigned cabinet)
{
	uint32_t members = 0, administrators = 0;
	struct view_group g, numbered;
	char name[128];
	unsigned u;

	snprintf(name, sizeof name, "%s%s", AUTHZ_GROUP_PREFIX, cabinet_name(cabinet));
	if (!is_live(m, cabinet))
		return view_by_name(v, name, &g) == VIEW_ABSENT && view_by_gid(v, AUTHZ_GID_LOW + cabinet, &g) == VIEW_ABSENT;
	if (view_by_name(v, name, &g) != VIEW_FOUND || g.gid != AUTHZ_GID_LOW + cabinet ||
	    view_by_gid(v, g.gid, &numbered) != VIEW_FOUND || numbered.name != g.name)
		return false;
	for (u = 0; u < MODEL_USERS; u++) {
		members += is_listed(m, cabinet, u);
		administrators += is_administrator(m, cabinet, u);
		if (how_often(&g, 0, g.members, user_name(u)) != is_listed(m, cabinet, u) ||
		    how_often(&g, g.members, g.members + g.administrators, user_name(u)) != is_administrator(m, cabinet, u))
			return false;
	}
	return members == g.members && administrators == g.administrators;
}

static bool is_user(const struct view *v, const struct model *m, unsigned user)
{
	struct view_user u = {.count = 0};
	unsigned cabinet, i, count = 0, found;

	if (view_by_user(v, user_name(user), &u) == VIEW_DAMAGED)
		return false;
	for (cabinet = 0; cabinet < MODEL_CABINETS; cabinet++) {
		for (i = 0, found = 0; i < u.count; i++)
			found += u.gids[i] == AUTHZ_GID_LOW + cabinet;
		if (found != is_in(m, cabinet, user))
			return false;
		count += found;
	}
	return count == u.count;
}

static unsigned groups_of(const struct view *v)
{
	struct view_group g;
	uint32_t hint = 0, gid = 0;
	unsigned count = 0;

	while (view_from_gid(v, gid, &hint, &g) == VIEW_FOUND) {
		gid = g.gid + 1;
		count++;
	}
	return count;
}

bool cabinet_world_is_view(struct cabinet_world *c, const struct model *m)
{
	unsigned i, live = 0;
	bool is = true;
	struct view v;

	for (i = 0; i < MODEL_CABINETS; i++)
		live += is_live(m, i);
	if (c->folder.publisher.open(&c->folder, VIEW_PUBLISHED, &v) != VIEW_FOUND)
		return live == 0;
	for (i = 0; i < MODEL_CABINETS && is; i++)
		is = is_group(&v, m, i);
	for (i = 0; i < MODEL_USERS && is; i++)
		is = is_user(&v, m, i);
	is = is && groups_of(&v) == live;
	view_close(&v);
	return is;
}

void cabinet_world_assert_view(struct cabinet_world *c, const char *file, int line)
{
	if (!cabinet_world_is_view(c, &c->model)) {
		print_error("the view is not what the model says\n");
		_fail(file, line);
	}
}

bool cabinet_world_pending(struct cabinet_world *c)
{
	return step_is_pending(c);
}

enum authz_result cabinet_world_check(struct cabinet_world *c)
{
	const struct request q = {.operation = OP_VIEW_CHECK};

	answer_init(&c->w.answer);
	return view_tools_check(&c->w.rules, &q, NULL, &c->w.answer);
}

uint64_t cabinet_world_number(struct cabinet_world *c)
{
	struct store_txn *t = begin(c->w.rules.authority, false);
	struct cabinet_numbers numbers;

	assert_result(cabinet_numbers_read(&c->w.rules, t, &numbers), AUTHZ_OK);
	store_abort(t);
	return numbers.change;
}
