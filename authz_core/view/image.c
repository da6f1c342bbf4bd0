/* SPDX-License-Identifier: ISC */
#include "view/image.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "view/format.h"

/* A view that is being made: records are put one after the other, behind the tables. */
struct making {
	struct view_content *content;
	const struct view_cabinet **ordered; /* by gid */
	unsigned char *bytes;
	struct view_header *header;
	uint64_t end; /* of what is laid out */
};

static int by_gid(const void *a, const void *b)
{
	const gid_t one = (*(const struct view_cabinet *const *)a)->gid, other = (*(const struct view_cabinet *const *)b)->gid;

	return (one > other) - (one < other);
}

static bool is_administrator(const struct view_cabinet *c, const char *member)
{
	size_t i;

	for (i = 0; i < c->administrator_count; i++)
		if (strcmp(c->administrators[i], member) == 0)
			return true;
	return false;
}

/* Is this member named to those who ask for the group? */
static bool is_listed(const struct view_cabinet *c, size_t member)
{
	return c->listing == VIEW_LIST_ALL ||
	       (c->listing == VIEW_LIST_ADMINISTRATORS && is_administrator(c, c->members[member]));
}

/* ---- sizes */

static void group_measure(const struct view_cabinet *c, uint64_t *names, uint64_t *text)
{
	size_t i;

	*names = c->administrator_count;
	*text = strlen(c->name) + 1;
	for (i = 0; i < c->administrator_count; i++)
		*text += strlen(c->administrators[i]) + 1;
	for (i = 0; i < c->member_count; i++)
		if (is_listed(c, i)) {
			++*names;
			*text += strlen(c->members[i]) + 1;
		}
}

static uint64_t group_size(const struct view_cabinet *c)
{
	uint64_t names, text;

	group_measure(c, &names, &text);
	return view_round(sizeof(struct view_group_record) + names * sizeof(uint32_t) + text);
}

static uint64_t user_size(const struct view_membership *m)
{
	return view_round(sizeof(struct view_user_record) + m->gid_count * sizeof(uint32_t) + strlen(m->user) + 1);
}

/* Half empty at least, so that searches are short. */
static uint64_t table_places(uint64_t entries)
{
	uint64_t places = 4;

	while (places < entries * 2)
		places *= 2;
	return places;
}

static void table_lay(struct making *m, struct view_header *h, enum view_table table, uint64_t places)
{
	h->tables[table] = (struct view_extent){m->end, places};
	m->end += places * sizeof(struct view_place);
}

/* Lay out the tables, and say how long the whole will be. */
static uint64_t lay_out(struct making *m, struct view_header *h)
{
	const struct view_content *c = m->content;
	uint64_t size;
	size_t i;

	m->end = sizeof *h;
	table_lay(m, h, VIEW_NAMES, table_places(c->cabinet_count));
	table_lay(m, h, VIEW_GIDS, table_places(c->cabinet_count));
	table_lay(m, h, VIEW_USERS, table_places(c->membership_count));
	table_lay(m, h, VIEW_LIST, c->cabinet_count);
	size = m->end;
	for (i = 0; i < c->cabinet_count; i++)
		size += group_size(&c->cabinets[i]);
	for (i = 0; i < c->membership_count; i++)
		size += user_size(&c->memberships[i]);
	return size;
}

/* ---- records */

static struct view_record *record_begin(struct making *m, uint64_t length)
{
	struct view_record *r = (struct view_record *)(m->bytes + m->end);

	r->length = length;
	return r;
}

static uint64_t record_end(struct making *m, struct view_record *r)
{
	const uint64_t offset = m->end;

	r->sum = view_record_sum(r, r->length, offset, m->header->seed);
	m->end += r->length;
	return offset;
}

static void text_add(char *text, uint64_t *length, const char *name)
{
	const size_t size = strlen(name) + 1;

	memcpy(text + *length, name, size);
	*length += size;
}

static uint64_t put_group(struct making *m, const struct view_cabinet *c)
{
	struct view_group_record *r = (struct view_group_record *)record_begin(m, group_size(c));
	uint32_t *at = (uint32_t *)(r + 1);
	uint64_t names, text, length = 0;
	char *to;
	size_t i;

	group_measure(c, &names, &text);
	to = (char *)(at + names);
	r->gid = c->gid;
	r->administrators = (uint32_t)c->administrator_count;
	r->members = (uint32_t)(names - c->administrator_count);
	r->text_length = text;
	text_add(to, &length, c->name);
	for (i = 0; i < c->member_count; i++)
		if (is_listed(c, i)) {
			*at++ = (uint32_t)length;
			text_add(to, &length, c->members[i]);
		}
	for (i = 0; i < c->administrator_count; i++) {
		*at++ = (uint32_t)length;
		text_add(to, &length, c->administrators[i]);
	}
	return record_end(m, &r->head);
}

static uint64_t put_user(struct making *m, const struct view_membership *u)
{
	struct view_user_record *r = (struct view_user_record *)record_begin(m, user_size(u));
	uint32_t *gid = (uint32_t *)(r + 1);
	size_t i;

	r->gids = (uint32_t)u->gid_count;
	r->name_length = (uint32_t)strlen(u->user);
	for (i = 0; i < u->gid_count; i++)
		gid[i] = u->gids[i];
	memcpy(gid + u->gid_count, u->user, r->name_length);
	return record_end(m, &r->head);
}

