/* SPDX-License-Identifier: ISC */
/* From root to the user of foreign programs, for good. */
#ifndef AUTHZ_LAUNCH_DROP_H
#define AUTHZ_LAUNCH_DROP_H

#include "launcher.h"

#define DROP_WHY_SIZE 256

/* Who it is to be, from the user data base and from who started it.  false: it may not serve, as "why" says. */
bool drop_look(struct launcher *l, bool own, char why[DROP_WHY_SIZE]);
/* Be it.  What is so already is only checked. */
bool drop_now(const struct launcher *l, char why[DROP_WHY_SIZE]);

#endif
