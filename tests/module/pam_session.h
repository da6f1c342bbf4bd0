/* SPDX-License-Identifier: ISC */
/* What the tests of a session's token share: sessions by pam_stack.h, their files, what was asked. */
#ifndef TEST_PAM_SESSION_H
#define TEST_PAM_SESSION_H

#include "authz.h"
#include "pam_stack.h"

/* Of the module, as session_begin sets them; the file of the last session, as that sees it, "" if there is none. */
extern char session_options[512], session_path[512];

/* Setup of a test: the folder anew, and a helper that gives tokens all of whose bytes are 7. */
int session_begin(void **state);
/* The line in the file of a token all of whose bytes are this. */
void session_text(int byte, char text[AUTHZ_TOKEN_TEXT_SIZE + 1]);
/* The tester's folder of such files. */
const char *session_folder(void);
bool session_is_there(const char *what);
unsigned session_entries(const char *folder);
/* How often does this stand in what the helper was asked? */
unsigned session_asked(const char *what);

/* Open a session that is not closed, with session_options unless it has others. */
int session_open(struct login login);
/* For a login's "then": set session_path; nothing more. */
void session_note(pam_handle_t *pamh);
int session_look(pam_handle_t *pamh, int flags);

#endif
