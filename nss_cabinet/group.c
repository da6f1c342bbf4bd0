/* SPDX-License-Identifier: ISC */
/* The map "group". */
#include <stdatomic.h>

#include "answer.h"

static _Atomic uint64_t cursor;

EXPORTED enum nss_status NSS_CALL(getgrnam_r)(const char *name, struct group *out, char *buffer, size_t length, int *errnop)
{
	return answer_by_name(name, &(struct answer){answer_group, out, buffer, length, errnop});
}

EXPORTED enum nss_status NSS_CALL(getgrgid_r)(gid_t gid, struct group *out, char *buffer, size_t length, int *errnop)
{
	return answer_by_gid(gid, &(struct answer){answer_group, out, buffer, length, errnop});
}

EXPORTED enum nss_status NSS_CALL(setgrent)(int stayopen)
{
	(void)stayopen;
	atomic_store(&cursor, 0);
	return NSS_STATUS_SUCCESS;
}

EXPORTED enum nss_status NSS_CALL(getgrent_r)(struct group *out, char *buffer, size_t length, int *errnop)
{
	return answer_next(&cursor, &(struct answer){answer_group, out, buffer, length, errnop});
}

EXPORTED enum nss_status NSS_CALL(endgrent)(void)
{
	atomic_store(&cursor, 0);
	return NSS_STATUS_SUCCESS;
}
