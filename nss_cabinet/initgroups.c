/* SPDX-License-Identifier: ISC */
/* The map "initgroups": which groups a user is in, whatever lists of members say. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "answer.h"

#define LEAST_SIZE 16

/* NSS's array of groups, that of libc's malloc. */
struct groups {
	gid_t **list;
	long *start, *size;
	long limit; /* <= 0: none */
};

/* Room for one more, at most up to the limit. */
static bool grow(struct groups *g)
{
	long size = *g->size < LEAST_SIZE ? LEAST_SIZE : *g->size * 2;
	const int saved = errno;
	gid_t *larger;

	if (*g->size > LONG_MAX / 2 / (long)sizeof(gid_t))
		return false;
	if (g->limit > 0 && size > g->limit)
		size = g->limit;
	larger = realloc(*g->list, (size_t)size * sizeof(gid_t));
	errno = saved;
	if (larger == NULL)
		return false;
	*g->list = larger;
	*g->size = size;
	return true;
}

static bool among(const gid_t *list, long count, gid_t gid)
{
	long i;

	for (i = 0; i < count; i++)
		if (list[i] == gid)
			return true;
	return false;
}

/* MUST 3 of nss_cabinet.h.  "there": how many others have found already. */
static enum nss_status add_all(struct groups *g, const struct view_user *u, gid_t primary, int *errnop)
{
	const long there = *g->start;
	uint32_t i;
	gid_t gid;

	for (i = 0; i < u->count; i++) {
		gid = VIEW_ONCE(u->gids[i]);
		if (!view_gid_fits(gid) || gid == primary || among(*g->list, there, gid))
			continue;
		if (g->limit > 0 && *g->start >= g->limit)
			break;
		if (*g->start >= *g->size && !grow(g)) {
			*errnop = ENOMEM;
			return NSS_STATUS_TRYAGAIN;
		}
		(*g->list)[(*g->start)++] = gid;
	}
	return NSS_STATUS_SUCCESS;
}

EXPORTED enum nss_status NSS_CALL(initgroups_dyn)(const char *user, gid_t group, long int *start, long int *size,
                                                  gid_t **groups, long int limit, int *errnop)
{
	struct groups g = {groups, start, size, limit};
	enum nss_status status;
	struct view_user u;
	struct mapping m;
	enum view_answer said = mapping_get(&m);

	if (said != VIEW_FOUND)
		return answer_no_view(said, &m, errnop);
	said = view_by_user(&m.view, user, &u);
	status = said == VIEW_FOUND ? add_all(&g, &u, group, errnop) : answer_status(said, errnop);
	mapping_put(&m);
	return status;
}
