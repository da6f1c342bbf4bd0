/* SPDX-License-Identifier: ISC */
/*
 * authz.conf(5), by inih.
 *
 * MUST 1: a configuration that is not owned by root, or that others may write, is refused, on the opened descriptor.
 * MUST 2: an unknown key or a bad value is refused, never passed over; a missing file means the defaults.
 */
#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/audit_file.h"
#include "host/machine.h"

struct parse {
	struct host_config *config;
	bool trusted;
	unsigned seen; /* bit of each key that was there */
	char key[64]; /* the one that was wrong */
};

static bool number(const char *text, uint64_t least, uint64_t most, uint64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoull(text, &end, 10);
	return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && *out >= least && *out <= most;
}

static bool word(const char *text, const char *no, const char *yes, bool *out)
{
	*out = strcmp(text, yes) == 0;
	return *out || strcmp(text, no) == 0;
}

/* Adds: the parser hands on a list of several lines a line at a time. */
static bool set_system_profiles(struct host_config *c, const char *text)
{
	size_t used = 0, length;

	while (c->system_profiles[used] != '\0')
		used += strlen(c->system_profiles + used) + 1;
	for (text += strspn(text, " ,\t"); *text != '\0'; text += length, text += strspn(text, " ,\t")) {
		length = strcspn(text, " ,\t");
		if (length >= NAME_SIZE || used + length + 2 > sizeof c->system_profiles)
			return false;
		memcpy(c->system_profiles + used, text, length);
		used += length;
		c->system_profiles[used++] = '\0';
	}
	c->system_profiles[used] = '\0';
	return true;
}

static bool set_uid_min(struct host_config *c, const char *text)
{
	uint64_t value;

	if (!number(text, 1, UINT32_MAX - 1, &value))
		return false;
	c->uid_min = (uid_t)value;
	return true;
}

static bool set_quota_total(struct host_config *c, const char *text)
{
	return number(text, 1, 2000000, &c->quota_total);
}

static bool set_quota_maker(struct host_config *c, const char *text)
{
	return number(text, 1, 2000000, &c->quota_maker);
}

/* Seconds, with a fraction; below what a client waits, so that the answer can still come. */
static bool wait(const char *text, double least, unsigned *ms)
{
	char *end;
	double seconds = strtod(text, &end);

	if (text[0] < '0' || text[0] > '9' || *end != '\0' || !(seconds >= least && seconds <= 3.0))
		return false;
	*ms = (unsigned)(seconds * 1000);
	return true;
}

static bool set_lock_wait(struct host_config *c, const char *text)
{
	return wait(text, 0.01, &c->lock_wait_ms);
}

static bool set_empty_password(struct host_config *c, const char *text)
{
	return word(text, "disabled", "allowed", &c->empty_password_allowed);
}

static bool set_unknown_account(struct host_config *c, const char *text)
{
	return word(text, "refused", "allowed", &c->unknown_account_allowed);
}

static bool set_kill_on_group_change(struct host_config *c, const char *text)
{
	return word(text, "no", "yes", &c->kill_on_group_change);
}

/* Seconds, or "none". */
static bool set_chain_life(struct host_config *c, const char *text)
{
	uint64_t value = 0;

	if (strcmp(text, "none") != 0 && !number(text, 1, 365 * 86400, &value))
		return false;
	c->chain_life = (unsigned)value;
	return true;
}

static bool set_password_tries(struct host_config *c, const char *text)
{
	uint64_t value;

	if (!number(text, 1, 1000, &value))
		return false;
	c->password_tries = (unsigned)value;
	return true;
}

static bool set_password_pause(struct host_config *c, const char *text)
{
	uint64_t value;

	if (!number(text, 1, 86400, &value))
		return false;
	c->password_pause = (unsigned)value;
	return true;
}

static bool set_audit_syslog(struct host_config *c, const char *text)
{
	return word(text, "no", "yes", &c->audit_syslog);
}

static bool set_audit_file(struct host_config *c, const char *text)
{
	return word(text, "no", "yes", &c->audit_file);
}

static bool set_audit_max_size(struct host_config *c, const char *text)
{
	static const char suffixes[] = "KMG";
	size_t length = strlen(text);
	const char *suffix = length > 0 ? strchr(suffixes, text[length - 1]) : NULL;
	unsigned shift = suffix != NULL ? 10u * (unsigned)(suffix - suffixes + 1) : 0;
	char digits[24];
	uint64_t value;

	if (length == 0 || length >= sizeof digits)
		return false;
	snprintf(digits, sizeof digits, "%.*s", (int)(shift ? length - 1 : length), text);
	if (!number(digits, 1, UINT64_C(1) << (40 - shift), &value) || value << shift < 65536)
		return false;
	c->audit_max_bytes = value << shift;
	return true;
}

static bool set_audit_keep(struct host_config *c, const char *text)
{
	uint64_t value;

	if (!number(text, 1, AUDIT_KEEP_MAX, &value))
		return false;
	c->audit_keep = (unsigned)value;
	return true;
}

