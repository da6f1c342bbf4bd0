/* SPDX-License-Identifier: ISC */
/* An NSS service that answers at once, with nothing: what is left of a look-up is the C library's. */
#include <errno.h>
#include <grp.h>
#include <nss.h>
#include <string.h>

#define FOUND 10 /* groups of any user */

static char *nobody[] = {NULL};
static char nothing[] = "";

static enum nss_status answer(int found, struct group *g, int *error)
{
	if (!found) {
		*error = ENOENT;
		return NSS_STATUS_NOTFOUND;
	}
	*g = (struct group){.gr_name = nothing, .gr_passwd = nothing, .gr_mem = nobody};
	return NSS_STATUS_SUCCESS;
}

/* cab-g1 is there, cab-no1 is not */
enum nss_status _nss_floor_getgrnam_r(const char *name, struct group *g, char *buffer, size_t size, int *error)
{
	(void)buffer;
	(void)size;
	return answer(strstr(name, "no") == NULL, g, error);
}

enum nss_status _nss_floor_getgrgid_r(gid_t gid, struct group *g, char *buffer, size_t size, int *error)
{
	(void)buffer;
	(void)size;
	return answer(gid % 1000000 < 400000, g, error);
}

enum nss_status _nss_floor_initgroups_dyn(const char *user, gid_t group, long *start, long *size, gid_t **gids, long limit,
                                          int *error)
{
	int i;

	(void)user;
	(void)group;
	(void)limit;
	(void)error;
	for (i = 0; i < FOUND && *start < *size; i++)
		(*gids)[(*start)++] = (gid_t)(4000000 + i);
	return NSS_STATUS_SUCCESS;
}

enum nss_status _nss_floor_setgrent(int stayopen)
{
	(void)stayopen;
	return NSS_STATUS_SUCCESS;
}

enum nss_status _nss_floor_getgrent_r(struct group *g, char *buffer, size_t size, int *error)
{
	(void)buffer;
	(void)size;
	return answer(0, g, error);
}

enum nss_status _nss_floor_endgrent(void)
{
	return NSS_STATUS_SUCCESS;
}
