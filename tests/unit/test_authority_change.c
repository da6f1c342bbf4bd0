/* SPDX-License-Identifier: ISC */
/* The changes: rules/authority_change.c; and lists: rules/authority_list.c. */
#include "authority_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char text[LISTED_SIZE];

/* ---- set */

static enum authz_result change(struct world *w, const char *type, const char *object, const char *entity, const char *add,
                                const char *drop)
{
	struct request q = about_authority(type, object, entity);

	world_host(w);
	q.mask_add = add == NULL ? 0 : mask_of(type, add);
	q.mask_drop = drop == NULL ? 0 : mask_of(type, drop);
	return add != NULL ? authority_grant(&w->rules, &q) : authority_revoke(&w->rules, &q);
}

static void overrides(void **state)
{
	struct world *w = *state;

	set_to(w, "queue", "AB", "p:eve", "get put");
	set_to(w, "queue", "AB", "p:eve", "inq");
	expect_held(w, "queue", "AB", "p:eve", "inq");
	assert_result(change(w, "queue", "AB", "p:eve", "get", NULL), AUTHZ_OK);
	expect_held(w, "queue", "AB", "p:eve", "get inq");
	assert_result(change(w, "queue", "AB", "p:eve", NULL, "inq"), AUTHZ_OK);
	expect_held(w, "queue", "AB", "p:eve", "get");
	assert_result(change(w, "queue", "AB", "p:eve", "all", NULL), AUTHZ_OK);
	expect_may(w, "queue", "AB", "p:eve", "crt", AUTHZ_NOT_AUTHORIZED_OBJECT);
	assert_result(change(w, "queue", "AB", "p:eve", "crt", NULL), AUTHZ_OK);
	expect_may(w, "queue", "AB", "p:eve", "crt all", AUTHZ_OK);
	set_to(w, "queue", "AB", "p:eve", "alladm");
	expect_held(w, "queue", "AB", "p:eve", "dlt dsp chg clr");
}

static void none_is_a_fence(void **state)
{
	struct world *w = *state;

	set_to(w, "queue", "**", "g:nobody", "get");
	expect_may(w, "queue", "AB", "p:eve", "get", AUTHZ_OK);
	set_to(w, "queue", "AB", "p:bob", "none"); /* a profile that nobody is in */
	expect_may(w, "queue", "AB", "p:eve", "get", AUTHZ_NOT_AUTHORIZED_OBJECT);
	set_to(w, "queue", "AB", "p:eve", "get");
	set_to(w, "queue", "AB", "p:eve", "none");
	expect_may(w, "queue", "AB", "p:eve", "get", AUTHZ_NOT_AUTHORIZED_OBJECT);
	assert_result(change(w, "queue", "CD", "p:eve", NULL, "get"), AUTHZ_OK); /* taking what is not there makes none */
	expect_may(w, "queue", "CD", "p:eve", "get", AUTHZ_OK);
}

static void only_allobj(void **state)
{
	struct world *w = *state;
	struct request q = about_authority("queue", "AB", "p:eve");
	const uint64_t before = sequence(w->rules.authority);

	q.mask = q.mask_add = q.mask_drop = 4;
	strcpy(q.reference, "XY");
	world_caller(w, "eve");
	answer_init(&w->answer);
	assert_result(authority_set(&w->rules, &q), AUTHZ_SPECIAL_REQUIRED);
	assert_string_equal(w->rules.subject, "*ALLOBJ");
	assert_non_null(strstr(w->fake.outcome, "event=authority.set phase=done result=CPF222E actor=eve"));
	assert_result(authority_grant(&w->rules, &q), AUTHZ_SPECIAL_REQUIRED);
	assert_result(authority_revoke(&w->rules, &q), AUTHZ_SPECIAL_REQUIRED);
	assert_result(authority_copy(&w->rules, &q), AUTHZ_SPECIAL_REQUIRED);
	assert_non_null(strstr(w->fake.outcome, "event=authority.copy phase=done result=CPF222E actor=eve"));
	assert_result(authority_delete(&w->rules, &q, &w->answer), AUTHZ_SPECIAL_REQUIRED);
	assert_non_null(strstr(w->fake.outcome, "event=authority.delete phase=done result=CPF222E actor=eve"));
	assert_int_equal(sequence(w->rules.authority), before);
	give_special(w, "eve", SPECIAL_SECADM);
	world_caller(w, "eve");
	assert_result(authority_set(&w->rules, &q), AUTHZ_SPECIAL_REQUIRED);
	give_special(w, "eve", SPECIAL_ALLOBJ);
	assert_result(authority_set(&w->rules, &q), AUTHZ_OK);
}

