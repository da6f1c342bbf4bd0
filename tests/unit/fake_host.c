/* SPDX-License-Identifier: ISC */
#include "fake_host.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static void ask(struct fake_host *f, const char *what)
{
	if (f->asked != NULL)
		f->asked(f->asked_arg, what);
}

struct fake_user *fake_host_find(struct fake_host *f, const char *name)
{
	size_t i;

	for (i = 0; i < f->user_count; i++)
		if (!f->users[i].gone && strcasecmp(f->users[i].user.name, name) == 0)
			return &f->users[i];
	return NULL;
}

static enum authz_result hand_out(struct fake_host *f, const struct fake_user *found, struct host_user *out)
{
	memset(out, 0, sizeof *out);
	if (f->user_result != AUTHZ_OK)
		return f->user_result;
	if (found == NULL)
		return AUTHZ_USER_NOT_FOUND;
	*out = found->user;
	return AUTHZ_OK;
}

static enum authz_result user_by_name(void *context, const char *name, struct host_user *out)
{
	ask(context, "user");
	return hand_out(context, fake_host_find(context, name), out);
}

static enum authz_result user_by_uid(void *context, uid_t uid, struct host_user *out)
{
	struct fake_host *f = context;
	const struct fake_user *found = NULL;
	size_t i;

	ask(f, "user");
	for (i = 0; i < f->user_count && found == NULL; i++)
		if (!f->users[i].gone && f->users[i].user.uid == uid)
			found = &f->users[i];
	return hand_out(f, found, out);
}

static enum authz_result group_by_name(void *context, const char *name, gid_t *out)
{
	struct fake_host *f = context;
	size_t i;

	ask(f, "group");
	if (f->user_result != AUTHZ_OK)
		return f->user_result;
	for (i = 0; i < f->group_count; i++)
		if (!f->groups[i].gone && strcmp(f->groups[i].name, name) == 0) {
			*out = f->groups[i].gid;
			return AUTHZ_OK;
		}
	return AUTHZ_UNKNOWN_ENTITY;
}

static enum authz_result group_name(void *context, gid_t gid, char out[NAME_SIZE])
{
	struct fake_host *f = context;
	size_t i;

	ask(f, "group");
	memset(out, 0, NAME_SIZE);
	if (f->user_result != AUTHZ_OK)
		return f->user_result;
	for (i = 0; i < f->group_count; i++)
		if (!f->groups[i].gone && f->groups[i].gid == gid)
			memcpy(out, f->groups[i].name, NAME_SIZE);
	return AUTHZ_OK;
}

static enum authz_result gid_free(void *context, gid_t gid, gid_t *next)
{
	struct fake_host *f = context;
	size_t i;

	ask(f, "gid");
	*next = gid;
	if (f->user_result != AUTHZ_OK)
		return f->user_result;
	if (gid >= f->subgid_first && gid <= f->subgid_last)
		*next = f->subgid_last + 1;
	for (i = 0; i < f->group_count; i++)
		if (!f->groups[i].gone && f->groups[i].gid == gid)
			*next = gid + 1;
	return AUTHZ_OK;
}

static enum authz_result groups(void *context, const struct host_user *user, gid_t gids[HOST_GROUPS_MAX], size_t *count)
{
	struct fake_host *f = context;
	const struct fake_user *u = fake_host_find(f, user->name);
	size_t i;

	ask(f, "groups");
	if (f->groups_result != AUTHZ_OK)
		return f->groups_result;
	gids[0] = user->gid;
	*count = 1;
	for (i = 0; u != NULL && i < u->more_count; i++)
		gids[(*count)++] = u->more[i];
	return AUTHZ_OK;
}

static enum authz_result account(void *context, const char *name, struct host_account *out, char why[256])
{
	struct fake_host *f = context;
	const struct fake_user *u = fake_host_find(f, name);

	ask(f, "account");
	memset(out, 0, sizeof *out);
	if (f->account_result != AUTHZ_OK) {
		snprintf(why, 256, "shadow: Permission denied");
		return f->account_result;
	}
	if (u != NULL)
		*out = u->account;
	return AUTHZ_OK;
}

static enum authz_result clock_now(void *context, struct host_clock *out)
{
	struct fake_host *f = context;

	ask(f, "clock");
	*out = f->now;
	return f->clock_result;
}

static void random_bytes(void *context, void *to, size_t length)
{
	struct fake_host *f = context;

	randombytes_buf(to, length);
	if (f->random_next != 0)
		memcpy(to, &f->random_next, sizeof f->random_next);
}

/* In place of a hash the field has "$6$" and the password itself. */
static enum authz_result password(void *context, const char *crypt, const char *secret, bool *matches)
{
	struct fake_host *f = context;

	ask(f, "password");
	f->passwords++;
	crypt += strspn(crypt, "!");
	*matches = strncmp(crypt, "$6$", 3) == 0 && strcmp(crypt + 3, secret) == 0;
	return AUTHZ_OK;
}

static enum authz_result password_field(void *context, const char *secret, char crypt[HOST_CRYPT_SIZE])
{
	ask(context, "field");
	snprintf(crypt, HOST_CRYPT_SIZE, "$6$%.500s", secret);
	return AUTHZ_OK;
}

