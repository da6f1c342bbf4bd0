/* SPDX-License-Identifier: ISC */
/* Authorities on profiles: rules/authority.c. */
#include "world.h"

#include <stdio.h>
#include <string.h>

#include "authz.h"

static struct request ask(char kind, const char *entity, const char *object)
{
	struct request q = {.has = kind == 'p' ? HAS(PRINCIPAL) : HAS(GROUP), .object_type = TYPE_PROFILE,
	                    .mask_add = AUTHORITY_USE, .mask_drop = AUTHORITY_USE};

	snprintf(kind == 'p' ? q.principal : q.group, NAME_SIZE, "%s", entity);
	snprintf(q.object, sizeof q.object, "%s", object);
	return q;
}

static void allowed(struct world *w, char kind, const char *entity, const char *object)
{
	struct request q = ask(kind, entity, object);
	struct principal before = w->rules.caller;

	world_host(w);
	assert_result(authority_grant(&w->rules, &q), AUTHZ_OK);
	w->rules.caller = before;
}

static void taken(struct world *w, char kind, const char *entity, const char *object)
{
	struct request q = ask(kind, entity, object);
	struct principal before = w->rules.caller;

	world_host(w);
	assert_result(authority_revoke(&w->rules, &q), AUTHZ_OK);
	w->rules.caller = before;
}

static void may(struct world *w, const char *caller, const char *user, bool yes)
{
	struct request q = ask_token(user);

	world_caller(w, caller);
	assert_result(generate(w, &q, NULL), yes ? AUTHZ_OK : AUTHZ_USE_REQUIRED);
}

static void by_user(void **state)
{
	struct world *w = *state;

	may(w, "eve", "bob", false);
	allowed(w, 'p', "eve", "bob");
	may(w, "eve", "bob", true);
	may(w, "eve", "alice", false);
	may(w, "sam", "bob", true); /* *ALLOBJ */
	may(w, "portal", "bob", false);
	taken(w, 'p', "eve", "bob");
	may(w, "eve", "bob", false);
	taken(w, 'p', "eve", "bob"); /* twice is no error */
}

static void by_group(void **state)
{
	struct world *w = *state;
	struct fake_group *staff = fake_host_group(&w->fake, "staff", 50);

	fake_host_join(fake_host_find(&w->fake, "eve"), staff);
	allowed(w, 'g', "staff", "bob");
	may(w, "eve", "bob", true);
	may(w, "portal", "bob", false);
	fake_host_find(&w->fake, "portal")->user.gid = 50; /* as the primary group */
	may(w, "portal", "bob", true);
	taken(w, 'g', "staff", "bob");
	may(w, "eve", "bob", false);
}

static void user_and_group_of_one_name(void **state)
{
	struct world *w = *state;

	fake_host_group(&w->fake, "eve", UID_EVE);
	allowed(w, 'g', "eve", "bob");
	taken(w, 'p', "eve", "bob");
	may(w, "eve", "bob", true); /* by her group still */
	taken(w, 'g', "eve", "bob");
	may(w, "eve", "bob", false);
}

static void new_user_inherits_nothing(void **state)
{
	struct world *w = *state;

	allowed(w, 'p', "eve", "bob");
	fake_host_find(&w->fake, "eve")->gone = true;
	fake_host_user(&w->fake, "eve", 5005);
	may(w, "eve", "bob", false);
	fake_host_find(&w->fake, "eve")->gone = true;
	fake_host_user(&w->fake, "mallory", UID_EVE); /* nor does another name with the old number */
	may(w, "mallory", "bob", false);
}

static void new_group_inherits_nothing(void **state)
{
	struct world *w = *state;
	struct fake_group *staff = fake_host_group(&w->fake, "staff", 50), *again;

	fake_host_join(fake_host_find(&w->fake, "eve"), staff);
	allowed(w, 'g', "staff", "bob");
	staff->gone = true;
	again = fake_host_group(&w->fake, "staff", 51);
	fake_host_join(fake_host_find(&w->fake, "eve"), again);
	may(w, "eve", "bob", false);
}

