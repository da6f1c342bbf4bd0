/* SPDX-License-Identifier: ISC */
/* How a master says in whose place it comes: the name "owner*master", the answer "*master*password" or "*master". */
#ifndef PAM_PRFTKN_MASTER_FORM_H
#define PAM_PRFTKN_MASTER_FORM_H

#include "wire/request.h"

enum master_form {
	FORM_NONE,   /* an ordinary name, or answer */
	FORM_OWN,    /* of a name: owner and master are the same */
	FORM_MASTER, /* all is there */
	FORM_ASK,    /* of an answer: the password is not, and is to be asked for */
};

/* The last separator splits: what is before it is the owner, what is behind it the master. */
enum master_form master_form_name(const char *name, char separator, char owner[NAME_SIZE], char master[NAME_SIZE]);

/*
 * The separator comes first; the next one ends the name, so that a password may have it anywhere.  *password points
 * into "answer", or is NULL.  "owner" is who logs in: as her own master she is none.
 */
enum master_form master_form_answer(const char *answer, char separator, const char *owner, char master[NAME_SIZE],
                                    const char **password);

#endif
