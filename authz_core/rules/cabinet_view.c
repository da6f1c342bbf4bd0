/* SPDX-License-Identifier: ISC */
#include "rules/cabinet_view.h"

#include <stdlib.h>

struct cabinet_touched {
	bool any;
};

struct cabinet_touched *cabinet_touched_new(void)
{
	return calloc(1, sizeof(struct cabinet_touched));
}

void cabinet_touched_free(struct cabinet_touched *touched)
{
	free(touched);
}

void cabinet_touch(struct cabinet_touched *touched, const char *cabinet)
{
	if (touched != NULL && cabinet[0] != '\0')
		touched->any = true;
}

void cabinet_touch_link(struct cabinet_touched *touched, const struct cabinet_link *link)
{
	if (touched != NULL && link->isn != 0)
		touched->any = true;
}

enum authz_result cabinet_commit(struct rules *r, struct store_txn *t, struct cabinet_touched *touched,
                                 const struct audit_event *event)
{
	cabinet_touched_free(touched);
	return rules_commit(r, r->authority, t, event);
}
