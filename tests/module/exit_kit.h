/* SPDX-License-Identifier: ISC */
/* Exits that the real helper knows, with a state of its own (own_state.h); launcher.h runs them. */
#ifndef TEST_EXIT_KIT_H
#define TEST_EXIT_KIT_H

#include "own_state.h"

#include "authz.h"

/* A test's setup; teardown is state_remove. */
int exit_setup(void **state);
#define EXIT_TEST(sentence, function) {sentence, function, exit_setup, state_remove, NULL}

/* The helper, as a child. */
const struct authz_client *exit_client(void);
/* A program of the shell in the state folder, its path; good until the next call. */
const char *exit_script(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The host registers it, for lines. */
void exit_add(const struct authz_client *client, const char *point, const char *format, int64_t number, const char *program);
/* What is in the file "heard" of the state folder; it is gone then. */
const char *exit_heard(void);

#endif
