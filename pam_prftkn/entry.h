/* SPDX-License-Identifier: ISC */
/*
 * That a session is a master's: from authenticate, through hosts that keep the environment alone, to the session, its
 * end, and whoever wants to change the owner's password meanwhile.
 */
#ifndef PAM_PRFTKN_ENTRY_H
#define PAM_PRFTKN_ENTRY_H

#include <security/pam_modules.h>
#include <stdbool.h>

#include "authz.h"
#include "entry_file.h"
#include "options.h"

/* Authenticate begins: what an earlier one of this handle left is nothing any more. */
void entry_forget(pam_handle_t *pamh);

/* A master is let in.  AUTHZ_OK, or a line logged: then it is not. */
enum authz_result entry_note(pam_handle_t *pamh, const struct options *options, const struct entry *entry,
                             struct authz_error *error);

/* The master in whose session this handle is, or NULL. */
const char *entry_master(pam_handle_t *pamh);

/*
 * The same before there is a session, also through hosts that keep the environment alone.  False, with a line logged:
 * there is an entry, which is not genuine or not of PAM_USER.
 */
bool entry_master_signing_on(pam_handle_t *pamh, const struct options *options, const char **master);

/* PAM_SUCCESS, PAM_IGNORE where no master came, PAM_SESSION_ERR with a line logged. */
int entry_open(pam_handle_t *pamh, const struct options *options);
int entry_close(pam_handle_t *pamh, const struct options *options);

/* Is the password of PAM_USER not to be changed here?  Then there is a line in the log. */
bool entry_keeps_password(pam_handle_t *pamh, const struct options *options);

#endif
