/* SPDX-License-Identifier: ISC */
#include "authority_kit.h"

#include <stdio.h>
#include <string.h>

struct request about_authority(const char *type, const char *object, const char *entity)
{
	struct request q = {.has = HAS(OBJECT_TYPE) | HAS(OBJECT)};

	snprintf(q.object_type, sizeof q.object_type, "%s", type);
	snprintf(q.object, sizeof q.object, "%s", object);
	if (entity != NULL) {
		q.has |= entity[0] == 'p' ? HAS(PRINCIPAL) : HAS(GROUP);
		snprintf(entity[0] == 'p' ? q.principal : q.group, NAME_SIZE, "%s", entity + 2);
	}
	return q;
}

int64_t mask_of(const char *type, const char *words)
{
	char copy[AUTHORITY_WORDS_SIZE], *next = NULL, *word;
	uint32_t mask = 0, bits;

	snprintf(copy, sizeof copy, "%s", words);
	for (word = strtok_r(copy, " ", &next); word != NULL; word = strtok_r(NULL, " ", &next)) {
		assert_true(authority_bits(type, word, &bits));
		mask |= bits;
	}
	return mask;
}

void set_to(struct world *w, const char *type, const char *object, const char *entity, const char *words)
{
	struct request q = about_authority(type, object, entity);
	struct principal before = w->rules.caller;

	q.mask = mask_of(type, words);
	world_host(w);
	assert_result(authority_set(&w->rules, &q), AUTHZ_OK);
	w->rules.caller = before;
}

static void expect_words(struct world *w, const struct request *q, const char *words,
                         enum authz_result (*rule)(struct rules *, const struct request *, struct answer *))
{
	struct principal before = w->rules.caller;
	char text[AUTHORITY_WORDS_SIZE];

	world_host(w);
	answer_init(&w->answer);
	assert_result(rule(&w->rules, q, &w->answer), AUTHZ_OK);
	authority_words(q->object_type, (uint32_t)w->answer.reply.mask, text);
	assert_string_equal(text, words);
	w->rules.caller = before;
}

void expect_held(struct world *w, const char *type, const char *object, const char *entity, const char *words)
{
	const struct request q = about_authority(type, object, entity);

	expect_words(w, &q, words, authority_get);
}

void expect_explicit(struct world *w, const char *type, const char *object, const char *entity, const char *words)
{
	const struct request q = about_authority(type, object, entity);

	expect_words(w, &q, words, authority_explicit);
}

void expect_may(struct world *w, const char *type, const char *object, const char *entity, const char *words,
                  enum authz_result expected)
{
	struct request q = about_authority(type, object, entity);
	struct principal before = w->rules.caller;

	q.mask = mask_of(type, words);
	world_host(w);
	assert_result(authority_check(&w->rules, &q), expected);
	w->rules.caller = before;
}

/* Items of the rows of the answer, a character between two. */
static void read_rows(struct world *w, char text[LISTED_SIZE])
{
	struct frame_reader rows = {w->answer.bytes, w->answer.rows.used}, items;
	struct frame_field f;
	char item[600];
	size_t used = strlen(text);

	while (frame_next(&rows, &f) == 1) {
		items = (struct frame_reader){f.bytes, f.length};
		while (frame_next_item(&items, item, sizeof item))
			used += (size_t)snprintf(text + used, LISTED_SIZE - used, "%s ", item);
		used += (size_t)snprintf(text + used, LISTED_SIZE - used, "\n");
		assert_true(used < LISTED_SIZE);
	}
}

void rows_of(struct world *w, char text[LISTED_SIZE])
{
	text[0] = '\0';
	read_rows(w, text);
}

enum authz_result list_all(struct world *w, struct request q, char text[LISTED_SIZE], unsigned *pages)
{
	enum authz_result result;

	text[0] = '\0';
	*pages = 0;
	do {
		answer_init(&w->answer);
		result = authority_list(&w->rules, &q, &w->answer);
		if (result != AUTHZ_OK)
			return result;
		read_rows(w, text);
		memcpy(q.cursor.bytes, w->answer.reply.cursor.bytes, CURSOR_SIZE);
		q.cursor.length = w->answer.reply.cursor.length;
		assert_true(++*pages < 10000);
	} while (w->answer.reply.has & UINT64_C(1) << REPLY_CURSOR);
	return AUTHZ_OK;
}
