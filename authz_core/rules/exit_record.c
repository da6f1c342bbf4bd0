/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: what is damaged, or there by half, is no exit that nobody asks, but damage.
 * MUST 2: no point has more programs than its maximum, and none loses one by a change of another.
 */
#include "rules/exit_record.h"

#include <stdio.h>
#include <string.h>

#include "rules/pack.h"

#define VERSION 1
#define NAMES_RECORD_MAX (3 + EXIT_POINTS_MAX * (EXIT_POINT_SIZE + EXIT_FORMAT_SIZE))
#define POINT_RECORD_MAX (1 + 1 + 1 + EXIT_PROGRAMS_MAX * 4)
#define PROGRAM_RECORD_MAX (1 + 1 + SERVER_SIZE + CABINET_TEXT_SIZE + 4 + 4 + 8 + 2 + AUTHZ_EXIT_DATA_MAX)

_Static_assert(PROGRAM_RECORD_MAX <= STORE_VALUE_MAX && NAMES_RECORD_MAX <= STORE_VALUE_MAX, "a record fits");

struct key {
	unsigned char bytes[2 + EXIT_POINT_SIZE + EXIT_FORMAT_SIZE + 4];
	size_t length;
};

static struct key make_key(const char *kind, const struct exit_name *name, uint32_t number)
{
	struct key key;
	struct pack p = {.at = key.bytes, .size = sizeof key.bytes};

	pack_bytes(&p, kind, 2);
	if (name != NULL) {
		pack_bytes(&p, name->point, strlen(name->point) + 1);
		pack_bytes(&p, name->format, strlen(name->format));
	}
	if (number != 0) {
		pack_number(&p, 0, 1);
		pack_number(&p, number, 4);
	}
	key.length = p.used;
	return key;
}

static enum authz_result damaged(struct rules *r)
{
	return rules_store(r, r->authority, AUTHZ_STORE_DAMAGED);
}

static enum authz_result get(struct rules *r, struct store_txn *t, const struct key *key, unsigned char *value, size_t size,
                             struct unpack *u, bool *found)
{
	*u = (struct unpack){.at = value};
	return rules_store(r, r->authority, store_get(t, key->bytes, key->length, value, size, &u->left, found));
}

static enum authz_result put(struct rules *r, struct store_txn *t, const struct key *key, const struct pack *value)
{
	if (value->bad)
		return rules_refuse(r, AUTHZ_INTERNAL, "a record of an exit");
	return rules_store(r, r->authority, store_put(t, key->bytes, key->length, value->at, value->used));
}

static enum authz_result drop(struct rules *r, struct store_txn *t, const struct key *key)
{
	return rules_store(r, r->authority, store_delete(t, key->bytes, key->length));
}

/* "POINT FORMAT", for a sentence. */
static enum authz_result refuse(struct rules *r, enum authz_result result, const struct exit_name *name)
{
	char text[EXIT_POINT_SIZE + EXIT_FORMAT_SIZE + 1];

	snprintf(text, sizeof text, "%s %s", name->point, name->format);
	return rules_refuse(r, result, text);
}

/* ---- names */

