/* SPDX-License-Identifier: ISC */
/*
 * List records, a page at a time: type by type, profile by profile, in the order in which they were made.
 *
 * MUST 1: nobody but the host, *ALLOBJ and *SECADM is shown a record that is not its own, nor a profile that it is not in, and
 *         in no cursor either; a record of who had its name before is not its own.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rules/authority.h"
#include "rules/authority_profile.h"
#include "rules/pack.h"
#include "rules/sealed_key.h"

#define ROWS 128   /* a page */
#define STEPS 4096 /* records that one request looks at */

struct row {
	const char *type;
	char profile[OBJECT_SIZE];
	struct authority_record record; /* entity.kind 0: a profile without records */
};

/* What is looked at next. */
struct place {
	size_t type; /* number of the type */
	char profile[OBJECT_SIZE];      /* empty: the first of it */
	uint64_t profile_number;
	struct authority_entity entity; /* kind 0: the first of the profile */
	uint64_t record_number;
};

struct listing {
	struct rules *r;
	const struct request *request;
	enum authority_which which;
	struct authority_bound entity; /* kind 0: all */
	bool all;                      /* records of who had that name before too */
	struct place at;
	unsigned steps;
	bool full;
	size_t room; /* rows of this page */
	size_t count;
	struct row rows[ROWS];
};

/* ---- the cursor */

static enum authz_result read_place(struct listing *l, struct store_txn *t)
{
	unsigned char key[SEALED_KEY_MAX];
	struct unpack u = {.at = key};
	enum authz_result result = sealed_key_read(l->r, t, l->request, key, &u.left);

	memset(&l->at, 0, sizeof l->at);
	if (result != AUTHZ_OK || u.left == 0)
		return result;
	l->at.type = (size_t)unpack_number(&u, 1);
	unpack_string(&u, l->at.profile, sizeof l->at.profile);
	l->at.profile_number = unpack_number(&u, 8);
	unpack_bytes(&u, &l->at.entity.kind, 1);
	unpack_string(&u, l->at.entity.name, sizeof l->at.entity.name);
	l->at.record_number = unpack_number(&u, 8);
	return unpack_done(&u) ? AUTHZ_OK : rules_refuse(l->r, AUTHZ_BAD_PARAMETER, "cursor");
}

static enum authz_result write_place(struct listing *l, struct store_txn *t, struct reply *reply)
{
	unsigned char key[SEALED_KEY_MAX];
	struct pack p = {.at = key, .size = sizeof key};

	if (!l->full)
		return AUTHZ_OK;
	pack_number(&p, l->at.type, 1);
	pack_string(&p, l->at.profile);
	pack_number(&p, l->at.profile_number, 8);
	pack_bytes(&p, &l->at.entity.kind, 1);
	pack_string(&p, l->at.entity.name);
	pack_number(&p, l->at.record_number, 8);
	return p.bad ? rules_refuse(l->r, AUTHZ_INTERNAL, "cursor") : sealed_key_write(l->r, t, key, p.used, reply);
}

/* Is there room for one more?  If not, the page ends before this one. */
static bool take_step(struct listing *l)
{
	l->full = l->full || l->count == l->room || l->steps++ >= STEPS;
	return !l->full;
}

/* ---- one profile */

static void put_row(struct listing *l, const char *profile, const struct authority_record *record)
{
	struct row *row = &l->rows[l->count++];

	memset(row, 0, sizeof *row);
	row->type = authority_type_at(l->at.type);
	memcpy(row->profile, profile, sizeof row->profile);
	if (record != NULL)
		row->record = *record;
}

static enum authz_result list_one(struct listing *l, struct store_txn *t, const char *type, const struct authority_node *node)
{
	struct authority_record record;
	bool found;
	enum authz_result result = authority_record_find(l->r, t, type, node->profile, &l->entity.entity, &record, &found);

	if (result == AUTHZ_OK && found && (l->all || record.entity_id == l->entity.id))
		put_row(l, node->profile, &record);
	return result;
}

/*
 * The record at which the last page ended, or, if it is gone, the first behind it: where that takes too many steps, the next page
 * goes on with them.
 */
static enum authz_result find_record(struct listing *l, struct store_txn *t, const char *type, const struct authority_node *node,
                                     struct authority_record *record, bool *found)
{
	const struct authority_entity entity = l->at.entity;
	enum authz_result result = AUTHZ_OK;

	*found = false;
	if (entity.kind != 0)
		result = authority_record_find(l->r, t, type, node->profile, &entity, record, found);
	if (result != AUTHZ_OK || (*found && record->number == l->at.record_number))
		return result;
	if (!*found || record->number > l->at.record_number)
		result = authority_record_first(l->r, t, type, node, record, found);
	while (result == AUTHZ_OK && *found && record->number < l->at.record_number) {
		if (!take_step(l)) {
			l->at.entity = record->entity;
			*found = false;
			return AUTHZ_OK;
		}
		result = authority_record_next(l->r, t, type, node, record, found);
	}
	return result;
}

