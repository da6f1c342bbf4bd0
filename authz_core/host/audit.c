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
#include "host/audit_lock.h"
#include "host/machine.h"
#include "host/origin.h"
#include "host/system_log.h"

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

static bool to_file(const struct machine *m, const struct audit_lock *lock, struct record *r)
{
	char line[AUDIT_LINE_SIZE];
	struct audit_file f;
	bool written;

	if (!m->config.audit_file || lock->fd < 0 || !audit_file_open(&f, lock->folder))
		return false;
	if (r->number == 0)
		r->number = audit_file_count(&f);
	record_line(line, r);
	written = r->number != 0 && audit_file_append(&f, line, m->config.audit_max_bytes, m->config.audit_keep);
	audit_file_close(&f);
	return written;
}

static bool to_syslog(const struct machine *m, const struct record *r)
{
	char line[AUDIT_LINE_SIZE];

	if (!m->config.audit_syslog)
		return false;
	record_line(line, r);
	return system_log_send(r->result == AUTHZ_OK ? LOG_INFO : LOG_NOTICE, line);
}

/* Syslog hears of an intent only where the file does not. */
enum authz_result audit_intent(void *context, const struct audit_event *e, uint64_t *number)
{
	const struct machine *m = context;
	struct record r = {.event = e, .phase = "intent", .result = AUTHZ_OK, .subject = ""};
	struct audit_lock lock = AUDIT_LOCK_NONE;
	bool filed;

	if (m->config.audit_file)
		(void)audit_lock_take(&lock, m->audit_folder, AUDIT_HOLD_MS);
	filed = to_file(m, &lock, &r);
	audit_lock_drop(&lock);
	*number = r.number;
	return filed || to_syslog(m, &r) ? AUTHZ_OK : AUTHZ_AUDIT_LOST;
}

/* false: refusals from there are enough in this minute, and one more was counted. */
static bool wanted(const struct audit_lock *lock, struct record *r, bool refusal)
{
	struct refusals_bucket buckets[REFUSALS_BUCKETS_MAX];
	size_t count;

	if (lock->fd < 0)
		return true;
	count = origin_buckets(lock->folder, r->event, buckets);
	if (count == 0)
		return true;
	if (refusal)
		return refusals_take(lock->folder, buckets, count, (uint64_t)time(NULL) / 60, &r->suppressed);
	r->suppressed = refusals_suppressed(lock->folder, &buckets[0]);
	return true;
}

enum authz_result audit_outcome(void *context, const struct audit_event *e, uint64_t number, enum authz_result result,
                                const char *subject)
{
	const struct machine *m = context;
	const bool refusal = number == 0 && result != AUTHZ_OK;
	struct audit_event event = *e;
	struct record r = {.event = &event, .phase = "done", .number = number, .result = result, .subject = subject};
	struct audit_lock lock = AUDIT_LOCK_NONE;
	bool filed;

	if (refusal && !e->caller->is_host)
		event.service = event.rhost = event.tty = "";
	if (m->config.audit_file || refusal)
		(void)audit_lock_take(&lock, m->audit_folder, AUDIT_HOLD_MS);
	if (!wanted(&lock, &r, refusal)) {
		audit_lock_drop(&lock);
		return AUTHZ_OK;
	}
	filed = to_file(m, &lock, &r);
	audit_lock_drop(&lock);
	return to_syslog(m, &r) || filed ? AUTHZ_OK : AUTHZ_AUDIT_LOST;
}
