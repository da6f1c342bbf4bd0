/* SPDX-License-Identifier: ISC */
/*
 * libauthz_core: profile tokens, cabinets and authorities for services and login programs.  See authz_core(3).
 *
 * Every call asks the helper (authz-helper(8)) and waits at most timeout_ms.  Calls are safe in any thread of any host:
 * they use no global state, change no signal disposition, leave no child, no descriptor and no memory behind, and read
 * no environment variable.  A call blocks the calling thread and disables its cancellation meanwhile.
 *
 * All calls return an enum authz_result (result.h): AUTHZ_OK or the reason.  Where the result is AUTHZ_HELPER_LATE or
 * AUTHZ_HELPER_DIED it is not known whether the request was carried out.
 */
#ifndef AUTHZ_H
#define AUTHZ_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "result.h"

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

#define AUTHZ_TOKEN_SIZE 32      /* bytes of a token */
#define AUTHZ_TOKEN_TEXT_SIZE 51 /* "prftkn_", 43 characters, NUL */
#define AUTHZ_TIMEOUT_DEFAULT_MS 5000

/* How to reach the helper.  NULL for a whole struct, and NULL or 0 for a member, is the default of the build. */
struct authz_client {
	const char *helper; /* absolute path of authz-helper */
	const char *socket; /* absolute path of its socket; "" never tries it */
	int timeout_ms;     /* 1 to 60000 */
};

/* What the sentence of a result is about: a user, a parameter, a path.  Never a secret. */
struct authz_error {
	char subject[257];
};

enum authz_password { AUTHZ_NOPWD = 1, AUTHZ_NOPWDCHK = 2, AUTHZ_NOPWDSTS = 3, AUTHZ_PASSWORD_GIVEN = 4 };
enum authz_token_type { AUTHZ_SINGLE_USE = '1', AUTHZ_MULTIPLE_USE = '2', AUTHZ_REGENERABLE = '3' };

/*
 * What a token is to be (QsyGenPrfTkn; with AUTHZ_PASSWORD_GIVEN, QsyGenPrfTknE).  Strings that are NULL bind nothing;
 * bind_uid (uid_t)-1 neither.
 */
struct authz_token_request {
	const char *user;             /* at most 32 bytes */
	enum authz_password password;
	int timeout;                  /* seconds, 1 to 3600; -1 = 3600 */
	enum authz_token_type type;
	const char *bind_service;     /* at most 63 bytes */
	const char *bind_rhost;       /* at most 255 bytes */
	const char *bind_tty;         /* at most 63 bytes */
	uid_t bind_uid;
	const char *secret; /* the user's password, at most 512 bytes, with AUTHZ_PASSWORD_GIVEN alone; else NULL */
	uid_t actor;        /* as in struct authz_session: believed from root, the token then counts as made by that user */
	const char *master; /* in whose session it is made, and who may enter the user; believed from root; NULL: no master's */
};

/*
 * What a login program says of its session.  NULL: not known.  Believed from root, audited from others.
 * reauth: not 0 where the user is there already and is to prove it again; then no token passes that she made herself.
 * actor: whom the login program works for, as su's caller; 0: not known.
 */
struct authz_session {
	const char *service, *rhost, *tty;
	int reauth;
	uid_t actor;
};

/* Whom a redeemed token stands for. */
struct authz_identity {
	char user[33];
	uid_t uid;
	unsigned overridden; /* AUTHZ_OVERRODE_…: what holders of both special authorities overrode when it was made */
	char master[33];     /* the master who made it, or whose session did; empty: none */
	uid_t master_uid;    /* (uid_t)-1: none */
};
#define AUTHZ_OVERRODE_DISABLED 0x1u
#define AUTHZ_OVERRODE_EXPIRED  0x2u

/* What a token that somebody holds is good for. */
struct authz_token_state {
	int seconds; /* until it is not valid any more; 0: it is not, and user is empty, uid (uid_t)-1 */
	char user[33];
	uid_t uid;
};

/*
 * Generate a profile token for request->user (QsyGenPrfTkn).  The caller needs *USE authority to that profile.
 * token receives AUTHZ_TOKEN_SIZE bytes when the result is AUTHZ_OK, zeros otherwise.  The caller wipes it.
 */
