/* SPDX-License-Identifier: ISC */
/* Where the build and the sources are: AUTHZ_BUILD and AUTHZ_SOURCE, as tests/run sets them, or by where this program is. */
#ifndef TEST_PAM_TREE_H
#define TEST_PAM_TREE_H

/* A path below it; good until the eighth call after. */
const char *tree_build(const char *path);
const char *tree_source(const char *path);

#endif
