/* SPDX-License-Identifier: ISC */
/* What the NSS module makes of a group if the view is written to after it was found there, or was forged before. */
#include "view_kit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CABINET_SERVICE here
#define CABINET_FOLDER "."
#include "../../nss_cabinet/answer.h"

static const char *const members[] = {"ann", "ben", "cem"};
static const char *const administrators[] = {"ben", "dan"};
static struct world world;
static struct guarded view;
static struct view_group group;

/* One group, found. */
static void make(const char *const *listed)
{
	static struct view_cabinet c;

	c = (struct view_cabinet){AUTHZ_GROUP_PREFIX "x", AUTHZ_GID_LOW, listed, 3, administrators, 2, VIEW_LIST_ALL};
	world.content = (struct view_content){1, &c, 1, NULL, 0, NULL};
	guarded_make(&view, &world);
	assert_int_equal(view_by_gid(&view.view, AUTHZ_GID_LOW, &group), VIEW_FOUND);
}

/* The same bytes, to be written. */
static void *written(const void *bytes)
{
	return view.bytes + ((const unsigned char *)bytes - view.bytes);
}

static bool lies_in(const char *buffer, size_t length, const char *name)
{
	return name >= buffer && name < buffer + length && memchr(name, '\0', (size_t)(buffer + length - name)) != NULL;
}

static bool all_lie_in(const char *buffer, size_t length, char *const *names, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!lies_in(buffer, length, names[i]))
			return false;
	return names[count] == NULL;
}

/* Is it refused as damage, or, where that may be, answered with all of it in the buffer? */
static bool is_harmless(bool may_succeed)
{
	char *buffer = malloc(256);
	struct group g;
	struct sgrp s;
	int code = 0;
	enum nss_status status = answer_group(&group, &(struct answer){answer_group, &g, buffer, 256, &code});
	bool good = status == NSS_STATUS_SUCCESS ?
	                    may_succeed && lies_in(buffer, 256, g.gr_name) && all_lie_in(buffer, 256, g.gr_mem, 3) :
	                    status == NSS_STATUS_UNAVAIL && code == EBADMSG;

	status = answer_gshadow(&group, &(struct answer){answer_gshadow, &s, buffer, 256, &code});
	good &= status == NSS_STATUS_SUCCESS ? may_succeed && lies_in(buffer, 256, s.sg_namp) &&
	                                               all_lie_in(buffer, 256, s.sg_mem, 3) &&
	                                               all_lie_in(buffer, 256, s.sg_adm, 2) :
	                                       status == NSS_STATUS_UNAVAIL && code == EBADMSG;
	free(buffer);
	return good;
}

static void other_name(void **state)
{
	static const char *const names[] = {"", "adm", "cab", AUTHZ_GROUP_PREFIX, AUTHZ_GROUP_PREFIX ":"};
	size_t i;

	(void)state;
	make(members);
	/* a build with an empty prefix was told what that costs */
	for (i = 0; i < sizeof names / sizeof *names; i++)
		if (!view_name_fits(names[i])) {
			memcpy(written(group.text), names[i], strlen(names[i]) + 1);
			assert_true(is_harmless(false));
		}
	guarded_free(&view);
}

static void other_numbers(void **state)
{
	static const uint32_t values[] = {0, 1, 30, 200, 0x7fffffff, 0x80000000, 0xffffffff};
	uint32_t i, kept, *at;
	size_t n;

	(void)state;
	make(members);
	for (i = 0; i < 5; i++)
		for (n = 0; n < sizeof values / sizeof *values; n++) {
			at = (uint32_t *)written(group.starts) + i;
			kept = *at;
			*at = values[n];
			assert_true(is_harmless(true));
			*at = kept;
		}
	guarded_free(&view);
}

static void no_end(void **state)
{
	(void)state;
	make(members);
	memset(written(group.text + group.starts[2]), 'x', group.text_length - group.starts[2]);
	assert_true(is_harmless(false));
	guarded_free(&view);
}

static void lines(void **state)
{
	static const char *const names[] = {"a\nsudo:x:27:eve", "a,b", "a:b", "a b", "\t", "\x7f", "abcdefghijkl\n", "\x01"};
	static const char *const good[] = {"!#$%&'()*+-./;<=>?@[\\]^_`{|}~", "M\xc3\xbcller", "\x80\xff\xba\xac\xa0"};
	const char *listed[] = {"ann", NULL, "cem"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof names / sizeof *names; i++) {
		listed[1] = names[i];
		make(listed);
		assert_true(is_harmless(false));
		guarded_free(&view);
	}
	for (i = 0; i < sizeof good / sizeof *good; i++)
		assert_true(view_names_fit(good[i], strlen(good[i]) + 1));
}

/* Each byte at each place of a text, as it is said byte by byte. */
static void letters(void **state)
{
	char text[20];
	size_t length, at;
	int c;

	(void)state;
	for (length = 1; length <= sizeof text; length++)
		for (at = 0; at < length; at++)
			for (c = 0; c < 256; c++) {
				memset(text, 'a', length);
				text[at] = (char)c;
				assert_int_equal(view_names_fit(text, length), c == 0 || (c > ' ' && c != 0x7f && c != ':' && c != ','));
			}
}

int main(void)
{
#define ROW(sentence, function) {sentence, function, NULL, NULL, NULL}
	static const struct CMUnitTest tests[] = {
		ROW("a group that gets another name after it was found is not answered by that (view MUST 2, view MUST 5)",
		    other_name),
		ROW("a group whose numbers change then is answered within the buffer, or not (view MUST 5, nss_cabinet MUST 2)",
		    other_numbers),
		ROW("nor is one whose text has lost its end (view MUST 5)", no_end),
		ROW("a forged member's name that would make lines or members of its own is not answered", lines),
		ROW("which bytes a name may have does not depend on where in it they are", letters),
	};

	return cmocka_run_group_tests_name("nss answer", tests, NULL, NULL);
}
