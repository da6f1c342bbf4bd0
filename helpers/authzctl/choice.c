/* SPDX-License-Identifier: ISC */
#include "choice.h"

#include <string.h>

bool choose(const struct args *args, const char *option, const struct choice *choices, int64_t *value)
{
	const char *word = args_value(args, option);

	*value = choices[0].value;
	if (word == NULL)
		return true;
	for (; choices->word != NULL; choices++)
		if (strcmp(choices->word, word) == 0) {
			*value = choices->value;
			return true;
		}
	args_wrong(args, "unknown --%s %s", option, word);
	return false;
}
