/* SPDX-License-Identifier: ISC */
/*
 * The links.  A list is checked at every step: a link knows both its neighbours, each of them knows it, its pair leads to
 * it, and the node knows the ends.
 */
#include "rules/cabinet_link.h"

#include <string.h>

#include "rules/cabinet_node.h"
#include "rules/pack.h"

#define VERSION 1
#define LINK_MAX 192
#define PAIR_KEY_SIZE (5 + 2 * NAME_SIZE)

static enum authz_result damaged(struct rules *r)
{
	return rules_store(r, r->authority, AUTHZ_STORE_DAMAGED);
}

/* ---- a link as bytes */

struct link_key {
	unsigned char bytes[6];
};

static struct link_key link_key(uint32_t isn)
{
	struct link_key key;
	struct pack p = {.at = key.bytes, .size = sizeof key.bytes};

	pack_bytes(&p, "Zk", 2);
	pack_number(&p, isn, 4);
	return key;
}

static void pack_link(struct pack *p, const struct cabinet_link *l)
{
	pack_number(p, VERSION, 1);
	pack_bytes(p, &l->relation, 1);
	pack_string(p, l->cabinet);
	pack_bytes(p, &l->member.kind, 1);
	pack_string(p, l->member.name);
	pack_number(p, l->profile_type, 1);
	pack_number(p, l->special.security, 2);
	pack_number(p, l->special.marks, 2);
	pack_string(p, l->special_name);
	pack_number(p, l->uid, 4);
	pack_number(p, l->maker, 4);
	pack_number(p, (uint64_t)l->made, 8);
	pack_number(p, l->next_of_cabinet, 4);
	pack_number(p, l->previous_of_cabinet, 4);
	pack_number(p, l->next_of_member, 4);
	pack_number(p, l->previous_of_member, 4);
	if (l->relation == RELATION_GUEST)
		pack_number(p, l->owner, 4);
}

static bool is_sane(const struct cabinet_link *l)
{
	const bool guest = l->relation == RELATION_GUEST, cabinet = l->member.kind == 'c' && !guest;

	return (guest || l->relation == RELATION_MEMBER || l->relation == RELATION_ADMIN) && (l->member.kind == 'u' || cabinet) &&
	       l->cabinet[0] != '\0' && l->member.name[0] != '\0' && l->isn >= 1 && l->isn <= ISN_MAX;
}

static bool unpack_link(struct cabinet_link *l, const unsigned char *value, size_t length)
{
	struct unpack u = {.at = value, .left = length};

	if (unpack_number(&u, 1) != VERSION)
		return false;
	unpack_bytes(&u, &l->relation, 1);
	unpack_string(&u, l->cabinet, sizeof l->cabinet);
	unpack_bytes(&u, &l->member.kind, 1);
	unpack_string(&u, l->member.name, sizeof l->member.name);
	l->profile_type = (uint8_t)unpack_number(&u, 1);
	l->special.security = (uint16_t)unpack_number(&u, 2);
	l->special.marks = (uint16_t)unpack_number(&u, 2);
	unpack_string(&u, l->special_name, sizeof l->special_name);
	l->uid = (uid_t)unpack_number(&u, 4);
	l->maker = (uid_t)unpack_number(&u, 4);
	l->made = (int64_t)unpack_number(&u, 8);
	l->next_of_cabinet = (uint32_t)unpack_number(&u, 4);
	l->previous_of_cabinet = (uint32_t)unpack_number(&u, 4);
	l->next_of_member = (uint32_t)unpack_number(&u, 4);
	l->previous_of_member = (uint32_t)unpack_number(&u, 4);
	l->owner = l->relation == RELATION_GUEST ? (uid_t)unpack_number(&u, 4) : 0;
	return unpack_done(&u) && is_sane(l);
}

static enum authz_result link_write(struct rules *r, struct store_txn *t, const struct cabinet_link *l)
{
	const struct link_key key = link_key(l->isn);
	unsigned char value[LINK_MAX];
	struct pack p = {.at = value, .size = sizeof value};

	pack_link(&p, l);
	if (p.bad || !is_sane(l))
		return rules_refuse(r, AUTHZ_INTERNAL, "a record of a membership");
	return rules_store(r, r->authority, store_put(t, key.bytes, sizeof key.bytes, value, p.used));
}

static enum authz_result link_read(struct rules *r, struct store_txn *t, uint32_t isn, struct cabinet_link *out, bool *found)
{
	const struct link_key key = link_key(isn);
	unsigned char value[LINK_MAX];
	size_t length;
	enum authz_result result = store_get(t, key.bytes, sizeof key.bytes, value, sizeof value, &length, found);

	memset(out, 0, sizeof *out);
	if (result != AUTHZ_OK || !*found)
		return rules_store(r, r->authority, result);
	out->isn = isn;
	return unpack_link(out, value, length) ? AUTHZ_OK : damaged(r);
}

