/* SPDX-License-Identifier: ISC */
/*
 * How many refusals of one caller the audit takes in a minute: the file "refusals" of its folder, under the folder's
 * lock.  It is an array of slots in the byte order of the host, the uid modulo REFUSALS_SLOTS its index; a slot that
 * was never written is zeros.  Callers who have one slot share it: what one of them had suppressed may be told with
 * another's record.
 *
 * MUST 1: what one caller is refused adds at most REFUSALS_A_MINUTE records a minute to the audit.
 * MUST 2: what is suppressed is counted, and the count is told once.
 * MUST 3: where the file cannot be used, nothing is suppressed.
 */
#ifndef AUTHZ_HOST_REFUSALS_H
#define AUTHZ_HOST_REFUSALS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define REFUSALS_FILE "refusals"
#define REFUSALS_SLOTS 1024
#define REFUSALS_A_MINUTE 20

/*
 * A refusal in this minute (any count of minutes).  true: it is to be written, and *suppressed were not since the last
 * that was; false: it was counted, and that is all.
 */
bool refusals_take(int folder, uid_t uid, uint64_t minute, uint32_t *suppressed);
/* A record that is no refusal: so many refusals were suppressed before it. */
uint32_t refusals_suppressed(int folder, uid_t uid);

#endif
