/* SPDX-License-Identifier: ISC */
#include "view/view.h"

#include <string.h>

#include "config.h"
#include "view/format.h"

#define PREFIX_LENGTH (sizeof AUTHZ_GROUP_PREFIX - 1)

/*
 * All bounds: these bytes of the file, or NULL.  (MUST 1)  count times size must not be taken before it is known to fit.
 */
static const void *part(const struct view *v, uint64_t offset, uint64_t count, uint64_t size)
{
	if (offset < sizeof(struct view_header) || offset > v->size || offset % 8 != 0 || count > (v->size - offset) / size)
		return NULL;
	return (const char *)v->bytes + offset;
}

static const struct view_header *header(const struct view *v)
{
	return v->bytes;
}

bool view_gid_fits(uint32_t gid)
{
	return gid >= AUTHZ_GID_LOW && gid <= AUTHZ_GID_HIGH;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

/* Not the locale's letters: the module's answers are the same in every process. */
bool view_name_fits(const char *name)
{
	size_t length;

	if (strncmp(name, AUTHZ_GROUP_PREFIX, PREFIX_LENGTH) != 0)
		return false;
	for (length = PREFIX_LENGTH; is_letter(name[length]); length++)
		if (length >= VIEW_GROUP_NAME_MAX)
			return false;
	return name[length] == '\0' && length > PREFIX_LENGTH;
}

static bool table_is_whole(const struct view *v, enum view_table table)
{
	const struct view_extent *e = &header(v)->tables[table];

	if (table != VIEW_LIST && (e->count == 0 || (e->count & (e->count - 1)) != 0))
		return false;
	return e->count <= UINT32_MAX && part(v, e->offset, e->count, sizeof(struct view_place)) != NULL;
}

bool view_is_whole(const struct view *v)
{
	const struct view_header *h = header(v);
	int i;

	if (v->size < sizeof *h || h->magic != VIEW_MAGIC || h->version != VIEW_VERSION || h->header_size != sizeof *h ||
	    h->size != v->size || h->sum != view_sum(h, offsetof(struct view_header, sum), h->seed))
		return false;
	for (i = 0; i < VIEW_TABLES; i++)
		if (!table_is_whole(v, (enum view_table)i))
			return false;
	return true;
}

uint64_t view_sequence(const struct view *v)
{
	return header(v)->sequence;
}

bool view_is_marked(const struct view *v)
{
	return __atomic_load_n(&header(v)->mark, __ATOMIC_ACQUIRE) != 0;
}

/* NULL: damaged. */
static const struct view_place *place_at(const struct view *v, enum view_table table, uint64_t number)
{
	const struct view_header *h = header(v);
	const struct view_place *p = (const struct view_place *)((const char *)v->bytes + h->tables[table].offset) + number;

	return p->sum == view_place_sum(p, table, number, h->seed) ? p : NULL;
}

/* The record at this offset, of at least so many bytes, or NULL: damaged. */
static const void *record_at(const struct view *v, uint64_t offset, uint64_t least)
{
	const struct view_record *r = part(v, offset, 1, least);

	if (r == NULL || r->length < least || r->length % 8 != 0 || part(v, offset, r->length, 1) == NULL)
		return NULL;
	return r->sum == view_record_sum(r, offset, header(v)->seed) ? r : NULL;
}

/*
 * Do text and numbers of a group stay within its record?  Names come in order, and a NUL ends the members' part of the
 * text, and the whole: so each of them ends within its part, and whoever wants members alone copies that part.
 */
static bool group_holds(const struct view_group_record *r, struct view_group *out)
{
	const uint64_t room = r->head.length - sizeof *r, names = (uint64_t)r->members + r->administrators;
	bool bad = false;
	uint64_t i;

	if (names > room / sizeof(uint32_t) || r->text_length == 0 || r->text_length > room - names * sizeof(uint32_t))
		return false;
	out->at = (const uint32_t *)(r + 1);
	out->text = (const char *)(out->at + names);
	out->text_length = r->text_length;
	for (i = 1; i < names; i++)
		bad |= out->at[i] <= out->at[i - 1];
	if (bad || (names > 0 && (out->at[0] == 0 || out->at[names - 1] >= r->text_length)))
		return false;
	out->members_end = r->administrators > 0 ? out->at[r->members] : r->text_length;
	return out->text[out->members_end - 1] == '\0' && out->text[r->text_length - 1] == '\0';
}

/* MUST 2 */
static enum view_answer group_at(const struct view *v, uint64_t offset, struct view_group *out)
{
	const struct view_group_record *r = record_at(v, offset, sizeof *r);

	if (r == NULL || !group_holds(r, out))
		return VIEW_DAMAGED;
	out->gid = r->gid;
	out->members = r->members;
	out->administrators = r->administrators;
	out->name = out->text;
	return view_gid_fits(out->gid) && view_name_fits(out->name) ? VIEW_FOUND : VIEW_ABSENT;
}

static enum view_answer user_at(const struct view *v, uint64_t offset, struct view_user *out, const char **name)
{
	const struct view_user_record *r = record_at(v, offset, sizeof *r);
	uint64_t room;

	if (r == NULL)
		return VIEW_DAMAGED;
	room = r->head.length - sizeof *r;
	if (r->gids > room / sizeof(uint32_t) || r->name_length >= room - r->gids * sizeof(uint32_t))
		return VIEW_DAMAGED;
	out->gids = (const uint32_t *)(r + 1);
	out->count = r->gids;
	*name = (const char *)(out->gids + r->gids);
	return (*name)[r->name_length] == '\0' ? VIEW_FOUND : VIEW_DAMAGED;
}

/* A walk along the places of a hash table that may hold what is sought. */
struct search {
	const struct view *view;
	enum view_table table;
	uint32_t key;
	uint64_t number, left;
};

static struct search search_begin(const struct view *v, enum view_table table, uint64_t hash, uint32_t key)
{
	const uint64_t count = header(v)->tables[table].count;

	return (struct search){v, table, key, hash & (count - 1), count};
}

/* The next record that may be it.  MUST 4: no table is gone round twice. */
static enum view_answer search_next(struct search *s, uint64_t *record)
{
	const struct view_place *p;

	for (; s->left > 0; s->left--) {
		p = place_at(s->view, s->table, s->number);
		if (p == NULL)
			return VIEW_DAMAGED;
		if (p->record == 0)
			return VIEW_ABSENT;
		s->number = (s->number + 1) & (header(s->view)->tables[s->table].count - 1);
		if (p->key == s->key) {
			*record = p->record;
			s->left--;
			return VIEW_FOUND;
		}
	}
	return VIEW_ABSENT;
}

static struct search search_name(const struct view *v, enum view_table table, const char *name)
{
	const uint64_t hash = view_name_hash(name, strlen(name), header(v)->seed);

	return search_begin(v, table, hash >> 32, (uint32_t)hash);
}

enum view_answer view_by_name(const struct view *v, const char *name, struct view_group *out)
{
	struct search s;
	enum view_answer answer;
	uint64_t record;

	if (!view_name_fits(name))
		return VIEW_ABSENT;
	s = search_name(v, VIEW_NAMES, name);
	while ((answer = search_next(&s, &record)) == VIEW_FOUND) {
		answer = group_at(v, record, out);
		if (answer == VIEW_DAMAGED || (answer == VIEW_FOUND && strcmp(out->name, name) == 0))
			break;
	}
	return answer;
}

enum view_answer view_by_gid(const struct view *v, uint32_t gid, struct view_group *out)
{
	struct search s;
	enum view_answer answer;
	uint64_t record;

	if (!view_gid_fits(gid))
		return VIEW_ABSENT;
	s = search_begin(v, VIEW_GIDS, view_gid_hash(gid, header(v)->seed) >> 32, gid);
	while ((answer = search_next(&s, &record)) == VIEW_FOUND) {
		answer = group_at(v, record, out);
		if (answer == VIEW_DAMAGED || (answer == VIEW_FOUND && out->gid == gid))
			break;
	}
	return answer;
}

enum view_answer view_by_user(const struct view *v, const char *name, struct view_user *out)
{
	struct search s = search_name(v, VIEW_USERS, name);
	enum view_answer answer;
	const char *found;
	uint64_t record;

	while ((answer = search_next(&s, &record)) == VIEW_FOUND) {
		answer = user_at(v, record, out, &found);
		if (answer == VIEW_DAMAGED || strcmp(found, name) == 0)
			break;
	}
	return answer;
}

/* The number of the first place of the list whose gid is at least this; the list's length if there is none. */
static bool list_find(const struct view *v, uint32_t gid, uint64_t *number)
{
	uint64_t low = 0, high = header(v)->tables[VIEW_LIST].count;
	const struct view_place *p;

	while (low < high) {
		p = place_at(v, VIEW_LIST, low + (high - low) / 2);
		if (p == NULL)
			return false;
		if (p->key < gid)
			low += (high - low) / 2 + 1;
		else
			high = low + (high - low) / 2;
	}
	*number = low;
	return true;
}

/* Is the place of this number the one that list_find would come to? */
static bool list_is_at(const struct view *v, uint32_t gid, uint64_t number)
{
	const struct view_place *p;

	if (number >= header(v)->tables[VIEW_LIST].count || (p = place_at(v, VIEW_LIST, number)) == NULL || p->key < gid)
		return false;
	return number == 0 || ((p = place_at(v, VIEW_LIST, number - 1)) != NULL && p->key < gid);
}

enum view_answer view_from_gid(const struct view *v, uint32_t gid, uint32_t *hint, struct view_group *out)
{
	const uint64_t count = header(v)->tables[VIEW_LIST].count;
	uint64_t number = *hint;
	const struct view_place *p;
	enum view_answer answer = VIEW_ABSENT;

	if (!list_is_at(v, gid, number) && !list_find(v, gid, &number))
		return VIEW_DAMAGED;
	for (; number < count && answer == VIEW_ABSENT; number++) {
		p = place_at(v, VIEW_LIST, number);
		if (p == NULL)
			return VIEW_DAMAGED;
		answer = group_at(v, p->record, out);
		if (answer == VIEW_FOUND && (out->gid < gid || out->gid != p->key))
			return VIEW_DAMAGED;
	}
	*hint = (uint32_t)number;
	return answer;
}
