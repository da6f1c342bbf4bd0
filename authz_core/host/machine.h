/* SPDX-License-Identifier: ISC */
/*
 * The real machine behind struct host.  One for each thread of the helper; tests of the rules have tables of their own.
 */
#ifndef AUTHZ_HOST_MACHINE_H
#define AUTHZ_HOST_MACHINE_H

#include <sys/stat.h>

#include "host/audit_keep.h"
#include "host/foreign.h"
#include "host/host.h"
#include "host/system_log.h"

struct machine {
	char config_file[HOST_PATH_SIZE];
	char audit_folder[HOST_PATH_SIZE];
	uid_t config_owner;   /* who may own the configuration: root, or the tester where the helper has no privilege */
	bool trusted_options; /* shadow_file is honoured: the helper has no privilege that its caller lacks */
	unsigned hold_ms;     /* what a holder of a lock promises: past it a waiter of another process kills it */
	struct audit_keep *audit; /* NULL: nothing of the audit's folder is kept open */
	struct system_log log;    /* kept */
	struct machine_foreign foreign;
	struct host_config config; /* set by machine_host */
	char boot_id[37];
	struct machine_root {
		bool known;
		uint64_t until; /* holder_now_ms of CLOCK_MONOTONIC */
		struct host_user user;
	} root; /* uid 0, as NSS had it a second ago at most */
	struct machine_seen {
		bool settled; /* config is that of this file, and it did not change just before it was read */
		struct stat file; /* all zeros: there was none */
	} seen;
};

/*
 * Read the configuration and the boot id and fill the table; called again with the same two, only if the configuration's
 * file has changed.  AUTHZ_OK; AUTHZ_BAD_CONFIG with the reason in why.  "machine" must live as long as "host".
 */
enum authz_result machine_host(struct machine *machine, struct host *host, char why[256]);

/* The parts, one file each. */
enum authz_result users_by_name(void *context, const char *name, struct host_user *out);
enum authz_result users_by_uid(void *context, uid_t uid, struct host_user *out);
enum authz_result users_group_by_name(void *context, const char *name, gid_t *out);
enum authz_result users_group_name(void *context, gid_t gid, char out[NAME_SIZE]);
enum authz_result users_groups(void *context, const struct host_user *user, gid_t gids[HOST_GROUPS_MAX], size_t *count);
enum authz_result shadow_read(void *context, const char *name, struct host_account *out, char why[256]);
enum authz_result crypt_field_matches(void *context, const char *crypt, const char *secret, bool *matches);
enum authz_result crypt_field_make(void *context, const char *secret, char field[HOST_CRYPT_SIZE]);
enum authz_result users_gid_free(void *context, gid_t gid, gid_t *next);
bool subgid_range(const char *path, gid_t gid, gid_t *last, bool *known);
enum authz_result clock_read(void *context, struct host_clock *out);
bool clock_boot_id(char text[37]);
enum authz_result config_read(const char *path, uid_t owner, bool trusted, struct host_config *out, char why[256]);
enum authz_result audit_intent(void *context, const struct audit_event *e, uint64_t *number);
enum authz_result audit_outcome(void *context, const struct audit_event *e, uint64_t number, enum authz_result result,
                                const char *subject);
enum authz_result audit_read(void *context, int64_t since, struct audit_cursor *cursor,
                             bool (*take)(void *arg, const char *line), void *arg, char subject[HOST_SUBJECT_SIZE]);

#endif
