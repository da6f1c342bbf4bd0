/* SPDX-License-Identifier: ISC */
/*
 * The audit: every record to the file and to syslog; one of the two must take it.
 *
 * MUST 1: a record that neither takes is AUTHZ_AUDIT_LOST.
 */
#include <syslog.h>

#include "host/audit_file.h"
#include "host/audit_line.h"
#include "host/machine.h"
#include "host/system_log.h"

/* *number 0: count a new one. */
static bool to_file(const struct machine *m, const struct audit_event *e, uint64_t *number, const char *phase,
                    enum authz_result result, const char *subject)
{
	char line[AUDIT_LINE_SIZE];
	struct audit_file f;
	bool written;

	if (!m->config.audit_file || !audit_file_open(&f, m->audit_folder))
		return false;
	if (*number == 0)
		*number = audit_file_count(&f);
	audit_line(line, e, *number, phase, result, subject);
	written = *number != 0 && audit_file_append(&f, line, m->config.audit_max_bytes);
	audit_file_close(&f);
	return written;
}

static bool to_syslog(const struct machine *m, const struct audit_event *e, uint64_t number, const char *phase,
                      enum authz_result result, const char *subject)
{
	char line[AUDIT_LINE_SIZE];

	if (!m->config.audit_syslog)
		return false;
	audit_line(line, e, number, phase, result, subject);
	return system_log_send(result == AUTHZ_OK ? LOG_INFO : LOG_NOTICE, line);
}

/* Syslog hears of an intent only where the file does not. */
enum authz_result audit_intent(void *context, const struct audit_event *e, uint64_t *number)
{
	const struct machine *m = context;

	*number = 0;
	if (to_file(m, e, number, "intent", AUTHZ_OK, "") || to_syslog(m, e, *number, "intent", AUTHZ_OK, ""))
		return AUTHZ_OK;
	return AUTHZ_AUDIT_LOST;
}

enum authz_result audit_outcome(void *context, const struct audit_event *e, uint64_t number, enum authz_result result,
                                const char *subject)
{
	const struct machine *m = context;
	bool filed = to_file(m, e, &number, "done", result, subject);

	return to_syslog(m, e, number, "done", result, subject) || filed ? AUTHZ_OK : AUTHZ_AUDIT_LOST;
}
