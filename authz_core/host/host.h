/* SPDX-License-Identifier: ISC */
/*
 * What the rules ask the machine: users and groups, the state of accounts, the clocks, randomness, the configuration,
 * and the audit.  Rules take a struct host and do no I/O of their own.
 *
 * Everything here is asked before a writer lock is taken, never under it, but audit_intent.
 */
#ifndef AUTHZ_HOST_H
#define AUTHZ_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "result.h"
#include "wire/request.h"

#define HOST_GROUPS_MAX 1024
#define HOST_SYSTEM_NAMES_MAX 2048
#define HOST_PATH_SIZE 256
#define HOST_NAME_SIZE 65 /* HOST_NAME_MAX, and a NUL */
#define HOST_CRYPT_SIZE 512
#define HOST_SUBJECT_SIZE (HOST_PATH_SIZE + 32) /* a file of a folder */

struct host_user {
	char name[NAME_SIZE];
	uid_t uid;
	gid_t gid;
};

/* What shadow says of an account, as far as it does not depend on the time. */
struct host_account {
	bool known;              /* shadow has an entry */
	char crypt[HOST_CRYPT_SIZE]; /* the second field */
	long last_change, maximum, expire, inactive; /* days; -1 = not set */
};

struct host_clock {
	int64_t wall; /* microseconds since 1970-01-01 UTC */
	int64_t boot; /* microseconds since the host was started, sleep included */
	unsigned char boot_id[16];
	int today;    /* days since 1970-01-01 of the wall clock, UTC, as shadow counts */
};

/* authz.conf; see authz.conf(5), which has the defaults. */
struct host_config {
	char system_profiles[HOST_SYSTEM_NAMES_MAX]; /* names, each followed by a NUL, the last by two */
	uid_t uid_min;
	uint64_t quota_total;
	uint64_t quota_maker;
	unsigned lock_wait_ms;
	bool empty_password_allowed;  /* an empty crypt field counts as a password, not as disabled */
	bool unknown_account_allowed; /* *NOPWD and *NOPWDSTS for accounts that shadow does not know */
	bool kill_on_group_change;    /* the stamp covers the owner's groups */
	bool nested_users;            /* a cabinet that is a member of another may be given users */
	unsigned chain_life;     /* seconds that a chain of regenerations may last; 0: no end */
	unsigned password_tries; /* wrong passwords before no more is looked at */
	unsigned password_pause; /* seconds after the last one until they count no more */
	bool owners_may_forbid;  /* an owner may keep masters out */
	char master_hook[HOST_PATH_SIZE]; /* program that is told of each entry of a master; empty: none */
	unsigned launch_wait_ms; /* how long a foreign program has: a password server, an exit, the hook */
	bool audit_syslog;
	bool audit_file;
	uint64_t audit_max_bytes;
	unsigned audit_keep; /* files beside the current one */
	char shadow_file[HOST_PATH_SIZE]; /* empty: NSS.  Honoured only by a helper without privilege (tests) */
};

/* Who asks, as the kernel says (helpers/authz-helper/identity.c). */
struct principal {
	uid_t uid;
	char name[NAME_SIZE]; /* empty if the uid has none */
	bool is_host;         /* uid 0 or the helper's own: root's authzctl or a root login program */
	uint32_t loginuid;    /* of the calling process; (uint32_t)-1 not set */
	bool login_hidden;    /* there may be one, but it could not be read */
};

/* One record of the audit.  Strings may be empty; none is a secret. */
struct audit_event {
	const char *event; /* "token.generate", "token.redeem", "authority.grant", … */
	const struct principal *caller;
	const char *owner;  /* whom it is about */
	const char *master; /* who enters in the owner's place */
	const char *maker;  /* who made the token */
	const char *token_id;
	const char *service, *rhost, *tty; /* of a request; "claimed" unless the caller is the host */
	int64_t behalf; /* that too: uid of the user for whom the caller works; 0: not said */
	const char *as; /* the cabinet as which the caller acts, if it may */
	const char *object_type, *entity; /* of an authority: "profile", "p:portal" */
	const char *detail; /* further key=value words of the rules' own, or "": nothing in it is a caller's */
};

/* A place in the audit: which file (by its inode and its first record, so that it survives a rotation) and how far. */
struct audit_cursor {
	uint64_t file, offset;
};

/* Who waits for it.  Each leaves room for those before it. */
enum host_waits { HOST_WAITS_PROMPT, HOST_WAITS_ACTIVITY, HOST_WAITS_USERS_ACTIVITY, HOST_WAITS };