static void shape(void **state)
{
	static const struct {
		const char *type, *object, *entity, *subject;
		int64_t mask;
		enum authz_result expected;
	} rows[] = {
		{"quay", "AB", "p:eve", "object type", 4, AUTHZ_BAD_PARAMETER},
		{"queue", "", "p:eve", "object", 4, AUTHZ_BAD_PARAMETER},
		{"queue", "A**", "p:eve", "object", 4, AUTHZ_BAD_PARAMETER},
		{"queue", "**.**", "p:eve", "object", 4, AUTHZ_BAD_PARAMETER},
		{"queue", "A\nB", "p:eve", "object", 4, AUTHZ_BAD_PARAMETER},
		{"queue", "AB", "p:eve", "authority", 1, AUTHZ_BAD_PARAMETER},
		{"queue", "AB", "p:eve", "authority", -1, AUTHZ_BAD_PARAMETER},
		{"queue", "AB", "p:eve", "authority", INT64_C(1) << 32 | 4, AUTHZ_BAD_PARAMETER},
		{"queue", "AB", NULL, "entity", 4, AUTHZ_BAD_PARAMETER},
		{"queue", "AB", "p:", "entity", 4, AUTHZ_BAD_PARAMETER},
		{"queue", "AB", "p:nosuch", "nosuch", 4, AUTHZ_UNKNOWN_ENTITY},
		{"queue", "AB", "g:nosuch", "nosuch", 4, AUTHZ_UNKNOWN_ENTITY},
		{"profile", "nosuch", "p:eve", "nosuch", 1, AUTHZ_USER_NOT_FOUND},
		{"profile", "root", "p:eve", "root", 1, AUTHZ_SYSTEM_PROFILE},
		{"profile", "a-name-of-more-than-32-bytes-is-no-user", "p:eve", "object", 1, AUTHZ_BAD_PARAMETER},
	};
	struct world *w = *state;
	size_t i;

	world_host(w);
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct request q = about_authority(rows[i].type, rows[i].object, rows[i].entity);

		q.mask = rows[i].mask;
		assert_result(authority_set(&w->rules, &q), rows[i].expected);
		assert_string_equal(w->rules.subject, rows[i].subject);
	}
}

static void audited(void **state)
{
	struct world *w = *state;
	struct request q = about_authority("queue", "AB", "p:eve");

	world_host(w);
	q.mask = 12;
	assert_result(authority_set(&w->rules, &q), AUTHZ_OK);
	assert_non_null(strstr(w->fake.intent, "event=authority.set phase=intent actor=root uid=0 owner=AB type=queue entity=p:eve mask=c"));
	q = about_authority("queue", "CD", NULL);
	strcpy(q.reference, "AB");
	assert_result(authority_copy(&w->rules, &q), AUTHZ_OK);
	assert_non_null(strstr(w->fake.intent, "event=authority.copy phase=intent actor=root uid=0 owner=CD type=queue entity=from:AB"));
	answer_init(&w->answer);
	assert_result(authority_delete(&w->rules, &q, &w->answer), AUTHZ_OK);
	assert_non_null(strstr(w->fake.intent, "event=authority.delete phase=intent actor=root uid=0 owner=CD type=queue"));
	q = about_authority("queue", "A**", "g:nobody");
	q.mask = 4;
	assert_result(authority_set(&w->rules, &q), AUTHZ_BAD_PARAMETER);
	assert_non_null(strstr(w->fake.outcome, "owner=A** type=queue entity=g:nobody mask=4"));
	q = about_authority("quay", "AB", "g:staff"); /* before anybody has looked who that is */
	assert_result(authority_set(&w->rules, &q), AUTHZ_BAD_PARAMETER);
	assert_non_null(strstr(w->fake.outcome, "owner=AB type=quay entity=g:staff mask=0"));
	w->fake.intent_lost = true;
	q = about_authority("queue", "EF", "p:eve");
	q.mask = 4;
	assert_result(authority_set(&w->rules, &q), AUTHZ_AUDIT_LOST);
	expect_held(w, "queue", "EF", "p:eve", "none");
}

