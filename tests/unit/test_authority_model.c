/* SPDX-License-Identifier: ISC */
/* Any changes, one after the other: what get, explicit, explain and list say then is what a simple model says. */
#include "authority_kit.h"

#include <stdio.h>
#include <string.h>

#include "noise.h"
#include "rules/authority_profile.h"

enum { TYPES = 2, PROFILES = 8, ENTITIES = 6, USERS = 3, OBJECTS = 6, ROUNDS = 1500 };

static const char *const types[TYPES] = {"queue", "profile"};
static const char *const profiles[TYPES][PROFILES] = {{"A", "A.*", "A.**", "A.B", "A.B?", "**", "*.B", "A.B.C"},
                                                      {"alice", "bob", "a*", "**", "?ob", "ali*", "*", "eve"}};
static const char *const objects[TYPES][OBJECTS] = {{"A", "A.B", "A.BX", "A.B.C", "X.B", "A.B?"},
                                                    {"alice", "bob", "eve", "portal", "nosuch", "a*"}};
static const char *const entities[ENTITIES] = {"p:alice", "p:bob", "p:eve", "g:staff", "g:team", "g:nobody"};

struct record {
	uint32_t mask, entity_id, object_id; /* mask 0: there is none */
};

struct model {
	struct world *w;
	bool there[TYPES][PROFILES];
	struct record records[TYPES][PROFILES][ENTITIES];
	uint32_t next_id;
	uint64_t noise;
};

static unsigned below(struct model *m, unsigned limit)
{
	return noise_below(&m->noise, limit);
}

/* ---- who is who now */

static struct fake_group *group_of(struct model *m, const char *name)
{
	size_t i;

	for (i = 0; i < m->w->fake.group_count; i++)
		if (strcmp(m->w->fake.groups[i].name, name) == 0)
			return &m->w->fake.groups[i];
	fail_msg("no group %s", name);
	return NULL;
}

static uint32_t id_of(struct model *m, unsigned entity)
{
	if (entity < USERS)
		return fake_host_find(&m->w->fake, entities[entity] + 2)->user.uid;
	return entity == ENTITIES - 1 ? AUTHORITY_UNBOUND : group_of(m, entities[entity] + 2)->gid;
}

/* The number of one user whom a profile is about. */
static uint32_t object_id(struct model *m, unsigned type, const char *name)
{
	const struct fake_user *u;

	if (type == 0 || authority_profile_is_generic(name))
		return AUTHORITY_UNBOUND;
	u = fake_host_find(&m->w->fake, name);
	return u == NULL ? AUTHORITY_UNBOUND : u->user.uid;
}

static bool is_in(struct model *m, unsigned user, unsigned group)
{
	const struct fake_user *u = fake_host_find(&m->w->fake, entities[user] + 2);
	const uint32_t gid = id_of(m, group);
	size_t i;

	for (i = 0; i < u->more_count; i++)
		if (u->more[i] == gid)
			return true;
	return u->user.gid == gid;
}

/* Made anew under the same name, with all its members. */
static void make_anew(struct model *m, unsigned entity)
{
	const uint32_t before = id_of(m, entity), now = m->next_id++;
	size_t i, k;

	if (entity < USERS) {
		fake_host_find(&m->w->fake, entities[entity] + 2)->user.uid = now;
		return;
	}
	group_of(m, entities[entity] + 2)->gid = now;
	for (i = 0; i < m->w->fake.user_count; i++) {
		struct fake_user *u = &m->w->fake.users[i];

		u->user.gid = u->user.gid == before ? now : u->user.gid;
		for (k = 0; k < u->more_count; k++)
			u->more[k] = u->more[k] == before ? now : u->more[k];
	}
}

/* ---- what the model says */

static bool is_about(struct model *m, unsigned type, unsigned profile, const struct record *r)
{
	return r->object_id == object_id(m, type, profiles[type][profile]);
}

static bool matches(unsigned type, unsigned profile, const char *name)
{
	return strcmp(profiles[type][profile], name) == 0 || authority_profile_matches(profiles[type][profile], name);
}

/* The profile that counts, or PROFILES. */
static unsigned best_of(struct model *m, unsigned type, const char *name)
{
	unsigned i, best = PROFILES;

	for (i = 0; i < PROFILES; i++) {
		if (!m->there[type][i] || !matches(type, i, name))
			continue;
		if (strcmp(profiles[type][i], name) == 0)
			return i;
		if (best == PROFILES || authority_profile_compare(profiles[type][i], profiles[type][best]) < 0)
			best = i;
	}
	return best;
}

static bool counts_for(struct model *m, unsigned who, unsigned entity)
{
	return who == entity || entity == ENTITIES - 1 || (who < USERS && entity >= USERS && is_in(m, who, entity));
}

