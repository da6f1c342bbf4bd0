/* SPDX-License-Identifier: ISC */
/* From a decoded request to its answer: which stores it needs, and which rule. */
#ifndef AUTHZ_HELPER_DISPATCH_H
#define AUTHZ_HELPER_DISPATCH_H

#include "identity.h"
#include "place.h"
#include "rules/context.h"

/* The result, with its subject, is in answer->reply. */
void dispatch(const struct place *place, const struct identity *id, const struct request *request, struct answer *answer);

#endif
