/* SPDX-License-Identifier: ISC */
#include "store_gets.h"

#include "store/store.h"

unsigned store_gets;

enum authz_result __real_store_get(struct store_txn *t, const void *key, size_t key_length, void *value, size_t size,
                                   size_t *length, bool *found);
enum authz_result __wrap_store_get(struct store_txn *t, const void *key, size_t key_length, void *value, size_t size,
                                   size_t *length, bool *found);

/* By the linker in the place of the real one, which does the work. */
enum authz_result __wrap_store_get(struct store_txn *t, const void *key, size_t key_length, void *value, size_t size,
                                   size_t *length, bool *found)
{
	store_gets++;
	return __real_store_get(t, key, key_length, value, size, length, found);
}