/* ---- its pair */

struct pair_key {
	unsigned char bytes[PAIR_KEY_SIZE];
	size_t length;
};

/* A NUL stands between the names, and no name holds one. */
static struct pair_key pair_key(char relation, const char *cabinet, const struct cabinet_entity *member)
{
	struct pair_key key;
	struct pack p = {.at = key.bytes, .size = sizeof key.bytes};

	pack_bytes(&p, "Zp", 2);
	pack_bytes(&p, &relation, 1);
	pack_bytes(&p, cabinet, strnlen(cabinet, NAME_SIZE - 1));
	pack_number(&p, 0, 1);
	pack_bytes(&p, &member->kind, 1);
	pack_bytes(&p, member->name, strnlen(member->name, NAME_SIZE - 1));
	key.length = p.used;
	return key;
}

/* *isn 0: there is none. */
static enum authz_result pair_read(struct rules *r, struct store_txn *t, char relation, const char *cabinet,
                                   const struct cabinet_entity *member, uint32_t *isn)
{
	const struct pair_key key = pair_key(relation, cabinet, member);
	unsigned char value[4];
	struct unpack u = {.at = value};
	bool found;
	enum authz_result result = store_get(t, key.bytes, key.length, value, sizeof value, &u.left, &found);

	*isn = 0;
	if (result != AUTHZ_OK || !found)
		return rules_store(r, r->authority, result);
	*isn = (uint32_t)unpack_number(&u, 4);
	return unpack_done(&u) && *isn != 0 ? AUTHZ_OK : damaged(r);
}

static enum authz_result pair_write(struct rules *r, struct store_txn *t, const struct cabinet_link *l)
{
	const struct pair_key key = pair_key(l->relation, l->cabinet, &l->member);
	unsigned char value[4];
	struct pack p = {.at = value, .size = sizeof value};

	pack_number(&p, l->isn, 4);
	return rules_store(r, r->authority, store_put(t, key.bytes, key.length, value, p.used));
}

static enum authz_result pair_agrees(struct rules *r, struct store_txn *t, const struct cabinet_link *l)
{
	uint32_t isn;
	enum authz_result result = pair_read(r, t, l->relation, l->cabinet, &l->member, &isn);

	return result != AUTHZ_OK || isn == l->isn ? result : damaged(r);
}

/* ---- the two lists that a link is in */

static bool is_of_cabinet(enum cabinet_list list)
{
	return list == LIST_USERS || list == LIST_CABINETS || list == LIST_ADMINS || list == LIST_GUESTS;
}

static enum cabinet_list list_of_cabinet(const struct cabinet_link *l)
{
	if (l->relation == RELATION_GUEST)
		return LIST_GUESTS;
	return l->relation == RELATION_ADMIN ? LIST_ADMINS : l->member.kind == 'u' ? LIST_USERS : LIST_CABINETS;
}

static enum cabinet_list list_of_member(const struct cabinet_link *l)
{
	if (l->relation == RELATION_GUEST)
		return LIST_GUEST_OF;
	return l->relation == RELATION_ADMIN ? LIST_ADMIN_OF : LIST_MEMBER_OF;
}

/* Whose list it is.  A private cabinet is its user: another cabinet may have that name. */
static struct cabinet_entity head(const struct cabinet_link *l, enum cabinet_list list)
{
	struct cabinet_entity of = {.kind = l->relation == RELATION_GUEST ? 'u' : 'c'};

	if (!is_of_cabinet(list))
		return l->member;
	memcpy(of.name, l->cabinet, sizeof of.name);
	return of;
}

static bool is_in(const struct cabinet_link *l, const struct cabinet_entity *of, enum cabinet_list list)
{
	const struct cabinet_entity own = head(l, list);

	return own.kind == of->kind && strcmp(own.name, of->name) == 0 &&
	       list == (is_of_cabinet(list) ? list_of_cabinet(l) : list_of_member(l));
}

static uint32_t *next_of(struct cabinet_link *l, enum cabinet_list list)
{
	return is_of_cabinet(list) ? &l->next_of_cabinet : &l->next_of_member;
}

static uint32_t *previous_of(struct cabinet_link *l, enum cabinet_list list)
{
	return is_of_cabinet(list) ? &l->previous_of_cabinet : &l->previous_of_member;
}

/* A link that another record says is in this list. */
static enum authz_result step(struct rules *r, struct store_txn *t, uint32_t isn, const struct cabinet_entity *of,
                              enum cabinet_list list, struct cabinet_link *out)
{
	bool found;
	enum authz_result result = link_read(r, t, isn, out, &found);

	if (result != AUTHZ_OK)
		return result;
	return found && is_in(out, of, list) ? AUTHZ_OK : damaged(r);
}

/* ---- looking */

