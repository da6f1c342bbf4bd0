/* SPDX-License-Identifier: ISC */
/* A token that a refusal does not spend: refused while something is wrong, and good once that is put right. */
#ifndef TEST_UNIT_SPARED_H
#define TEST_UNIT_SPARED_H

#include "world.h"

struct spared {
	struct world *w;
	unsigned char token[TOKEN_SIZE];
	struct fake_host before;
};

/* A single-use token for alice, good for 100 seconds, and the host as it is now. */
void spared_make(struct spared *s, struct world *w);
/* Refused so, with nothing in the reply, nothing written, and the result in the audit. */
void spared_refused(struct spared *s, enum authz_result expected);
/* The host as it was: the token is taken. */
void spared_works(struct spared *s);

#endif
