/* SPDX-License-Identifier: ISC */
#include "family.h"

#include <stdio.h>
#include <string.h>

static void begin_request(struct world *w)
{
	answer_init(&w->answer);
	w->rules.subject[0] = '\0';
}

static struct request with_token(enum operation operation, const unsigned char token[TOKEN_SIZE])
{
	struct request q = {.operation = (uint16_t)operation, .has = HAS(TOKEN)};

	memcpy(q.token, token, TOKEN_SIZE);
	return q;
}

enum authz_result regenerate_with(struct world *w, struct request q, const unsigned char from[TOKEN_SIZE], char type,
                                  int timeout, unsigned char to[TOKEN_SIZE])
{
	enum authz_result result;

	begin_request(w);
	q.operation = OP_TOKEN_REGENERATE;
	q.has |= HAS(TOKEN) | HAS(TYPE) | HAS(TIMEOUT);
	memcpy(q.token, from, TOKEN_SIZE);
	q.type = type;
	q.timeout = timeout;
	result = token_regenerate(&w->rules, &q, &w->answer);
	if (to != NULL)
		memcpy(to, w->answer.reply.token, TOKEN_SIZE);
	return result;
}

enum authz_result regenerate(struct world *w, const unsigned char from[TOKEN_SIZE], char type, int timeout,
                             unsigned char to[TOKEN_SIZE])
{
	return regenerate_with(w, (struct request){.id = 1}, from, type, timeout, to);
}

enum authz_result inspect(struct world *w, const unsigned char token[TOKEN_SIZE], int *seconds)
{
	const struct request q = with_token(OP_TOKEN_INSPECT, token);
	enum authz_result result;

	begin_request(w);
	result = token_inspect(&w->rules, &q, &w->answer);
	*seconds = (int)w->answer.reply.seconds;
	return result;
}

enum authz_result invalidate(struct world *w, const unsigned char token[TOKEN_SIZE])
{
	const struct request q = with_token(OP_TOKEN_INVALIDATE, token);

	begin_request(w);
	return token_invalidate(&w->rules, &q);
}

enum authz_result user_of(struct world *w, const unsigned char token[TOKEN_SIZE])
{
	const struct request q = with_token(OP_TOKEN_USER, token);

	begin_request(w);
	return token_user(&w->rules, &q, &w->answer);
}

enum authz_result remove_page(struct world *w, const char *user, struct request *page)
{
	enum authz_result result;

	begin_request(w);
	page->operation = OP_TOKEN_REMOVE_ALL;
	if (user != NULL) {
		page->has |= HAS(USER);
		snprintf(page->user, sizeof page->user, "%s", user);
	}
	result = token_remove_all(&w->rules, page, &w->answer);
	page->cursor.length = w->answer.reply.cursor.length;
	memcpy(page->cursor.bytes, w->answer.reply.cursor.bytes, sizeof page->cursor.bytes);
	page->has |= HAS(CURSOR);
	return result;
}

enum authz_result remove_all(struct world *w, const char *user, uint64_t *removed)
{
	struct request page = {.id = 1};
	enum authz_result result;

	*removed = 0;
	do {
		result = remove_page(w, user, &page);
		*removed += (uint64_t)w->answer.reply.count;
	} while (result == AUTHZ_OK && page.cursor.length > 0);
	return result;
}

enum authz_result generate_by_password(struct world *w, const char *user, const char *password,
                                       unsigned char token[TOKEN_SIZE])
{
	struct request q = ask_token(user);

	q.password = PASSWORD_GIVEN;
	q.has |= HAS(SECRET);
	snprintf(q.secret, sizeof q.secret, "%s", password);
	return generate(w, &q, token);
}

void set_password(struct world *w, const char *user, const char *password)
{
	struct host_account *a = &fake_host_find(&w->fake, user)->account;

	snprintf(a->crypt, sizeof a->crypt, "$6$%s", password);
}
