/* SPDX-License-Identifier: ISC */
/* The folder of a test (scratch.h) as the audit's, and locked, as whoever writes a record has it. */
#ifndef TEST_UNIT_AUDIT_LOCKED_H
#define TEST_UNIT_AUDIT_LOCKED_H

#include "host/audit_lock.h"

extern struct audit_folder audit_locked;

/* Of a test. */
int audit_locked_setup(void **state);
int audit_locked_teardown(void **state);
/* Let go and take it again, as the next record does. */
void audit_locked_again(void);

#endif