/* ---- tables */

static struct view_place *places(struct making *m, enum view_table table)
{
	return (struct view_place *)(m->bytes + m->header->tables[table].offset);
}

/* What a record is found by. */
static const char *record_name(const struct making *m, enum view_table table, uint64_t record)
{
	const unsigned char *r = m->bytes + record;
	const struct view_group_record *group = (const struct view_group_record *)r;
	const struct view_user_record *user = (const struct view_user_record *)r;

	if (table == VIEW_USERS)
		return (const char *)((const uint32_t *)(user + 1) + user->gids);
	return (const char *)((const uint32_t *)(group + 1) + group->members + group->administrators);
}

/* False: it is there already. */
static bool put_place(struct making *m, enum view_table table, uint64_t hash, uint32_t key, uint64_t record)
{
	const uint64_t last = m->header->tables[table].count - 1;
	struct view_place *p = places(m, table);
	uint64_t i;

	for (i = (hash >> 32) & last; p[i].record != 0; i = (i + 1) & last)
		if (p[i].key == key && (table == VIEW_GIDS || strcmp(record_name(m, table, p[i].record),
		                                                     record_name(m, table, record)) == 0))
			return false;
	p[i] = (struct view_place){.record = record, .key = key};
	return true;
}

static bool put_name(struct making *m, enum view_table table, const char *name, uint64_t record)
{
	const uint64_t hash = view_name_hash(name, strlen(name), m->header->seed);

	return put_place(m, table, hash, (uint32_t)hash, record);
}

static enum authz_result wrong(struct making *m, const char *name)
{
	m->content->wrong = name;
	return AUTHZ_BAD_PARAMETER;
}

static enum authz_result put_all(struct making *m)
{
	const struct view_content *c = m->content;
	uint64_t record;
	size_t i;

	for (i = 0; i < c->cabinet_count; i++) {
		record = put_group(m, m->ordered[i]);
		places(m, VIEW_LIST)[i] = (struct view_place){.record = record, .key = m->ordered[i]->gid};
		if (!put_name(m, VIEW_NAMES, m->ordered[i]->name, record) ||
		    !put_place(m, VIEW_GIDS, view_gid_hash(m->ordered[i]->gid, m->header->seed), m->ordered[i]->gid, record))
			return wrong(m, m->ordered[i]->name);
	}
	for (i = 0; i < c->membership_count; i++) {
		record = put_user(m, &c->memberships[i]);
		if (!put_name(m, VIEW_USERS, c->memberships[i].user, record))
			return wrong(m, c->memberships[i].user);
	}
	return AUTHZ_OK;
}

static void seal(struct making *m)
{
	struct view_header *h = m->header;
	struct view_place *p;
	uint64_t i;
	int table;

	for (table = 0; table < VIEW_TABLES; table++)
		for (p = places(m, (enum view_table)table), i = 0; i < h->tables[table].count; i++)
			p[i].sum = view_place_sum(&p[i], (enum view_table)table, i, h->seed);
	h->sum = view_sum(h, offsetof(struct view_header, sum), h->seed);
}

/* ---- the whole */

/* Numbers of 32 bits say where in a group's text a name begins. */
static enum authz_result too_large(struct making *m)
{
	const struct view_content *c = m->content;
	size_t i;

	for (i = 0; i < c->cabinet_count; i++)
		if (group_size(&c->cabinets[i]) > UINT32_MAX)
			return wrong(m, c->cabinets[i].name);
	return AUTHZ_OK;
}

static enum authz_result fill(struct making *m)
{
	struct view_header h = {.magic = VIEW_MAGIC, .version = VIEW_VERSION, .header_size = sizeof h,
	                        .sequence = m->content->sequence};
	enum authz_result result;

	if (getrandom(&h.seed, sizeof h.seed, 0) != sizeof h.seed)
		return AUTHZ_INTERNAL;
	h.size = lay_out(m, &h);
	m->bytes = calloc(1, h.size);
	if (m->bytes == NULL)
		return AUTHZ_NO_MEMORY;
	memcpy(m->bytes, &h, sizeof h);
	m->header = (struct view_header *)m->bytes;
	result = put_all(m);
	if (result == AUTHZ_OK)
		seal(m);
	return result;
}

enum authz_result view_image_make(struct view_image *image, struct view_content *c)
{
	struct making m = {.content = c};
	enum authz_result result = too_large(&m);
	size_t i;

	*image = (struct view_image){0};
	if (result != AUTHZ_OK)
		return result;
	m.ordered = calloc(c->cabinet_count + 1, sizeof *m.ordered);
	if (m.ordered == NULL)
		return AUTHZ_NO_MEMORY;
	for (i = 0; i < c->cabinet_count; i++)
		m.ordered[i] = &c->cabinets[i];
	qsort(m.ordered, c->cabinet_count, sizeof *m.ordered, by_gid);
	result = fill(&m);
	free(m.ordered);
	if (result != AUTHZ_OK)
		free(m.bytes);
	else
		*image = (struct view_image){m.bytes, m.header->size};
	return result;
}
