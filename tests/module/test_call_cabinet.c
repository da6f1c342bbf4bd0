/* SPDX-License-Identifier: ISC */
/* The calls of authz.h on cabinets, against the real helper and one that answers what it is told. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "compat/client.h"
#include "compat_kit.h"

static struct authz_error error;

struct seen {
	size_t count;
	struct authz_membership last;
};

static void see(void *context, const struct authz_membership *m)
{
	struct seen *s = context;

	s->count++;
	s->last = *m;
}

static size_t look(const char *cabinet, struct seen *s)
{
	struct authz_cursor cursor = {.length = 0};

	*s = (struct seen){.count = 0};
	do
		assert_int_equal(authz_cabinet_members(compat_client(), NULL, cabinet, 0, &cursor, see, s, &error), AUTHZ_OK);
	while (cursor.length > 0);
	return s->count;
}

static void life(void **state)
{
	const struct authz_cabinet cabinet = {
		.name = "life", .type = AUTHZ_CABINET_SHARED, .gid = (gid_t)-1, .text = "a text", .password = "Geheim7"};
	struct authz_cabinet_member member = {.cabinet = "life", .member = "daemon", .profile = AUTHZ_PROFILE_SHARED};
	struct authz_cabinet_profile profile = {.security = 1234, .marks = AUTHZ_MARK_REPLY};
	const struct authz_acting acting = {.cabinet = "life", .password = "Geheim7"};
	enum authz_profile_type type;
	uint32_t first, isn;
	struct seen s;

	(void)state;
	assert_int_equal(authz_cabinet_create(compat_client(), NULL, &cabinet, &first, &error), AUTHZ_OK);
	assert_int_equal(authz_cabinet_set_profile(compat_client(), NULL, "life", &profile, &error), AUTHZ_OK);
	assert_int_equal(authz_cabinet_add(compat_client(), NULL, &member, &isn, &error), AUTHZ_OK);
	assert_true(isn > first);
	assert_int_equal(look("life", &s), 1);
	assert_string_equal(s.last.name, "daemon");
	assert_int_equal(s.last.isn, isn);
	assert_int_equal(s.last.type, AUTHZ_CABINET_PRIVATE);
	member.profile = AUTHZ_PROFILE_PRIVATE;
	assert_int_equal(authz_cabinet_set(compat_client(), NULL, &member, &error), AUTHZ_OK);
	(void)look("life", &s);
	assert_int_equal(s.last.profile, AUTHZ_PROFILE_PRIVATE);
	member.profile = AUTHZ_PROFILE_SHARED;
	assert_int_equal(authz_cabinet_set(compat_client(), NULL, &member, NULL), AUTHZ_OK);
	assert_int_equal(authz_cabinet_profile(compat_client(), NULL, NULL, first, "daemon", &profile, &type, &error), AUTHZ_OK);
	assert_int_equal(profile.security, 1234);
	assert_int_equal(profile.marks, AUTHZ_MARK_REPLY);
	assert_int_equal(type, AUTHZ_PROFILE_SHARED);
	assert_int_equal(authz_cabinet_members(compat_client(), &acting, "life", 0, &(struct authz_cursor){.length = 0}, see, &s, &error),
	                 AUTHZ_CABINET_ADMIN);
	assert_int_equal(authz_cabinet_remove(compat_client(), NULL, "life", "daemon", &error), AUTHZ_OK);
	assert_int_equal(authz_cabinet_remove(compat_client(), NULL, "life", "daemon", &error), AUTHZ_NOT_A_MEMBER);
	assert_string_equal(error.subject, "daemon");
	assert_int_equal(look("life", &s), 0);
	assert_int_equal(authz_cabinet_delete(compat_client(), NULL, "life", -1, 1, &error), AUTHZ_OK);
	assert_int_equal(authz_cabinet_add(compat_client(), NULL, &member, &isn, &error), AUTHZ_CABINET_LOCKED);
	assert_int_equal(isn, 0);
	assert_int_equal(authz_cabinet_undelete(compat_client(), NULL, "life", &error), AUTHZ_OK);
}

static size_t go(const char *user, struct seen *s)
{
	struct authz_cursor cursor = {.length = 0};

	*s = (struct seen){.count = 0};
	do
		assert_int_equal(authz_cabinet_where(compat_client(), NULL, user, &cursor, see, s, &error), AUTHZ_OK);
	while (cursor.length > 0);
	return s->count;
}

static void guests(void **state)
{
	struct authz_cabinet_profile profile = {.security = 7001, .marks = AUTHZ_MARK_READ_MAIL};
	const struct authz_acting acting = {.cabinet = "games", .password = NULL};
	enum authz_profile_type type;
	struct seen s;

	(void)state;
	assert_int_equal(go("bin", &s), 0);
	assert_int_equal(authz_cabinet_authorize(compat_client(), &acting, NULL, "bin", &profile, &error), AUTHZ_OK);
	assert_int_equal(go("bin", &s), 1);
	assert_string_equal(s.last.name, "games");
	assert_true(s.last.type == AUTHZ_CABINET_PRIVATE && s.last.profile == AUTHZ_PROFILE_SPECIAL && s.last.isn > 0);
	assert_true(s.last.special.security == 7001 && s.last.special.marks == AUTHZ_MARK_READ_MAIL);
	assert_int_equal(look("games", &s), 1);
	assert_string_equal(s.last.name, "bin");
	profile = (struct authz_cabinet_profile){.security = 1};
	assert_int_equal(authz_cabinet_authorize(compat_client(), NULL, "games", "bin", &profile, NULL), AUTHZ_OK);
	profile = (struct authz_cabinet_profile){.security = 5};
	assert_int_equal(authz_cabinet_profile(compat_client(), NULL, "games", 0, "bin", &profile, &type, &error), AUTHZ_OK);
	assert_true(profile.security == 1 && profile.marks == 0 && type == AUTHZ_PROFILE_SPECIAL);
	assert_int_equal(authz_cabinet_authorize(compat_client(), NULL, "games", "no-such", &profile, &error), AUTHZ_MEMBER_NOT_FOUND);
	assert_string_equal(error.subject, "no-such");
	assert_int_equal(authz_cabinet_withdraw(compat_client(), NULL, "games", "bin", &error), AUTHZ_OK);
	assert_int_equal(authz_cabinet_withdraw(compat_client(), NULL, "games", "bin", &error), AUTHZ_NOT_A_MEMBER);
	assert_int_equal(go("bin", &s), 0);
}

/* Nobody is asked. */
static void not_asked(void **state)
{
	static const char longer[] = "a-name-that-is-longer-than-any-name";
	struct authz_cabinet_member member = {.cabinet = "life", .member = longer, .profile = AUTHZ_PROFILE_SHARED};
	struct authz_cursor cursor = {.length = sizeof cursor.bytes + 1};
	struct authz_cabinet cabinet = {.name = longer};
	struct authz_cabinet_profile profile;
	enum authz_profile_type type;
	struct seen s;

	(void)state;
	kit_fake("result 0\nisn 1\n");
	assert_int_equal(authz_cabinet_add(compat_client(), NULL, &member, NULL, &error), AUTHZ_PARAMETER_LIST);
	assert_string_equal(error.subject, "member");
	member = (struct authz_cabinet_member){.cabinet = "life", .member = "bin", .profile = AUTHZ_PROFILE_SPECIAL};
	assert_int_equal(authz_cabinet_add(compat_client(), NULL, &member, NULL, &error), AUTHZ_PARAMETER_LIST);
	assert_string_equal(error.subject, "special");
	assert_int_equal(authz_cabinet_remove(compat_client(), NULL, "", "bin", &error), AUTHZ_BAD_PARAMETER);
	assert_int_equal(authz_cabinet_create(compat_client(), NULL, &cabinet, NULL, &error), AUTHZ_BAD_PARAMETER);
	assert_int_equal(authz_cabinet_members(compat_client(), NULL, NULL, 0, &cursor, see, &s, &error), AUTHZ_BAD_PARAMETER);
	assert_int_equal(authz_cabinet_members(compat_client(), NULL, "life", 0, &cursor, see, &s, &error), AUTHZ_BAD_PARAMETER);
	assert_string_equal(error.subject, "cursor");
	assert_int_equal(authz_cabinet_profile(compat_client(), NULL, "life", 0, NULL, &profile, &type, &error), AUTHZ_BAD_PARAMETER);
	assert_int_equal(authz_cabinet_authorize(compat_client(), NULL, NULL, longer, &profile, &error), AUTHZ_BAD_PARAMETER);
	assert_string_equal(error.subject, "user");
	assert_int_equal(authz_cabinet_withdraw(compat_client(), NULL, "", "bin", &error), AUTHZ_BAD_PARAMETER);
	assert_false(kit_asked());
}

