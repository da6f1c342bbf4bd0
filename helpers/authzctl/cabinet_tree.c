/* SPDX-License-Identifier: ISC */
/* A picture of who is in what. */
#include <stdlib.h>
#include <string.h>

#include "cabinet.h"
#include "output.h"
#include "rows.h"

#define DEPTH_MAX 4 /* there are two levels; more is an answer that goes in circles */

/* A user or cabinet in a cabinet. */
struct leaf {
	char name[NAME_SIZE];
	bool cabinet, member, administrator;
};

struct node {
	char name[NAME_SIZE];
	bool nested; /* a member of another */
	bool hidden; /* whoever asks may not see into it */
	struct leaf *leaves;
	size_t count, room;
};

/* All that was asked for. */
struct forest {
	const struct app *app;
	struct call *call;
	struct request base; /* who asks, and as whom */
	struct node *nodes;
	size_t count, sorted, room; /* the first "sorted" are, by name */
};

typedef enum authz_result (*take_row)(struct forest *f, void *context, char items[][ITEM_SIZE]);

/* Room for one more of "size" bytes. */
static bool grow(void **array, size_t count, size_t *room, size_t size)
{
	void *more;

	if (count < *room)
		return true;
	more = reallocarray(*array, *room == 0 ? 16 : 2 * *room, size);
	if (more == NULL)
		return false;
	*room = *room == 0 ? 16 : 2 * *room;
	*array = more;
	return true;
}

static bool take_name(char to[NAME_SIZE], const char *name)
{
	const size_t length = strlen(name);

	if (length == 0 || length >= NAME_SIZE)
		return false;
	memcpy(to, name, length + 1);
	return true;
}

static enum authz_result take_page(struct forest *f, size_t columns, take_row take, void *context)
{
	enum authz_result result = call_ask(f->app, f->call);
	char items[ROWS_MAX][ITEM_SIZE];
	struct frame_reader row;

	while (result == AUTHZ_OK && reply_next_entry(&f->call->reply, &row))
		result = call_row(&row, items, columns) ? take(f, context, items) : AUTHZ_HELPER_GARBLED;
	return result;
}

/* All rows of a list, page by page. */
static enum authz_result ask_all(struct forest *f, enum operation operation, const char *cabinet, enum cabinet_which which,
                                 size_t columns, take_row take, void *context)
{
	enum authz_result result;

	f->call->request = f->base;
	f->call->request.operation = (uint16_t)operation;
	if (cabinet != NULL) {
		(void)request_set_string(&f->call->request, FIELD_CABINET, cabinet);
		f->call->request.which = which;
		f->call->request.has |= HAS(WHICH);
	}
	do
		result = take_page(f, columns, take, context);
	while (result == AUTHZ_OK && (f->call->reply.has & (UINT64_C(1) << REPLY_CURSOR)) != 0 &&
	       (result = call_more(f->call)) == AUTHZ_OK);
	return result;
}

static enum authz_result add_node(struct forest *f, const char *name)
{
	if (!grow((void **)&f->nodes, f->count, &f->room, sizeof *f->nodes))
		return AUTHZ_NO_MEMORY;
	f->nodes[f->count] = (struct node){.nested = false};
	return take_name(f->nodes[f->count++].name, name) ? AUTHZ_OK : AUTHZ_HELPER_GARBLED;
}

/* Of all cabinets the shared ones. */
static enum authz_result take_cabinet(struct forest *f, void *context, char items[][ITEM_SIZE])
{
	(void)context;
	return strcmp(items[1], "shared") == 0 ? add_node(f, items[0]) : AUTHZ_OK;
}

static enum authz_result add_leaf(struct node *n, char items[][ITEM_SIZE], bool administrator)
{
	struct leaf *leaf;

	if (!grow((void **)&n->leaves, n->count, &n->room, sizeof *n->leaves))
		return AUTHZ_NO_MEMORY;
	leaf = &n->leaves[n->count++];
	*leaf = (struct leaf){.cabinet = strcmp(items[1], "cabinet") == 0, .member = !administrator, .administrator = administrator};
	return take_name(leaf->name, items[2]) ? AUTHZ_OK : AUTHZ_HELPER_GARBLED;
}

static enum authz_result take_member(struct forest *f, void *context, char items[][ITEM_SIZE])
{
	(void)f;
	return add_leaf(context, items, false);
}

