/* SPDX-License-Identifier: ISC */
/*
 * The NSS module as the C library loads it: built as service "cabinettest", with the view in the working folder, which is a
 * folder of the test's own.  The view has a clock: which publication an answer is from can be told from each answer.
 */
#ifndef TEST_NSS_KIT_H
#define TEST_NSS_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <grp.h>
#include <gshadow.h>
#include <nss.h>

#include "config.h"
#include "view/publish.h"

#define NSS_CLOCK AUTHZ_GROUP_PREFIX "clock" /* the group of the lowest gid; its first member is s<N>, its administrator b<N> */
#define NSS_USER "ann" /* is in the clock's group, and in the group whose gid is the lowest + 1 + N */
#define NSS_GROUPS 20 /* the clock and others */

/* Setup and teardown: the folder, with publication 1 in it; the module loaded and set as the one service for groups. */
int nss_setup(void **state);
int nss_teardown(void **state);
/* Publish number N: until the call is over nobody need see it, from then on everybody must. */
void nss_publish(long n);
/* What is mapped is asked for anew. */
void nss_mark(void);
/* The path of the module that nss_setup loads, and of its folder. */
const char *nss_module(void);
/* A call of it, by the name after _nss_cabinettest_. */
void *nss_call(const char *name);

/* Which publication the answer is from; -1: it is no answer, errno says why; -2: it is a wrong one. */
long nss_by_name(void);
long nss_by_gid(void);
long nss_by_user(void);
long nss_by_gshadow(void);
/* A whole sweep: the publication that the clock's entry was from. */
long nss_by_sweep(void);
/* The module's own getgrnam_r, without libc between. */
long nss_by_call(void);
/* The clock of what getgrnam_r and the like have answered. */
long nss_clock_of(const struct group *g);

/* How many mappings of views this process has; of files whose name holds "what". */
unsigned nss_mappings(const char *what);
unsigned nss_descriptors(void);

#endif
