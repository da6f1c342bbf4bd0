/* SPDX-License-Identifier: ISC */
/*
 * Where a refusal comes from: the buckets of refusals.h.
 *
 * A caller who is not the host has one by its uid, which is all that is known for certain of it.  Of a login that the host
 * relays there are two, and the refusal is written if either has room:
 *
 *   its origin    the login uid of the session that the login program runs in, the service, and the remote host, an IPv6
 *                 address by its first 64 bits; where neither login uid nor remote host is known, the terminal.  Whoever
 *                 hammers from one place fills this one alone, whatever names are tried
 *   user meant    who was to be logged in, all unknown names together; so where all logins have one origin, as behind a
 *                 proxy, some refusals of each user are written all the same
 *
 * The host's own requests (no service, no remote host) have none.
 */
#ifndef AUTHZ_HOST_ORIGIN_H
#define AUTHZ_HOST_ORIGIN_H

#include "host/host.h"
#include "host/refusals.h"

#define REFUSALS_OF_CALLER 20 /* a minute */
#define REFUSALS_OF_ORIGIN 60
#define REFUSALS_OF_USER 10

/* How many buckets there are; 0: this is never suppressed, or the folder cannot be used. */
size_t origin_buckets(struct audit_folder *folder, const struct audit_event *e, struct refusals_bucket out[REFUSALS_BUCKETS_MAX]);

#endif
