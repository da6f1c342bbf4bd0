/* SPDX-License-Identifier: ISC */
/*
 * What shadow says of an account.
 *
 * MUST 1: an account that shadow has no entry for is unknown; shadow that cannot be read is an error, never "unknown".
 * MUST 2: the crypt field is wiped from every buffer that it passed through.
 */
#include <errno.h>
#include <shadow.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/machine.h"

#define LINE_SIZE 4096

static enum authz_result take(const struct spwd *entry, struct host_account *out, char why[256])
{
	if (strlen(entry->sp_pwdp) >= sizeof out->crypt) {
		snprintf(why, 256, "an entry of shadow is too long");
		return AUTHZ_NO_SHADOW;
	}
	out->known = true;
	snprintf(out->crypt, sizeof out->crypt, "%s", entry->sp_pwdp);
	out->last_change = entry->sp_lstchg;
	out->maximum = entry->sp_max;
	out->inactive = entry->sp_inact;
	out->expire = entry->sp_expire;
	return AUTHZ_OK;
}

static enum authz_result unreadable(int error, char why[256])
{
	snprintf(why, 256, "shadow: %s", strerror(error));
	return AUTHZ_NO_SHADOW;
}

static enum authz_result from_file(const char *path, const char *name, struct host_account *out, char why[256])
{
	char line[LINE_SIZE], buffer[LINE_SIZE];
	struct spwd entry, *found;
	FILE *file = fopen(path, "re");
	enum authz_result result = AUTHZ_OK;
	int error;

	if (file == NULL)
		return unreadable(errno, why);
	setvbuf(file, buffer, _IOFBF, sizeof buffer); /* the stream's own could not be wiped */
	while ((error = fgetspent_r(file, &entry, line, sizeof line, &found)) == 0)
		if (strcmp(entry.sp_namp, name) == 0) {
			result = take(&entry, out, why);
			break;
		}
	fclose(file);
	sodium_memzero(line, sizeof line);
	sodium_memzero(buffer, sizeof buffer);
	return error == 0 || error == ENOENT ? result : unreadable(error, why);
}

/* glibc's files module says "not found" where it may not read; so ask the file itself whether that is why. */
static enum authz_result missing(int error, char why[256])
{
	if (error != 0 && error != ENOENT && error != ESRCH)
		return unreadable(error, why);
	if (access("/etc/shadow", F_OK) == 0 && eaccess("/etc/shadow", R_OK) != 0)
		return unreadable(errno, why);
	return AUTHZ_OK;
}

static enum authz_result from_nss(const char *name, struct host_account *out, char why[256])
{
	char line[LINE_SIZE];
	struct spwd entry, *found = NULL;
	enum authz_result result;
	int error = getspnam_r(name, &entry, line, sizeof line, &found);

	result = found != NULL ? take(found, out, why) : missing(error, why);
	sodium_memzero(line, sizeof line);
	return result;
}

enum authz_result shadow_read(void *context, const char *name, struct host_account *out, char why[256])
{
	const struct machine *m = context;

	*out = (struct host_account){.last_change = -1, .maximum = -1, .expire = -1, .inactive = -1};
	if (m->config.shadow_file[0] != '\0')
		return from_file(m->config.shadow_file, name, out, why);
	return from_nss(name, out, why);
}
