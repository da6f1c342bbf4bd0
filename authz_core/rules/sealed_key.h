/* SPDX-License-Identifier: ISC */
/*
 * A key of the authority store as the cursor of a list that everybody may ask for.  Wherever a page ends, there is a record,
 * of whatever kind: its key names cabinets, and who is in them.
 *
 * MUST 1: who holds a cursor learns no key by it, and can make none.
 */
#ifndef AUTHZ_RULES_SEALED_KEY_H
#define AUTHZ_RULES_SEALED_KEY_H

#include "rules/context.h"

#define SEALED_TAG 16
#define SEALED_KEY_MAX (CURSOR_SIZE - SEALED_TAG - 1) /* bytes of a key at most */

/* The reply's cursor; nothing if "length" is 0. */
enum authz_result sealed_key_write(struct rules *r, struct store_txn *t, const unsigned char *key, size_t length,
                                   struct reply *reply);
/* *length is 0 if the request has none.  AUTHZ_BAD_PARAMETER: no page of this store ended so. */
enum authz_result sealed_key_read(struct rules *r, struct store_txn *t, const struct request *request,
                                  unsigned char key[SEALED_KEY_MAX], size_t *length);

#endif
