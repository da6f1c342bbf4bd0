/* SPDX-License-Identifier: ISC */
/* The value of require=: TYPE:NAME:AUTHORITY.  A name may have colons. */
#ifndef PAM_PRFTKN_REQUIREMENT_H
#define PAM_PRFTKN_REQUIREMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "authz.h"

struct requirement {
	const char *type; /* static */
	char name[AUTHZ_OBJECT_SIZE];
	uint32_t mask;
};

/* false: it is not of that form, or there is no such type or authority. */
bool requirement_read(const char *value, struct requirement *out);

#endif