enum authz_result authz_token_generate(const struct authz_client *client, const struct authz_token_request *request,
                                       unsigned char token[AUTHZ_TOKEN_SIZE], struct authz_error *error);

/*
 * Redeem a token for "user" (what QsySetToPrfTkn checks): when AUTHZ_OK, it stood for that user, and a single-use token
 * is spent, durably, before this returns.  A token that is refused is not spent.
 */
enum authz_result authz_token_redeem(const struct authz_client *client, const unsigned char token[AUTHZ_TOKEN_SIZE],
                                     const char *user, const struct authz_session *session,
                                     struct authz_identity *identity, struct authz_error *error);

/*
 * Redeem a token for "user", and become that user (QsySetToPrfTkn): supplementary groups as NSS has them, gid and uid, real,
 * effective and saved, of the whole process with all its threads, for good.  For daemons of root's alone: AUTHZ_HOST_ONLY,
 * where any of the three uids is not 0.  AUTHZ_SET_HALF: the process is neither what it was nor the user, and must end.
 * Any other result: it is as it was; a single-use token is spent by AUTHZ_SET_REFUSED and AUTHZ_SET_HALF.  It opens no PAM
 * session, and asks NSS, in this process.  Environment, folder, umask, limits, descriptors and keyrings stay as they are.
 */
enum authz_result authz_set_to_token(const struct authz_client *client, const unsigned char token[AUTHZ_TOKEN_SIZE],
                                     const char *user, const struct authz_session *session,
                                     struct authz_identity *identity, struct authz_error *error);

/*
 * Make a token from a regenerable one (QsyGenPrfTknFromPrfTkn).  Holding that is the authority.  request->user, password,
 * secret, actor and master mean nothing here; bindings can be added, and those of the old token stay, as does its master.
 * The old token stays too.  No token lives longer than its chain (chain_life of authz.conf(5)).  *seconds, if not NULL:
 * how long the new one lives.
 */
enum authz_result authz_token_regenerate(const struct authz_client *client, const unsigned char from[AUTHZ_TOKEN_SIZE],
                                         const struct authz_token_request *request,
                                         unsigned char token[AUTHZ_TOKEN_SIZE], int *seconds, struct authz_error *error);

/*
 * What is a token good for (QsyGetPrfTknTimeOut, QsyChkPrfTknUser)?  Spends nothing.  Bindings are not looked at.
 * AUTHZ_TOKEN_NOT_VALID: there is no such token.
 */
enum authz_result authz_token_inspect(const struct authz_client *client, const unsigned char token[AUTHZ_TOKEN_SIZE],
                                      struct authz_token_state *state, struct authz_error *error);

/*
 * For whom is a token to be redeemed?  For programs that are about to do so and were not told a user.  Spends nothing; but a
 * token that is good for nothing is refused with the reason, and that is on record as a redemption that was refused.
 */
enum authz_result authz_token_user(const struct authz_client *client, const unsigned char token[AUTHZ_TOKEN_SIZE],
                                   const struct authz_session *session, struct authz_identity *identity,
                                   struct authz_error *error);

/* Make a token good for nothing (QsyInvalidatePrfTkn).  Its place stays taken until it is removed or expires. */
enum authz_result authz_token_invalidate(const struct authz_client *client, const unsigned char token[AUTHZ_TOKEN_SIZE],
                                         struct authz_error *error);

/*
 * Remove all tokens of a user (QsyRemoveAllPrfTknsForUser; *SECADM, and *OBJMGT and *USE to the profile), or, "user" NULL,
 * of everybody (QsyRemoveAllPrfTkns; *ALLOBJ and *SECADM).  They are good for nothing once "progress" was called first, or
 * this returns AUTHZ_OK.  Their places are freed by as many requests as it takes, each with a time-out of its own;
 * progress, if not NULL, is told how many were freed so far and how many tokens there are left, and ends that by returning
 * other than 0, which is AUTHZ_OK: the places are then freed as if they had expired.
 */
