/* SPDX-License-Identifier: ISC */
/* The view in memory: what is asked of it, whole, cut, changed and forged. */
#include "view_kit.h"

#include <stdlib.h>
#include <string.h>

#include "noise.h"
#include "view/format.h"

static uint64_t noise = 20261121;
static struct world world;
static struct guarded g;

static void make(unsigned cabinets, unsigned users)
{
	world_make(&world, &noise, cabinets, users);
	guarded_make(&g, &world);
}

/* ---- whole */

static void round_trip(void **state)
{
	unsigned damaged = 0;

	(void)state;
	make(20, 30);
	assert_true(view_is_whole(&g.view));
	assert_false(view_is_marked(&g.view));
	assert_true(view_sequence(&g.view) == world.content.sequence);
	assert_true(world_answers(&world, &g.view, &damaged));
	assert_int_equal(damaged, 0);
	guarded_free(&g);
}

static void empty(void **state)
{
	unsigned damaged = 0;
	uint32_t hint = 0;
	struct view_group group;

	(void)state;
	make(0, 0);
	assert_true(view_is_whole(&g.view));
	assert_true(world_answers(&world, &g.view, &damaged));
	assert_int_equal(view_by_gid(&g.view, AUTHZ_GID_LOW, &group), VIEW_ABSENT);
	assert_int_equal(view_from_gid(&g.view, 0, &hint, &group), VIEW_ABSENT);
	assert_int_equal(damaged, 0);
	guarded_free(&g);
}

static void model(void **state)
{
	unsigned damaged = 0, i;

	(void)state;
	for (i = 0; i < 60; i++) {
		make(noise_below(&noise, WORLD_CABINETS + 1), noise_below(&noise, WORLD_USERS + 1));
		assert_true(view_is_whole(&g.view));
		if (!world_answers(&world, &g.view, &damaged))
			fail_msg("world %u", i);
		assert_int_equal(damaged, 0);
		guarded_free(&g);
	}
}

/* A hint may be anything: it only saves the search. */
static void any_hint(void **state)
{
	struct view_group group;
	uint32_t gid, hint, right, with;

	(void)state;
	make(20, 5);
	for (gid = AUTHZ_GID_LOW; gid < AUTHZ_GID_LOW + 62; gid++)
		for (hint = 0; hint < 24; hint++) {
			right = 0;
			with = hint == 23 ? UINT32_MAX : hint;
			assert_int_equal(view_from_gid(&g.view, gid, &with, &group), view_from_gid(&g.view, gid, &right, &group));
			assert_int_equal(with, right);
		}
	guarded_free(&g);
}

static void listing_hides_nothing_from_users(void **state)
{
	const char *const members[] = {"ann", "ben", "cem"}, *const administrators[] = {"ben", "dora"};
	const gid_t gid = AUTHZ_GID_LOW + 5;
	struct view_cabinet c = {AUTHZ_GROUP_PREFIX "x", gid, members, 3, administrators, 2, VIEW_LIST_NONE};
	const struct view_membership of[] = {{"ann", &gid, 1}, {"ben", &gid, 1}, {"cem", &gid, 1}};
	static const uint32_t listed[] = {3, 1, 0};
	struct view_image image;
	struct view_group group;
	struct view_user user;
	struct view v;

	(void)state;
	for (c.listing = VIEW_LIST_ALL; c.listing <= VIEW_LIST_NONE; c.listing++) {
		struct view_content content = {1, &c, 1, of, 3, NULL};

		assert_int_equal(view_image_make(&image, &content), AUTHZ_OK);
		v = (struct view){image.bytes, image.size};
		assert_int_equal(view_by_gid(&v, gid, &group), VIEW_FOUND);
		assert_int_equal(group.members, listed[c.listing]);
		assert_int_equal(group.administrators, 2);
		/* an administrator who is no member is not shown as one */
		if (c.listing == VIEW_LIST_ADMINISTRATORS)
			assert_string_equal(group.text + group.starts[0], "ben");
		assert_int_equal(view_by_user(&v, "cem", &user), VIEW_FOUND);
		assert_int_equal(user.count, 1);
		assert_int_equal(view_by_user(&v, "dora", &user), VIEW_ABSENT);
		free(image.bytes);
	}
}

