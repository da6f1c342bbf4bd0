/* SPDX-License-Identifier: ISC */
/*
 * How many refusals the audit takes in a minute: the file "refusals" of its folder, under the folder's lock.  It is a key
 * and an array of slots, in the byte order of the host; a slot that was never written is zeros.
 *
 * Each refusal has buckets (origin.h), and a bucket is a slot and how much goes into it in a minute.  There are
 * REFUSALS_SLOTS for each kind of bucket and no more, so that the file and what is written in a minute are bounded whoever
 * comes.  Those who share a slot share what it takes: a refusal of one is suppressed for what another has used up, and
 * what of the one was suppressed may be told with the other's record.  Who shares with whom depends on the key, which is
 * random and never leaves the file, so nobody can choose to share with somebody.
 *
 * MUST 1: what one bucket takes adds at most its number of records a minute to the audit.
 * MUST 2: what is suppressed is counted, and the count is told once.
 * MUST 3: where the file cannot be used, nothing is suppressed.
 */
#ifndef AUTHZ_HOST_REFUSALS_H
#define AUTHZ_HOST_REFUSALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/audit_lock.h"

#define REFUSALS_FILE "refusals"
#define REFUSALS_KEY_SIZE 16
#define REFUSALS_SLOTS 1024
#define REFUSALS_BUCKETS_MAX 2

enum refusals_kind { REFUSALS_CALLER, REFUSALS_ORIGIN, REFUSALS_USER, REFUSALS_KINDS };

struct refusals_bucket {
	enum refusals_kind kind;
	uint32_t slot; /* below REFUSALS_SLOTS */
	uint32_t a_minute;
};

/* The key for choosing slots, made with the file.  false: there is none. */
bool refusals_key(struct audit_folder *folder, unsigned char key[REFUSALS_KEY_SIZE]);
/*
 * A refusal in this minute (any count of minutes).  true: one of the buckets has room, so it is to be written, and
 * *suppressed were not since the last that was; false: it was counted in the first bucket, and that is all.
 */
bool refusals_take(struct audit_folder *folder, const struct refusals_bucket *buckets, size_t count, uint64_t minute, uint32_t *suppressed);
/* A record that is no refusal: so many refusals of the bucket were suppressed before it. */
uint32_t refusals_suppressed(struct audit_folder *folder, const struct refusals_bucket *bucket);

#endif
