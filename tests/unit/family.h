/* SPDX-License-Identifier: ISC */
/* The calls around a token beside making and redeeming it, as a test of the rules asks them: each as the caller of the world. */
#ifndef TEST_UNIT_FAMILY_H
#define TEST_UNIT_FAMILY_H

#include "world.h"

/* With no claims and no bindings.  "to" may be NULL. */
enum authz_result regenerate(struct world *w, const unsigned char from[TOKEN_SIZE], char type, int timeout,
                             unsigned char to[TOKEN_SIZE]);
/* The same with a request of the test's own, for its bindings and claims. */
enum authz_result regenerate_with(struct world *w, struct request q, const unsigned char from[TOKEN_SIZE], char type,
                                  int timeout, unsigned char to[TOKEN_SIZE]);
/* Seconds left; the rest of the answer is in w->answer. */
enum authz_result inspect(struct world *w, const unsigned char token[TOKEN_SIZE], int *seconds);
enum authz_result invalidate(struct world *w, const unsigned char token[TOKEN_SIZE]);
/* For whom to redeem: the user is in w->answer. */
enum authz_result user_of(struct world *w, const unsigned char token[TOKEN_SIZE]);
/* All pages; "user" NULL: everybody's.  "removed": how many. */
enum authz_result remove_all(struct world *w, const char *user, uint64_t *removed);
/* A page: "cursor" is what the last one answered, and is set to what this one did. */
enum authz_result remove_page(struct world *w, const char *user, struct request *page);
/* With a password, as the caller; *NOPWD's other defaults. */
enum authz_result generate_by_password(struct world *w, const char *user, const char *password,
                                       unsigned char token[TOKEN_SIZE]);
/* The account's password: what the fake host has for a hash. */
void set_password(struct world *w, const char *user, const char *password);

#endif