/* ---- damaged */

static void cut(void **state)
{
	unsigned char *bytes;
	struct view v;
	size_t size;

	(void)state;
	make(20, 30);
	for (size = 0; size < g.view.size; size++) {
		bytes = malloc(size + (size == 0));
		memcpy(bytes, g.bytes, size);
		v = (struct view){bytes, size};
		if (view_is_whole(&v))
			fail_msg("%zu bytes are taken for a whole view", size);
		free(bytes);
	}
	guarded_free(&g);
}

/* Ask a view of which one byte, or some, may be changed: all answers are right, or say that it is damaged. */
static void expect_right_or_damaged(size_t at, bool header_counts)
{
	unsigned damaged = 0;

	if (!view_is_whole(&g.view))
		return;
	if (!world_answers(&world, &g.view, &damaged))
		fail_msg("a wrong answer after a change at %zu", at);
	/* what nobody reads: the mark, the zeros of the header */
	if (header_counts && damaged == 0 && (at < offsetof(struct view_header, mark) || at >= sizeof(struct view_header)))
		fail_msg("a change at %zu was not seen by anybody", at);
}

static void flipped(void **state)
{
	static const unsigned char masks[] = {0xff, 0x01, 0x80, 0x20};
	size_t at, i;

	(void)state;
	make(20, 12);
	for (at = 0; at < g.view.size; at++)
		for (i = 0; i < sizeof masks; i++) {
			g.bytes[at] ^= masks[i];
			/* a free place that no search comes to is seen by nobody */
			expect_right_or_damaged(at, false);
			g.bytes[at] ^= masks[i];
		}
	guarded_free(&g);
}

static void flipped_record(void **state)
{
	const struct view_header *h;
	size_t at;

	(void)state;
	make(20, 12);
	h = g.view.bytes;
	for (at = h->tables[VIEW_LIST].offset; at < g.view.size; at++) {
		g.bytes[at] ^= 0x04;
		expect_right_or_damaged(at, true);
		g.bytes[at] ^= 0x04;
	}
	guarded_free(&g);
}

static void noisy(void **state)
{
	unsigned round, i, many;
	unsigned damaged;
	unsigned char *kept;

	(void)state;
	make(20, 12);
	kept = malloc(g.view.size);
	memcpy(kept, g.bytes, g.view.size);
	for (round = 0; round < 3000; round++) {
		many = 1 + noise_below(&noise, 200);
		for (i = 0; i < many; i++)
			g.bytes[noise_below(&noise, (unsigned)g.view.size)] = (unsigned char)noise_next(&noise);
		/* a header that its maker would call right, so that the rest is met */
		memcpy(g.bytes, kept, sizeof(struct view_header));
		damaged = 0;
		assert_true(world_answers(&world, &g.view, &damaged));
		memcpy(g.bytes, kept, g.view.size);
	}
	free(kept);
	guarded_free(&g);
}

/* Numbers that the header may name, with sums that are right: no crash, an end, no wrong group. */
static void hostile_header(void **state)
{
	static const uint64_t values[] = {0, 1, 2, 3, 7, 8, 64, 4096, 1u << 20, UINT32_MAX, 1ull << 32, 1ull << 60, 1ull << 63,
	                                  UINT64_MAX - 7, UINT64_MAX};
	struct view_header *h, kept;
	unsigned damaged = 0;
	size_t i, table;

	(void)state;
	make(20, 12);
	h = (struct view_header *)g.bytes;
	kept = *h;
	for (table = 0; table < VIEW_TABLES; table++)
		for (i = 0; i < sizeof values / sizeof *values * 2; i++) {
			if (i % 2 == 0)
				h->tables[table].offset = values[i / 2];
			else
				h->tables[table].count = values[i / 2];
			guarded_seal(&g);
			if (view_is_whole(&g.view))
				world_answers(&world, &g.view, &damaged);
			*h = kept;
		}
	guarded_free(&g);
}

static struct view_place *places(enum view_table table)
{
	return (struct view_place *)(g.bytes + ((struct view_header *)g.bytes)->tables[table].offset);
}