static bool set_nested_members(struct host_config *c, const char *text)
{
	return word(text, "all", "users", &c->nested_users);
}

static bool set_owners_may_forbid(struct host_config *c, const char *text)
{
	return word(text, "no", "yes", &c->owners_may_forbid);
}

static bool path(const char *text, char out[HOST_PATH_SIZE])
{
	return snprintf(out, HOST_PATH_SIZE, "%s", text) < HOST_PATH_SIZE && text[0] == '/';
}

static bool set_master_hook(struct host_config *c, const char *text)
{
	return path(text, c->master_hook);
}

static bool set_launch_wait(struct host_config *c, const char *text)
{
	return wait(text, 0.1, &c->launch_wait_ms);
}

static bool set_shadow_file(struct host_config *c, const char *text)
{
	return path(text, c->shadow_file);
}

static const struct {
	const char *name;
	bool (*set)(struct host_config *c, const char *text);
} keys[] = {
	{"system_profiles", set_system_profiles},
	{"uid_min", set_uid_min},
	{"quota_total", set_quota_total},
	{"quota_maker", set_quota_maker},
	{"lock_wait", set_lock_wait},
	{"empty_password", set_empty_password},
	{"unknown_account", set_unknown_account},
	{"kill_on_group_change", set_kill_on_group_change},
	{"chain_life", set_chain_life},
	{"password_tries", set_password_tries},
	{"password_pause", set_password_pause},
	{"audit_syslog", set_audit_syslog},
	{"audit_file", set_audit_file},
	{"audit_max_size", set_audit_max_size},
	{"audit_keep", set_audit_keep},
	{"nested_members", set_nested_members},
	{"owners_may_forbid", set_owners_may_forbid},
	{"master_hook", set_master_hook},
	{"launch_wait", set_launch_wait},
	{"shadow_file", set_shadow_file}, /* the last: of a helper without privilege alone */
};

/* A list replaces the default and may go on; everything else is said once. */
static bool set_key(struct parse *p, size_t i, const char *value)
{
	bool again = p->seen & 1u << i, list = keys[i].set == set_system_profiles;

	if (again && !list)
		return false;
	if (!again && list)
		memset(p->config->system_profiles, 0, sizeof p->config->system_profiles);
	p->seen |= 1u << i;
	return keys[i].set(p->config, value);
}

static int take_key(void *user, const char *section, const char *name, const char *value)
{
	struct parse *p = user;
	size_t count = sizeof keys / sizeof keys[0] - (p->trusted ? 0 : 1), i;

	for (i = 0; i < count; i++)
		if (strcmp(section, "authz") == 0 && strcmp(name, keys[i].name) == 0 && set_key(p, i, value))
			return 1;
	if (p->key[0] == '\0')
		snprintf(p->key, sizeof p->key, "%s", name);
	return 0;
}

static void set_defaults(struct host_config *c)
{
	*c = (struct host_config){.uid_min = 1000, .quota_total = 2000000, .quota_maker = 10000, .lock_wait_ms = 2000,
	                          .launch_wait_ms = 2000, .chain_life = 86400, .password_tries = 5, .password_pause = 600,
	                          .audit_syslog = true, .audit_file = true, .audit_max_bytes = 64u << 20, .audit_keep = 4};
	set_system_profiles(c, "root nobody");
}

/* The opened file, or NULL with *result set: AUTHZ_OK when there is none. */
static FILE *open_checked(const char *path, uid_t owner, enum authz_result *result, char why[256])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	FILE *file;

	*result = AUTHZ_BAD_CONFIG;
	if (fd < 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			*result = AUTHZ_OK;
		snprintf(why, 256, "%s: %s", path, strerror(errno));
		return NULL;
	}
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_uid != owner || (st.st_mode & 022) != 0) {
		snprintf(why, 256, "%s must be a regular file of root's that nobody else may write", path);
		close(fd);
		return NULL;
	}
	file = fdopen(fd, "r");
	if (file == NULL)
		close(fd);
	return file;
}

enum authz_result config_read(const char *path, uid_t owner, bool trusted, struct host_config *out, char why[256])
{
	struct parse p = {.config = out, .trusted = trusted};
	enum authz_result result;
	FILE *file;
	int line;

	set_defaults(out);
	file = open_checked(path, owner, &result, why);
	if (file == NULL)
		return result;
	line = ini_parse_file(file, take_key, &p);
	fclose(file);
	if (line == 0 && (out->audit_file || out->audit_syslog))
		return AUTHZ_OK;
	if (line == 0)
		snprintf(why, 256, "%s: audit_file and audit_syslog cannot both be off", path);
	else
		snprintf(why, 256, "%s, line %d: %s%s", path, line, p.key[0] ? "unknown key or bad value: " : "not of the form key = value",
	         p.key);
	return AUTHZ_BAD_CONFIG;
}