static enum authz_result take_administrator(struct forest *f, void *context, char items[][ITEM_SIZE])
{
	(void)f;
	return add_leaf(context, items, true);
}

/* Users before cabinets, by name. */
static int compare_leaves(const void *a, const void *b)
{
	const struct leaf *x = a, *y = b;

	return x->cabinet != y->cabinet ? (int)x->cabinet - (int)y->cabinet : strcmp(x->name, y->name);
}

static int compare_nodes(const void *a, const void *b)
{
	return strcmp(((const struct node *)a)->name, ((const struct node *)b)->name);
}

/* Sort, and make one of a member and an administrator that are the same. */
static void tidy(struct node *n)
{
	size_t kept = 0;

	if (n->count == 0)
		return;
	qsort(n->leaves, n->count, sizeof *n->leaves, compare_leaves);
	for (size_t i = 1; i < n->count; i++) {
		struct leaf *last = &n->leaves[kept];

		if (compare_leaves(last, &n->leaves[i]) == 0) {
			last->member |= n->leaves[i].member;
			last->administrator |= n->leaves[i].administrator;
		} else {
			n->leaves[++kept] = n->leaves[i];
		}
	}
	n->count = kept + 1;
}

static enum authz_result fill_node(struct forest *f, struct node *n)
{
	enum authz_result result = ask_all(f, OP_CABINET_MEMBERS, n->name, CABINET_DIRECT, MEMBER_COLUMNS, take_member, n);

	if (result == AUTHZ_OK)
		result = ask_all(f, OP_CABINET_MEMBERS, n->name, CABINET_ADMINS, MEMBER_COLUMNS, take_administrator, n);
	tidy(n);
	return result;
}

static void sort_nodes(struct forest *f)
{
	if (f->count > 0)
		qsort(f->nodes, f->count, sizeof *f->nodes, compare_nodes);
	f->sorted = f->count;
}

static struct node *find_node(const struct forest *f, const char *name)
{
	struct node key;
	struct node *found = NULL;

	if (f->sorted > 0 && take_name(key.name, name))
		found = bsearch(&key, f->nodes, f->sorted, sizeof *f->nodes, compare_nodes);
	for (size_t i = f->sorted; i < f->count && found == NULL; i++)
		if (strcmp(f->nodes[i].name, name) == 0)
			found = &f->nodes[i];
	return found;
}

/* What is nested in a node is drawn there, so it has to be known, and is not drawn again at the left margin. */
static enum authz_result take_nested(struct forest *f, size_t of)
{
	enum authz_result result = AUTHZ_OK;

	for (size_t i = 0; i < f->nodes[of].count && result == AUTHZ_OK; i++) {
		const struct leaf leaf = f->nodes[of].leaves[i];

		if (!leaf.cabinet || !leaf.member)
			continue;
		if (find_node(f, leaf.name) == NULL)
			result = add_node(f, leaf.name);
		if (result == AUTHZ_OK)
			find_node(f, leaf.name)->nested = true;
	}
	return result;
}

/* Those that whoever asks may not see into are hidden, but for the first where that is what was asked for. */
static enum authz_result fill_all(struct forest *f, bool one)
{
	enum authz_result result = AUTHZ_OK;

	for (size_t i = 0; i < f->count && result == AUTHZ_OK; i++) {
		result = fill_node(f, &f->nodes[i]);
		if (result == AUTHZ_CABINET_ADMIN && !(one && i == 0)) {
			f->nodes[i].hidden = true;
			result = AUTHZ_OK;
		}
		if (result == AUTHZ_OK)
			result = take_nested(f, i);
	}
	return result;
}

/* ---- people */

static void draw(const struct forest *f, const struct node *n, const char *indent, size_t depth)
{
	const bool utf8 = locale_shows_utf8();
	char deeper[DEPTH_MAX * 8 + 8];

	for (size_t i = 0; i < n->count; i++) {
		const struct leaf *leaf = &n->leaves[i];
		const bool last = i + 1 == n->count;
		const struct node *nested = leaf->cabinet && leaf->member ? find_node(f, leaf->name) : NULL;

		fputs(indent, stdout);
		fputs(utf8 ? (last ? "└─ " : "├─ ") : (last ? "`- " : "|- "), stdout);
		text_print(stdout, leaf->name);
		fputs(leaf->cabinet ? "/" : "", stdout);
		fputs(!leaf->administrator ? "" : leaf->member ? " *" : " * (administrator alone)", stdout);
		puts(nested != NULL && nested->hidden ? " (not shown to you)" : "");
		(void)snprintf(deeper, sizeof deeper, "%s%s", indent, last ? "   " : utf8 ? "│  " : "|  ");
		if (nested != NULL && depth < DEPTH_MAX)
			draw(f, nested, deeper, depth + 1);
	}
}