static void new_owner_is_another_one(void **state)
{
	struct world *w = *state;

	allowed(w, 'p', "eve", "bob");
	fake_host_find(&w->fake, "bob")->gone = true;
	fake_host_user(&w->fake, "bob", 5003);
	may(w, "eve", "bob", false);
	allowed(w, 'p', "eve", "bob"); /* and is granted anew */
	may(w, "eve", "bob", true);
}

static void revoke_of_the_gone(void **state)
{
	struct world *w = *state;

	allowed(w, 'p', "eve", "bob");
	fake_host_find(&w->fake, "eve")->gone = true;
	taken(w, 'p', "eve", "bob");
	fake_host_user(&w->fake, "eve", UID_EVE); /* with everything as it was */
	may(w, "eve", "bob", false);
	allowed(w, 'p', "eve", "bob");
	fake_host_find(&w->fake, "bob")->gone = true; /* now the owner */
	taken(w, 'p', "eve", "bob");
	fake_host_user(&w->fake, "bob", UID_BOB);
	may(w, "eve", "bob", false);
}

static void only_allobj(void **state)
{
	struct world *w = *state;
	struct request q = ask('p', "eve", "bob");

	world_caller(w, "eve");
	assert_result(authority_grant(&w->rules, &q), AUTHZ_SPECIAL_REQUIRED);
	assert_string_equal(w->rules.subject, "*ALLOBJ");
	assert_result(authority_revoke(&w->rules, &q), AUTHZ_SPECIAL_REQUIRED);
	world_caller(w, "bob"); /* not the owner either */
	assert_result(authority_grant(&w->rules, &q), AUTHZ_SPECIAL_REQUIRED);
	give_special(w, "eve", SPECIAL_SECADM);
	world_caller(w, "eve");
	assert_result(authority_grant(&w->rules, &q), AUTHZ_SPECIAL_REQUIRED);
	give_special(w, "eve", SPECIAL_ALLOBJ);
	assert_result(authority_grant(&w->rules, &q), AUTHZ_OK);
	disable(w, "eve");
	assert_result(authority_grant(&w->rules, &q), AUTHZ_SPECIAL_REQUIRED);
}

static void own_profile(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("eve");

	world_caller(w, "eve");
	q.password = PASSWORD_NOPWDSTS;
	assert_result(generate(w, &q, NULL), AUTHZ_OK);
	q.password = PASSWORD_NOPWD;
	assert_result(generate(w, &q, NULL), AUTHZ_NOPWD_SELF);
}

static void shape(void **state)
{
	struct world *w = *state;
	struct request q;

	world_host(w);
	q = ask('p', "eve", "bob");
	strcpy(q.object_type, "quay");
	assert_result(authority_grant(&w->rules, &q), AUTHZ_BAD_PARAMETER);
	assert_string_equal(w->rules.subject, "object type");
	q = ask('p', "eve", "bob");
	q.mask_add = 0;
	assert_result(authority_grant(&w->rules, &q), AUTHZ_BAD_PARAMETER);
	q.mask_add = 4;
	assert_result(authority_grant(&w->rules, &q), AUTHZ_BAD_PARAMETER);
	q.mask_add = (int64_t)1 << 32 | 1;
	assert_result(authority_grant(&w->rules, &q), AUTHZ_BAD_PARAMETER);
	q.mask_add = -1;
	assert_result(authority_grant(&w->rules, &q), AUTHZ_BAD_PARAMETER);
	q = ask('p', "eve", "bob");
	q.has = HAS(PRINCIPAL) | HAS(GROUP);
	assert_result(authority_grant(&w->rules, &q), AUTHZ_BAD_PARAMETER);
	assert_string_equal(w->rules.subject, "entity");
	q.has = 0;
	assert_result(authority_grant(&w->rules, &q), AUTHZ_BAD_PARAMETER);
	q = ask('p', "eve", "");
	assert_result(authority_grant(&w->rules, &q), AUTHZ_BAD_PARAMETER);
	q = ask('p', "eve", "an-object-of-more-than-32-bytes-is-no-user");
	assert_result(authority_grant(&w->rules, &q), AUTHZ_BAD_PARAMETER);
	q = ask('p', "nosuch", "bob");
	assert_result(authority_grant(&w->rules, &q), AUTHZ_UNKNOWN_ENTITY);
	assert_string_equal(w->rules.subject, "nosuch");
	q = ask('g', "nosuch", "bob");
	assert_result(authority_grant(&w->rules, &q), AUTHZ_UNKNOWN_ENTITY);
	q = ask('p', "eve", "nosuch");
	assert_result(authority_grant(&w->rules, &q), AUTHZ_USER_NOT_FOUND);
	q = ask('p', "eve", "root");
	assert_result(authority_grant(&w->rules, &q), AUTHZ_SYSTEM_PROFILE);
	w->fake.user_result = AUTHZ_INTERNAL;
	q = ask('p', "eve", "bob");
	assert_result(authority_grant(&w->rules, &q), AUTHZ_INTERNAL);
}