enum authz_result cabinet_link_by_isn(struct rules *r, struct store_txn *t, uint32_t isn, struct cabinet_link *out, bool *found)
{
	enum authz_result result = link_read(r, t, isn, out, found);

	return result == AUTHZ_OK && *found ? pair_agrees(r, t, out) : result;
}

enum authz_result cabinet_link_find(struct rules *r, struct store_txn *t, enum cabinet_relation relation, const char *cabinet,
                                    const struct cabinet_entity *member, struct cabinet_link *out, bool *found)
{
	uint32_t isn;
	enum authz_result result = pair_read(r, t, (char)relation, cabinet, member, &isn);

	memset(out, 0, sizeof *out);
	*found = result == AUTHZ_OK && isn != 0;
	if (!*found)
		return result;
	result = link_read(r, t, isn, out, found);
	if (result != AUTHZ_OK)
		return result;
	if (!*found || out->relation != (char)relation || strcmp(out->cabinet, cabinet) != 0 || out->member.kind != member->kind ||
	    strcmp(out->member.name, member->name) != 0)
		return damaged(r);
	return AUTHZ_OK;
}

enum authz_result cabinet_link_count(struct rules *r, struct store_txn *t, const struct cabinet_entity *of,
                                     enum cabinet_list list, uint64_t *count)
{
	struct cabinet_node node;
	enum authz_result result = cabinet_node_read(r, t, of, &node);

	*count = node.list[list].count;
	return result;
}

enum authz_result cabinet_link_first(struct rules *r, struct store_txn *t, const struct cabinet_entity *of,
                                     enum cabinet_list list, struct cabinet_link *link)
{
	struct cabinet_node node;
	enum authz_result result = cabinet_node_read(r, t, of, &node);

	memset(link, 0, sizeof *link);
	if (result != AUTHZ_OK || node.list[list].first == 0)
		return result;
	result = step(r, t, node.list[list].first, of, list, link);
	if (result == AUTHZ_OK && *previous_of(link, list) != 0)
		result = damaged(r);
	return result == AUTHZ_OK ? pair_agrees(r, t, link) : result;
}

/* A link that says it is the last is the one that the node says. */
static enum authz_result at_end(struct rules *r, struct store_txn *t, enum cabinet_list list, struct cabinet_link *link)
{
	const struct cabinet_entity of = head(link, list);
	const uint32_t isn = link->isn;
	struct cabinet_node node;
	enum authz_result result = cabinet_node_read(r, t, &of, &node);

	memset(link, 0, sizeof *link);
	return result != AUTHZ_OK || node.list[list].last == isn ? result : damaged(r);
}

enum authz_result cabinet_link_next(struct rules *r, struct store_txn *t, enum cabinet_list list, struct cabinet_link *link)
{
	const struct cabinet_entity of = head(link, list);
	const uint32_t isn = link->isn, next = *next_of(link, list);
	enum authz_result result;

	if (next == 0)
		return at_end(r, t, list, link);
	if (next <= isn)
		return damaged(r);
	result = step(r, t, next, &of, list, link);
	if (result == AUTHZ_OK && *previous_of(link, list) != isn)
		result = damaged(r);
	return result == AUTHZ_OK ? pair_agrees(r, t, link) : result;
}

enum authz_result cabinet_link_after(struct rules *r, struct store_txn *t, const struct cabinet_entity *of,
                                     enum cabinet_list list, uint32_t isn, struct cabinet_link *link)
{
	bool found = false;
	enum authz_result result = AUTHZ_OK;

	if (isn != 0)
		result = cabinet_link_by_isn(r, t, isn, link, &found);
	if (result != AUTHZ_OK)
		return result;
	if (found && is_in(link, of, list))
		return cabinet_link_next(r, t, list, link);
	result = cabinet_link_first(r, t, of, list, link);
	while (result == AUTHZ_OK && link->isn != 0 && link->isn <= isn)
		result = cabinet_link_next(r, t, list, link);
	return result;
}

/* ---- changing */

/* To the end of one of its lists. */
static enum authz_result append(struct rules *r, struct store_txn *t, struct cabinet_link *l, enum cabinet_list list)
{
	const struct cabinet_entity of = head(l, list);
	struct cabinet_node node;
	struct cabinet_link last;
	enum authz_result result = cabinet_node_read(r, t, &of, &node);

	*next_of(l, list) = 0;
	*previous_of(l, list) = node.list[list].last;
	if (result == AUTHZ_OK && node.list[list].last != 0) {
		result = step(r, t, node.list[list].last, &of, list, &last);
		if (result == AUTHZ_OK && *next_of(&last, list) != 0)
			result = damaged(r);
		*next_of(&last, list) = l->isn;
		if (result == AUTHZ_OK)
			result = link_write(r, t, &last);
	}
	if (node.list[list].last == 0)
		node.list[list].first = l->isn;
	node.list[list].last = l->isn;
	node.list[list].count++;
	return result == AUTHZ_OK ? cabinet_node_write(r, t, &of, &node) : result;
}

