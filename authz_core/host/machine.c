/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: no answer is by a configuration that had changed when the request came.
 * MUST 2: a configuration that was refused is read again for each request, and each is refused until it is right.
 */
#include "host/machine.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

static void random_bytes(void *context, void *to, size_t length)
{
	(void)context;
	randombytes_buf(to, length);
}

static enum authz_result host_name(void *context, char out[HOST_NAME_SIZE])
{
	struct utsname names;
	int length;

	(void)context;
	if (uname(&names) != 0)
		return AUTHZ_INTERNAL;
	length = snprintf(out, HOST_NAME_SIZE, "%s", names.nodename);
	return length > 0 && length < HOST_NAME_SIZE ? AUTHZ_OK : AUTHZ_INTERNAL;
}

/* false: it cannot be told. */
static bool look(const char *path, struct stat *file)
{
	memset(file, 0, sizeof *file);
	return lstat(path, file) == 0 || errno == ENOENT;
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool unchanged(const struct machine *m)
{
	const struct stat *was = &m->seen.file;
	struct stat is;

	return m->seen.settled && look(m->config_file, &is) && is.st_dev == was->st_dev && is.st_ino == was->st_ino &&
	       is.st_size == was->st_size && same_time(&is.st_mtim, &was->st_mtim) && same_time(&is.st_ctim, &was->st_ctim);
}

/* The kernel's stamps are as coarse as its tick: a file that changed just now may change again and look the same. */
static bool is_settled(const struct stat *file)
{
	struct timespec now;

	return clock_gettime(CLOCK_REALTIME, &now) == 0 && file->st_ctim.tv_sec + 1 < now.tv_sec;
}

enum authz_result machine_host(struct machine *machine, struct host *host, char why[256])
{
	enum authz_result result;
	bool seen;

	if (unchanged(machine))
		return AUTHZ_OK;
	machine->seen.settled = false;
	seen = look(machine->config_file, &machine->seen.file);
	result = config_read(machine->config_file, machine->config_owner, machine->trusted_options, &machine->config, why);
	if (result != AUTHZ_OK)
		return result;
	if (!clock_boot_id(machine->boot_id)) {
		snprintf(why, 256, "/proc/sys/kernel/random/boot_id cannot be read");
		return AUTHZ_BAD_CONFIG;
	}
	*host = (struct host){
		.context = machine,
		.config = machine->config,
		.user_by_name = users_by_name,
		.user_by_uid = users_by_uid,
		.group_by_name = users_group_by_name,
		.group_name = users_group_name,
		.groups = users_groups,
		.gid_free = users_gid_free,
		.account = shadow_read,
		.password = crypt_field_matches,
		.password_field = crypt_field_make,
		.launch = foreign_run,
		.host_name = host_name,
		.clock = clock_read,
		.random = random_bytes,
		.audit_intent = audit_intent,
		.audit_outcome = audit_outcome,
		.audit_read = audit_read,
	};
	machine->seen.settled = seen && is_settled(&machine->seen.file);
	return AUTHZ_OK;
}
