/* SPDX-License-Identifier: ISC */
/*
 * A folder of its own for a test of the client, with bad_helper in it under as many names as the test has use for; and
 * what a host would notice: its descriptors and children.
 */
#ifndef TEST_SCRATCH_H
#define TEST_SCRATCH_H

#include <stdbool.h>
#include <sys/types.h>

#define NOBODY 65534 /* whom root's tests run helpers, and ordinary tests, as */

/* Make the folder, with a copy of the bad_helper that lies beside this program.  Ends the program if that fails. */
void scratch_make(void);
void scratch_remove(void);
/* The same, as setup and teardown of a group of tests. */
int scratch_setup(void **state);
int scratch_teardown(void **state);
/* A path inside it.  Overwritten by the eighth call after. */
const char *scratch_path(const char *name);
/* The path of bad_helper in that mode (bad_helper.c); in mode "missing" there is nothing. */
const char *scratch_helper(const char *mode);
/* The process that a helper in that mode told of (only some do): 0 if none did. */
pid_t scratch_pid(const char *mode);
/* Is it still there, zombies not counted, after up to a second? */
bool scratch_alive(pid_t pid);

int open_descriptors(void);
/* Is there any child, of any kind, dead or alive?  None is reaped. */
bool any_child(void);

/* Run "host" in a process of its own.  True if it ended by exit(0). */
bool in_process(void (*host)(void));
/* In such a process: end it with a message unless "holds". */
#define HOST(holds) host_check((holds), #holds, __FILE__, __LINE__)
void host_check(bool holds, const char *what, const char *file, int line);

#endif
