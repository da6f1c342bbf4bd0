/* SPDX-License-Identifier: ISC */
/* Askings of exits on record. */
#ifndef AUTHZ_RULES_EXIT_AUDIT_H
#define AUTHZ_RULES_EXIT_AUDIT_H

#include "rules/context.h"

/* " key=value" behind what is there, of any bytes; nothing for an empty value, or where it has no room whole. */
void exit_audit_add(char *text, size_t size, const char *key, const char *value);
void exit_audit_add_number(char *text, size_t size, const char *key, uint64_t number);

/* The record, before the answer goes: the result that was given, or AUTHZ_AUDIT_LOST where a yes is on none. */
enum authz_result exit_audit(struct rules *r, const struct audit_event *event, enum authz_result result);

#endif
