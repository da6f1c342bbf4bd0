/* SPDX-License-Identifier: ISC */
#include "requirement.h"

#include <string.h>

#include "wire/authority_word.h"

bool requirement_read(const char *value, struct requirement *out)
{
	const char *first = strchr(value, ':'), *last = strrchr(value, ':');
	char type[AUTHZ_OBJECT_TYPE_SIZE];
	size_t length;

	if (first == NULL || first == last || (size_t)(first - value) >= sizeof type)
		return false;
	memcpy(type, value, (size_t)(first - value));
	type[first - value] = '\0';
	out->type = authority_type_named(type);
	length = (size_t)(last - first) - 1;
	if (out->type == NULL || length == 0 || length >= sizeof out->name)
		return false;
	memcpy(out->name, first + 1, length);
	out->name[length] = '\0';
	return authority_bits(out->type, last + 1, &out->mask) && out->mask != 0;
}
