/* SPDX-License-Identifier: ISC */
#include "cabinet_marks.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *word;
	int64_t bits;
} marks[] = {
	{"read-mail", CABINET_MARK_READ_MAIL},         {"reply", CABINET_MARK_REPLY},
	{"forward", CABINET_MARK_FORWARD},             {"send-mail", CABINET_MARK_SEND_MAIL},
	{"show-calendar", CABINET_MARK_SHOW_CALENDAR}, {"modify-calendar", CABINET_MARK_MODIFY_CALENDAR},
	{"show-items", CABINET_MARK_SHOW_ITEMS},       {"modify-items", CABINET_MARK_MODIFY_ITEMS},
	{"erase-items", CABINET_MARK_ERASE_ITEMS},     {"all", CABINET_MARK_ALL},
	{"none", 0},
};

#define WORDS (sizeof marks / sizeof marks[0])
#define SINGLE (WORDS - 2)

const char *marks_read(const char *list, int64_t *out, size_t *length)
{
	size_t i;

	*out = 0;
	for (const char *at = list;; at += *length + 1) {
		*length = strcspn(at, ",");
		for (i = 0; i < WORDS; i++)
			if (strlen(marks[i].word) == *length && strncmp(marks[i].word, at, *length) == 0)
				break;
		if (i == WORDS)
			return at;
		*out |= marks[i].bits;
		if (at[*length] == '\0')
			return NULL;
	}
}

void marks_show(const char *number, char text[ITEM_SIZE])
{
	size_t used = 0;
	int64_t bits;

	if (!text_number(number, &bits) || bits < 0 || bits > CABINET_MARK_ALL) {
		(void)snprintf(text, ITEM_SIZE, "%s", number);
		return;
	}
	(void)strcpy(text, "none");
	for (size_t i = 0; i < SINGLE; i++)
		if ((bits & marks[i].bits) != 0)
			used += (size_t)sprintf(text + used, "%s%s", used == 0 ? "" : ",", marks[i].word);
}