static uint64_t seed(void)
{
	return ((struct view_header *)g.bytes)->seed;
}

/* A table without a free place, of records that all look like what is sought. */
static void full_tables(void **state)
{
	const struct view_header *h;
	struct view_group group;
	struct view_user user;
	uint64_t i, record;
	int table;

	(void)state;
	make(20, 12);
	h = g.view.bytes;
	for (table = 0; table < VIEW_LIST; table++) {
		for (record = 0, i = 0; record == 0; i++)
			record = places((enum view_table)table)[i].record;
		for (i = 0; i < h->tables[table].count; i++) {
			struct view_place *p = &places((enum view_table)table)[i];

			*p = (struct view_place){.record = record, .key = AUTHZ_GID_LOW + 1000};
			if (table != VIEW_GIDS)
				p->key = (uint32_t)view_name_hash(AUTHZ_GROUP_PREFIX "none", strlen(AUTHZ_GROUP_PREFIX "none"), seed());
			p->sum = view_place_sum(p, (enum view_table)table, i, seed());
		}
	}
	assert_int_equal(view_by_name(&g.view, AUTHZ_GROUP_PREFIX "none", &group), VIEW_ABSENT);
	assert_int_equal(view_by_gid(&g.view, AUTHZ_GID_LOW + 1000, &group), VIEW_ABSENT);
	assert_int_equal(view_by_user(&g.view, AUTHZ_GROUP_PREFIX "none", &user), VIEW_ABSENT);
	guarded_free(&g);
}

/* The first group's record, with every number in it that could lead outside, and a sum that is right. */
static void hostile_record(void **state)
{
	static const uint32_t values[] = {0, 1, 2, 100, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff};
	struct view_group_record *r;
	unsigned char kept[4096];
	struct view_group group;
	uint32_t *word;
	uint64_t offset;
	size_t i, at, length;

	(void)state;
	make(1, 12);
	offset = places(VIEW_LIST)[0].record;
	r = (struct view_group_record *)(g.bytes + offset);
	length = r->head.length;
	assert_true(length <= sizeof kept);
	memcpy(kept, r, length);
	for (at = offsetof(struct view_group_record, gid); at + 4 <= length; at += 4)
		for (i = 0; i < sizeof values / sizeof *values; i++) {
			word = (uint32_t *)((unsigned char *)r + at);
			*word = values[i];
			r->head.sum = view_record_sum(&r->head, r->head.length, offset, seed());
			if (view_by_gid(&g.view, places(VIEW_LIST)[0].key, &group) == VIEW_FOUND) {
				struct handed h;
				uint32_t n;

				assert_true(group.members_end <= group.text_length);
				if (hand_on(&group, &h)) {
					for (n = 0; n < group.members + group.administrators; n++)
						assert_true(h.names[n] + strlen(h.names[n]) < h.text + group.text_length);
					handed_free(&h);
				}
			}
			memcpy(r, kept, length);
		}
	guarded_free(&g);
}

/* ---- forged */

static void expect_not_answered(const char *name, gid_t gid)
{
	const char *const members[] = {"eve"};
	const struct view_cabinet c = {name, gid, members, 1, members, 1, VIEW_LIST_ALL};
	const gid_t gids[] = {gid, AUTHZ_GID_LOW};
	const struct view_membership of = {"eve", gids, 2};
	struct view_content content = {1, &c, 1, &of, 1, NULL};
	struct view_image image;
	struct view_group group;
	uint32_t hint = 0;
	struct view v;

	assert_int_equal(view_image_make(&image, &content), AUTHZ_OK);
	v = (struct view){image.bytes, image.size};
	assert_true(view_is_whole(&v));
	assert_int_equal(view_by_name(&v, name, &group), VIEW_ABSENT);
	assert_int_equal(view_by_gid(&v, gid, &group), VIEW_ABSENT);
	assert_int_equal(view_from_gid(&v, 0, &hint, &group), VIEW_ABSENT);
	free(image.bytes);
}

