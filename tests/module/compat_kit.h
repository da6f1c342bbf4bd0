/* SPDX-License-Identifier: ISC */
/*
 * What tests of the documents' calls share: the helper that they ask, which an ordinary user runs on a folder of its own and
 * is the host of, or one that says what it is told to (fake_helper.c); users; and error codes.
 */
#ifndef TEST_COMPAT_KIT_H
#define TEST_COMPAT_KIT_H

#include <stdbool.h>

#include "authz.h"
#include "own_state.h"
#include "qsyptkn.h"

/* Users that every system has, with a shadow of our own. */
#define OWNER "daemon    "    /* the password is "Geh\xc3\xa4use!7" */
#define OTHER "bin       "
#define EXPIRED "mail      "
#define LOCKED "games     "
#define NO_PASSWORD "lp        "
#define UNKNOWN "no-such-us"
#define SYSTEM "root      "
#define PASSWORD_37 "\xc7\x85\x88\x43\xa4\xa2\x85\x5a\xf7" /* the same in CCSID 37 */

#define NOPWD "*NOPWD    "
#define NOPWDCHK "*NOPWDCHK "
#define NOPWDSTS "*NOPWDSTS "

struct kit_error {
	Qus_EC_t ec;
	char data[48];
};

/* cmocka's group set-up, whose tear-down is state_close. */
int kit_make(void **state);
/* Tests begin with the real helper. */
int kit_real(void **state);
/* From here on ask one that answers what "answer" says. */
void kit_fake(const char *answer);
/* What it answers to a request with a cursor, in a file "answer." and that. */
void kit_answer(const char *file, const char *answer);
/* From here on there is none to be started. */
void kit_none(void);
/* Was the fake one asked since? */
bool kit_asked(void);
/* The last request had these lines (fake_helper.c), up to NULL; the next is told apart from it. */
void kit_was_asked(const char *line, ...) __attribute__((sentinel));

/* An error code with room for everything; good until the next one. */
struct kit_error *kit_error(void);
/* What the last one says: success, anything else, "id" with these data. */
void kit_succeeded(void);
void kit_refused(void);
void kit_failed(const char *id, const void *data, size_t length);
void kit_failed_number(const char *id, int number);
void kit_failed_user(const char *id, const char user[10]);
void kit_failed_ended(enum authz_result reason);

bool kit_is_zero(const void *bytes, size_t length);
/* A token of that type for OWNER, by the real helper. */
void kit_token(char type, unsigned char token[AUTHZ_TOKEN_SIZE]);

#endif
