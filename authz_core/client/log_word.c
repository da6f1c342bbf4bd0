/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "client/log_word.h"

const char *log_word(char *to, size_t size, const char *from)
{
	size_t i;

	if (from == NULL || *from == '\0')
		from = "-";
	for (i = 0; from[i] != '\0' && i < size - 1; i++)
		to[i] = from[i] <= ' ' || from[i] > '~' ? '?' : from[i];
	to[i] = '\0';
	return to;
}

char *log_text(char *text)
{
	for (char *at = text; *at != '\0'; at++)
		if (*at < ' ' || *at > '~')
			*at = '?';
	return text;
}
