/* SPDX-License-Identifier: ISC */
/*
 * The audit: every record to the file and to syslog; one of the two must take it.
 *
 * MUST 1: a record that neither takes is AUTHZ_AUDIT_LOST.
 * MUST 2: the refusals of one caller, or of one origin of logins, cannot push the records of others out of the audit.
 * MUST 3: nothing but refusals is ever suppressed, and none of the host's own: of the host only those that it relays.
 * MUST 4: a refusal of a caller who is not the host has no word of the caller's claims about a session.
 */
#include <syslog.h>
#include <time.h>

#include "host/audit_file.h"
#include "host/audit_line.h"
#include "host/machine.h"
#include "host/origin.h"

struct record {
	const struct audit_event *event;
	const char *phase;
	uint64_t number; /* 0: not counted yet */
	enum authz_result result;
	const char *subject;
	uint32_t suppressed; /* so many before it */
};

static void record_line(char line[AUDIT_LINE_SIZE], const struct record *r)
{
	audit_line(line, r->event, r->number, r->phase, r->result, r->subject);
	audit_line_suppressed(line, r->suppressed);
}

/* The folder, locked: what the process keeps of it, in turn, or "own", for this record alone.  NULL: not now. */
static struct audit_folder *enter(const struct machine *m, struct audit_folder *own)
{
	struct audit_folder *folder = m->audit != NULL ? audit_keep_enter(m->audit) : own;

	if (folder == NULL || audit_lock_take(folder, m->audit_folder, m->hold_ms))
		return folder;
	if (m->audit != NULL)
		audit_keep_leave(m->audit);
	return NULL;
}

static void leave(const struct machine *m, struct audit_folder *folder, struct audit_folder *own)
{
	if (folder != NULL)
		audit_lock_drop(folder);
	if (folder != NULL && m->audit != NULL)
		audit_keep_leave(m->audit);
	audit_folder_close(own);
}

static bool to_file(const struct machine *m, struct audit_folder *folder, struct record *r)
{
	char line[AUDIT_LINE_SIZE];
	struct audit_file f;

	if (!m->config.audit_file || folder == NULL || !audit_file_open(&f, folder))
		return false;
	if (r->number == 0)
		r->number = audit_file_count(&f);
	record_line(line, r);
	return r->number != 0 && audit_file_append(&f, line, m->config.audit_max_bytes, m->config.audit_keep);
}

static bool to_syslog(struct machine *m, const struct record *r)
{
	char line[AUDIT_LINE_SIZE];

	if (!m->config.audit_syslog)
		return false;
	record_line(line, r);
	return system_log_send(&m->log, r->result == AUTHZ_OK ? LOG_INFO : LOG_NOTICE, line);
}

/* Syslog hears of an intent only where the file does not. */
enum authz_result audit_intent(void *context, const struct audit_event *e, uint64_t *number)
{
	struct machine *m = context;
	struct record r = {.event = e, .phase = "intent", .result = AUTHZ_OK, .subject = ""};
	struct audit_folder own = AUDIT_FOLDER_NONE, *folder = m->config.audit_file ? enter(m, &own) : NULL;
	const bool filed = to_file(m, folder, &r);

	leave(m, folder, &own);
	*number = r.number;
	return filed || to_syslog(m, &r) ? AUTHZ_OK : AUTHZ_AUDIT_LOST;
}

/* false: refusals from there are enough in this minute, and one more was counted. */
static bool wanted(struct audit_folder *folder, struct record *r, bool refusal)
{
	struct refusals_bucket buckets[REFUSALS_BUCKETS_MAX];
	size_t count;

	if (folder == NULL)
		return true;
	count = origin_buckets(folder, r->event, buckets);
	if (count == 0)
		return true;
	if (refusal)
		return refusals_take(folder, buckets, count, (uint64_t)time(NULL) / 60, &r->suppressed);
	r->suppressed = refusals_suppressed(folder, &buckets[0]);
	return true;
}

enum authz_result audit_outcome(void *context, const struct audit_event *e, uint64_t number, enum authz_result result,
                                const char *subject)
{
	struct machine *m = context;
	const bool refusal = number == 0 && result != AUTHZ_OK;
	struct audit_event event = *e;
	struct record r = {.event = &event, .phase = "done", .number = number, .result = result, .subject = subject};
	struct audit_folder own = AUDIT_FOLDER_NONE, *folder = NULL;
	bool filed;

	if (refusal && !e->caller->is_host)
		event.service = event.rhost = event.tty = "";
	if (m->config.audit_file || refusal)
		folder = enter(m, &own);
	if (!wanted(folder, &r, refusal)) {
		leave(m, folder, &own);
		return AUTHZ_OK;
	}
	filed = to_file(m, folder, &r);
	leave(m, folder, &own);
	return to_syslog(m, &r) || filed ? AUTHZ_OK : AUTHZ_AUDIT_LOST;
}