static void revoking_leaves_the_profile(void **state)
{
	struct world *w = *state;

	allowed(w, 'g', "nobody", "bo*");
	may(w, "eve", "bob", true);
	allowed(w, 'p', "portal", "bob");
	may(w, "eve", "bob", false);
	taken(w, 'p', "portal", "bob");
	may(w, "eve", "bob", false); /* not by "bo*" again */
}

static void everybodys_group(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("bob");

	allowed(w, 'g', "nobody", "bob"); /* no such group here, and none is needed */
	may(w, "eve", "bob", true);
	may(w, "portal", "bob", true);
	may(w, "eve", "alice", false);
	w->rules.caller = (struct principal){.uid = 7777, .loginuid = UINT32_MAX};
	assert_result(generate(w, &q, NULL), AUTHZ_OK);
	taken(w, 'g', "nobody", "bob");
	may(w, "eve", "bob", false);
}

static void a_group_of_that_name(void **state)
{
	struct world *w = *state;

	fake_host_group(&w->fake, "nobody", 65534);
	fake_host_find(&w->fake, "portal")->user.gid = 65534;
	allowed(w, 'g', "nobody", "bob");
	may(w, "eve", "bob", true);
	may(w, "portal", "bob", true);
}

static void missing_grants_nothing(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");
	struct store_txn *t;

	may(w, "portal", "alice", true);
	t = begin(w->rules.authority, true);
	assert_result(store_delete(t, "A\0profile\0alice\0p\0portal", 24), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	may(w, "portal", "alice", false);
	t = begin(w->rules.authority, true);
	assert_result(store_put(t, "A\0profile\0alice\0p\0portal", 24, "\2\0\0", 3), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	assert_result(generate(w, &q, NULL), AUTHZ_STORE_DAMAGED);
}

/* As the first form had it: bound uids, mask, maker, time. */
static void of_before(void **state)
{
	static const unsigned char old[25] = {1, 0, 0, 3, 0xed, 0, 0, 3, 0xeb, 0, 0, 0, 1};
	struct world *w = *state;
	struct store_txn *t = begin(w->rules.authority, true);

	assert_result(store_put(t, "A\0profile\0bob\0p\0eve", 19, old, sizeof old), AUTHZ_OK);
	assert_result(store_commit(t), AUTHZ_OK);
	may(w, "eve", "bob", false);
	allowed(w, 'p', "portal", "bob"); /* now there is the profile */
	may(w, "eve", "bob", false);
	taken(w, 'p', "eve", "bob");
	allowed(w, 'p', "eve", "bob");
	may(w, "eve", "bob", true);
	may(w, "portal", "bob", true);
}

static void nameless_caller(void **state)
{
	struct world *w = *state;
	struct request q = ask_token("alice");

	w->rules.caller = (struct principal){.uid = 7777, .loginuid = UINT32_MAX};
	assert_result(generate(w, &q, NULL), AUTHZ_USE_REQUIRED);
}

static void audited(void **state)
{
	struct world *w = *state;
	struct request q = ask('p', "eve", "bob");

	world_host(w);
	assert_result(authority_grant(&w->rules, &q), AUTHZ_OK);
	assert_non_null(strstr(w->fake.intent, "event=authority.grant phase=intent actor=root uid=0 owner=bob type=profile entity=p:eve mask=1"));
	assert_non_null(strstr(w->fake.outcome, " phase=done result=OK "));
	assert_int_equal(w->fake.intent_number, w->fake.outcome_number);
	world_caller(w, "eve");
	assert_result(authority_revoke(&w->rules, &q), AUTHZ_SPECIAL_REQUIRED);
	assert_non_null(strstr(w->fake.outcome, "event=authority.revoke phase=done result=CPF222E actor=eve "));
}

static void forged_names(void **state)
{
	struct world *w = *state;
	struct request q = ask('p', "x mask=0 result=OK\nseq=9", "bob\nresult=OK");

	strcpy(q.object_type, "p\nresult=OK a=b");
	world_caller(w, "eve");
	assert_result(authority_grant(&w->rules, &q), AUTHZ_BAD_PARAMETER);
	assert_null(strchr(w->fake.outcome, '\n'));
	assert_null(strstr(w->fake.outcome, "result=OK"));
	assert_null(strstr(w->fake.outcome, " a=b"));
	strcpy(q.object_type, "profile");
	assert_int_not_equal(authority_revoke(&w->rules, &q), AUTHZ_OK);
	assert_null(strchr(w->fake.outcome, '\n'));
	assert_null(strstr(w->fake.outcome, "result=OK"));
	assert_null(strstr(w->fake.outcome, "mask=0"));
	assert_non_null(strstr(w->fake.outcome, " mask=1"));
}

static void audit_lost(void **state)
{
	struct world *w = *state;
	struct request q = ask('p', "eve", "bob");

	world_host(w);
	w->fake.intent_lost = true;
	assert_result(authority_grant(&w->rules, &q), AUTHZ_AUDIT_LOST);
	may(w, "eve", "bob", false);
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("*USE is granted to a user and revoked", by_user),
		TEST("*USE is granted to a group, for its members of any kind", by_group),
		TEST("a user and a group of one name are two", user_and_group_of_one_name),
		TEST("a user made anew inherits nothing (authority MUST 1)", new_user_inherits_nothing),
		TEST("a group made anew inherits nothing (authority MUST 1)", new_group_inherits_nothing),
		TEST("on an owner made anew nobody holds anything (authority MUST 1)", new_owner_is_another_one),
		TEST("what a user who is gone held, or had granted on it, is revoked by name", revoke_of_the_gone),
		TEST("nobody but *ALLOBJ grants or revokes (authority_change MUST 1)", only_allobj),
		TEST("a profile that everything was taken from does not give way to a generic one (authority_change MUST 2)",
		     revoking_leaves_the_profile),
		TEST("what the group nobody has everybody has, with a name or without", everybodys_group),
		TEST("a group nobody of this host is everybody's too", a_group_of_that_name),
		TEST("nobody needs *USE to its own profile", own_profile),
		TEST("a request that is not of the right shape is refused with what is wrong", shape),
		TEST("a record that is lost grants nothing, one that is damaged is an error (authority MUST 3)", missing_grants_nothing),
		TEST("a record of the form of before grants nothing, and is granted anew", of_before),
		TEST("a caller without a name holds nothing (authority MUST 3)", nameless_caller),
		TEST("grants and revocations are audited", audited),
		TEST("a name in a request forges no word and no line of the audit (audit_line MUST 1)", forged_names),
		TEST("without the audit nothing is granted (context MUST 1)", audit_lost),
	};

	return cmocka_run_group_tests_name("authority", tests, NULL, NULL);
}
