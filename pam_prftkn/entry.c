/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a master whose entry cannot be kept for the session is not let in, and no session is opened for one whose
 *         entry is not there any more, not genuine, or another owner's.
 * MUST 2: the loginuid becomes the master's only where it is nobody's or the owner's; where the session ends in this
 *         process, it is what it was.
 * MUST 3: a pending file is gone when its login has ended, one way or the other: by the session, by pam_end, or after
 *         an hour.
 * MUST 4: the owner's password is not changed by the handle that let a master in, whoever calls.
 * MUST 5: nor in an audit session that is a master's with this owner, but by root; where that cannot be found out, as
 *         if it were.
 * MUST 6: another answer to the same handle takes nothing over.
 */
#include "config.h"

#include "entry.h"

#include <errno.h>
#include <security/pam_ext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "claims.h"
#include "loginuid.h"

#define VARIABLE "AUTHZ_ENTRY"
#define MASTER "AUTHZ_MASTER"
#define DATA "pam_prftkn_entry"
#define FOLDER AUTHZ_RUNDIR "/entries"

struct state {
	struct entry entry;
	char *folder;
	char name[ENTRY_NAME_SIZE]; /* of the file; "" if there is none any more */
	bool open;                  /* the session is */
	pid_t maker;                /* of a pending file */
	bool changed;               /* the loginuid, from: */
	uint32_t before;
};

static const char *folder_of(const struct options *options)
{
	return options->entries != NULL ? options->entries : FOLDER;
}

/* The end of a handle in a child that was forked is not the end of the login. */
static void drop(pam_handle_t *pamh, void *data, int status)
{
	struct state *state = data;

	(void)pamh;
	if (state == NULL)
		return;
	if (!state->open && state->name[0] != '\0' && state->maker == getpid() && ((unsigned)status & PAM_DATA_SILENT) == 0)
		entry_file_remove(state->folder, state->name);
	free(state->folder);
	free(state);
}

static struct state *find(pam_handle_t *pamh)
{
	const void *data = NULL;
	void *found;

	if (pam_get_data(pamh, DATA, &data) != PAM_SUCCESS || data == NULL)
		return NULL;
	memcpy(&found, &data, sizeof found);
	return found;
}

static void unset(pam_handle_t *pamh, const char *variable)
{
	if (pam_getenv(pamh, variable) != NULL)
		(void)pam_putenv(pamh, variable);
}

void entry_forget(pam_handle_t *pamh)
{
	if (find(pamh) != NULL)
		(void)pam_set_data(pamh, DATA, NULL, NULL);
	unset(pamh, VARIABLE);
	unset(pamh, MASTER);
}

static bool put(pam_handle_t *pamh, const char *variable, const char *value)
{
	char text[sizeof MASTER + ENTRY_NAME_SIZE];

	(void)snprintf(text, sizeof text, "%s=%s", variable, value);
	return pam_putenv(pamh, text) == PAM_SUCCESS;
}

/* NULL: no memory.  The handle has it from here on. */
static struct state *keep(pam_handle_t *pamh, const struct options *options, const struct entry *entry)
{
	struct state *state = calloc(1, sizeof *state);

	if (state == NULL)
		return NULL;
	state->entry = *entry;
	state->folder = strdup(folder_of(options));
	state->maker = getpid();
	if (state->folder != NULL && pam_set_data(pamh, DATA, state, drop) == PAM_SUCCESS)
		return state;
	drop(pamh, state, 0);
	errno = ENOMEM;
	return NULL;
}

static bool note(pam_handle_t *pamh, const struct options *options, const struct entry *entry)
{
	struct state *state = keep(pamh, options, entry);

	if (state == NULL)
		return false;
	if (entry_file_make(state->folder, entry, state->name) != 0) {
		state->name[0] = '\0';
		return false;
	}
	errno = ENOMEM;
	return put(pamh, VARIABLE, state->name) && put(pamh, MASTER, entry->name);
}

enum authz_result entry_note(pam_handle_t *pamh, const struct options *options, const struct entry *entry,
                             struct authz_error *error)
{
	entry_forget(pamh);
	if (note(pamh, options, entry))
		return AUTHZ_OK;
	pam_syslog(pamh, LOG_ERR, "no entry in %s, so no master is let in: %m", folder_of(options));
	entry_forget(pamh);
	(void)snprintf(error->subject, sizeof error->subject, "no entry in %.200s", folder_of(options));
	return AUTHZ_INTERNAL;
}

const char *entry_master(pam_handle_t *pamh)
{
	const struct state *state = find(pamh);

	return state == NULL ? NULL : state->entry.name;
}

/* The login process, and what it starts, is from here on the master's for the kernel's audit, as far as it lets us. */
static void claim_audit(pam_handle_t *pamh, const struct options *options, struct state *state)
{
	const uint32_t before = loginuid_get();

	if (before == state->entry.master || (before != LOGINUID_UNSET && before != state->entry.owner))
		return;
	state->before = before;
	state->changed = loginuid_set(state->entry.master);
	if (!state->changed && options->debug)
		pam_syslog(pamh, LOG_DEBUG, "the loginuid stays: %m");
}

