/* SPDX-License-Identifier: ISC */
/* An audit record as one line of key=value words, in which no caller can forge a word or a line. */
#ifndef AUTHZ_HOST_AUDIT_LINE_H
#define AUTHZ_HOST_AUDIT_LINE_H

#include "host/host.h"

#define AUDIT_LINE_SIZE 1920
#define AUDIT_LINE_SUPPRESSED_SIZE 24 /* kept free for " suppressed=4294967295" */

/*
 * "event=… actor=… …".  phase "intent" has no result.  Every byte of a value but letters, digits and ._:/@+*- becomes %XX.
 * Words that do not fit are left out, and the line says so.
 */
void audit_line(char line[AUDIT_LINE_SIZE], const struct audit_event *e, uint64_t number, const char *phase,
                enum authz_result result, const char *subject);
/* So many refusals before this record were left out; nothing for 0.  Once for a line, for which there is always room. */
void audit_line_suppressed(char line[AUDIT_LINE_SIZE], uint32_t count);

#endif
