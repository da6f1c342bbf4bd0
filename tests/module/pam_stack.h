/* SPDX-License-Identifier: ISC */
/*
 * Logins through the real libpam, by pam_start_confdir and service files in a scratch folder, as an ordinary user.
 *
 * The stack tells every code of the module apart: what it ignores comes back as PAM_IGNORE though libpam never returns
 * that, and what it returns comes back as it is.  A witness behind it sees what another module would see.
 */
#ifndef TEST_PAM_STACK_H
#define TEST_PAM_STACK_H

#include <security/pam_appl.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* After <cmocka.h>'s own needs, so that a test file includes this alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define STACK_SERVICE "probe"
#define STACK_TEXT 1024

struct login {
	const char *options; /* of the module, as they stand in the file */
	bool bare;           /* no helper=, socket= and min_uid= of the scratch folder, and no reauth, before them */
	bool no_reauth;      /* without it: the tester is there already, as whom most tests log in */
	const char *user;    /* NULL: the tester */
	bool no_user;        /* PAM_USER is not set, and typed */
	const char *service; /* NULL: STACK_SERVICE */
	const char *rhost, *tty;
	const char *before;  /* PAM_AUTHTOK as an earlier module left it */
	const char *old;     /* PAM_OLDAUTHTOK likewise */
	const char *file;    /* the whole service file; then outcome->code is libpam's */
	const char *variable; /* for pam_putenv, before */
	int (*then)(pam_handle_t *pamh, int flags); /* on the same handle afterwards, with no flags */
	const char *answer;  /* to a prompt without echo; NULL: there is none, though the conversation says it went well */
	const char *second;  /* to the second prompt without echo, and all after; NULL: "answer" again */
	const char *echoed;  /* to a prompt with echo */
	const char *becomes; /* what PAM_USER is to be afterwards; NULL: user */
	int conversation;    /* what the conversation returns */
	int flags;
};

struct outcome {
	int code;          /* of the module */
	int then;          /* libpam's, of login->then */
	unsigned prompts;  /* without echo */
	unsigned delay;    /* microseconds that the host is to wait after a failure, as libpam makes of what was wanted */
	unsigned messages; /* anything else that whoever types was told */
	char prompt[STACK_TEXT], message[STACK_TEXT];
	bool authtok_there; /* for the next module */
	char authtok[STACK_TEXT];
	char user[STACK_TEXT];
};

/* The tester: the ordinary user of NSS that this process runs as. */
extern char stack_user[33];
extern uid_t stack_uid;

/* Make the scratch folder, copy the modules and programs there, become an ordinary user.  Remove the folder. */
int stack_open(void **state);
int stack_close(void **state);

/* A path in the scratch folder, and a file there. */
const char *stack_path(const char *name);
void stack_write(const char *name, const char *text, mode_t mode);
/* What is in it, "" if it is not there; good until the next call. */
const char *stack_read(const char *name);

/* What the fake helper is to answer; forget what it was asked. */
void stack_answers(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* OK for the tester. */
void stack_answers_ok(void);
/* How often was it asked? */
unsigned stack_asked(void);

void stack_authenticate(const struct login *login, struct outcome *outcome);
void stack_change(const struct login *login, struct outcome *outcome);
void stack_account(const struct login *login, struct outcome *outcome);
/* One of the other calls: pam_setcred, pam_acct_mgmt, pam_open_session, pam_close_session. */
int stack_call(const struct login *login, int (*call)(pam_handle_t *pamh, int flags));

/* Every code that the module has returned to any call above. */
bool stack_code_seen(int code);

/* The lines that were logged since the last login began: "<level> text\n" each. */
const char *stack_log(void);

/* A token-shaped, well-formed text. */
#define STACK_TOKEN "prftkn_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"

#endif
