/* SPDX-License-Identifier: ISC */
/*
 * What is done to every byte of a group: it is summed, its text is copied and looked at, its names are pointed at (view_copy
 * and view_point, in view.h).  A group of 100,000 members has a megabyte of that, so these are compiled twice: for every
 * processor, and for those that have registers of 32 bytes.
 */
#ifndef AUTHZ_VIEW_COPY_H
#define AUTHZ_VIEW_COPY_H

#include <stdint.h>

#define VIEW_LARGE 4096u /* bytes from which on it is worth asking which processor this is */

/* view_sum of format.h. */
uint64_t view_sum_large(const void *bytes, uint64_t length, uint64_t seed);

#endif
