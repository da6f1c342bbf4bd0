/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: there is no yes without its record.
 * MUST 2: what who asks says can end neither a word nor a line of it.
 */
#include "rules/exit_audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool is_plain(char c)
{
	return c > ' ' && c <= '~' && c != '=' && c != '%';
}

/* MUST 2 */
void exit_audit_add(char *text, size_t size, const char *key, const char *value)
{
	const size_t before = strlen(text);
	size_t used = before;

	if (value[0] == '\0')
		return;
	used += (size_t)snprintf(text + used, size - used, "%s%s=", used > 0 ? " " : "", key);
	for (; *value != '\0' && used < size; value++)
		used += (size_t)snprintf(text + used, size - used, is_plain(*value) ? "%c" : "%%%02X", (unsigned char)*value);
	if (used >= size)
		text[before] = '\0';
}

void exit_audit_add_number(char *text, size_t size, const char *key, uint64_t number)
{
	char value[24];

	snprintf(value, sizeof value, "%" PRIu64, number);
	exit_audit_add(text, size, key, value);
}

/* MUST 1 */
enum authz_result exit_audit(struct rules *r, const struct audit_event *event, enum authz_result result)
{
	if (result != AUTHZ_OK)
		return rules_refused(r, event, result);
	result = r->host->audit_outcome(r->host->context, event, 0, AUTHZ_OK, "");
	return result == AUTHZ_OK ? AUTHZ_OK : rules_refuse(r, AUTHZ_AUDIT_LOST, event->event);
}
