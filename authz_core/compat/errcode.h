/* SPDX-License-Identifier: ISC */
/* The documents' error code parameter, in both of its formats (qusec.h). */
#ifndef AUTHZ_COMPAT_ERRCODE_H
#define AUTHZ_COMPAT_ERRCODE_H

#include <stdbool.h>
#include <stddef.h>

#define ERRCODE_ID 7
#define ERRCODE_DATA_MAX 24 /* of CPF9872 */

struct errcode {
	unsigned char *at; /* the caller's structure, aligned or not */
	size_t size;
	bool keyed; /* ERRC0200 */
};

/* False: there is no room for any answer (CPF3CF1). */
bool errcode_open(struct errcode *e, void *structure);
/* Nothing went wrong. */
void errcode_clear(const struct errcode *e);
/* What went wrong, as much as there is room for.  "length" is at most ERRCODE_DATA_MAX. */
void errcode_set(const struct errcode *e, const char id[ERRCODE_ID], const void *data, size_t length);

#endif