enum authz_result authz_token_remove_all(const struct authz_client *client, const char *user,
                                         int (*progress)(void *context, uint64_t removed, uint64_t left), void *context,
                                         struct authz_error *error);

/* Remove a token.  Holding it is the authority; removing one that is not there is AUTHZ_OK. */
enum authz_result authz_token_remove(const struct authz_client *client, const unsigned char token[AUTHZ_TOKEN_SIZE],
                                     struct authz_error *error);

/* Text form: "prftkn_" and 43 characters of base64url without padding.  Constant time in the token's bytes. */
void authz_token_to_text(const unsigned char token[AUTHZ_TOKEN_SIZE], char text[AUTHZ_TOKEN_TEXT_SIZE]);
/* 0, or -1 if "text" is not exactly a token's text form (token is then zeros). */
int authz_token_from_text(unsigned char token[AUTHZ_TOKEN_SIZE], const char *text);

/* ---- cabinets: see doc/CABINETS */

#define AUTHZ_NAME_SIZE 33 /* of a user or cabinet: at most 32 bytes and a NUL */

enum authz_cabinet_type { AUTHZ_CABINET_PRIVATE, AUTHZ_CABINET_STANDALONE, AUTHZ_CABINET_SHARED, AUTHZ_CABINET_PUBLIC };
/* A member's profile: the cabinet's, the member's own, a copy. */
enum authz_profile_type { AUTHZ_PROFILE_SHARED = 1, AUTHZ_PROFILE_PRIVATE = 2, AUTHZ_PROFILE_SPECIAL = 3 };

/* As which cabinet the caller acts, and its password.  NULL for the whole struct: as itself. */
struct authz_acting {
	const char *cabinet;  /* at most 32 bytes */
	const char *password; /* at most 512 bytes */
};

/* A cabinet that is to be. */
struct authz_cabinet {
	const char *name;
	enum authz_cabinet_type type;
	gid_t gid;            /* of a shared one; (gid_t)-1: the next that is free */
	const char *text;     /* at most 64 bytes; NULL: none */
	const char *password; /* NULL: none opens it */
};

/* What a cabinet lets those do who are in it. */
struct authz_cabinet_profile {
	unsigned security; /* four digits: read, modify, copy, print */
	unsigned marks;    /* AUTHZ_MARK_… */
};
#define AUTHZ_MARK_READ_MAIL       0x001u
#define AUTHZ_MARK_REPLY           0x002u
#define AUTHZ_MARK_FORWARD         0x004u
#define AUTHZ_MARK_SEND_MAIL       0x008u
#define AUTHZ_MARK_SHOW_CALENDAR   0x010u
#define AUTHZ_MARK_MODIFY_CALENDAR 0x020u
#define AUTHZ_MARK_SHOW_ITEMS      0x040u
#define AUTHZ_MARK_MODIFY_ITEMS    0x080u
#define AUTHZ_MARK_ERASE_ITEMS     0x100u

/* Who is to be in what, and how. */
struct authz_cabinet_member {
	const char *cabinet, *member;
	enum authz_profile_type profile; /* anything else is AUTHZ_PROFILE_SHARED */
	const char *special;             /* with AUTHZ_PROFILE_SPECIAL: whose profile is copied; else NULL */
};

/* A row of a list. */
struct authz_membership {
	uint32_t isn;                       /* of the membership, or authorization */
	char name[AUTHZ_NAME_SIZE];         /* the member; of authz_cabinet_where the cabinet */
	enum authz_cabinet_type type;       /* what that is: private (a user) or shared */
	enum authz_profile_type profile;
	struct authz_cabinet_profile special; /* with AUTHZ_PROFILE_SPECIAL, which an authorization has; else zeros */
	char through[AUTHZ_NAME_SIZE];      /* of authz_cabinet_where: the cabinet by which the user is in, or "" */
};

/* Where a list goes on: all zeros at first.  length 0 after a call: that was the end. */
struct authz_cursor {
	unsigned char bytes[128];
	size_t length;
};

/* Make a cabinet.  *isn, if not NULL, is its number. */
enum authz_result authz_cabinet_create(const struct authz_client *client, const struct authz_acting *acting,
                                       const struct authz_cabinet *cabinet, uint32_t *isn, struct authz_error *error);