/* ---- copy, delete */

static enum authz_result copy(struct world *w, const char *type, const char *from, const char *to)
{
	struct request q = about_authority(type, to, NULL);

	world_host(w);
	snprintf(q.reference, sizeof q.reference, "%s", from);
	return authority_copy(&w->rules, &q);
}

static enum authz_result delete(struct world *w, const char *type, const char *object)
{
	const struct request q = about_authority(type, object, NULL);

	world_host(w);
	answer_init(&w->answer);
	return authority_delete(&w->rules, &q, &w->answer);
}

static void copied(void **state)
{
	struct world *w = *state;

	fake_host_group(&w->fake, "staff", 50);
	set_to(w, "queue", "MODEL", "p:eve", "get");
	set_to(w, "queue", "MODEL", "g:staff", "put");
	set_to(w, "queue", "MODEL", "g:nobody", "browse");
	assert_result(copy(w, "queue", "MODEL", "NEW.1"), AUTHZ_OK);
	expect_held(w, "queue", "NEW.1", "p:eve", "browse get");
	expect_held(w, "queue", "NEW.1", "g:staff", "browse put");
	set_to(w, "queue", "MODEL", "p:eve", "none"); /* two of them from now on */
	expect_held(w, "queue", "NEW.1", "p:eve", "browse get");
	assert_result(copy(w, "queue", "MODEL", "NEW.1"), AUTHZ_HAS_RECORDS);
	assert_string_equal(w->rules.subject, "NEW.1");
	assert_result(copy(w, "queue", "MODEL", "MODEL"), AUTHZ_HAS_RECORDS);
	assert_result(copy(w, "queue", "NOSUCH", "NEW.2"), AUTHZ_UNKNOWN_REF_OBJECT);
	assert_result(copy(w, "process", "MODEL", "NEW.2"), AUTHZ_UNKNOWN_REF_OBJECT); /* of the same type */
	set_to(w, "queue", "EMPTY", "p:eve", "none");
	assert_result(copy(w, "queue", "MODEL", "EMPTY"), AUTHZ_OK);
	expect_held(w, "queue", "EMPTY", "g:staff", "browse put");
}

static void copy_binds_nobody_anew(void **state)
{
	struct world *w = *state;

	set_to(w, "queue", "MODEL", "p:eve", "get");
	fake_host_find(&w->fake, "eve")->gone = true;
	fake_host_user(&w->fake, "eve", 5005);
	assert_result(copy(w, "queue", "MODEL", "NEW"), AUTHZ_OK);
	expect_held(w, "queue", "NEW", "p:eve", "none");
	set_to(w, "profile", "bob", "p:sam", "use");
	fake_host_find(&w->fake, "bob")->gone = true;
	fake_host_user(&w->fake, "bob", 5003);
	assert_result(copy(w, "profile", "bob", "portal"), AUTHZ_OK); /* of that bob nobody holds anything */
	expect_held(w, "profile", "portal", "p:sam", "none");
	assert_result(delete(w, "profile", "bob"), AUTHZ_OK);
	set_to(w, "profile", "bob", "p:sam", "use");
	assert_result(copy(w, "profile", "bob", "sam"), AUTHZ_OK);
	expect_held(w, "profile", "sam", "p:sam", "use");
	assert_result(copy(w, "profile", "bob", "b*"), AUTHZ_OK);
	expect_held(w, "profile", "bx", "p:sam", "use");
}

