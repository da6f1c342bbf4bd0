/* SPDX-License-Identifier: ISC */
/* One instant that every wait of a call looks at, by a clock that nobody sets. */
#ifndef AUTHZ_CLIENT_DEADLINE_H
#define AUTHZ_CLIENT_DEADLINE_H

#include <stdint.h>

int64_t deadline_in(int milliseconds);
/* Milliseconds until then, rounded up; 0 when it has passed. */
int deadline_left(int64_t deadline);

#endif
