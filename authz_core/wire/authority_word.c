/* SPDX-License-Identifier: ISC */
#include "wire/authority_word.h"

#include <stdio.h>
#include <string.h>

/* W(keyword, bit) */
/* clang-format off */
#define PUBLISHED_WORDS(W) \
	W(connect, 0x00000001) W(browse,  0x00000002) W(get,     0x00000004) W(put,     0x00000008) \
	W(inq,     0x00000010) W(set,     0x00000020) W(passid,  0x00000040) W(passall, 0x00000080) \
	W(setid,   0x00000100) W(setall,  0x00000200) W(altusr,  0x00000400) W(pub,     0x00000800) \
	W(sub,     0x00001000) W(resume,  0x00002000) W(crt,     0x00010000) W(dlt,     0x00020000) \
	W(dsp,     0x00040000) W(chg,     0x00080000) W(clr,     0x00100000) W(ctrl,    0x00200000) \
	W(ctrlx,   0x00400000) W(system,  0x02000000)
/* clang-format on */
#define ALL_MQI 0x00003fffu
#define ALL_ADMIN 0x00fe0000u

enum bit {
#define W(word, bit) BIT_##word = bit,
	PUBLISHED_WORDS(W)
#undef W
	BIT_admin = BIT_crt | BIT_dlt | BIT_dsp | BIT_chg,
	BIT_context = BIT_passid | BIT_passall | BIT_setid | BIT_setall,
};

struct word {
	const char *word;
	uint32_t bit;
};

static const struct word published[] = {
#define W(word, bit) {#word, bit},
	PUBLISHED_WORDS(W)
#undef W
};

static const struct word ours[] = {{"use", AUTHORITY_USE}, {"objmgt", AUTHORITY_OBJMGT}};

/* None has both: who sets the published bits of an object sets all of it. */
static const struct type {
	const char *name, *also;
	uint32_t published, ours;
} types[] = {
	{"authinfo", NULL, BIT_inq | BIT_admin, 0},
	{"channel", "chl", BIT_admin | BIT_ctrl | BIT_ctrlx, 0},
	{"clntconn", NULL, BIT_admin, 0},
	{"listener", NULL, BIT_admin | BIT_ctrl, 0},
	{"namelist", "nl", BIT_inq | BIT_admin, 0},
	{"process", "prcs", BIT_inq | BIT_set | BIT_admin, 0},
	{"queue", "q", BIT_browse | BIT_get | BIT_put | BIT_inq | BIT_set | BIT_context | BIT_admin | BIT_clr, 0},
	{"qmgr", NULL, BIT_connect | BIT_inq | BIT_set | BIT_setid | BIT_setall | BIT_altusr | BIT_admin | BIT_system, 0},
	{"mqservice", "srvc", BIT_admin | BIT_ctrl, 0},
	{"topic", "top", BIT_pub | BIT_sub | BIT_resume | BIT_context | BIT_admin | BIT_clr | BIT_ctrl, 0},
	{"comminfo", NULL, BIT_admin, 0},
	{"storageclass", NULL, BIT_admin, 0},
	{"cfstruct", NULL, BIT_admin, 0},
	{"rqmname", NULL, BIT_put, 0},
	{TYPE_PROFILE, NULL, 0, AUTHORITY_USE | AUTHORITY_OBJMGT},
	{"service", NULL, 0, AUTHORITY_USE},
	{"command", NULL, 0, AUTHORITY_USE},
	{"host", NULL, 0, AUTHORITY_USE},
};

static const struct type *find_type(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof types / sizeof types[0]; i++)
		if (strcmp(types[i].name, name) == 0)
			return &types[i];
	return NULL;
}

const char *authority_type_at(size_t number)
{
	return number < sizeof types / sizeof types[0] ? types[number].name : NULL;
}

const char *authority_type_named(const char *word)
{
	size_t i;

	for (i = 0; i < sizeof types / sizeof types[0]; i++)
		if (strcmp(types[i].name, word) == 0 || (types[i].also != NULL && strcmp(types[i].also, word) == 0))
			return types[i].name;
	return NULL;
}

uint32_t authority_takes(const char *type)
{
	const struct type *t = find_type(type);

	return t == NULL ? 0 : t->published | t->ours;
}

static uint32_t one_of(const struct word *words, size_t count, uint32_t takes, const char *word)
{
	size_t i;

	for (i = 0; i < count; i++)
		if ((words[i].bit & takes) != 0 && strcmp(words[i].word, word) == 0)
			return words[i].bit;
	return 0;
}

static uint32_t one_bit(const struct type *t, const char *word)
{
	const uint32_t bit = one_of(ours, sizeof ours / sizeof ours[0], t->ours, word);

	return bit != 0 ? bit : one_of(published, sizeof published / sizeof published[0], t->published, word);
}

bool authority_bits(const char *type, const char *word, uint32_t *bits)
{
	const struct type *t = find_type(type);

	*bits = 0;
	if (t == NULL)
		return false;
	if (strcmp(word, "none") == 0)
		return true;
	if (strcmp(word, "all") == 0)
		*bits = (t->published | t->ours) & ~(uint32_t)BIT_crt;
	else if (strcmp(word, "allmqi") == 0)
		*bits = t->published & ALL_MQI;
	else if (strcmp(word, "alladm") == 0)
		*bits = t->published & ALL_ADMIN;
	else
		*bits = one_bit(t, word);
	return *bits != 0;
}

static const char *word_of(const struct word *words, size_t count, uint32_t bit)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (words[i].bit == bit)
			return words[i].word;
	return NULL;
}

const char *authority_word(const char *type, uint32_t bit)
{
	const struct type *t = find_type(type);

	if (t != NULL && (t->ours & bit) != 0)
		return word_of(ours, sizeof ours / sizeof ours[0], bit);
	if (t != NULL && (t->published & bit) != 0)
		return word_of(published, sizeof published / sizeof published[0], bit);
	return NULL;
}

void authority_words(const char *type, uint32_t mask, char text[AUTHORITY_WORDS_SIZE])
{
	uint32_t bit;
	size_t used = 0;

	for (bit = 1; bit != 0; bit <<= 1) {
		const char *word = (mask & bit) != 0 ? authority_word(type, bit) : NULL;

		if (word != NULL && used < AUTHORITY_WORDS_SIZE)
			used += (size_t)snprintf(text + used, AUTHORITY_WORDS_SIZE - used, "%s%s", used > 0 ? " " : "", word);
	}
	if (used == 0)
		snprintf(text, AUTHORITY_WORDS_SIZE, "none");
}