static void deleted(void **state)
{
	struct world *w = *state;
	struct request q = {.has = 0};
	unsigned pages, records;

	assert_result(delete(w, "queue", "NOTHING"), AUTHZ_OK);
	assert_int_equal(w->answer.reply.count, 0);
	assert_int_equal(w->answer.reply.total, 0);
	records = count_records(w, w->rules.authority, 'A'); /* with all As, which the first record has made */
	set_to(w, "queue", "**", "g:nobody", "get");
	set_to(w, "queue", "AB", "p:eve", "put");
	set_to(w, "queue", "AB", "p:bob", "put");
	assert_result(delete(w, "queue", "AB"), AUTHZ_OK);
	assert_int_equal(w->answer.reply.count, 2);
	assert_int_equal(w->answer.reply.total, 0);
	expect_held(w, "queue", "AB", "p:eve", "get"); /* by "**" again: the profile is gone */
	assert_result(delete(w, "queue", "AB"), AUTHZ_OK);
	assert_result(delete(w, "queue", "**"), AUTHZ_OK);
	expect_held(w, "queue", "AB", "p:eve", "none");
	assert_int_equal(count_records(w, w->rules.authority, 'A'), records + 1); /* nothing is left of them but the At */
	strcpy(q.object_type, "queue");
	q.has = HAS(OBJECT_TYPE);
	assert_result(list_all(w, q, text, &pages), AUTHZ_OK);
	assert_string_equal(text, "");
}

static void many(void **state)
{
	struct world *w = *state;
	struct store_txn *t = begin(w->rules.authority, true);
	struct authority_node node;
	unsigned i;

	assert_result(authority_node_add(&w->rules, t, "queue", "MANY", &node), AUTHZ_OK);
	for (i = 0; i < 10001; i++) {
		struct authority_record a = {.entity.kind = 'p', .entity_id = i, .mask = 4, .object_id = AUTHORITY_UNBOUND};

		snprintf(a.entity.name, sizeof a.entity.name, "u%u", i);
		assert_result(authority_record_add(&w->rules, t, "queue", &node, &a), AUTHZ_OK);
	}
	assert_result(store_commit(t), AUTHZ_OK);
	assert_result(copy(w, "queue", "MANY", "NEW"), AUTHZ_COPY_TOO_LONG);
	set_to(w, "queue", "**", "g:nobody", "put");
	assert_result(delete(w, "queue", "MANY"), AUTHZ_OK);
	assert_int_equal(w->answer.reply.count, 10000);
	assert_int_equal(w->answer.reply.total, 1);
	expect_held(w, "queue", "MANY", "p:eve", "none"); /* the profile goes with the last record */
	assert_result(copy(w, "queue", "MANY", "NEW"), AUTHZ_OK);
	assert_result(delete(w, "queue", "MANY"), AUTHZ_OK);
	assert_int_equal(w->answer.reply.count, 1);
	assert_int_equal(w->answer.reply.total, 0);
	expect_held(w, "queue", "MANY", "p:eve", "put");
}

static void named_though_gone(void **state)
{
	struct world *w = *state;

	set_to(w, "queue", "AB", "p:eve", "get");
	fake_host_find(&w->fake, "eve")->gone = true;
	set_to(w, "queue", "AB", "p:eve", "none");
	fake_host_user(&w->fake, "eve", UID_EVE);
	expect_held(w, "queue", "AB", "p:eve", "none");
	set_to(w, "profile", "bob", "p:eve", "use");
	fake_host_find(&w->fake, "bob")->gone = true;
	assert_result(delete(w, "profile", "bob"), AUTHZ_OK);
	fake_host_user(&w->fake, "bob", UID_BOB);
	expect_held(w, "profile", "bob", "p:eve", "none");
}

/* ---- list */

