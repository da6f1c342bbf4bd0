/* SPDX-License-Identifier: ISC */
#include "config.h"

#include "client/option.h"

#include <stddef.h>
#include <string.h>

bool option_number(const char *text, unsigned long long least, unsigned long long most, unsigned long long *value)
{
	size_t length = strlen(text);

	if (length == 0 || length > 10 || strspn(text, "0123456789") != length)
		return false;
	for (*value = 0; *text != '\0'; text++)
		*value = *value * 10 + (unsigned)(*text - '0');
	return *value >= least && *value <= most;
}

bool option_timeout(const char *value, int *seconds)
{
	unsigned long long number;

	if (!option_number(value, 1, OPTION_TIMEOUT_MAX, &number))
		return false;
	*seconds = (int)number;
	return true;
}

bool option_socket(const char *value, const char **path)
{
	bool none = strcmp(value, "none") == 0;

	*path = none ? "" : value;
	return none || *value == '/';
}

bool option_helper(const char *value, const char **path)
{
	*path = value;
	return *value == '/';
}