static enum authz_result list_records(struct listing *l, struct store_txn *t, const char *type, const struct authority_node *node)
{
	struct authority_record record;
	bool found;
	enum authz_result result = find_record(l, t, type, node, &record, &found);

	while (result == AUTHZ_OK && found) {
		l->at.entity = record.entity;
		l->at.record_number = record.number;
		if (!take_step(l))
			return AUTHZ_OK;
		put_row(l, node->profile, &record);
		result = authority_record_next(l->r, t, type, node, &record, &found);
	}
	return result;
}

static bool is_meant(const struct listing *l, const char *profile)
{
	if (!(l->request->has & HAS(OBJECT)))
		return true;
	switch (l->which) {
	case AUTHORITY_MATCHING:
		return strcmp(profile, l->request->object) == 0 || authority_profile_matches(profile, l->request->object);
	case AUTHORITY_BY_PATTERN:
		return authority_profile_matches(l->request->object, profile);
	case AUTHORITY_BY_TEXT:
		break;
	}
	return strcmp(profile, l->request->object) == 0;
}

static enum authz_result list_profile(struct listing *l, struct store_txn *t, const char *type, const struct authority_node *node)
{
	memcpy(l->at.profile, node->profile, sizeof l->at.profile);
	l->at.profile_number = node->number;
	if (!take_step(l) || !is_meant(l, node->profile))
		return AUTHZ_OK;
	if (l->entity.entity.kind != 0)
		return list_one(l, t, type, node);
	if (node->count > 0)
		return list_records(l, t, type, node);
	put_row(l, node->profile, NULL);
	return AUTHZ_OK;
}

/* ---- the profiles of one type */

/* The one at which the last page ended, or, if it is gone, the first behind it; as with records. */
static enum authz_result find_profile(struct listing *l, struct store_txn *t, const char *type, struct authority_node *node,
                                      bool *found)
{
	enum authz_result result = AUTHZ_OK;

	*found = false;
	if (l->at.profile[0] != '\0')
		result = authority_node_find(l->r, t, type, l->at.profile, node, found);
	if (result != AUTHZ_OK || (*found && node->number == l->at.profile_number))
		return result;
	l->at.entity.kind = 0; /* the next one is listed from its first record, which may be older than that place */
	l->at.record_number = 0;
	if (!*found || node->number > l->at.profile_number)
		result = authority_node_first(l->r, t, type, node, found);
	while (result == AUTHZ_OK && *found && node->number < l->at.profile_number) {
		if (!take_step(l)) {
			memcpy(l->at.profile, node->profile, sizeof l->at.profile);
			*found = false;
			return AUTHZ_OK;
		}
		result = authority_node_next(l->r, t, type, node, found);
	}
	return result;
}

static enum authz_result list_type(struct listing *l, struct store_txn *t, const char *type)
{
	struct authority_node node;
	bool found;
	enum authz_result result;

	if ((l->request->has & HAS(OBJECT)) && l->which == AUTHORITY_BY_TEXT) {
		result = authority_node_find(l->r, t, type, l->request->object, &node, &found);
		return result == AUTHZ_OK && found ? list_profile(l, t, type, &node) : result;
	}
	result = find_profile(l, t, type, &node, &found);
	while (result == AUTHZ_OK && found) {
		result = list_profile(l, t, type, &node);
		if (result != AUTHZ_OK || l->full)
			return result;
		l->at.entity.kind = 0;
		l->at.record_number = 0;
		result = authority_node_next(l->r, t, type, &node, &found);
	}
	return result;
}

static enum authz_result list_all(struct listing *l, struct store_txn *t)
{
	const bool one = l->request->has & HAS(OBJECT_TYPE);
	enum authz_result result = AUTHZ_OK;
	const char *type;

	while (result == AUTHZ_OK && (type = authority_type_at(l->at.type)) != NULL) {
		if (!one || strcmp(type, l->request->object_type) == 0)
			result = list_type(l, t, type);
		if (l->full)
			return result;
		l->at = (struct place){.type = l->at.type + 1};
	}
	return result;
}

/* ---- a page */

static enum authz_result is_user(struct rules *r, const char *name, uint32_t uid, bool *is)
{
	struct host_user user;
	enum authz_result result = r->host->user_by_name(r->host->context, name, &user);

	*is = result == AUTHZ_OK && user.uid == uid;
	return result == AUTHZ_INTERNAL ? rules_refuse(r, result, "the look-up of a name failed") : AUTHZ_OK;
}

static enum authz_result is_group(struct rules *r, const char *name, uint32_t gid, bool *is)
{
	gid_t now;
	enum authz_result result = r->host->group_by_name(r->host->context, name, &now);

