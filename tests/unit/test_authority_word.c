/* SPDX-License-Identifier: ISC */
/* Types, bits and keywords: wire/authority_word.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "wire/authority_word.h"

static void published(void **state)
{
	static const struct {
		const char *type, *word;
		uint32_t bit;
	} rows[] = {
		{"qmgr", "connect", 0x1}, {"queue", "browse", 0x2}, {"queue", "get", 0x4}, {"queue", "put", 0x8},
		{"queue", "inq", 0x10}, {"queue", "set", 0x20}, {"queue", "passid", 0x40}, {"queue", "passall", 0x80},
		{"queue", "setid", 0x100}, {"queue", "setall", 0x200}, {"qmgr", "altusr", 0x400}, {"topic", "pub", 0x800},
		{"topic", "sub", 0x1000}, {"topic", "resume", 0x2000}, {"queue", "crt", 0x10000}, {"queue", "dlt", 0x20000},
		{"queue", "dsp", 0x40000}, {"queue", "chg", 0x80000}, {"queue", "clr", 0x100000}, {"channel", "ctrl", 0x200000},
		{"channel", "ctrlx", 0x400000}, {"qmgr", "system", 0x2000000},
		{"profile", "use", 1}, {"profile", "objmgt", 2}, {"command", "use", 1}, {"host", "use", 1}, {"service", "use", 1},
	};
	uint32_t bits;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_true(authority_bits(rows[i].type, rows[i].word, &bits));
		assert_int_equal(bits, rows[i].bit);
		assert_string_equal(authority_word(rows[i].type, rows[i].bit), rows[i].word);
	}
}

static void groups_of_words(void **state)
{
	uint32_t all, mqi, adm, none;
	const char *type;
	size_t i;

	(void)state;
	for (i = 0; (type = authority_type_at(i)) != NULL; i++) {
		if (!authority_bits(type, "allmqi", &mqi))
			mqi = 0;
		if (!authority_bits(type, "alladm", &adm))
			adm = 0;
		assert_true(authority_bits(type, "all", &all));
		assert_int_equal((all | mqi | adm) & 0x10000, 0);
		assert_int_equal(mqi & ~UINT32_C(0x3fff), 0);
		assert_int_equal(adm & ~UINT32_C(0xfe0000), 0);
		if ((mqi | adm) != 0)
			assert_int_equal(all & ~(mqi | adm | UINT32_C(0x2000000)), 0);
		assert_int_equal(all, authority_takes(type) & ~UINT32_C(0x10000));
		assert_true(authority_bits(type, "none", &none));
		assert_int_equal(none, 0);
	}
}

static void of_its_type_alone(void **state)
{
	static const char *const refused[][2] = {
		{"queue", "connect"}, {"queue", "use"}, {"profile", "get"}, {"command", "objmgt"}, {"channel", "get"}, {"topic", "get"},
		{"service", "connect"}, {"service", "alladm"}, {"mqservice", "use"}, {"mqservice", "allmqi"},
		{"profile", "allmqi"}, {"profile", "alladm"}, {"queue", ""}, {"queue", "GET"}, {"nosuch", "get"}, {"nosuch", "none"}, {"", "all"},
	};
	uint32_t bits;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		assert_false(authority_bits(refused[i][0], refused[i][1], &bits));
		assert_int_equal(bits, 0);
	}
	assert_null(authority_word("queue", 1));
	assert_int_equal(authority_takes("nosuch"), 0);
}

static void ours_or_published(void **state)
{
	unsigned ours = 0;
	uint32_t bits;
	const char *type;
	size_t i;

	(void)state;
	for (i = 0; (type = authority_type_at(i)) != NULL; i++) {
		if (!authority_bits(type, "use", &bits))
			continue;
		ours++;
		assert_int_equal(authority_takes(type) & ~(AUTHORITY_USE | AUTHORITY_OBJMGT), 0);
	}
	assert_int_equal(ours, 4);
}

static void types(void **state)
{
	static const char *const names[] = {"authinfo", "channel", "clntconn", "listener", "namelist", "process", "queue", "qmgr",
	                                    "mqservice", "topic", "comminfo", "storageclass", "cfstruct", "rqmname", "profile",
	                                    "service", "command", "host"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof names / sizeof names[0]; i++) {
		assert_string_equal(authority_type_at(i), names[i]);
		assert_string_equal(authority_type_named(names[i]), names[i]);
		assert_true(strlen(names[i]) <= 16);
	}
	assert_null(authority_type_at(i));
	assert_string_equal(authority_type_named("q"), "queue");
	assert_string_equal(authority_type_named("prcs"), "process");
	assert_string_equal(authority_type_named("nl"), "namelist");
	assert_string_equal(authority_type_named("chl"), "channel");
	assert_string_equal(authority_type_named("srvc"), "mqservice");
	assert_null(authority_type_named("quay"));
	assert_null(authority_type_named(""));
}

static void as_text(void **state)
{
	char text[AUTHORITY_WORDS_SIZE];
	const char *type;
	size_t i;

	(void)state;
	authority_words("queue", 0x4 | 0x8 | 0x40000, text);
	assert_string_equal(text, "get put dsp");
	authority_words("queue", 0, text);
	assert_string_equal(text, "none");
	for (i = 0; (type = authority_type_at(i)) != NULL; i++) {
		authority_words(type, UINT32_MAX, text);
		assert_true(strlen(text) + 1 < sizeof text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"every keyword has its published bit", published, NULL, NULL, NULL},
		{"M3: alladm and all do not contain crt", groups_of_words, NULL, NULL, NULL},
		{"a type takes only what is said of it", of_its_type_alone, NULL, NULL, NULL},
		{"a type takes our own authorities or the published ones, never both", ours_or_published, NULL, NULL, NULL},
		{"the types, and what setmqaut calls some of them too", types, NULL, NULL, NULL},
		{"a mask is shown in words, and all words of a type have room", as_text, NULL, NULL, NULL},
	};

	return cmocka_run_group_tests_name("authority_word", tests, NULL, NULL);
}
