/* SPDX-License-Identifier: ISC */
/* The map "gshadow": who administers a cabinet.  No group has a password. */
#include <stdatomic.h>

#include "answer.h"

static _Atomic uint64_t cursor;

EXPORTED enum nss_status NSS_CALL(getsgnam_r)(const char *name, struct sgrp *out, char *buffer, size_t length, int *errnop)
{
	return answer_by_name(name, &(struct answer){answer_gshadow, out, buffer, length, errnop});
}

EXPORTED enum nss_status NSS_CALL(setsgent)(int stayopen)
{
	(void)stayopen;
	atomic_store(&cursor, 0);
	return NSS_STATUS_SUCCESS;
}

EXPORTED enum nss_status NSS_CALL(getsgent_r)(struct sgrp *out, char *buffer, size_t length, int *errnop)
{
	return answer_next(&cursor, &(struct answer){answer_gshadow, out, buffer, length, errnop});
}

EXPORTED enum nss_status NSS_CALL(endsgent)(void)
{
	atomic_store(&cursor, 0);
	return NSS_STATUS_SUCCESS;
}