enum authz_result cabinet_link_add(struct rules *r, struct store_txn *t, struct cabinet_link *link)
{
	uint32_t isn;
	enum authz_result result = pair_read(r, t, link->relation, link->cabinet, &link->member, &isn);

	if (result == AUTHZ_OK && isn != 0)
		return rules_refuse(r, AUTHZ_ALREADY_MEMBER, link->member.name);
	if (result == AUTHZ_OK)
		result = cabinet_next_isn(r, t, &link->isn);
	if (result == AUTHZ_OK)
		result = append(r, t, link, list_of_cabinet(link));
	if (result == AUTHZ_OK)
		result = append(r, t, link, list_of_member(link));
	if (result == AUTHZ_OK)
		result = link_write(r, t, link);
	return result == AUTHZ_OK ? pair_write(r, t, link) : result;
}

/* The link as it is now: its neighbours may be others since it was found. */
static enum authz_result as_it_is(struct rules *r, struct store_txn *t, const struct cabinet_link *link, struct cabinet_link *now)
{
	bool found;
	enum authz_result result = cabinet_link_find(r, t, (enum cabinet_relation)link->relation, link->cabinet, &link->member, now,
	                                             &found);

	if (result != AUTHZ_OK)
		return result;
	return found && now->isn == link->isn ? AUTHZ_OK : damaged(r);
}

enum authz_result cabinet_link_change(struct rules *r, struct store_txn *t, const struct cabinet_link *link)
{
	struct cabinet_link now, changed = *link;
	enum authz_result result = as_it_is(r, t, link, &now);

	if (result != AUTHZ_OK)
		return result;
	changed.next_of_cabinet = now.next_of_cabinet;
	changed.previous_of_cabinet = now.previous_of_cabinet;
	changed.next_of_member = now.next_of_member;
	changed.previous_of_member = now.previous_of_member;
	return link_write(r, t, &changed);
}

/* Its neighbour on one side now has its neighbour on the other side; where it was an end of the list, the node has. */
static enum authz_result bridge(struct rules *r, struct store_txn *t, struct cabinet_link *l, enum cabinet_list list,
                                bool forward, uint32_t *end)
{
	uint32_t *(*const here)(struct cabinet_link *, enum cabinet_list) = forward ? next_of : previous_of;
	uint32_t *(*const there)(struct cabinet_link *, enum cabinet_list) = forward ? previous_of : next_of;
	const struct cabinet_entity of = head(l, list);
	const uint32_t neighbour = *here(l, list), other = *there(l, list);
	struct cabinet_link near;
	enum authz_result result;

	if (neighbour == 0) {
		if (*end != l->isn)
			return damaged(r);
		*end = other;
		return AUTHZ_OK;
	}
	result = step(r, t, neighbour, &of, list, &near);
	if (result != AUTHZ_OK)
		return result;
	if (*there(&near, list) != l->isn)
		return damaged(r);
	*there(&near, list) = other;
	return link_write(r, t, &near);
}

static enum authz_result unlink_from(struct rules *r, struct store_txn *t, struct cabinet_link *l, enum cabinet_list list)
{
	const struct cabinet_entity of = head(l, list);
	struct cabinet_node node;
	enum authz_result result = cabinet_node_read(r, t, &of, &node);

	if (result != AUTHZ_OK)
		return result;
	if (node.list[list].count == 0)
		return damaged(r);
	node.list[list].count--;
	result = bridge(r, t, l, list, true, &node.list[list].last);
	if (result == AUTHZ_OK)
		result = bridge(r, t, l, list, false, &node.list[list].first);
	if (result == AUTHZ_OK && (node.list[list].count == 0) != (node.list[list].first == 0))
		return damaged(r);
	return result == AUTHZ_OK ? cabinet_node_write(r, t, &of, &node) : result;
}

enum authz_result cabinet_link_remove(struct rules *r, struct store_txn *t, const struct cabinet_link *link)
{
	const struct pair_key pair = pair_key(link->relation, link->cabinet, &link->member);
	const struct link_key key = link_key(link->isn);
	struct cabinet_link now;
	enum authz_result result = as_it_is(r, t, link, &now);

	if (result == AUTHZ_OK)
		result = unlink_from(r, t, &now, list_of_cabinet(&now));
	if (result == AUTHZ_OK)
		result = unlink_from(r, t, &now, list_of_member(&now));
	if (result == AUTHZ_OK)
		result = rules_store(r, r->authority, store_delete(t, key.bytes, sizeof key.bytes));
	return result == AUTHZ_OK ? rules_store(r, r->authority, store_delete(t, pair.bytes, pair.length)) : result;
}
