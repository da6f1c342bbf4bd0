/* SPDX-License-Identifier: ISC */
#include "view/view.h"

#include <string.h>

#include "config.h"
#include "view/copy.h"
#include "view/format.h"
#include "view/records.h"

/* A look-up is one function of machine code: its steps are short, and calls would be a fifth of it. */
#define WHOLE __attribute__((flatten))

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

/* Letters, digits, '.', '_' and '-'.  Not the locale's: the module's answers are the same in every process. */
static bool is_letter(unsigned char c)
{
	static const uint64_t letters[] = {UINT64_C(0x03ff600000000000), UINT64_C(0x07fffffe87fffffe), 0, 0};

	return letters[c >> 6] >> (c & 63) & 1;
}

/*
 * How long a name is that a group may have and that ends within so many bytes; 0: there is none.  Each byte is read once: it
 * may be the file's.
 */
static uint64_t name_length(const char *name, uint64_t room)
{
	static const char prefix[] = AUTHZ_GROUP_PREFIX;
	unsigned char c = 0;
	uint64_t i;

	if (room > VIEW_GROUP_NAME_MAX + 1)
		room = VIEW_GROUP_NAME_MAX + 1;
	for (i = 0; i < PREFIX_LENGTH; i++)
		if (i == room || VIEW_ONCE(name[i]) != prefix[i])
			return 0;
	for (; i < room && is_letter(c = (unsigned char)VIEW_ONCE(name[i])); i++)
		;
	return i < room && i > PREFIX_LENGTH && c == '\0' ? i : 0;
}

bool view_prefix_fits(const char *name)
{
	return strncmp(name, AUTHZ_GROUP_PREFIX, PREFIX_LENGTH) == 0;
}

bool view_name_fits(const char *name)
{
	return name_length(name, UINT64_MAX) > 0;
}

/* A table, where and how long the file said once that it is. */
struct table {
	const struct view *view;
	const struct view_place *places;
	uint64_t count, seed;
	enum view_table which;
};

/* False: damaged. */
static bool table_open(struct table *t, const struct view *v, enum view_table which)
{
	const struct view_extent *e = &header(v)->tables[which];
	const uint64_t offset = VIEW_ONCE(e->offset), count = VIEW_ONCE(e->count);

	if (count > UINT32_MAX || (which != VIEW_LIST && (count == 0 || (count & (count - 1)) != 0)))
		return false;
	*t = (struct table){v, part(v, offset, count, sizeof *t->places), count, VIEW_ONCE(header(v)->seed), which};
	return t->places != NULL;
}

