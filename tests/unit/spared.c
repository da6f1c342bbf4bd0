/* SPDX-License-Identifier: ISC */
#include "spared.h"

#include <string.h>

void spared_make(struct spared *s, struct world *w)
{
	s->w = w;
	make_token(w, '1', 100, s->token);
	memcpy(&s->before, &w->fake, sizeof s->before);
}

void spared_refused(struct spared *s, enum authz_result expected)
{
	uint64_t before = sequence(s->w->rules.tokens);

	assert_result(redeem(s->w, s->token, "alice"), expected);
	assert_int_equal(s->w->answer.reply.has, 0);
	assert_int_equal(sequence(s->w->rules.tokens), before);
	assert_int_equal(s->w->fake.outcome_result, expected);
}

void spared_works(struct spared *s)
{
	memcpy(&s->w->fake, &s->before, sizeof s->before);
	assert_result(redeem(s->w, s->token, "alice"), AUTHZ_OK);
}