static uint32_t mask_by(struct model *m, unsigned type, const char *name, unsigned who, bool explicitly)
{
	const unsigned best = best_of(m, type, name);
	uint32_t mask = 0;
	unsigned e;

	for (e = 0; best < PROFILES && e < ENTITIES; e++) {
		const struct record *r = &m->records[type][best][e];
		const bool counts = !explicitly ? counts_for(m, who, e)
		                    : who >= USERS ? who == e
		                    : e >= USERS && fake_host_find(&m->w->fake, entities[who] + 2)->user.gid == id_of(m, e);

		if (r->mask != 0 && counts && r->entity_id == id_of(m, e) && is_about(m, type, best, r))
			mask |= r->mask;
	}
	return mask;
}

/* ---- the questions */

static void ask(struct model *m, unsigned type, const char *name, unsigned who)
{
	const struct request q = about_authority(types[type], name, entities[who]);
	struct world *w = m->w;

	world_host(w);
	answer_init(&w->answer);
	assert_result(authority_get(&w->rules, &q, &w->answer), AUTHZ_OK);
	assert_int_equal(w->answer.reply.mask, mask_by(m, type, name, who, false));
	answer_init(&w->answer);
	assert_result(authority_explain(&w->rules, &q, &w->answer), AUTHZ_OK);
	assert_int_equal(w->answer.reply.mask, mask_by(m, type, name, who, false));
	answer_init(&w->answer);
	assert_result(authority_explicit(&w->rules, &q, &w->answer), AUTHZ_OK);
	assert_int_equal(w->answer.reply.mask, mask_by(m, type, name, who, true));
}

/* To a user who asks about himself. */
static bool is_shown(struct model *m, unsigned type, unsigned profile, unsigned user)
{
	unsigned e;

	for (e = 0; e < ENTITIES; e++)
		if (m->records[type][profile][e].mask != 0 && counts_for(m, user, e) &&
		    m->records[type][profile][e].entity_id == id_of(m, e))
			return true;
	return false;
}

static unsigned lines(const char *text)
{
	unsigned count = 0;

	for (; *text != '\0'; text++)
		count += *text == '\n';
	return count;
}

static void explain_to(struct model *m, unsigned type, const char *name, unsigned user)
{
	const struct request q = about_authority(types[type], name, entities[user]);
	const unsigned best = best_of(m, type, name);
	char text[LISTED_SIZE + 1], line[100];
	unsigned i, e, expected = 0;

	world_caller(m->w, entities[user] + 2);
	answer_init(&m->w->answer);
	assert_result(authority_explain(&m->w->rules, &q, &m->w->answer), AUTHZ_OK);
	assert_int_equal(m->w->answer.reply.mask, mask_by(m, type, name, user, false));
	text[0] = '\n';
	rows_of(m->w, text + 1);
	for (i = 0; i < PROFILES; i++) {
		if (!m->there[type][i] || !matches(type, i, name) || !is_shown(m, type, i, user))
			continue;
		snprintf(line, sizeof line, "\n%s  %s 0 \n", i == best ? "counts" : "passed over", profiles[type][i]);
		assert_non_null(strstr(text, line));
		expected++;
		for (e = 0; i == best && e < ENTITIES; e++)
			expected += m->records[type][i][e].mask != 0 && counts_for(m, user, e) &&
			            m->records[type][i][e].entity_id == id_of(m, e);
	}
	assert_int_equal(lines(text + 1), expected);
}

/* Of all, or of one user who asks; in pages of any length. */
static void list(struct model *m, unsigned user)
{
	const bool all = user == USERS;
	struct request q = {.has = HAS(LIMIT), .limit = 1 + below(m, 9)};
	char text[LISTED_SIZE + 1], line[120];
	unsigned type, i, e, expected = 0, records, pages;

	if (all)
		world_host(m->w);
	else
		world_caller(m->w, entities[user] + 2);
	text[0] = '\n';
	assert_result(list_all(m->w, q, text + 1, &pages), AUTHZ_OK);
	for (type = 0; type < TYPES; type++)
		for (i = 0; i < PROFILES; i++) {
			for (e = records = 0; e < ENTITIES; e++) {
				const struct record *r = &m->records[type][i][e];

				if (r->mask == 0 || (!all && (e != user || r->entity_id != id_of(m, e))))
					continue;
				records++;
				snprintf(line, sizeof line, "\n%s %s %c %s %u %s ", types[type], profiles[type][i], entities[e][0], entities[e] + 2,
				         r->mask, r->entity_id == id_of(m, e) && is_about(m, type, i, r) ? "" : "gone");
				assert_non_null(strstr(text, line));
			}
			expected += records + (all && m->there[type][i] && records == 0);
		}
	assert_int_equal(lines(text + 1), expected);
}

/* ---- the changes */