static void listed(void **state)
{
	struct world *w = *state;
	struct request q = {.has = 0};
	struct fake_group *staff = fake_host_group(&w->fake, "staff", 50);
	unsigned pages;

	fake_host_pass(&w->fake, 1);
	set_to(w, "queue", "AB.*", "p:eve", "get");
	set_to(w, "queue", "AB.*", "g:staff", "put");
	set_to(w, "channel", "CH", "g:nobody", "dsp");
	set_to(w, "queue", "AB.C", "p:bob", "none");
	staff->gone = true;
	world_host(w);
	assert_result(list_all(w, q, text, &pages), AUTHZ_OK);
	assert_int_equal(pages, 1);
	assert_non_null(strstr(text, "channel CH g nobody 262144  0 179"));
	assert_non_null(strstr(text, "queue AB.* p eve 4  0 179"));
	assert_non_null(strstr(text, "queue AB.* g staff 8 gone 0 179"));
	assert_non_null(strstr(text, "queue AB.C       \n")); /* a profile that nobody is in */
	assert_non_null(strstr(text, "profile alice p portal 1  0 179"));
	fake_host_find(&w->fake, "alice")->user.uid = 5002; /* another alice: nobody holds anything on her */
	assert_result(list_all(w, q, text, &pages), AUTHZ_OK);
	assert_non_null(strstr(text, "profile alice p portal 1 gone 0 179"));
	w->fake.user_result = AUTHZ_INTERNAL; /* a directory that is out of reach has not lost them */
	assert_result(list_all(w, q, text, &pages), AUTHZ_INTERNAL);
	w->fake.user_result = AUTHZ_OK;
	assert_result(list_all(w, q, text, &pages), AUTHZ_OK);
	assert_true(strstr(text, "channel") < strstr(text, "queue") && strstr(text, "queue") < strstr(text, "profile"));
	q = about_authority("queue", "AB.C", NULL);
	q.which = AUTHORITY_MATCHING;
	assert_result(list_all(w, q, text, &pages), AUTHZ_OK);
	assert_non_null(strstr(text, "AB.* p eve"));
	assert_non_null(strstr(text, "AB.C "));
	q.which = AUTHORITY_BY_TEXT;
	assert_result(list_all(w, q, text, &pages), AUTHZ_OK);
	assert_null(strstr(text, "AB.*"));
	strcpy(q.object, "A*.**");
	q.which = AUTHORITY_BY_PATTERN;
	assert_result(list_all(w, q, text, &pages), AUTHZ_OK);
	assert_non_null(strstr(text, "AB.* p eve"));
	q = (struct request){.has = HAS(GROUP), .group = "nobody"};
	assert_result(list_all(w, q, text, &pages), AUTHZ_OK);
	assert_int_equal(strncmp(text, "channel CH g nobody", 19), 0);
	assert_null(strstr(text, "queue"));
}

static void bad_filters(void **state)
{
	struct world *w = *state;
	struct request q = {.has = HAS(OBJECT_TYPE), .object_type = "quay"};
	unsigned pages;

	world_host(w);
	assert_result(list_all(w, q, text, &pages), AUTHZ_BAD_PARAMETER);
	q = (struct request){.has = HAS(WHICH), .which = 3};
	assert_result(list_all(w, q, text, &pages), AUTHZ_BAD_PARAMETER);
	q = (struct request){.has = HAS(OBJECT)};
	assert_result(list_all(w, q, text, &pages), AUTHZ_BAD_PARAMETER);
	q = (struct request){.has = HAS(OBJECT), .object = "**.**", .which = AUTHORITY_BY_PATTERN};
	assert_result(list_all(w, q, text, &pages), AUTHZ_BAD_PARAMETER);
	q = (struct request){.has = HAS(PRINCIPAL) | HAS(GROUP)};
	assert_result(list_all(w, q, text, &pages), AUTHZ_BAD_PARAMETER);
	q = (struct request){.has = 0, .cursor.length = CURSOR_SIZE};
	assert_result(list_all(w, q, text, &pages), AUTHZ_BAD_PARAMETER);
}

