/* SPDX-License-Identifier: ISC */
/*
 * The real helper, copied, with a state folder of its own, by an ordinary user, who is thereby its host.
 *
 * Root turns into nobody: the helper refuses to work as root, and such tests are for a user without privilege.
 */
#ifndef TEST_OWN_STATE_H
#define TEST_OWN_STATE_H

/* After <cmocka.h>'s own needs, so that a test file includes this alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/types.h>

#include "wire/request.h"

extern char state_folder[112], helper[128];
/* A user of this host who can own a token where the configuration says so: not root, not nobody, not the tester. */
extern char owner[NAME_SIZE];
extern uid_t owner_uid;

/* For a group of tests: all that lasts longer than one.  "also": one more file of the build that is copied, or NULL. */
int state_open(const char *also);
int state_close(void **state);
/* Beside the state folder; good until the eighth call of this and in_state after. */
const char *beside_state(const char *name);

/* For a test: the state folder with a configuration, and the owner's line in shadow.  state_remove is a teardown. */
void state_make(void);
int state_remove(void **state);
const char *in_state(const char *name);
/* The configuration as it was at first; with these lines more. */
void configure(void);
void configure_also(const char *lines);
void write_file(const char *path, const char *text);
/* A program of the shell. */
void write_script(const char *path, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A program that is the helper with this state, as it is started without arguments: by a client, as its child. */
void write_child(const char *path);

#endif
