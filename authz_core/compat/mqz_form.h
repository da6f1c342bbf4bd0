/* SPDX-License-Identifier: ISC */
/* The forms of an installable service: fields of blanks, types of objects, masks, completion codes and reasons. */
#ifndef AUTHZ_COMPAT_MQZ_FORM_H
#define AUTHZ_COMPAT_MQZ_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "authz.h"
#include "mqz.h"

#define MQZ_ENTITY 12
#define MQZ_OBJECT 48

/* A field as a string, without the blanks at its end; "text" has room for size and a NUL.  false: NULL, or control characters. */
bool mqz_text(const MQCHAR *field, size_t size, char *text);
/* A string into a field; false if it is too long for that. */
bool mqz_field(MQCHAR *field, size_t size, const char *text);

/* The type of a number; NULL: none.  And back; 0. */
const char *mqz_type(MQLONG number);
MQLONG mqz_number(const char *type);
/*
 * The bits of a mask that its type takes.  A whole MQZAO_ALL, _ALL_MQI or _ALL_ADMIN in it means those of them that there are;
 * false: a bit beside them is none of this type, or of what is asked for there is nothing: that is not MQZAO_NONE.
 */
bool mqz_mask(const char *type, MQLONG authority, uint32_t *mask);

/* How a call ends. */
void mqz_end(enum authz_result result, MQLONG *continuation, MQLONG *code, MQLONG *reason);
void mqz_fail(MQLONG why, MQLONG *continuation, MQLONG *code, MQLONG *reason);

#endif