/* Give a cabinet another profile, all of it. */
enum authz_result authz_cabinet_set_profile(const struct authz_client *client, const struct authz_acting *acting,
                                            const char *cabinet, const struct authz_cabinet_profile *profile,
                                            struct authz_error *error);
/* Mark a cabinet for deletion, from a day (since 1970-01-01) on, or -1: today.  lock not 0: its group is gone at once. */
enum authz_result authz_cabinet_delete(const struct authz_client *client, const struct authz_acting *acting,
                                       const char *cabinet, int from, int lock, struct authz_error *error);
/* Take that back. */
enum authz_result authz_cabinet_undelete(const struct authz_client *client, const struct authz_acting *acting,
                                         const char *cabinet, struct authz_error *error);
/* Add a member (Z-ADD17A).  *isn, if not NULL, is the number of the membership, or 0 without AUTHZ_OK. */
enum authz_result authz_cabinet_add(const struct authz_client *client, const struct authz_acting *acting,
                                    const struct authz_cabinet_member *member, uint32_t *isn, struct authz_error *error);
/* Give a member another profile; take it out. */
enum authz_result authz_cabinet_set(const struct authz_client *client, const struct authz_acting *acting,
                                    const struct authz_cabinet_member *member, struct authz_error *error);
enum authz_result authz_cabinet_remove(const struct authz_client *client, const struct authz_acting *acting,
                                       const char *cabinet, const char *member, struct authz_error *error);
/*
 * Let a user into a private cabinet, with that profile, all of it, or give her another (Z-MOD17); let her in no more.
 * cabinet NULL: that of who acts.
 */
enum authz_result authz_cabinet_authorize(const struct authz_client *client, const struct authz_acting *acting,
                                          const char *cabinet, const char *user, const struct authz_cabinet_profile *profile,
                                          struct authz_error *error);
enum authz_result authz_cabinet_withdraw(const struct authz_client *client, const struct authz_acting *acting,
                                         const char *cabinet, const char *user, struct authz_error *error);
/*
 * Some of the members of a cabinet, which is named, or (cabinet NULL) numbered: "each" is called for every one, and must
 * not call back.  Call again with the same cursor while it has a length.  Those of a private one are whom its owner
 * authorized.
 */
enum authz_result authz_cabinet_members(const struct authz_client *client, const struct authz_acting *acting,
                                        const char *cabinet, uint32_t isn, struct authz_cursor *cursor,
                                        void (*each)(void *context, const struct authz_membership *member), void *context,
                                        struct authz_error *error);
/* The same of the cabinets that a user may go to: shared ones, then private ones; user NULL: who acts. */
enum authz_result authz_cabinet_where(const struct authz_client *client, const struct authz_acting *acting, const char *user,
                                      struct authz_cursor *cursor,
                                      void (*each)(void *context, const struct authz_membership *in), void *context,
                                      struct authz_error *error);
/* What a cabinet lets a member do, or a private one a user who is authorized; by which kind of profile.  Zeros without AUTHZ_OK. */
enum authz_result authz_cabinet_profile(const struct authz_client *client, const struct authz_acting *acting,
                                        const char *cabinet, uint32_t isn, const char *member,
                                        struct authz_cabinet_profile *profile, enum authz_profile_type *type,
                                        struct authz_error *error);

/*
 * Masters: who may enter in the place of others, their owners (doc/MASTERS).
 */

/* Who entered whom, as the host has them now.  master empty, master_uid (uid_t)-1: the owner came with a password of its own. */
struct authz_entry {
	char owner[AUTHZ_NAME_SIZE], master[AUTHZ_NAME_SIZE];
	uid_t owner_uid, master_uid;
};

/*
 * For login programs of root's: has "master", whose password they have found right (verified not 0) or wrong, entered "owner"
 * now?  It is to be asked in either case, so that a stranger cannot tell one refusal from another by its time.  AUTHZ_OK: it
 * has, and that is on record.
 * AUTHZ_HOST_ONLY, AUTHZ_USER_NOT_FOUND, AUTHZ_SYSTEM_PROFILE, AUTHZ_NO_MASTER, AUTHZ_NOT_IN_SET, AUTHZ_GRANT_OVER,
 * AUTHZ_OWNER_FORBIDS, AUTHZ_DISABLED, AUTHZ_PASSWORD_WRONG.
 */
