/* SPDX-License-Identifier: ISC */
/* How many records a rule reads; for programs that are linked with -Wl,--wrap=store_get. */
#ifndef TEST_UNIT_STORE_GETS_H
#define TEST_UNIT_STORE_GETS_H

extern unsigned store_gets; /* calls of store_get */

#endif