static void record_launch(struct fake_launch *l, const struct host_launch *what)
{
	const size_t length = what->input_length < sizeof l->input ? what->input_length : sizeof l->input - 1;

	l->count++;
	snprintf(l->path, sizeof l->path, "%s", what->path);
	l->wait_ms = what->wait_ms;
	l->input_length = what->input_length;
	memset(l->input, 0, sizeof l->input);
	memcpy(l->input, what->input, length);
}

static enum authz_result launch(void *context, struct host_launch *what, char why[HOST_SUBJECT_SIZE])
{
	struct fake_launch *l = &((struct fake_host *)context)->launch;
	const char *answer = l->answer != NULL ? l->answer : "", *cause = l->why != NULL ? l->why : "late";

	ask(context, "launch");
	record_launch(l, what);
	what->output_length = 0;
	why[0] = '\0';
	if (l->program != NULL)
		return l->program(l->program_arg, what, why);
	if (l->result != AUTHZ_OK || strlen(answer) > what->output_size) {
		snprintf(why, HOST_SUBJECT_SIZE, "%s: %s", what->path, l->result == AUTHZ_OK ? "too much output" : cause);
		return l->result != AUTHZ_OK ? l->result : AUTHZ_LAUNCH_FAILED;
	}
	what->output_length = strlen(answer);
	memcpy(what->output, answer, what->output_length);
	return AUTHZ_OK;
}

static enum authz_result audit_intent(void *context, const struct audit_event *e, uint64_t *number)
{
	struct fake_host *f = context;

	ask(f, "intent");
	*number = 0;
	if (f->intent_lost)
		return AUTHZ_AUDIT_LOST;
	*number = f->intent_number = f->audit_next++;
	f->intents++;
	audit_line(f->intent, e, *number, "intent", AUTHZ_OK, "");
	return AUTHZ_OK;
}

static enum authz_result audit_outcome(void *context, const struct audit_event *e, uint64_t number,
                                       enum authz_result result, const char *subject)
{
	struct fake_host *f = context;

	ask(f, "outcome");
	if (f->outcome_lost)
		return AUTHZ_AUDIT_LOST;
	f->outcome_number = number != 0 ? number : f->audit_next++;
	f->outcome_result = result;
	f->outcomes++;
	audit_line(f->outcome, e, f->outcome_number, "done", result, subject);
	return AUTHZ_OK;
}

static enum authz_result host_name(void *context, char out[HOST_NAME_SIZE])
{
	ask(context, "host_name");
	strcpy(out, "this.example.org");
	return AUTHZ_OK;
}

static enum authz_result audit_read(void *context, int64_t since, struct audit_cursor *cursor,
                                    bool (*take)(void *arg, const char *line), void *arg, char subject[HOST_SUBJECT_SIZE])
{
	struct fake_host *f = context;

	(void)since;
	subject[0] = '\0';
	cursor->offset = 1;
	(void)take(arg, f->outcome);
	return AUTHZ_OK;
}

void fake_host_init(struct fake_host *f)
{
	memset(f, 0, sizeof *f);
	f->host = (struct host){.context = f, .user_by_name = user_by_name, .user_by_uid = user_by_uid,
	                        .group_by_name = group_by_name, .group_name = group_name, .groups = groups, .gid_free = gid_free,
	                        .account = account, .password = password, .password_field = password_field, .launch = launch,
	                        .host_name = host_name, .clock = clock_now, .random = random_bytes,
	                        .audit_intent = audit_intent, .audit_outcome = audit_outcome, .audit_read = audit_read};
	f->host.config = (struct host_config){.system_profiles = "root\0nobody\0", .uid_min = 1000, .quota_total = 2000000,
	                                      .quota_maker = 10000, .chain_life = 86400, .password_tries = 5,
	                                      .password_pause = 600, .lock_wait_ms = 2000, .launch_wait_ms = 2000, .audit_syslog = true,
	                                      .audit_file = true, .audit_max_bytes = 64u << 20, .audit_keep = 4};
	f->now.boot = INT64_C(5000) * 1000000;
	memset(f->now.boot_id, 0xb0, sizeof f->now.boot_id);
	fake_host_day(f, FAKE_DAY);
	f->audit_next = 1;
}

void fake_host_day(struct fake_host *f, int day)
{
	f->now.today = day;
	f->now.wall = ((int64_t)day * 86400 + 8 * 3600) * 1000000;
}

void fake_host_pass(struct fake_host *f, double seconds)
{
	f->now.wall += (int64_t)(seconds * 1e6);
	f->now.boot += (int64_t)(seconds * 1e6);
	f->now.today = (int)(f->now.wall / 1000000 / 86400);
}

struct fake_user *fake_host_user(struct fake_host *f, const char *name, uid_t uid)
{
	struct fake_user *u = &f->users[f->user_count++];

	memset(u, 0, sizeof *u);
	snprintf(u->user.name, sizeof u->user.name, "%s", name);
	u->user.uid = uid;
	u->user.gid = uid;
	u->account = (struct host_account){.known = true, .crypt = "$y$j9T$abc$def", .last_change = FAKE_DAY - 100,
	                                   .maximum = 99999, .expire = -1, .inactive = -1};
	return u;
}

struct fake_group *fake_host_group(struct fake_host *f, const char *name, gid_t gid)
{
	struct fake_group *g = &f->groups[f->group_count++];

	snprintf(g->name, sizeof g->name, "%s", name);
	g->gid = gid;
	return g;
}

void fake_host_join(struct fake_user *u, const struct fake_group *g)
{
	u->more[u->more_count++] = g->gid;
}