/* What a host that keeps the environment alone has left of authenticate; what it kept has the last word. */
static struct state *recall(pam_handle_t *pamh, const struct options *options)
{
	struct state *state = find(pamh);
	const char *name = pam_getenv(pamh, VARIABLE);
	struct entry entry;

	if (state != NULL)
		return state;
	if (!entry_file_is_pending(name) || entry_file_read(folder_of(options), name, &entry) != 0)
		return NULL;
	state = keep(pamh, options, &entry);
	if (state == NULL)
		return NULL;
	(void)snprintf(state->name, sizeof state->name, "%s", name);
	state->maker = 0; /* it may be another login's */
	return state;
}

/* The file and the account are still what they were; "" if so, else what is wrong. */
static const char *check(pam_handle_t *pamh, const struct state *state)
{
	const struct passwd *account = claims_account(pamh);
	struct entry entry;

	if (entry_file_read(state->folder, state->name, &entry) != 0)
		return "its file is not there, or is none";
	if (entry.owner != state->entry.owner || entry.master != state->entry.master ||
	    strcmp(entry.name, state->entry.name) != 0)
		return "its file is another's";
	return account == NULL || account->pw_uid != entry.owner ? "it is for another user" : "";
}

bool entry_master_signing_on(pam_handle_t *pamh, const struct options *options, const char **master)
{
	const struct state *state = find(pamh);
	const char *wrong = "";

	*master = NULL;
	if (state == NULL && pam_getenv(pamh, VARIABLE) == NULL)
		return true;
	state = recall(pamh, options);
	if (state == NULL)
		wrong = "its file is not there, or is none";
	else if (!state->open)
		wrong = check(pamh, state);
	if (*wrong != '\0')
		pam_syslog(pamh, LOG_ERR, "account not checked: no exit is asked by the entry of a master: %s", wrong);
	else
		*master = state->entry.name;
	return *wrong == '\0';
}

static int mark(pam_handle_t *pamh, const struct options *options, struct state *state)
{
	char name[ENTRY_NAME_SIZE] = "";
	uint32_t session;

	claim_audit(pamh, options, state);
	session = loginuid_session();
	if (session == LOGINUID_UNSET) {
		pam_syslog(pamh, LOG_NOTICE, "session of master %s: the kernel has no audit session for it, so that a change of "
		           "the owner's password cannot be refused in it", state->entry.name);
		entry_file_remove(state->folder, state->name);
	} else if (entry_file_take(state->folder, state->name, session, state->entry.owner, name) != 0) {
		pam_syslog(pamh, LOG_ERR, "no session for master %s: %m", state->entry.name);
		return PAM_SESSION_ERR;
	}
	memcpy(state->name, name, sizeof name);
	state->open = true;
	return PAM_SUCCESS;
}

int entry_open(pam_handle_t *pamh, const struct options *options)
{
	struct state *state = find(pamh);
	const char *wrong;
	int status;

	if ((state == NULL && pam_getenv(pamh, VARIABLE) == NULL) || (state != NULL && state->open))
		return PAM_IGNORE; /* as in every login without a master, and where the module stands twice */
	state = recall(pamh, options);
	wrong = state == NULL ? "its file is not there, or is none" : check(pamh, state);
	if (*wrong != '\0') {
		pam_syslog(pamh, LOG_ERR, "no session by the entry of a master: %s", wrong);
		return PAM_SESSION_ERR;
	}
	status = mark(pamh, options, state);
	if (status == PAM_SUCCESS && !put(pamh, MASTER, state->entry.name))
		status = PAM_SESSION_ERR;
	unset(pamh, VARIABLE);
	return status;
}

int entry_close(pam_handle_t *pamh, const struct options *options)
{
	struct state *state = find(pamh);

	(void)options;
	if (state == NULL || !state->open)
		return PAM_IGNORE;
	if (state->name[0] != '\0')
		entry_file_remove(state->folder, state->name);
	if (state->changed && loginuid_get() == state->entry.master)
		(void)loginuid_set(state->before);
	state->name[0] = '\0';
	state->open = state->changed = false;
	(void)pam_set_data(pamh, DATA, NULL, NULL);
	unset(pamh, MASTER);
	return PAM_SUCCESS;
}

static bool session_is_masters(pam_handle_t *pamh, const struct options *options, const struct passwd *account)
{
	const uint32_t session = loginuid_session();
	int found;

	if (account == NULL || claims_roots() || session == LOGINUID_UNSET)
		return false;
	found = entry_file_has(folder_of(options), session, account->pw_uid);
	if (found < 0)
		pam_syslog(pamh, LOG_ERR, "whose session this is cannot be read: %s: %m", folder_of(options));
	return found != 0;
}

bool entry_keeps_password(pam_handle_t *pamh, const struct options *options)
{
	const struct passwd *account = claims_account(pamh);
	const struct state *state = find(pamh);
	char name[AUTHZ_NAME_SIZE];

	if (state == NULL && pam_getenv(pamh, VARIABLE) == NULL && !session_is_masters(pamh, options, account))
		return false;
	pam_syslog(pamh, LOG_NOTICE, "password change refused: user=%s %s: this is the session of a master",
	           log_word(name, sizeof name, account == NULL ? NULL : account->pw_name),
	           authz_result_code(AUTHZ_IN_SESSION));
	return true;
}
