/* SPDX-License-Identifier: ISC */
/* A module of other people's processes as a file: what it gives to and wants of them. */
#ifndef TEST_MODULE_FILE_H
#define TEST_MODULE_FILE_H

/* After <cmocka.h>'s own needs, so that a test file includes this alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pam_tree.h"

/* Of "tool MODULE filter"; good until the next call. */
const char *module_output(const char *tool, const char *module, const char *filter);
/* The names that it defines for others are these, a line each, in the order of the alphabet. */
void module_gives(const char *module, const char *names);
/* It is linked with these libraries, a line each, and no other. */
void module_wants(const char *module, const char *libraries);
/* It calls nothing that changes the process of its host or asks its environment, and none of these; NULL ends them. */
void module_leaves_host_alone(const char *module, const char *const *others);

#endif