bool view_is_whole(const struct view *v)
{
	const struct view_header *h = header(v);
	struct table t;
	int i;

	if (v->size < sizeof *h || h->magic != VIEW_MAGIC || h->version != VIEW_VERSION || h->header_size != sizeof *h ||
	    h->size != v->size || h->sum != view_sum(h, offsetof(struct view_header, sum), h->seed))
		return false;
	for (i = 0; i < VIEW_TABLES; i++)
		if (!table_open(&t, v, (enum view_table)i))
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

/* False: damaged. */
static bool place_at(const struct table *t, uint64_t number, struct view_place *out)
{
	const struct view_place *p = &t->places[number];

	*out = (struct view_place){VIEW_ONCE(p->record), VIEW_ONCE(p->key), VIEW_ONCE(p->sum)};
	return out->sum == view_place_sum(out, t->which, number, t->seed);
}

static uint64_t record_sum(const struct view_record *r, uint64_t length, uint64_t offset, uint64_t seed)
{
	return length < VIEW_LARGE ? view_record_sum(r, length, offset, seed) :
	                             view_sum_large(&r->length, length - sizeof r->sum, view_record_seed(offset, seed));
}

/* The record at this offset, of at least so many bytes, and its length; or NULL: damaged. */
static const void *record_at(const struct view *v, uint64_t offset, uint64_t least, uint64_t *length)
{
	const struct view_record *r = part(v, offset, 1, least);

	if (r == NULL)
		return NULL;
	*length = VIEW_ONCE(r->length);
	if (*length < least || *length % VIEW_ROW != sizeof r->sum || part(v, offset, *length, 1) == NULL)
		return NULL;
	return VIEW_ONCE(r->sum) == record_sum(r, *length, offset, VIEW_ONCE(header(v)->seed)) ? r : NULL;
}

/* Do numbers and text stay within so many bytes?  They are where *out says from here on, whatever the record says later. */
static bool group_take(const struct view_group_record *r, uint64_t room, struct view_group *out)
{
	uint64_t names;

	*out = (struct view_group){.gid = VIEW_ONCE(r->gid), .members = VIEW_ONCE(r->members),
	                           .administrators = VIEW_ONCE(r->administrators), .starts = (const uint32_t *)(r + 1),
	                           .text_length = VIEW_ONCE(r->text_length)};
	names = (uint64_t)out->members + out->administrators;
	if (names > room / sizeof(uint32_t) || out->text_length == 0 || out->text_length > room - names * sizeof(uint32_t))
		return false;
	out->name = out->text = (const char *)(out->starts + names);
	out->members_end = out->administrators > 0 ? VIEW_ONCE(out->starts[out->members]) : out->text_length;
	return out->members_end > 0 && out->members_end <= out->text_length;
}

/* Of any name. */
static bool group_at(const struct view *v, uint64_t offset, struct view_group *out)
{
	uint64_t length;
	const struct view_group_record *r = record_at(v, offset, sizeof *r, &length);

	return r != NULL && group_take(r, length - sizeof *r, out);
}

/* MUST 2 */
static bool group_fits(const struct view_group *g)
{
	return view_gid_fits(g->gid) && name_length(g->text, g->members_end) > 0;
}

static bool group_is(const struct view_group *g, const char *name, uint64_t length)
{
	return view_gid_fits(g->gid) && g->members_end > length && memcmp(g->text, name, length + 1) == 0;
}

/* A user's record, and where his name of that length begins, of which the NUL is to be looked at; NULL: damaged. */
static const char *user_take(const struct view *v, uint64_t offset, struct view_user *out, uint64_t *name_length)
{
	uint64_t length, room;
	const struct view_user_record *r = record_at(v, offset, sizeof *r, &length);

	if (r == NULL)
		return NULL;
	room = length - sizeof *r;
	*out = (struct view_user){.gids = (const uint32_t *)(r + 1), .count = VIEW_ONCE(r->gids)};
	*name_length = VIEW_ONCE(r->name_length);
	if (out->count > room / sizeof(uint32_t) || *name_length >= room - out->count * sizeof(uint32_t))
		return NULL;
	return (const char *)(out->gids + out->count);
}

/* VIEW_FOUND: it is this user's. */
static enum view_answer user_at(const struct view *v, uint64_t offset, const char *name, uint64_t name_size,
                                struct view_user *out)
{
	uint64_t length;
	const char *found = user_take(v, offset, out, &length);

	if (found == NULL)
		return VIEW_DAMAGED;
	return length + 1 == name_size && memcmp(found, name, name_size) == 0 ? VIEW_FOUND : VIEW_ABSENT;
}

/* A walk along the places of a hash table that may hold what is sought. */
struct search {
	struct table table;
	uint32_t key;
	uint64_t number, left;
};

/* False: damaged. */
static bool search_begin(struct search *s, const struct view *v, enum view_table which, uint64_t hash, uint32_t key)
{
	if (!table_open(&s->table, v, which))
		return false;
	s->key = key;
	s->left = s->table.count;
	s->number = hash & (s->left - 1);
	return true;
}

/* The next record that may be it.  MUST 4: no table is gone round twice. */
static enum view_answer search_next(struct search *s, uint64_t *record)
{
	struct view_place p;

	for (; s->left > 0; s->left--) {
		if (!place_at(&s->table, s->number, &p))
			return VIEW_DAMAGED;
		if (p.record == 0)
			return VIEW_ABSENT;
		s->number = (s->number + 1) & (s->table.count - 1);
		if (p.key == s->key) {
			*record = p.record;
			s->left--;
			return VIEW_FOUND;
		}
	}
	return VIEW_ABSENT;
}

static bool search_name(struct search *s, const struct view *v, enum view_table which, const char *name, uint64_t length)
{
	const uint64_t hash = view_name_hash(name, length, VIEW_ONCE(header(v)->seed));

	return search_begin(s, v, which, hash >> 32, (uint32_t)hash);
}

WHOLE enum view_answer view_by_name(const struct view *v, const char *name, struct view_group *out)
{
	const uint64_t length = name_length(name, UINT64_MAX);
	struct search s;
	enum view_answer answer;
	uint64_t record;

	if (length == 0)
		return VIEW_ABSENT;
	if (!search_name(&s, v, VIEW_NAMES, name, length))
		return VIEW_DAMAGED;
	while ((answer = search_next(&s, &record)) == VIEW_FOUND) {
		if (!group_at(v, record, out))
			return VIEW_DAMAGED;
		if (group_is(out, name, length))
			break;
	}
	return answer;
}

WHOLE enum view_answer view_by_gid(const struct view *v, uint32_t gid, struct view_group *out)
{
	struct search s;
	enum view_answer answer;
	uint64_t record;

	if (!view_gid_fits(gid))
		return VIEW_ABSENT;
	if (!search_begin(&s, v, VIEW_GIDS, view_gid_hash(gid, VIEW_ONCE(header(v)->seed)) >> 32, gid))
		return VIEW_DAMAGED;
	while ((answer = search_next(&s, &record)) == VIEW_FOUND) {
		if (!group_at(v, record, out))
			return VIEW_DAMAGED;
		if (out->gid == gid && group_fits(out))
			break;
	}
	return answer;
}

WHOLE enum view_answer view_by_user(const struct view *v, const char *name, struct view_user *out)
{
	const uint64_t length = strlen(name);
	struct search s;
	enum view_answer answer;
	uint64_t record;

	if (!search_name(&s, v, VIEW_USERS, name, length))
		return VIEW_DAMAGED;
	while ((answer = search_next(&s, &record)) == VIEW_FOUND) {
		answer = user_at(v, record, name, length + 1, out);
		if (answer != VIEW_ABSENT)
			break;
	}
	return answer;
}

/* The number of the first place of the list whose gid is at least this; the list's length if there is none. */
static bool list_find(const struct table *list, uint32_t gid, uint64_t *number)
{
	uint64_t low = 0, high = list->count;
	struct view_place p;

	while (low < high) {
		if (!place_at(list, low + (high - low) / 2, &p))
			return false;
		if (p.key < gid)
			low += (high - low) / 2 + 1;
		else
			high = low + (high - low) / 2;
	}
	*number = low;
	return true;
}

/* Is the place of this number the one that list_find would come to? */
static bool list_is_at(const struct table *list, uint32_t gid, uint64_t number)
{
	struct view_place p;

	if (number >= list->count || !place_at(list, number, &p) || p.key < gid)
		return false;
	return number == 0 || (place_at(list, number - 1, &p) && p.key < gid);
}

WHOLE enum view_answer view_from_gid(const struct view *v, uint32_t gid, uint32_t *hint, struct view_group *out)
{
	uint64_t number = *hint;
	enum view_answer answer = VIEW_ABSENT;
	struct view_place p;
	struct table list;

	if (!table_open(&list, v, VIEW_LIST) || (!list_is_at(&list, gid, number) && !list_find(&list, gid, &number)))
		return VIEW_DAMAGED;
	for (; number < list.count && answer == VIEW_ABSENT; number++) {
		if (!place_at(&list, number, &p) || !group_at(v, p.record, out))
			return VIEW_DAMAGED;
		if (!group_fits(out))
			continue;
		if (out->gid < gid || out->gid != p.key)
			return VIEW_DAMAGED;
		answer = VIEW_FOUND;
	}
	*hint = (uint32_t)number;
	return answer;
}

bool view_place_at(const struct view *v, enum view_table which, uint64_t number, struct view_place *out)
{
	struct table t;

	return table_open(&t, v, which) && number < t.count && place_at(&t, number, out);
}

enum view_answer view_group_at(const struct view *v, uint64_t offset, struct view_group *out)
{
	if (!group_at(v, offset, out))
		return VIEW_DAMAGED;
	return group_fits(out) ? VIEW_FOUND : VIEW_ABSENT;
}

const char *view_user_at(const struct view *v, uint64_t offset, struct view_user *out)
{
	uint64_t length;
	const char *name = user_take(v, offset, out, &length);

	return name != NULL && length > 0 && strnlen(name, length + 1) == length ? name : NULL;
}
