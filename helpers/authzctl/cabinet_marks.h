/* SPDX-License-Identifier: ISC */
/* The marks of a profile (CABINET_MARK_…) as people write them. */
#ifndef AUTHZCTL_CABINET_MARKS_H
#define AUTHZCTL_CABINET_MARKS_H

#include "app.h"

/* "read-mail,reply", "all", "none".  NULL, or the first word that is no mark; *length is how long that is. */
const char *marks_read(const char *list, int64_t *marks, size_t *length);
/* The same words of a number in digits; what is none stays as it is. */
void marks_show(const char *number, char text[ITEM_SIZE]);

#endif