static void forged(void **state)
{
	static const char *const names[] = {
		"", AUTHZ_GROUP_PREFIX, AUTHZ_GROUP_PREFIX "a:b", AUTHZ_GROUP_PREFIX "a,b", AUTHZ_GROUP_PREFIX "a\nb",
		AUTHZ_GROUP_PREFIX "a b", AUTHZ_GROUP_PREFIX "\xc3\xa4", AUTHZ_GROUP_PREFIX "0123456789012345678901234567890123456789",
	};
	static const char *const system[] = {"shadow", "sudo", "root", "wheel", "Cab-x", "cab", "xcab-y"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof names / sizeof *names; i++)
		expect_not_answered(names[i], AUTHZ_GID_LOW);
	/* a build with an empty prefix was told what that costs */
	for (i = 0; sizeof AUTHZ_GROUP_PREFIX > 1 && i < sizeof system / sizeof *system; i++)
		expect_not_answered(system[i], AUTHZ_GID_LOW);
	expect_not_answered(AUTHZ_GROUP_PREFIX "x", 0);
	expect_not_answered(AUTHZ_GROUP_PREFIX "x", 42);
	expect_not_answered(AUTHZ_GROUP_PREFIX "x", AUTHZ_GID_LOW - 1);
	expect_not_answered(AUTHZ_GROUP_PREFIX "x", AUTHZ_GID_HIGH + 1);
	expect_not_answered(AUTHZ_GROUP_PREFIX "x", (gid_t)-1);
}

static void refused_twice(void **state)
{
	const struct view_cabinet names[] = {{AUTHZ_GROUP_PREFIX "a", AUTHZ_GID_LOW, NULL, 0, NULL, 0, VIEW_LIST_ALL},
	                                     {AUTHZ_GROUP_PREFIX "a", AUTHZ_GID_LOW + 1, NULL, 0, NULL, 0, VIEW_LIST_ALL}};
	const struct view_cabinet gids[] = {{AUTHZ_GROUP_PREFIX "a", AUTHZ_GID_LOW, NULL, 0, NULL, 0, VIEW_LIST_ALL},
	                                    {AUTHZ_GROUP_PREFIX "b", AUTHZ_GID_LOW, NULL, 0, NULL, 0, VIEW_LIST_ALL}};
	const struct view_membership users[] = {{"ann", NULL, 0}, {"ann", NULL, 0}};
	struct view_content content = {1, names, 2, NULL, 0, NULL};
	struct view_image image;

	(void)state;
	assert_int_equal(view_image_make(&image, &content), AUTHZ_BAD_PARAMETER);
	assert_string_equal(content.wrong, AUTHZ_GROUP_PREFIX "a");
	content = (struct view_content){1, gids, 2, NULL, 0, NULL};
	assert_int_equal(view_image_make(&image, &content), AUTHZ_BAD_PARAMETER);
	content = (struct view_content){1, NULL, 0, users, 2, NULL};
	assert_int_equal(view_image_make(&image, &content), AUTHZ_BAD_PARAMETER);
	assert_string_equal(content.wrong, "ann");
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, NULL, NULL, NULL}
	static const struct CMUnitTest tests[] = {
		ROW("what is written is read: by name, by gid, by user, one after the other", round_trip),
		ROW("a view without groups has none", empty),
		ROW("sixty worlds of chance answer by name, gid and user as their model does", model),
		ROW("a sweep goes on rightly whatever its hint is", any_hint),
		ROW("list_members hides members of a group, never the groups of a user, and makes nobody a member",
		    listing_hides_nothing_from_users),
		ROW("a view that is cut anywhere is no view (view MUST 3)", cut),
		ROW("with any byte flipped the answers are right or damaged, never others (view MUST 1, view MUST 3)", flipped),
		ROW("no byte of list and records can be changed unseen (view MUST 3)", flipped_record),
		ROW("with noise all over it the answers are right or damaged (view MUST 1, view MUST 3)", noisy),
		ROW("a header that names places outside the file leads nobody there (view MUST 1)", hostile_header),
		ROW("a record whose numbers lead outside it is not answered (view MUST 1)", hostile_record),
		ROW("a search in tables without a free place ends (view MUST 4)", full_tables),
		ROW("a forged view is not answered: shadow, sudo, gid 0, no prefix, outside the range, bad letters (view MUST 2)", forged),
		ROW("a name, a gid or a user that is there twice is refused", refused_twice),
	};

	return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}