static void own_alone(void **state)
{
	struct world *w = *state;
	struct request q = {.has = 0};
	unsigned pages, i;

	set_to(w, "queue", "HERS", "p:eve", "get");
	set_to(w, "queue", "SECRET", "p:bob", "get");
	world_caller(w, "eve");
	assert_result(list_all(w, q, text, &pages), AUTHZ_OK);
	assert_int_equal(strncmp(text, "queue HERS p eve 4 ", 19), 0);
	assert_null(strstr(text, "SECRET"));
	assert_null(strstr(text, "alice"));
	q = (struct request){.has = HAS(PRINCIPAL), .principal = "bob"};
	assert_result(list_all(w, q, text, &pages), AUTHZ_SPECIAL_REQUIRED);
	q = (struct request){.has = HAS(GROUP), .group = "nobody"};
	assert_result(list_all(w, q, text, &pages), AUTHZ_SPECIAL_REQUIRED);
	fake_host_find(&w->fake, "eve")->gone = true;
	fake_host_user(&w->fake, "eve", 5005);
	set_to(w, "queue", "NEW", "p:eve", "put");
	world_caller(w, "eve");
	for (i = 0; i < 2; i++) {
		q = (struct request){.has = i == 0 ? 0 : HAS(PRINCIPAL), .principal = "eve"};
		assert_result(list_all(w, q, text, &pages), AUTHZ_OK);
		assert_int_equal(strncmp(text, "queue NEW p eve 8 ", 18), 0);
		assert_null(strstr(text, "HERS"));
	}
	world_caller(w, "sam");
	assert_result(list_all(w, q, text, &pages), AUTHZ_OK);
	assert_non_null(strstr(text, "queue HERS p eve 4 gone"));
	w->rules.caller = (struct principal){.uid = 7777, .loginuid = UINT32_MAX};
	q = (struct request){.has = 0};
	assert_result(list_all(w, q, text, &pages), AUTHZ_SPECIAL_REQUIRED);
}

/* Every one of 300 + 300 is there once, whatever goes meanwhile. */
static void in_pages(void **state)
{
	struct world *w = *state;
	struct request q = {.has = HAS(OBJECT_TYPE), .object_type = "queue"};
	char name[OBJECT_SIZE];
	unsigned i, pages, seen = 0;
	const char *at;

	for (i = 0; i < 150; i++) {
		snprintf(name, sizeof name, "Q%u", i);
		set_to(w, "queue", name, "p:eve", "get");
		set_to(w, "queue", name, "p:bob", "get");
	}
	world_host(w);
	assert_result(list_all(w, q, text, &pages), AUTHZ_OK);
	assert_int_equal(pages, 3);
	for (at = text; (at = strchr(at, '\n')) != NULL; at++)
		seen++;
	assert_int_equal(seen, 300);
	answer_init(&w->answer);
	assert_result(authority_list(&w->rules, &q, &w->answer), AUTHZ_OK);
	memcpy(q.cursor.bytes, w->answer.reply.cursor.bytes, CURSOR_SIZE);
	q.cursor.length = w->answer.reply.cursor.length;
	for (i = 0; i < 100; i++) { /* where the page ended nothing is left */
		snprintf(name, sizeof name, "Q%u", i);
		assert_result(delete(w, "queue", name), AUTHZ_OK);
	}
	set_to(w, "queue", "Q64", "p:sam", "get"); /* and what came anew is at the end */
	world_host(w);
	assert_result(list_all(w, q, text, &pages), AUTHZ_OK);
	assert_int_equal(strncmp(text, "queue Q100 p eve", 16), 0);
	assert_non_null(strstr(text, "queue Q149 p bob"));
	assert_non_null(strstr(text, "queue Q64 p sam"));
}

static void in_pages_of_one(void **state)
{
	struct world *w = *state;
	struct request q = about_authority("queue", "ONE", NULL), set;
	char name[NAME_SIZE];
	unsigned i, pages, seen = 0;
	const char *at;

	world_host(w);
	for (i = 0; i < 70; i++) {
		snprintf(name, sizeof name, "x%u", i);
		fake_host_user(&w->fake, name, 6000 + i);
		set = about_authority("queue", "ONE", "p:");
		snprintf(set.principal, sizeof set.principal, "%s", name);
		set.mask = 4;
		assert_result(authority_set(&w->rules, &set), AUTHZ_OK);
		strcpy(set.object, "TWO");
		assert_result(authority_set(&w->rules, &set), AUTHZ_OK);
	}
	assert_result(list_all(w, q, text, &pages), AUTHZ_OK);
	assert_int_equal(pages, 1);
	q.has = HAS(OBJECT_TYPE);
	assert_result(list_all(w, q, text, &pages), AUTHZ_OK);
	assert_int_equal(pages, 2);
	for (at = text; (at = strchr(at, '\n')) != NULL; at++)
		seen++;
	assert_int_equal(seen, 140);
	answer_init(&w->answer);
	assert_result(authority_list(&w->rules, &q, &w->answer), AUTHZ_OK);
	memcpy(q.cursor.bytes, w->answer.reply.cursor.bytes, CURSOR_SIZE);
	q.cursor.length = w->answer.reply.cursor.length;
	q.has |= HAS(LIMIT);
	for (q.limit = 0; q.limit <= 129; q.limit += 129)
		assert_result(authority_list(&w->rules, &q, &w->answer), AUTHZ_BAD_PARAMETER);
	q.limit = 1;
	assert_result(list_all(w, q, text, &pages), AUTHZ_OK);
	assert_int_equal(pages, 12); /* what the first page left, a record on each */
	q.has &= ~HAS(LIMIT);
	set_to(w, "queue", "TWO", "p:x58", "none"); /* the first of the next page */
	world_host(w);
	assert_result(list_all(w, q, text, &pages), AUTHZ_OK);
	assert_int_equal(strncmp(text, "queue TWO p x59 4", 17), 0);
}

