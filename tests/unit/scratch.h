/* SPDX-License-Identifier: ISC */
/* A folder of its own for each test, removed afterwards. */
#ifndef TEST_UNIT_SCRATCH_H
#define TEST_UNIT_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>

#define SCRATCH_SIZE 128

/* Make it, mode 0700, below TMPDIR or /tmp.  Ends the program if that fails, as the others here. */
void scratch_make(char folder[SCRATCH_SIZE]);
/* With everything in it. */
void scratch_remove(const char *folder);

/* A folder for whoever wants but one: the setup and teardown of a test make and remove it. */
extern char test_folder[SCRATCH_SIZE];
int scratch_setup(void **state);
int scratch_teardown(void **state);

/* "folder/name".  Overwritten by the eighth call after. */
const char *scratch_path(const char *folder, const char *name);
void scratch_folder(const char *path);
void scratch_write(const char *path, const char *text);
/* The whole file with a NUL after it, to be freed.  *length may be NULL. */
char *scratch_read(const char *path, size_t *length);
/* Do these bytes stand in any file below the folder? */
bool scratch_holds(const char *folder, const void *bytes, size_t length);

/* Run it in a process of its own: the status that it ended with, or 256 and the signal's number. */
int scratch_process(int (*run)(void *arg), void *arg);

#endif