	*is = result == AUTHZ_OK && now == gid;
	return result == AUTHZ_INTERNAL ? rules_refuse(r, result, "the look-up of a name failed") : AUTHZ_OK;
}

/* Is it still about the entity, and the user whose profile it names, for whom it was made?  If not it counts for nobody. */
static enum authz_result still_counts(struct rules *r, const struct row *row, bool *counts)
{
	const struct authority_record *a = &row->record;
	enum authz_result result = AUTHZ_OK;

	*counts = true;
	if (a->object_id != AUTHORITY_UNBOUND)
		result = is_user(r, row->profile, a->object_id, counts);
	if (result != AUTHZ_OK || !*counts || authority_is_everybody(&a->entity))
		return result;
	if (a->entity.kind == 'p')
		return is_user(r, a->entity.name, a->entity_id, counts);
	return is_group(r, a->entity.name, a->entity_id, counts);
}

static bool add_row(struct answer *answer, const struct row *row, bool counts)
{
	const struct authority_record *a = &row->record;
	char kind[2] = {a->entity.kind, '\0'}, mask[16] = "", maker[16] = "", made[24] = "";
	const char *items[] = {row->type, row->profile, kind, a->entity.name, mask, counts ? "" : "gone", maker, made};

	if (kind[0] != '\0') {
		snprintf(mask, sizeof mask, "%" PRIu32, a->mask);
		snprintf(maker, sizeof maker, "%u", (unsigned)a->maker);
		snprintf(made, sizeof made, "%" PRId64, a->made / 1000000);
	}
	return answer_row(answer, items, sizeof items / sizeof items[0]);
}

/* NSS is asked when the transaction is over. */
static enum authz_result answer_rows(struct listing *l, struct answer *answer)
{
	enum authz_result result = AUTHZ_OK;
	bool counts;
	size_t i;

	for (i = 0; i < l->count && result == AUTHZ_OK; i++) {
		counts = true;
		if (l->rows[i].record.entity.kind != 0)
			result = still_counts(l->r, &l->rows[i], &counts);
		if (result == AUTHZ_OK && !add_row(answer, &l->rows[i], counts))
			result = rules_refuse(l->r, AUTHZ_INTERNAL, "a page has too many rows");
	}
	return result;
}

/* Of one, of all, or of the caller. */
static enum authz_result about_whom(struct listing *l)
{
	enum authz_result result = authority_sees_all(l->r, &l->all);
	bool known;

	if (result == AUTHZ_OK && (l->request->has & (HAS(PRINCIPAL) | HAS(GROUP)))) {
		result = authority_who_is(l->r, l->request, &l->entity, &known);
		return result == AUTHZ_OK ? authority_may_ask(l->r, &l->entity) : result;
	}
	if (result != AUTHZ_OK || l->all)
		return result;
	if (l->r->caller.name[0] == '\0')
		return authority_may_ask(l->r, NULL);
	l->entity = (struct authority_bound){.entity.kind = 'p', .id = l->r->caller.uid};
	memcpy(l->entity.entity.name, l->r->caller.name, NAME_SIZE);
	return AUTHZ_OK;
}

static enum authz_result prepare(struct listing *l)
{
	const struct request *q = l->request;

	if ((q->has & HAS(OBJECT_TYPE)) && authority_takes(q->object_type) == 0)
		return rules_refuse(l->r, AUTHZ_BAD_PARAMETER, "object type");
	if (q->which < AUTHORITY_BY_TEXT || q->which > AUTHORITY_BY_PATTERN)
		return rules_refuse(l->r, AUTHZ_BAD_PARAMETER, "which");
	if ((q->has & HAS(LIMIT)) && (q->limit < 1 || q->limit > ROWS))
		return rules_refuse(l->r, AUTHZ_BAD_PARAMETER, "limit");
	l->room = q->has & HAS(LIMIT) ? (size_t)q->limit : ROWS;
	l->which = (enum authority_which)q->which;
	if ((q->has & HAS(OBJECT)) && q->object[0] == '\0')
		return rules_refuse(l->r, AUTHZ_BAD_PARAMETER, "object");
	if (l->which == AUTHORITY_BY_PATTERN && !authority_profile_is_valid(q->object))
		return rules_refuse(l->r, AUTHZ_BAD_PARAMETER, "object");
	return about_whom(l);
}

enum authz_result authority_list(struct rules *r, const struct request *request, struct answer *answer)
{
	struct listing l = {.r = r, .request = request};
	struct store_txn *t;
	enum authz_result result = prepare(&l);

	if (result == AUTHZ_OK)
		result = rules_begin(r, r->authority, false, &t);
	if (result != AUTHZ_OK)
		return result;
	result = read_place(&l, t);
	if (result == AUTHZ_OK)
		result = list_all(&l, t);
	if (result == AUTHZ_OK)
		result = write_place(&l, t, &answer->reply);
	store_abort(t);
	return result == AUTHZ_OK ? answer_rows(&l, answer) : result;
}