/* The profile in which a page ended is gone, and the next one's record is older than the one at which it ended. */
static void in_pages_behind_a_profile(void **state)
{
	struct world *w = *state;
	struct request q = {.has = HAS(OBJECT_TYPE), .object_type = "queue"}, set = about_authority("queue", "ONE", "p:");
	char name[OBJECT_SIZE];
	unsigned i, pages;

	for (i = 0; i < 100; i++) {
		snprintf(name, sizeof name, "Q%u", i);
		set_to(w, "queue", name, "p:eve", "get");
	}
	set_to(w, "queue", "ONE", "p:eve", "get");
	set_to(w, "queue", "TWO", "p:eve", "put");
	world_host(w);
	for (i = 0; i < 40; i++) {
		snprintf(set.principal, sizeof set.principal, "x%u", i);
		fake_host_user(&w->fake, set.principal, 6000 + i);
		set.mask = 4;
		assert_result(authority_set(&w->rules, &set), AUTHZ_OK);
	}
	answer_init(&w->answer);
	assert_result(authority_list(&w->rules, &q, &w->answer), AUTHZ_OK);
	memcpy(q.cursor.bytes, w->answer.reply.cursor.bytes, CURSOR_SIZE);
	q.cursor.length = w->answer.reply.cursor.length;
	assert_result(delete(w, "queue", "ONE"), AUTHZ_OK);
	assert_result(list_all(w, q, text, &pages), AUTHZ_OK);
	assert_int_equal(strncmp(text, "queue TWO p eve 8", 17), 0);
}

#define TEST(sentence, function) {sentence, function, world_setup, world_teardown, NULL}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST("M3: SET overrides; setmqaut-style +/- merges; alladm and all do not contain crt", overrides),
		TEST("a profile that nobody is in fences what it names off (authority_change MUST 2)", none_is_a_fence),
		TEST("nobody but *ALLOBJ sets, grants, revokes, copies or deletes (authority_change MUST 1)", only_allobj),
		TEST("a change that is not of the right shape is refused with what is wrong", shape),
		TEST("changes are audited, and without the audit not made", audited),
		TEST("all records of one profile are copied to another that has none", copied),
		TEST("a copy gives who is made anew nothing (authority_change MUST 3)", copy_binds_nobody_anew),
		TEST("M5: DELETE of nothing is OK, and nothing is left of what was deleted", deleted),
		TEST("a profile of very many records is deleted in parts, and is there until the last (authority_change MUST 2)", many),
		TEST("the records of who is gone are removed by name", named_though_gone),
		TEST("records are listed by type, profile and entity, those of the gone as such", listed),
		TEST("filters that are not of the right shape are refused", bad_filters),
		TEST("everybody lists his own alone (authority_list MUST 1)", own_alone),
		TEST("a list in pages has each record once, and goes on behind what is gone", in_pages),
		TEST("so has a list of one profile", in_pages_of_one),
		TEST("a list goes on behind a profile that is gone with all of the next one", in_pages_behind_a_profile),
	};

	return cmocka_run_group_tests_name("authority_change", tests, NULL, NULL);
}