static bool part_make(const char *text, char *out, size_t size)
{
	const size_t length = strnlen(text, size);

	if (length == 0 || length == size || strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ", text[0]) == NULL)
		return false;
	if (strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.") != length)
		return false;
	memcpy(out, text, length + 1);
	return true;
}

bool exit_name_make(const char *point, const char *format, struct exit_name *out)
{
	memset(out, 0, sizeof *out);
	return part_make(point, out->point, sizeof out->point) && part_make(format, out->format, sizeof out->format);
}

static int compare(const struct exit_name *a, const struct exit_name *b)
{
	const int by_point = strcmp(a->point, b->point);

	return by_point != 0 ? by_point : strcmp(a->format, b->format);
}

/* Where it is, or would be. */
static size_t names_find(const struct exit_names *n, const struct exit_name *name, bool *found)
{
	size_t i;

	for (i = 0; i < n->count && compare(&n->names[i], name) < 0; i++)
		continue;
	*found = i < n->count && compare(&n->names[i], name) == 0;
	return i;
}

/* In their order, each once. */
static bool names_unpack(struct exit_names *n, struct unpack *u)
{
	char point[EXIT_POINT_SIZE], format[EXIT_FORMAT_SIZE];
	size_t i;

	if (unpack_number(u, 1) != VERSION)
		return false;
	n->count = (size_t)unpack_number(u, 2);
	if (n->count > EXIT_POINTS_MAX)
		return false;
	for (i = 0; i < n->count; i++) {
		unpack_string(u, point, sizeof point);
		unpack_string(u, format, sizeof format);
		if (u->bad || !exit_name_make(point, format, &n->names[i]) || (i > 0 && compare(&n->names[i - 1], &n->names[i]) >= 0))
			return false;
	}
	return unpack_done(u);
}

enum authz_result exit_names_read(struct rules *r, struct store_txn *t, struct exit_names *out)
{
	const struct key key = make_key("Xl", NULL, 0);
	unsigned char value[NAMES_RECORD_MAX];
	struct unpack u;
	bool found;
	enum authz_result result = get(r, t, &key, value, sizeof value, &u, &found);

	memset(out, 0, sizeof *out);
	if (result != AUTHZ_OK || !found || names_unpack(out, &u))
		return result;
	out->count = 0;
	return damaged(r);
}

static enum authz_result names_write(struct rules *r, struct store_txn *t, const struct exit_names *n)
{
	const struct key key = make_key("Xl", NULL, 0);
	unsigned char value[NAMES_RECORD_MAX];
	struct pack p = {.at = value, .size = sizeof value};
	size_t i;

	pack_number(&p, VERSION, 1);
	pack_number(&p, n->count, 2);
	for (i = 0; i < n->count; i++) {
		pack_string(&p, n->names[i].point);
		pack_string(&p, n->names[i].format);
	}
	return put(r, t, &key, &p);
}

static enum authz_result names_add(struct rules *r, struct store_txn *t, const struct exit_name *name)
{
	struct exit_names n;
	bool found;
	size_t at;
	enum authz_result result = exit_names_read(r, t, &n);

	if (result != AUTHZ_OK)
		return result;
	at = names_find(&n, name, &found);
	if (found)
		return AUTHZ_OK;
	if (n.count == EXIT_POINTS_MAX)
		return refuse(r, AUTHZ_EXIT_POINTS_FULL, name);
	memmove(&n.names[at + 1], &n.names[at], (n.count++ - at) * sizeof n.names[0]);
	n.names[at] = *name;
	return names_write(r, t, &n);
}

static enum authz_result names_drop(struct rules *r, struct store_txn *t, const struct exit_name *name)
{
	struct exit_names n;
	bool found;
	size_t at;
	enum authz_result result = exit_names_read(r, t, &n);

	if (result != AUTHZ_OK)
		return result;
	at = names_find(&n, name, &found);
	if (!found)
		return damaged(r);
	memmove(&n.names[at], &n.names[at + 1], (--n.count - at) * sizeof n.names[0]);
	return names_write(r, t, &n);
}

/* ---- points */

static bool number_is_good(uint32_t number)
{
	return number >= 1 && number <= EXIT_NUMBER_MAX;
}

static bool point_unpack(struct exit_point *p, struct unpack *u)
{
	size_t i;

	if (unpack_number(u, 1) != VERSION)
		return false;
	p->maximum = (uint32_t)unpack_number(u, 1);
	p->count = (size_t)unpack_number(u, 1);
	if (p->maximum == 0 || p->maximum > EXIT_PROGRAMS_MAX || p->count > p->maximum)
		return false;
	for (i = 0; i < p->count; i++) {
		p->numbers[i] = (uint32_t)unpack_number(u, 4);
		if (!number_is_good(p->numbers[i]) || (i > 0 && p->numbers[i - 1] >= p->numbers[i]))
			return false;
	}
	return unpack_done(u);
}

enum authz_result exit_point_read(struct rules *r, struct store_txn *t, const struct exit_name *name, struct exit_point *out,
                                  bool *found)
{
	const struct key key = make_key("Xp", name, 0);
	unsigned char value[POINT_RECORD_MAX];
	struct exit_names names;
	struct unpack u;
	bool listed;
	enum authz_result result = exit_names_read(r, t, &names);

	*out = (struct exit_point){.name = *name, .maximum = EXIT_PROGRAMS_DEFAULT};
	if (result == AUTHZ_OK)
		result = get(r, t, &key, value, sizeof value, &u, found);
	if (result != AUTHZ_OK)
		return result;
	(void)names_find(&names, name, &listed);
	if (listed == *found && (!*found || point_unpack(out, &u)))
		return AUTHZ_OK;
	return damaged(r);
}

enum authz_result exit_point_write(struct rules *r, struct store_txn *t, const struct exit_point *p)
{
	const struct key key = make_key("Xp", &p->name, 0);
	unsigned char value[POINT_RECORD_MAX];
	struct pack out = {.at = value, .size = sizeof value};
	enum authz_result result;
	size_t i;

	if (p->count > p->maximum)
		return refuse(r, AUTHZ_IN_USE, &p->name);
	result = names_add(r, t, &p->name);
	if (result != AUTHZ_OK)
		return result;
	pack_number(&out, VERSION, 1);
	pack_number(&out, p->maximum, 1);
	pack_number(&out, p->count, 1);
	for (i = 0; i < p->count; i++)
		pack_number(&out, p->numbers[i], 4);
	return put(r, t, &key, &out);
}

enum authz_result exit_point_erase(struct rules *r, struct store_txn *t, const struct exit_point *p)
{
	const struct key key = make_key("Xp", &p->name, 0);
	enum authz_result result = names_drop(r, t, &p->name);
	struct key program;
	size_t i;

	for (i = 0; result == AUTHZ_OK && i < p->count; i++) {
		program = make_key("Xe", &p->name, p->numbers[i]);
		result = drop(r, t, &program);
	}
	return result == AUTHZ_OK ? drop(r, t, &key) : result;
}

uint32_t exit_number_low(const struct exit_point *p)
{
	uint32_t number = 1;
	size_t i;

	for (i = 0; i < p->count && p->numbers[i] == number; i++)
		number++;
	return number;
}

uint32_t exit_number_high(const struct exit_point *p)
{
	uint32_t number = EXIT_NUMBER_MAX;
	size_t i;

	for (i = p->count; i > 0 && p->numbers[i - 1] == number; i--)
		number--;
	return number;
}

/* Where the number is, or would be. */
static size_t number_find(const struct exit_point *p, uint32_t number, bool *found)
{
	size_t i;

	for (i = 0; i < p->count && p->numbers[i] < number; i++)
		continue;
	*found = i < p->count && p->numbers[i] == number;
	return i;
}

/* ---- programs */

static bool program_unpack(struct exit_program *e, struct unpack *u)
{
	if (unpack_number(u, 1) != VERSION)
		return false;
	e->input = (enum exit_input)unpack_number(u, 1);
	unpack_string(u, e->path, sizeof e->path);
	unpack_string(u, e->text, sizeof e->text);
	e->wait_ms = (uint32_t)unpack_number(u, 4);
	e->changed_by = (uid_t)unpack_number(u, 4);
	e->changed_at = (int64_t)unpack_number(u, 8);
	e->data_length = (size_t)unpack_number(u, 2);
	if (u->bad || e->data_length > sizeof e->data)
		return false;
	unpack_bytes(u, e->data, e->data_length);
	return unpack_done(u) && e->input < EXIT_INPUTS && e->path[0] == '/' &&
	       (e->wait_ms == 0 || (e->wait_ms >= EXIT_WAIT_MIN && e->wait_ms <= EXIT_WAIT_MAX));
}

enum authz_result exit_program_read(struct rules *r, struct store_txn *t, const struct exit_point *p, uint32_t number,
                                    struct exit_program *out, bool *found)
{
	const struct key key = make_key("Xe", &p->name, number);
	unsigned char value[PROGRAM_RECORD_MAX];
	struct unpack u;
	bool listed;
	enum authz_result result;

	*found = false;
	memset(out, 0, sizeof *out);
	out->number = number;
	if (!number_is_good(number))
		return AUTHZ_OK;
	result = get(r, t, &key, value, sizeof value, &u, found);
	if (result != AUTHZ_OK)
		return result;
	(void)number_find(p, number, &listed);
	return listed == *found && (!*found || program_unpack(out, &u)) ? AUTHZ_OK : damaged(r);
}

static enum authz_result program_write(struct rules *r, struct store_txn *t, const struct exit_name *name,
                                       const struct exit_program *e)
{
	const struct key key = make_key("Xe", name, e->number);
	unsigned char value[PROGRAM_RECORD_MAX];
	struct pack p = {.at = value, .size = sizeof value};

	pack_number(&p, VERSION, 1);
	pack_number(&p, e->input, 1);
	pack_string(&p, e->path);
	pack_string(&p, e->text);
	pack_number(&p, e->wait_ms, 4);
	pack_number(&p, e->changed_by, 4);
	pack_number(&p, (uint64_t)e->changed_at, 8);
	pack_number(&p, e->data_length, 2);
	pack_bytes(&p, e->data, e->data_length);
	return put(r, t, &key, &p);
}

enum authz_result exit_program_put(struct rules *r, struct store_txn *t, struct exit_point *p, const struct exit_program *e)
{
	struct exit_program before;
	bool found;
	size_t at;
	enum authz_result result = exit_program_read(r, t, p, e->number, &before, &found);

	if (result != AUTHZ_OK)
		return result;
	if (!number_is_good(e->number))
		return rules_refuse(r, AUTHZ_BAD_PARAMETER, "number");
	at = number_find(p, e->number, &found);
	if (found)
		return program_write(r, t, &p->name, e);
	if (p->count >= p->maximum)
		return refuse(r, AUTHZ_EXITS_FULL, &p->name);
	memmove(&p->numbers[at + 1], &p->numbers[at], (p->count++ - at) * sizeof p->numbers[0]);
	p->numbers[at] = e->number;
	result = exit_point_write(r, t, p);
	return result == AUTHZ_OK ? program_write(r, t, &p->name, e) : result;
}

enum authz_result exit_program_drop(struct rules *r, struct store_txn *t, struct exit_point *p, uint32_t number, bool *found)
{
	const struct key key = make_key("Xe", &p->name, number);
	struct exit_program before;
	size_t at;
	enum authz_result result = exit_program_read(r, t, p, number, &before, found);

	if (result != AUTHZ_OK || !*found)
		return result;
	at = number_find(p, number, found);
	memmove(&p->numbers[at], &p->numbers[at + 1], (--p->count - at) * sizeof p->numbers[0]);
	result = exit_point_write(r, t, p);
	return result == AUTHZ_OK ? drop(r, t, &key) : result;
}
