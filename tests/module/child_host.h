/* SPDX-License-Identifier: ISC */
/*
 * What the tests of the helper as a child share: one call by a child that is bad_helper, in a process that is some kind
 * of host, and each row twice where root runs them.
 */
#ifndef TEST_CHILD_HOST_H
#define TEST_CHILD_HOST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "authz.h"
#include "scratch.h"

extern const unsigned char child_token[AUTHZ_TOKEN_SIZE];

/* Redeem it, by bad_helper in that mode; with the default of a time-out, where that is 0. */
enum authz_result child_redeem(const char *mode, int timeout_ms, struct authz_error *error);
enum authz_result child_ask(const char *mode);

/* In a host (scratch.h): write the whole text into a file that is there. */
void child_write(const char *path, const char *text);
void child_pause_ms(long milliseconds);

/* The rows of a table: the host is to end well, in a process of its own. */
#define IN_HOST(name, host) {name, child_passes, NULL, NULL, (void *)(host)}
#define ROW(name, test) {name, test, NULL, NULL, NULL}
void child_passes(void **state);

/*
 * main() of such a test.  As root "everybody" runs twice, as an ordinary user and as root, and then "for_root" (which may
 * be NULL); else "everybody" alone.
 */
int child_main(const char *title, const struct CMUnitTest *everybody, size_t count, const struct CMUnitTest *for_root,
               size_t root_count);

#endif
