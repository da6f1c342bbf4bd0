/* SPDX-License-Identifier: ISC */
#include "rules/authority_profile.h"

#include <stdint.h>
#include <string.h>

#include "wire/request.h"

/* In the order of precedence.  END is in no pattern but at its end. */
enum kind { CHARACTER, ONE, END, RUN, QUALIFIERS };

/*
 * "**" with the period that goes when it stands for nothing: the one before it, or at the beginning the one behind it.
 * In the order of precedence, as the kinds are.
 */
enum period { BEFORE, BEHIND, NEITHER };

struct token {
	enum kind kind;
	char character;
	enum period period;
};

struct pattern {
	struct token token[OBJECT_SIZE]; /* the last is END */
	size_t count;                    /* without it */
};

static bool is_wild(char c)
{
	return c == '?' || c == '*';
}

static bool is_end(char c)
{
	return c == '\0' || c == '.';
}

/* Is there a whole qualifier "**" at "at"? */
static bool is_qualifiers(const char *profile, const char *at)
{
	return at[0] == '*' && at[1] == '*' && is_end(at[2]) && (at == profile || at[-1] == '.');
}

bool authority_profile_is_valid(const char *profile)
{
	const size_t length = strlen(profile);
	unsigned many = 0;
	const char *c;

	if (length == 0 || length >= OBJECT_SIZE || profile[0] == ' ' || profile[length - 1] == ' ')
		return false;
	for (c = profile; *c != '\0'; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return false;
		if (c[0] != '*' || c[1] != '*')
			continue;
		if (!is_qualifiers(profile, c) || ++many > 1)
			return false;
	}
	return true;
}

bool authority_profile_is_generic(const char *profile)
{
	return profile[strcspn(profile, "?*")] != '\0';
}

size_t authority_profile_literal(const char *profile)
{
	const size_t length = strcspn(profile, "?*");

	return length > 0 && is_qualifiers(profile, profile + length) ? length - 1 : length;
}

/* The token at *c, which is moved behind it. */
static struct token next_token(const char *profile, const char **c)
{
	const char *at = *c;

	if (at[0] == '.' && is_qualifiers(profile, at + 1)) {
		*c += 3;
		return (struct token){.kind = QUALIFIERS, .period = BEFORE};
	}
	if (is_qualifiers(profile, at)) {
		*c += at[2] == '.' ? 3 : 2;
		return (struct token){.kind = QUALIFIERS, .period = at[2] == '.' ? BEHIND : NEITHER};
	}
	(*c)++;
	if (is_wild(*at))
		return (struct token){.kind = *at == '?' ? ONE : RUN};
	return (struct token){.kind = CHARACTER, .character = *at};
}

static void read_pattern(struct pattern *p, const char *profile)
{
	const char *c = profile;

	p->count = 0;
	while (*c != '\0' && p->count < OBJECT_SIZE - 1)
		p->token[p->count++] = next_token(profile, &c);
	p->token[p->count] = (struct token){.kind = END};
}

/* Before which tokens the name can be (bit by bit), and inside which "**". */
struct state {
	uint64_t before, inside;
};

/* What stands for nothing is passed over; from inside a "**" one gets behind it as its period lets. */
static void pass(const struct pattern *p, struct state *s)
{
	size_t i;

	for (i = 0; i < p->count; i++) {
		const uint64_t bit = UINT64_C(1) << i;
		const struct token *t = &p->token[i];

		if ((s->before & bit) && (t->kind == RUN || t->kind == QUALIFIERS))
			s->before |= bit << 1;
		if ((s->inside & bit) && t->period != BEHIND)
			s->before |= bit << 1;
	}
}

static void step_token(const struct token *t, uint64_t bit, char c, const struct state *from, struct state *to)
{
	const bool before = from->before & bit, inside = from->inside & bit;

	switch (t->kind) {
	case CHARACTER:
		to->before |= before && t->character == c ? bit << 1 : 0;
		break;
	case ONE:
		to->before |= before && c != '.' ? bit << 1 : 0;
		break;
	case RUN:
		to->before |= before && c != '.' ? bit : 0;
		break;
	case QUALIFIERS:
		if (inside || (before && (t->period != BEFORE || c == '.')))
			to->inside |= bit;
		if (t->period == BEHIND && c == '.' && (before || inside))
			to->before |= bit << 1;
		break;
	case END:
		break;
	}
}

bool authority_profile_matches(const char *profile, const char *name)
{
	struct state now = {.before = 1};
	struct pattern p;
	size_t i;

	read_pattern(&p, profile);
	pass(&p, &now);
	for (; *name != '\0'; name++) {
		struct state next = {0};

		for (i = 0; i < p.count; i++)
			step_token(&p.token[i], UINT64_C(1) << i, *name, &now, &next);
		now = next;
		pass(&p, &now);
	}
	return (now.before >> p.count & 1) != 0;
}

/* Both literal and not the same: a period, where a qualifier ends, is behind all others. */
static int compare_characters(char a, char b)
{
	if (a == '.' || b == '.')
		return a == '.' ? 1 : -1;
	return (unsigned char)a < (unsigned char)b ? -1 : 1;
}

static int compare_tokens(const struct token *a, const struct token *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->period != b->period)
		return a->period < b->period ? -1 : 1;
	return a->character == b->character ? 0 : compare_characters(a->character, b->character);
}

int authority_profile_compare(const char *a, const char *b)
{
	const bool generic = authority_profile_is_generic(a);
	struct pattern left, right;
	size_t i = 0;

	if (generic != authority_profile_is_generic(b))
		return generic ? 1 : -1;
	read_pattern(&left, a);
	read_pattern(&right, b);
	while (compare_tokens(&left.token[i], &right.token[i]) == 0 && left.token[i].kind != END)
		i++;
	return compare_tokens(&left.token[i], &right.token[i]);
}
