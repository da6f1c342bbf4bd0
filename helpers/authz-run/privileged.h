/* SPDX-License-Identifier: ISC */
/*
 * Every step that authz-run does with privilege.  Between them the effective uid is the caller's and root is only the saved
 * one; privileged.c alone takes it up, and lays it down again before it returns.  The real uid is the caller's throughout,
 * as PAM's modules expect of a program like su: so the caller may end authz-run by a signal at any time.
 */
#ifndef AUTHZ_RUN_PRIVILEGED_H
#define AUTHZ_RUN_PRIVILEGED_H

#include <security/pam_appl.h>
#include <stdbool.h>
#include <sys/types.h>

#include "authz.h"
#include "become/become.h"
#include "conversation.h"
#include "run_limits.h"

/*
 * Lay root down for the first time.
 * Failure: the sentence that says why the set-user-ID bit does not hold; the process has no privilege then.
 */
const char *privileged_begin(void);

/*
 * Lift the caller's limits, for they could break off what follows.
 * limits: what there was, and is now.  Failure: the name of a limit that is too low and cannot be lifted; nothing was begun.
 */
const char *privileged_limits(struct limits *limits);

/*
 * Whose token is it?  Asked as root, whom the helper answers also where it serves nobody else.  Spends nothing; a refusal is
 * on record.
 * token: its bytes.  tty: of the caller, or NULL.  identity: its user.  Failure: the result; error has its subject.
 */
enum authz_result privileged_whose(const unsigned char token[AUTHZ_TOKEN_SIZE], const char *tty,
                                   struct authz_identity *identity, struct authz_error *error);

struct visit {
	pam_handle_t *pamh;
	bool has_credentials, has_session;
	long callers_keys; /* the number of the keyring that is the caller's session's */
	struct pam_conv converse;
};

/*
 * PAM's part: authenticate, which spends the token; account, credentials, session.
 * account: whom for.  conversation: the token.  tty: of the caller, or NULL.  Failure: a run_status, and it was said;
 * privileged_close is called in any case.  0: the session is open.
 */
int privileged_open(struct visit *visit, const struct become *account, struct conversation *conversation, const char *tty);

/* The end of all that privileged_open began, in reverse order.  There is no failure that could be mended: it is PAM's to log. */
void privileged_close(struct visit *visit);

/*
 * Give the terminal that was made for the command to its user.
 * fd: its slave side.  Failure: false; it is still the caller's.
 */
bool privileged_give_terminal(int fd, uid_t uid);

/*
 * Start a process that is the account's user for good, with the caller's limits and none of the caller's keys, and calls
 * run(data) as such.
 * Failure: -1.  In the process itself every failure ends it, with RUN_INTERNAL, before anything is run.
 */
pid_t privileged_start(const struct visit *visit, const struct become *account, const struct limits *limits,
                       int (*run)(void *data), void *data);

/* Hand a signal on to that process, which is another user's.  Its failure means that the process has ended. */
void privileged_signal(pid_t pid, int number);

#endif
