/* SPDX-License-Identifier: ISC */
/* Masters, as a test of the rules asks for them: each call as the caller of the world. */
#ifndef TEST_UNIT_MASTERS_H
#define TEST_UNIT_MASTERS_H

#include "world.h"
#include "rules/master.h"
#include "rules/master_history.h"
#include "rules/master_record.h"
#include "rules/master_set.h"

enum { UID_HELGA = 1100, UID_OTTO = 1101 };

/* A world with two users more, helga and otto; helga is a master with an empty set.  The caller is the host. */
int masters_setup(void **state);

enum authz_result define(struct world *w, const char *master);
enum authz_result undefine(struct world *w, const char *master);
/* until: seconds, 0: for good. */
enum authz_result give(struct world *w, const char *master, const char *owners, int64_t until);
enum authz_result take_back(struct world *w, const char *master, const char *owners);
enum authz_result forbid(struct world *w, bool yes);
struct request about_entry(const char *owner, const char *master);
enum authz_result enter(struct world *w, const char *owner, const char *master);
enum authz_result enter_with(struct world *w, const struct request *q);

/* As the host, whoever is the caller; must succeed. */
void host_defines(struct world *w, const char *master);
void host_gives(struct world *w, const char *master, const char *owners, int64_t until);

/* What the rules say of two users of the fake host, now. */
enum authz_result may(struct world *w, const char *master, const char *owner, struct master_entry *by);
bool is_master(struct world *w, const char *name, struct master *out, struct master_wide *wide);
struct master_history history_of(struct world *w, const char *owner);
/* Seconds of the wall clock. */
int64_t now_of(struct world *w);

/* The bytes of a record of the authority store; 0: there is none. */
size_t record_get(struct world *w, const char *key, size_t key_length, unsigned char *value, size_t size);
void record_put(struct world *w, const char *key, size_t key_length, const void *value, size_t length);
void record_drop(struct world *w, const char *key, size_t key_length);

#endif
