/* SPDX-License-Identifier: ISC */
/* What the tests of masters and mailboxes in the module share: an owner, a master, its password, and the service that knows it. */
#ifndef TEST_PAM_MASTER_H
#define TEST_PAM_MASTER_H

#include "authz.h"
#include "pam_stack.h"

#define MASTER_PASSWORD "open*sesame"

/* Two accounts, neither the tester's. */
extern char master_owner[33], master_name[33];
extern uid_t master_owner_uid, master_uid;
/* "*MASTER*PASSWORD" and "*MASTER", "OWNER*MASTER". */
extern char master_answer[128], master_asking[64], master_split[80];

/* In place of stack_open, with a fake helper; with the real one, in place of real_open.  A test's setup. */
int master_open(void **state);
int master_open_real(void **state);
int master_begin(void **state);
/* The module's options, and these; good until the next call. */
const char *master_options(const char *more);
/* The service authz-master: the witness that knows the password, and another one for account, both with these arguments. */
void master_service(const char *arguments, int account);
/* The helper lets this master in for this owner. */
void master_answers_ok(void);
/* Files in the folder of entries whose names begin so. */
unsigned master_entries(const char *begin);

#endif
