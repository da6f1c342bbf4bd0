/* SPDX-License-Identifier: ISC */
/*
 * The real authz-launch, as a process of the tester's, at launch.sock in the state folder (own_state.h), where the helper
 * with that state looks for it; and the helper's end of it.  state_open(LAUNCHER_FILE) is to have copied it.
 */
#ifndef TEST_LAUNCHER_H
#define TEST_LAUNCHER_H

#include "own_state.h"

#include "host/host.h"

#define LAUNCHER_FILE "helpers/authz-launch/authz-launch"

extern pid_t launcher;

/* Returns when it listens. */
void launcher_start(void);
/* How it ends, as waitpid has it. */
int launcher_stop(int signal);

/* What the helper's rules get of host->launch: "output" is of LAUNCHED_SIZE bytes, and ends with a NUL. */
#define LAUNCHED_SIZE (64 << 10)
struct launched {
	enum authz_result result;
	char why[HOST_SUBJECT_SIZE];
	char output[LAUNCHED_SIZE + 1];
	size_t length;
};
void launch(const char *path, const void *input, size_t length, unsigned wait_ms, struct launched *out);

#endif
