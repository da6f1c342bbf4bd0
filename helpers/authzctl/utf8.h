/* SPDX-License-Identifier: ISC */
/* UTF-8, strictly: shortest forms only, no surrogates, nothing past U+10FFFF. */
#ifndef AUTHZCTL_UTF8_H
#define AUTHZCTL_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length of the character at "text" (a string) and its number, or 0 if there is none. */
size_t utf8_next(const char *text, uint32_t *point);

/* May it go to a terminal as it is?  Not controls, nor what turns the direction of writing round or ends a line. */
bool utf8_is_shown(uint32_t point);

#endif
