/* SPDX-License-Identifier: ISC */
/* Asking and changing authorities in a world. */
#ifndef TEST_UNIT_AUTHORITY_KIT_H
#define TEST_UNIT_AUTHORITY_KIT_H

#include "world.h"

/* "p:eve", "g:staff", "p:" for a blank name; a mask in words: "get put". */
struct request about_authority(const char *type, const char *object, const char *entity);
int64_t mask_of(const char *type, const char *words);

/* As the host; must succeed. */
void set_to(struct world *w, const char *type, const char *object, const char *entity, const char *words);
/* As the host: the words of what is held. */
void expect_held(struct world *w, const char *type, const char *object, const char *entity, const char *words);
void expect_explicit(struct world *w, const char *type, const char *object, const char *entity, const char *words);
void expect_may(struct world *w, const char *type, const char *object, const char *entity, const char *words,
                  enum authz_result expected);

/* All rows of a list, as the caller, into text: "type profile k:name mask state\n"; and how many pages. */
#define LISTED_SIZE 65536
enum authz_result list_all(struct world *w, struct request q, char text[LISTED_SIZE], unsigned *pages);
/* The rows of the last answer, items with a blank between them. */
void rows_of(struct world *w, char text[LISTED_SIZE]);

#endif