/* A foreign program of the site's, or a socket of its, asked once (doc/LAUNCH). */
struct host_launch {
	const char *path;   /* absolute */
	const char *input;  /* what it reads */
	size_t input_length;
	unsigned wait_ms;   /* for all of it */
	enum host_waits waits;
	char *output;       /* what it answered; wiped by the caller where that is a secret */
	size_t output_size, output_length;
	bool heard;         /* it may have read of its input, whatever the result is */
};

struct host {
	void *context;
	struct host_config config;

	/* AUTHZ_OK and the user; AUTHZ_USER_NOT_FOUND; AUTHZ_INTERNAL when NSS is out of reach. */
	enum authz_result (*user_by_name)(void *context, const char *name, struct host_user *out);
	enum authz_result (*user_by_uid)(void *context, uid_t uid, struct host_user *out);
	/* AUTHZ_OK; AUTHZ_UNKNOWN_ENTITY. */
	enum authz_result (*group_by_name)(void *context, const char *name, gid_t *out);
	/* AUTHZ_OK and the name of a gid, empty if it has none that fits; anything else if it could not be asked. */
	enum authz_result (*group_name)(void *context, gid_t gid, char out[NAME_SIZE]);
	/*
	 * Could a new group have this gid?  *next is gid if no group has it and it is of nobody's subordinate gids (subgid(5)),
	 * else the least one above that is worth a look.  AUTHZ_INTERNAL: NSS is out of reach, or the ranges cannot be read.
	 */
	enum authz_result (*gid_free)(void *context, gid_t gid, gid_t *next);
	/* All groups of a user, the primary first, as getgrouplist gives them.  AUTHZ_INTERNAL if more than HOST_GROUPS_MAX. */
	enum authz_result (*groups)(void *context, const struct host_user *user, gid_t gids[HOST_GROUPS_MAX], size_t *count);
	/* AUTHZ_OK (known may be false); AUTHZ_NO_SHADOW with the reason in why. */
	enum authz_result (*account)(void *context, const char *name, struct host_account *out, char why[256]);
	/*
	 * Is this the password that the crypt field was made from?  A field of no usable hash costs the work of one; an exclamation
	 * mark before a hash, "locked", is passed over.  AUTHZ_OK, or AUTHZ_NO_MEMORY.
	 */
	enum authz_result (*password)(void *context, const char *crypt, const char *secret, bool *matches);
	/*
	 * A crypt field for this password, by the method of passwd(1).  AUTHZ_OK; AUTHZ_BAD_PARAMETER: it is too long;
	 * AUTHZ_NO_MEMORY; AUTHZ_INTERNAL.
	 */
	enum authz_result (*password_field)(void *context, const char *secret, char crypt[HOST_CRYPT_SIZE]);
	/*
	 * Run a foreign program by authz-launch, as a user that owns nothing; no transaction may be open.  AUTHZ_OK: it ended with
	 * status 0 in time, and output has all that it wrote.  Else AUTHZ_LAUNCH_FAILED, and why says of the path what went wrong:
	 * authz-launch is out of reach, no such program, its owner or mode, late, killed, a status other than 0, too much output.
	 */
	enum authz_result (*launch)(void *context, struct host_launch *what, char why[HOST_SUBJECT_SIZE]);
	/* The name of this host, as hostname(1) has it.  AUTHZ_OK; AUTHZ_INTERNAL. */
	enum authz_result (*host_name)(void *context, char out[HOST_NAME_SIZE]);
	enum authz_result (*clock)(void *context, struct host_clock *out);
	void (*random)(void *context, void *to, size_t length);

	/*
	 * Audit.  "intent" is written before the commit, "outcome" before the reply; both carry the same number.
	 * AUTHZ_AUDIT_LOST: neither syslog nor the file took it, so the caller must not go on.
	 */
	enum authz_result (*audit_intent)(void *context, const struct audit_event *e, uint64_t *number);
	enum authz_result (*audit_outcome)(void *context, const struct audit_event *e, uint64_t number, enum authz_result result,
	                                   const char *subject);
	/*
	 * Hand the audit's lines from "since" (seconds) on to take(), until it says false or enough was read for one call.  The
	 * cursor, all zeros for the beginning, is set to where to go on; left as it was, there is no more now.
	 * Where the result is not AUTHZ_OK, "subject" is what it is about: AUTHZ_BAD_INSTALL, and nothing was handed over, if a
	 * file or the folder is not this user's alone to write.
	 */
	enum authz_result (*audit_read)(void *context, int64_t since, struct audit_cursor *cursor,
	                                bool (*take)(void *arg, const char *line), void *arg, char subject[HOST_SUBJECT_SIZE]);
};

#endif
