/* SPDX-License-Identifier: ISC */
#include "audit_locked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "scratch.h"

#define HOLD_MS 4000

struct audit_folder audit_locked = AUDIT_FOLDER_NONE;

int audit_locked_setup(void **state)
{
	scratch_setup(state);
	return audit_lock_take(&audit_locked, test_folder, HOLD_MS) ? 0 : -1;
}

int audit_locked_teardown(void **state)
{
	audit_folder_close(&audit_locked);
	return scratch_teardown(state);
}

void audit_locked_again(void)
{
	audit_lock_drop(&audit_locked);
	assert_true(audit_lock_take(&audit_locked, test_folder, HOLD_MS));
}
