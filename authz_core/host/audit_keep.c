/* SPDX-License-Identifier: ISC */
#include "host/audit_keep.h"

#include <stdlib.h>
#include <time.h>

#include "store/holder.h"
#include "store/turn.h"

struct audit_keep {
	struct turn turn;
	struct audit_folder folder;
};

struct audit_keep *audit_keep_new(void)
{
	struct audit_keep *k = calloc(1, sizeof *k);

	if (k != NULL && !turn_init(&k->turn)) {
		free(k);
		return NULL;
	}
	if (k != NULL)
		k->folder = (struct audit_folder)AUDIT_FOLDER_NONE;
	return k;
}

void audit_keep_free(struct audit_keep *k)
{
	if (k == NULL)
		return;
	audit_folder_close(&k->folder);
	turn_destroy(&k->turn);
	free(k);
}

struct audit_folder *audit_keep_enter(struct audit_keep *k)
{
	return turn_take(&k->turn, holder_now_ms(CLOCK_MONOTONIC) + AUDIT_WAIT_MS) ? &k->folder : NULL;
}

void audit_keep_leave(struct audit_keep *k)
{
	turn_leave(&k->turn);
}