enum authz_result authz_master_enter(const struct authz_client *client, const char *owner, const char *master, int verified,
                                     const struct authz_session *session, struct authz_entry *entry,
                                     struct authz_error *error);

/*
 * Does the password open the mailbox of "owner" (BIND: the owner's password, or that of its group's master)?  Of an "owner" who is
 * the master of a group itself that one's password is asked for, which opens no mailbox.  session->rhost is where the owner comes
 * from; without it no address is looked at.
 * AUTHZ_INVALID_PASSWORD, AUTHZ_TOO_MANY_TRIES, AUTHZ_IO_ERR; and to root, *SECADM and the manager of the group
 * AUTHZ_NO_MAILBOX, AUTHZ_MAILBOX_PENDING, AUTHZ_WRONG_ADDRESS, AUTHZ_NO_OWN_BIND.
 */
enum authz_result authz_mailbox_bind(const struct authz_client *client, const char *owner, const char *password,
                                     const struct authz_session *session, struct authz_entry *entry,
                                     struct authz_error *error);
/* Another password for a mailbox (REGISTER).  The old one is the owner's own: a master's is never taken. */
enum authz_result authz_mailbox_register(const struct authz_client *client, const char *owner, const char *old_password,
                                         const char *new_password, const struct authz_session *session,
                                         struct authz_error *error);

/* ---- authorities on named objects: see doc/AUTHORITY */

#define AUTHZ_OBJECT_SIZE 49      /* of an object or profile: at most 48 bytes and a NUL */
#define AUTHZ_OBJECT_TYPE_SIZE 17 /* of its type: at most 16 bytes and a NUL */

/* Bits: those of MQZAO_… (mqz.h), and of types "profile", "command", "host", "service": */
#define AUTHZ_AUTHORITY_USE    0x1u
#define AUTHZ_AUTHORITY_OBJMGT 0x2u /* of "profile" */

/* What is asked about, or changed.  In a change the name is a profile's, which may be generic. */
struct authz_object {
	const char *type; /* "queue", "qmgr", "profile", … */
	const char *name;
};

/* Of whom: one of the two, the other is NULL.  The group "nobody" is everybody's. */
struct authz_entity {
	const char *user, *group;
};

/* Which records are listed.  What is NULL does not matter. */
struct authz_authority_filter {
	const char *type, *name, *user, *group;
	enum { AUTHZ_NAME_EXPLICIT, AUTHZ_NAME_MATCHING, AUTHZ_NAME_PATTERN } by; /* name is a profile's; or an object's, and all */
	                                                                          /* that match it; or generic, and all it matches */
	unsigned limit; /* records of a page, at most 128; 0: as many as there may be */
};

/* A record.  entity empty, kind 0: the profile has none. */
struct authz_authority {
	char type[AUTHZ_OBJECT_TYPE_SIZE], profile[AUTHZ_OBJECT_SIZE];
	char kind; /* 'p' a user, 'g' a group */
	char entity[AUTHZ_NAME_SIZE];
	uint32_t mask;
	int gone;  /* not 0: that user or group is no more, or is another one now */
	uid_t maker;
	int64_t made; /* seconds since 1970-01-01 UTC */
};

/* AUTHZ_OK if the entity has all of these bits, by itself, its groups, and everybody; AUTHZ_NOT_AUTHORIZED_OBJECT if not. */
enum authz_result authz_authority_check(const struct authz_client *client, const struct authz_object *object,
                                        const struct authz_entity *entity, uint32_t mask, struct authz_error *error);
/* All that it has.  *mask is 0 without AUTHZ_OK. */
enum authz_result authz_authority_get(const struct authz_client *client, const struct authz_object *object,
                                      const struct authz_entity *entity, uint32_t *mask, struct authz_error *error);
