/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: whatever the program does, whoever enters is not refused by it, and that it failed is on record.
 * MUST 2: it ends before the helper would: the answer that was committed gets out.
 * MUST 3: what a login program says is one line.
 */
#include "rules/master_hook.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define WHOLE_MS 3500 /* a helper that is a child ends itself after 4 s */
#define LEAST_MS 100  /* no program does anything in less */

static void add_line(char *text, size_t size, const char *key, const char *value)
{
	char *end = text + strlen(text), *c;

	if (value[0] == '\0')
		return;
	snprintf(end, size - (size_t)(end - text), "%s %s", key, value);
	for (c = end; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == '\x7f')
			*c = '?';
	snprintf(c, size - (size_t)(c - text), "\n");
}

static unsigned time_left(struct rules *r, int64_t began)
{
	struct host_clock now;
	int64_t left;

	if (r->host->clock(r->host->context, &now) != AUTHZ_OK)
		return 0;
	left = WHOLE_MS - (now.boot - began) / 1000;
	if (left < LEAST_MS)
		return 0;
	return left < (int64_t)r->host->config.launch_wait_ms ? (unsigned)left : r->host->config.launch_wait_ms;
}

static enum authz_result run(struct rules *r, const char *input, unsigned wait_ms, char why[HOST_SUBJECT_SIZE])
{
	char output[1024];
	struct host_launch launch = {.path = r->host->config.master_hook, .input = input, .input_length = strlen(input),
	                             .wait_ms = wait_ms, .output = output, .output_size = sizeof output};

	if (wait_ms > 0)
		return r->host->launch(r->host->context, &launch, why);
	snprintf(why, HOST_SUBJECT_SIZE, "%s: no time is left", launch.path);
	return AUTHZ_LAUNCH_FAILED;
}

void master_hook_tell(struct rules *r, const struct request *request, const struct master_pair *p, int64_t began)
{
	const struct audit_event event = {.event = "master.hook", .caller = &r->caller, .owner = p->owner.name,
	                                  .master = p->master.name, AUDIT_CLAIMS(request), .detail = ""};
	char input[1024] = "authz-master-entry 1\n", time[24], why[HOST_SUBJECT_SIZE] = "";
	enum authz_result result;

	if (r->host->config.master_hook[0] == '\0')
		return;
	snprintf(time, sizeof time, "%" PRId64, p->now.wall / 1000000);
	add_line(input, sizeof input, "owner", p->owner.name);
	add_line(input, sizeof input, "master", p->master.name);
	add_line(input, sizeof input, "service", request->service);
	add_line(input, sizeof input, "rhost", request->rhost);
	add_line(input, sizeof input, "tty", request->tty);
	add_line(input, sizeof input, "time", time);
	result = run(r, input, time_left(r, began), why);
	if (result != AUTHZ_OK)
		(void)r->host->audit_outcome(r->host->context, &event, 0, result, why);
}