static uint32_t any_mask(struct model *m, unsigned type)
{
	return type == 0 ? 2u << below(m, 4) | 2u << below(m, 4) : 1 + below(m, 3);
}

static bool can_be_given(struct model *m, unsigned type, unsigned profile)
{
	return type == 0 || authority_profile_is_generic(profiles[type][profile]) ||
	       fake_host_find(&m->w->fake, profiles[type][profile]) != NULL;
}

static void change(struct model *m, unsigned type, unsigned profile, unsigned entity)
{
	struct request q = about_authority(types[type], profiles[type][profile], entities[entity]);
	struct record *r = &m->records[type][profile][entity];
	const uint32_t mask = any_mask(m, type), id = id_of(m, entity), about = object_id(m, type, profiles[type][profile]);
	const bool same = r->mask != 0 && r->entity_id == id && r->object_id == about;

	assert_true(can_be_given(m, type, profile));
	switch (below(m, 4)) {
	case 0:
		q.mask = mask;
		assert_result(authority_set(&m->w->rules, &q), AUTHZ_OK);
		*r = (struct record){mask, id, about};
		m->there[type][profile] = true;
		break;
	case 1:
		assert_result(authority_set(&m->w->rules, &q), AUTHZ_OK); /* none */
		r->mask = 0;
		m->there[type][profile] = true;
		break;
	case 2:
		q.mask_add = mask;
		assert_result(authority_grant(&m->w->rules, &q), AUTHZ_OK);
		*r = (struct record){same ? r->mask | mask : mask, id, about};
		m->there[type][profile] = true;
		break;
	default:
		q.mask_drop = mask;
		assert_result(authority_revoke(&m->w->rules, &q), AUTHZ_OK);
		r->mask &= ~mask;
	}
}

static void take_away(struct model *m, unsigned type, unsigned profile)
{
	const struct request q = about_authority(types[type], profiles[type][profile], NULL);

	answer_init(&m->w->answer);
	assert_result(authority_delete(&m->w->rules, &q, &m->w->answer), AUTHZ_OK);
	m->there[type][profile] = false;
	memset(m->records[type][profile], 0, sizeof m->records[type][profile]);
}

static void copy(struct model *m, unsigned type, unsigned from, unsigned to)
{
	struct request q = about_authority(types[type], profiles[type][to], NULL);
	bool empty = true;
	unsigned e;

	for (e = 0; e < ENTITIES; e++)
		empty = empty && m->records[type][to][e].mask == 0;
	snprintf(q.reference, sizeof q.reference, "%s", profiles[type][from]);
	assert_result(authority_copy(&m->w->rules, &q), !m->there[type][from] ? AUTHZ_UNKNOWN_REF_OBJECT
	                                                : empty ? AUTHZ_OK : AUTHZ_HAS_RECORDS);
	if (!m->there[type][from] || !empty)
		return;
	m->there[type][to] = true;
	for (e = 0; e < ENTITIES; e++)
		if (m->records[type][from][e].mask != 0 && is_about(m, type, from, &m->records[type][from][e])) {
			m->records[type][to][e] = m->records[type][from][e];
			m->records[type][to][e].object_id = object_id(m, type, profiles[type][to]);
		}
}

static void any_change(struct model *m)
{
	const unsigned type = below(m, TYPES), profile = below(m, PROFILES), what = below(m, 20);

	world_host(m->w);
	if (what < 14)
		change(m, type, profile, below(m, ENTITIES));
	else if (what < 16)
		take_away(m, type, profile);
	else if (what < 19)
		copy(m, type, below(m, PROFILES), profile);
	else
		make_anew(m, below(m, ENTITIES - 1));
}

static void as_the_model(void **state)
{
	struct model m = {.w = *state, .next_id = 7000, .noise = 4};
	struct fake_user *eve = fake_host_find(&m.w->fake, "eve");
	unsigned round;

	eve->user.gid = fake_host_group(&m.w->fake, "staff", 50)->gid;
	fake_host_join(eve, fake_host_group(&m.w->fake, "team", 51));
	fake_host_join(fake_host_find(&m.w->fake, "bob"), group_of(&m, "team"));
	world_host(m.w);
	take_away(&m, 1, 0); /* what portal has in every world */
	for (round = 0; round < ROUNDS; round++) {
		const unsigned type = below(&m, TYPES);

		any_change(&m);
		ask(&m, type, objects[type][below(&m, OBJECTS)], below(&m, ENTITIES));
		explain_to(&m, type, objects[type][below(&m, OBJECTS)], below(&m, USERS));
		if (round % 10 == 0)
			list(&m, below(&m, USERS + 1));
	}
	list(&m, USERS);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		{"after any changes, users and groups made anew among them, every question has the model's answer", as_the_model,
		 world_setup, world_teardown, NULL},
	};

	return cmocka_run_group_tests_name("authority, model", tests, NULL, NULL);
}