/* ---- JSON */

static json_t *node_json(const struct forest *f, const struct node *n, size_t depth);

static json_t *leaf_json(const struct forest *f, const struct leaf *leaf, size_t depth)
{
	const struct node *nested = leaf->cabinet && leaf->member && depth < DEPTH_MAX ? find_node(f, leaf->name) : NULL;
	json_t *value = nested != NULL ? node_json(f, nested, depth + 1) : json_object();

	if (value == NULL || json_object_set_new(value, "name", text_json(leaf->name)) != 0 ||
	    json_object_set_new(value, "kind", json_string(leaf->cabinet ? "cabinet" : "user")) != 0 ||
	    json_object_set_new(value, "member", json_boolean(leaf->member)) != 0 ||
	    json_object_set_new(value, "administrator", json_boolean(leaf->administrator)) != 0) {
		json_decref(value);
		return NULL;
	}
	return value;
}

/* What is hidden is null. */
static json_t *node_json(const struct forest *f, const struct node *n, size_t depth)
{
	json_t *node = json_pack("{so}", "name", text_json(n->name)), *in = n->hidden ? json_null() : json_array();

	for (size_t i = 0; i < n->count && in != NULL && !n->hidden; i++)
		if (json_array_append_new(in, leaf_json(f, &n->leaves[i], depth)) != 0) {
			json_decref(in);
			in = NULL;
		}
	if (node == NULL || json_object_set_new(node, "in", in) != 0) {
		json_decref(node);
		return NULL;
	}
	return node;
}

/* ---- both */

static enum authz_result show_node(const struct forest *f, const struct node *n)
{
	if (f->app->json)
		return json_line(node_json(f, n, 0)) ? AUTHZ_OK : AUTHZ_NO_MEMORY;
	text_print(stdout, n->name);
	puts(n->hidden ? "/ (not shown to you)" : "/");
	draw(f, n, "", 0);
	return AUTHZ_OK;
}

static enum authz_result show(struct forest *f, const char *only)
{
	enum authz_result result = AUTHZ_OK;

	if (only != NULL)
		return show_node(f, &f->nodes[0]);
	sort_nodes(f);
	for (size_t i = 0; i < f->count && result == AUTHZ_OK && !ferror(stdout); i++)
		if (!f->nodes[i].nested)
			result = show_node(f, &f->nodes[i]);
	return result;
}

static int grow_and_show(const struct app *app, const struct args *args, struct call *c)
{
	struct forest f = {.app = app, .call = c, .base = c->request};
	enum authz_result result;
	int status;

	f.base.has &= ~HAS(CABINET);
	result = args->word != NULL ? add_node(&f, args->word)
	                            : ask_all(&f, OP_CABINET_LIST, NULL, CABINET_DIRECT, CABINET_COLUMNS, take_cabinet, NULL);
	sort_nodes(&f);
	if (result == AUTHZ_OK)
		result = fill_all(&f, args->word != NULL);
	if (result == AUTHZ_OK)
		result = show(&f, args->word);
	status = result == AUTHZ_OK ? EXIT_DONE : answer(app, result, &c->error, NULL);
	for (size_t i = 0; i < f.count; i++)
		free(f.nodes[i].leaves);
	free(f.nodes);
	explicit_bzero(&f.base, sizeof f.base);
	return status;
}

static int tree(struct app *app, const struct args *args)
{
	return cabinet_do(app, args, &(struct cabinet_deed){OP_CABINET_MEMBERS, NULL, grow_and_show});
}

const struct command cabinet_tree = {
	.group = "cabinet",
	.verb = "tree",
	.synopsis = "[CABINET]",
	.word = "CABINET",
	.word_optional = true,
	.help = "Draw who is in a shared cabinet, or in all of them; administrators are marked with *.",
	.options = cabinet_acting,
	.run = tree,
};
