/* SPDX-License-Identifier: ISC */
/*
 * The options of the module, as they stand behind its name in a PAM configuration.  pam_prftkn(8) has the same list.
 */
#ifndef PAM_PRFTKN_OPTIONS_H
#define PAM_PRFTKN_OPTIONS_H

#include <security/pam_modules.h>
#include <stdbool.h>
#include <sys/types.h>

#define OPTIONS_MIN_UID 1000   /* UID_MIN of login.defs, as distributions ship it */
#define OPTIONS_PROMPT "Password: "
#define OPTIONS_SEPARATOR '*'
#define OPTIONS_REQUIRE_MAX 8  /* of require=, how many there may be */
#define OPTIONS_LIFETIME 3600  /* seconds of a session's token, and the most */

/* O(name, VALUE, FLAG or EITHER) */
/* clang-format off */
#define OPTIONS(O) \
	O(debug,          FLAG) \
	O(timeout,        VALUE) \
	O(use_first_pass, FLAG) \
	O(try_first_pass, FLAG) \
	O(prompt,         VALUE) \
	O(services,       VALUE) \
	O(socket,         VALUE) \
	O(helper,         VALUE) \
	O(min_uid,        VALUE) \
	O(reauth,         FLAG) \
	O(issue,          EITHER) \
	O(lifetime,       VALUE) \
	O(sessions,       VALUE) \
	O(override,       FLAG) \
	O(master,         FLAG) \
	O(split,          VALUE) \
	O(separator,      VALUE) \
	O(mailbox,        FLAG) \
	O(entries,        VALUE) \
	O(confdir,        VALUE) \
	O(late,           FLAG) \
	O(require,        VALUE) \
	O(exits,          FLAG)
/* clang-format on */

/* Strings point into argv. */
struct options {
	bool debug;
	bool prompt_allowed;
	bool reauth; /* take tokens even from who is there already */
	bool override; /* account: say so where a token overrides the state of the account */
	int timeout; /* seconds */
	uid_t min_uid;
	const char *prompt;
	const char *services; /* NULL: all */
	const char *socket;   /* NULL: the build's; "": none */
	const char *helper;   /* NULL: the build's */
	int issue;            /* 0, or the type of the token that a session gets: enum authz_token_type */
	int lifetime;         /* of that, seconds */
	const char *sessions; /* folder of folders for it; NULL: the build's */
	bool master;          /* answers may be a master's */
	const char *split;    /* in these services names may be a master's; NULL: in none */
	char separator;       /* of both */
	bool mailbox;         /* the password of the owner's mailbox counts */
	const char *entries;  /* folder of the files that say whose session is a master's; NULL: the build's */
	const char *confdir;  /* of the service authz-master; NULL: libpam's */
	bool late;            /* password: the new one has been stored already */
	const char *require[OPTIONS_REQUIRE_MAX]; /* account: authorities that it takes (require.h) */
	size_t require_count;
	bool exits;           /* account: exits are asked (signon.h) */
};

/* NULL, or the first argument that is unknown, or whose value is not one. */
const char *options_parse(struct options *options, int argc, const char **argv);

/* Is the module to do anything for this PAM service? */
bool options_have_service(const struct options *options, const char *service);
/* Are names split there? */
bool options_split_service(const struct options *options, const char *service);

#endif
