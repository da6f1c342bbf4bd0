/* SPDX-License-Identifier: ISC */
/*
 * The operations on masters (doc/MASTERS has the rules).  Each takes a decoded request and fills the answer; the result is
 * the reply's.
 *
 * Rows: master_list without MASTER: name, number of the entries of its set, state ("live", "gone": the name is another
 * user's now, or nobody's).  With it: owners, until (seconds, "0": no end), state ("live", "over", "gone").  master_may:
 * "may" or the result's code, and why: the entry of the set that gave it.  master_mine, who may: master, owners (the entry by
 * which), until; who did: seconds, master, service, rhost, tty.  Lists that are not at their end have a CURSOR.
 */
#ifndef AUTHZ_RULES_MASTER_H
#define AUTHZ_RULES_MASTER_H

#include "rules/context.h"

enum authz_result master_define(struct rules *r, const struct request *request);
enum authz_result master_remove(struct rules *r, const struct request *request);
enum authz_result master_list(struct rules *r, const struct request *request, struct answer *answer);
enum authz_result master_grant(struct rules *r, const struct request *request);
enum authz_result master_revoke(struct rules *r, const struct request *request);
/* May this master enter this owner now?  AUTHZ_OK also where it may not: the row says. */
enum authz_result master_may(struct rules *r, const struct request *request, struct answer *answer);
enum authz_result master_mine(struct rules *r, const struct request *request, struct answer *answer);
enum authz_result master_forbid(struct rules *r, const struct request *request);
/*
 * A login program asks whether MASTER, whose password PAM has VERIFIED or found wrong, enters USER now.  The host alone.  Reply:
 * USER, UID, MASTER, MASTER_UID.
 */
enum authz_result master_enter(struct rules *r, const struct request *request, struct answer *answer);

#endif
