/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: what a caller says can neither end a word nor a line.
 */
#include "host/audit_line.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "authz.h"

#define TRUNCATED " truncated=yes"

struct line {
	char *text;
	size_t used, size; /* size leaves room for TRUNCATED and the suppressed */
	bool full;
};

static bool plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("._:/@+*-", c) != NULL);
}

static size_t escape(char *to, const char *from)
{
	size_t used = 0;

	for (; *from != '\0'; from++) {
		if (plain(*from))
			to[used++] = *from;
		else
			used += (size_t)sprintf(to + used, "%%%02X", (unsigned char)*from);
	}
	to[used] = '\0';
	return used;
}

/* " key=value"; nothing for an empty value.  A word is there whole or not at all. */
static void add(struct line *l, const char *key, const char *value)
{
	char escaped[3 * 256 + 1], word[sizeof escaped + 32];
	int length;

	if (value == NULL || value[0] == '\0')
		return;
	if (strlen(value) > 256) {
		l->full = true;
		return;
	}
	escape(escaped, value);
	length = snprintf(word, sizeof word, "%s%s=%s", l->used > 0 ? " " : "", key, escaped);
	if (length < 0 || (size_t)length >= l->size - l->used) {
		l->full = true;
		return;
	}
	memcpy(l->text + l->used, word, (size_t)length + 1);
	l->used += (size_t)length;
}

static void add_number(struct line *l, const char *key, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof text, "%" PRIu64, value);
	add(l, key, text);
}

static bool is_there(const char *value)
{
	return value != NULL && value[0] != '\0';
}

static void add_actor(struct line *l, const struct principal *p)
{
	add(l, "actor", p->name[0] != '\0' ? p->name : "?");
	add_number(l, "uid", p->uid);
	if (p->loginuid != UINT32_MAX)
		add_number(l, "auid", p->loginuid);
}

/* The detail is the rules' own text, words and all. */
static void add_detail(struct line *l, const char *detail)
{
	int length;

	if (detail == NULL || detail[0] == '\0')
		return;
	length = snprintf(l->text + l->used, l->size - l->used, " %s", detail);
	if (length < 0 || (size_t)length >= l->size - l->used) {
		l->text[l->used] = '\0';
		l->full = true;
	} else {
		l->used += (size_t)length;
	}
}

void audit_line(char text[AUDIT_LINE_SIZE], const struct audit_event *e, uint64_t number, const char *phase,
                enum authz_result result, const char *subject)
{
	struct line l = {.text = text, .size = AUDIT_LINE_SIZE - AUDIT_LINE_SUPPRESSED_SIZE - sizeof TRUNCATED};

	text[0] = '\0';
	add_number(&l, "seq", number);
	add(&l, "event", e->event);
	add(&l, "phase", phase);
	if (strcmp(phase, "intent") != 0)
		add(&l, "result", authz_result_code(result));
	add_actor(&l, e->caller);
	add(&l, "as", e->as);
	add(&l, "owner", e->owner);
	add(&l, "master", e->master);
	add(&l, "maker", e->maker);
	add(&l, "token", e->token_id);
	add(&l, "service", e->service);
	add(&l, "rhost", e->rhost);
	add(&l, "tty", e->tty);
	if (e->behalf > 0)
		add_number(&l, "behalf", (uint64_t)e->behalf);
	if (!e->caller->is_host && (is_there(e->service) || is_there(e->rhost) || is_there(e->tty) || e->behalf > 0))
		add(&l, "claimed", "yes");
	add(&l, "type", e->object_type);
	add(&l, "entity", e->entity);
	add_detail(&l, e->detail);
	if (result != AUTHZ_OK)
		add(&l, "subject", subject);
	if (l.full)
		memcpy(text + l.used, TRUNCATED, sizeof TRUNCATED);
}

void audit_line_suppressed(char line[AUDIT_LINE_SIZE], uint32_t count)
{
	const size_t used = strlen(line);

	if (count > 0)
		snprintf(line + used, AUDIT_LINE_SIZE - used, " suppressed=%" PRIu32, count);
}
