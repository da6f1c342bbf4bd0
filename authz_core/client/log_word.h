/* SPDX-License-Identifier: ISC */
/* What others have said, in a line of the log. */
#ifndef AUTHZ_CLIENT_LOG_WORD_H
#define AUTHZ_CLIENT_LOG_WORD_H

#include <stddef.h>

/* A copy: one word, nothing that could end the line or pass for another word of it; "-" for NULL or "".  Returns "to". */
const char *log_word(char *to, size_t size, const char *from);

/* In its place: nothing but printable ASCII.  Returns it. */
char *log_text(char *text);

#endif
