/* SPDX-License-Identifier: ISC */
/* The shared cabinet that somebody wants to look into, by its name or its ISN. */
#ifndef AUTHZ_RULES_CABINET_FOUND_H
#define AUTHZ_RULES_CABINET_FOUND_H

#include "rules/cabinet_who.h"

/*
 * Of CABINET or ISN, for a supervisor and its administrators; a locked one too.  AUTHZ_NAME_AND_ISN (08): both, or neither;
 * AUTHZ_CABINET_ADMIN (15), also where there is none; AUTHZ_NO_ISN (04), AUTHZ_NO_CABINET (98).
 */
enum authz_result cabinet_find_to_look(struct rules *r, struct store_txn *t, const struct request *request,
                                       const struct cabinet_actor *actor, struct cabinet *out);
/* The same without asking who: for whom the answer tells nothing.  *found false: there is none, *out has what is known. */
enum authz_result cabinet_find_any(struct rules *r, struct store_txn *t, const struct request *request, struct cabinet *out,
                                   bool *found);
/* A result about what the caller said. */
enum authz_result cabinet_find_refused(struct rules *r, const struct request *request, enum authz_result result);

#endif
