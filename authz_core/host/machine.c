/* SPDX-License-Identifier: ISC */
#include "host/machine.h"

#include <sodium.h>
#include <stdio.h>

static void random_bytes(void *context, void *to, size_t length)
{
	(void)context;
	randombytes_buf(to, length);
}

enum authz_result machine_host(struct machine *machine, struct host *host, char why[256])
{
	enum authz_result result;

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
		.account = shadow_read,
		.clock = clock_read,
		.random = random_bytes,
		.audit_intent = audit_intent,
		.audit_outcome = audit_outcome,
		.audit_read = audit_read,
	};
	return AUTHZ_OK;
}
