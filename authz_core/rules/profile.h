/* SPDX-License-Identifier: ISC */
/* The operations on user profiles: authzctl profile show | enable | disable | special. */
#ifndef AUTHZ_RULES_PROFILE_H
#define AUTHZ_RULES_PROFILE_H

#include "rules/context.h"

/* One's own, or anybody's for *SECADM. */
enum authz_result profile_show(struct rules *r, const struct request *request, struct answer *answer);
/* *SECADM.  Disabling kills the tokens of before for good: enabling does not bring them back. */
enum authz_result profile_enable(struct rules *r, const struct request *request);
enum authz_result profile_disable(struct rules *r, const struct request *request);
/* *SECADM, and nobody gives or takes a special authority that it has not itself. */
enum authz_result profile_special(struct rules *r, const struct request *request);

#endif