/* What a group has by itself, or the primary group of a user.  AUTHZ_UNKNOWN_ENTITY. */
enum authz_result authz_authority_explicit(const struct authz_client *client, const struct authz_object *object,
                                           const struct authz_entity *entity, uint32_t *mask, struct authz_error *error);
/* The entity has this, and no more, from now on.  *ALLOBJ, as the two below. */
enum authz_result authz_authority_set(const struct authz_client *client, const struct authz_object *object,
                                      const struct authz_entity *entity, uint32_t mask, struct authz_error *error);
/* Give the profile "to" all records of another one; it may have none yet.  AUTHZ_UNKNOWN_REF_OBJECT, AUTHZ_HAS_RECORDS. */
enum authz_result authz_authority_copy(const struct authz_client *client, const struct authz_object *from, const char *to,
                                       struct authz_error *error);
/* Take a profile away, with all its records, by as many requests as it takes.  One that is not there is AUTHZ_OK. */
enum authz_result authz_authority_delete(const struct authz_client *client, const struct authz_object *object,
                                         struct authz_error *error);
/* Some of the records; filter may be NULL.  As authz_cabinet_members. */
enum authz_result authz_authority_list(const struct authz_client *client, const struct authz_authority_filter *filter,
                                       struct authz_cursor *cursor,
                                       void (*each)(void *context, const struct authz_authority *record), void *context,
                                       struct authz_error *error);

/* ---- authorization exits: see doc/EXITS */

/* An activity, as AUTH0100 has it.  NULL is the empty string; where that is no value the parameter is refused. */
struct authz_exit_activity {
	const char *point, *format;           /* NULL: QIBM_QNS_SDDSTAUTH, AUTH0100 */
	const char *change_request;           /* 1 to 10 bytes, as the next four */
	int32_t sequence;                     /* 0 or more */
	const char *activity, *type, *transport, *verb;
	const char *global_name;              /* at most 64 bytes */
	const char *user;                     /* a name of this host; the caller's own, unless it may ask for that user */
};

struct authz_exit_answer {
	int yes;         /* not 0: all programs said *YES */
	uint32_t number; /* else the first that did not, or 0: none was asked */
};

/*
 * May the activity be performed at each of these destinations?  Any number of them, each once; 10000 are asked at a time.  All
 * answers are no before anything is asked, and stay so without AUTHZ_OK: then nothing is performed anywhere.
 * AUTHZ_BAD_PARAMETER, AUTHZ_USER_NOT_FOUND, AUTHZ_NOT_AUTHORIZED, AUTHZ_EXIT_FAILED (which, and why).
 */
enum authz_result authz_exit_check(const struct authz_client *client, const struct authz_exit_activity *activity,
                                   const char *const destinations[], size_t count, struct authz_exit_answer answers[],
                                   struct authz_error *error);
/*
 * For login programs of root's: may this user sign on?  "master" is who enters in the user's place, or NULL.  AUTHZ_OK also where
 * nothing is registered.  AUTHZ_EXIT_DENIED, AUTHZ_EXIT_FAILED.
 */
enum authz_result authz_exit_signon(const struct authz_client *client, const char *user, const char *master,
                                    const struct authz_session *session, struct authz_error *error);
/*
 * For sudo: may "user" run this command as "as"?  Its path, and its count - 1 arguments.  AUTHZ_NOT_AUTHORIZED_OBJECT (the object
 * of type command), AUTHZ_EXIT_DENIED, AUTHZ_EXIT_FAILED; AUTHZ_BAD_PARAMETER where a path or arguments are too long for whom
 * would be asked.
 */
enum authz_result authz_exit_command(const struct authz_client *client, const char *user, const char *as,
                                     const char *const command[], size_t count, struct authz_error *error);

/* "CPF22E3", "AZ-SPENT", …  Static; "AZ-INTERNAL" for a number that is not in the table. */
const char *authz_result_code(enum authz_result result);
/* Its sentence, with "&1" replaced by error->subject ("?" when that is empty), always terminated.  Returns text. */
char *authz_result_text(enum authz_result result, const struct authz_error *error, char *text, size_t size);
/* The exit status that authzctl has for it. */
int authz_result_exit(enum authz_result result);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