/* AUTHZ_OK is what the answer says, and all that it promises. */
static void incomplete(void **state)
{
	static const char *const answers[] = {
		"result 0\n", "result 0\nrow profile|shared\nrow security|0000\n", "result 0\nrow profile|shared\nrow security|x\nrow marks|0\n",
		"result 0\nrow profile|shared\nrow security|10000\nrow marks|0\n", "result 0\nrow profile|other\nrow security|0\nrow marks|0\n",
		"result 0\nrow profile|shared\nrow security|0\nrow marks|512\n", "result 0\nrow profile|shared\nrow security|0\nrow marks\n",
	};
	struct authz_cabinet_profile profile = {1, 1};
	enum authz_profile_type type = AUTHZ_PROFILE_SHARED;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof answers / sizeof *answers; i++) {
		kit_fake(answers[i]);
		assert_int_equal(authz_cabinet_profile(compat_client(), NULL, "life", 0, "bin", &profile, &type, &error), AUTHZ_HELPER_GARBLED);
		assert_true(profile.security == 0 && profile.marks == 0 && type == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"a cabinet is made, gets members and profiles, is locked and brought back", life, kit_real, NULL, NULL},
		{"a user is authorized to a private cabinet, with a profile, and no more", guests, kit_real, NULL, NULL},
		{"names that are none, and a cursor that is none, are refused without a question", not_asked, NULL, NULL, NULL},
		{"a profile that is not whole is none", incomplete, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("call_cabinet", tests, kit_make, state_close);
}
