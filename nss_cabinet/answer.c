/* SPDX-License-Identifier: ISC */
#include "answer.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

#define HINT_SHIFT 32

/* ---- forms */

/*
 * What of a buffer is left; all is copied there, for the view may be another one when the caller looks.  It may be written
 * to while it is copied, too: so what is answered is looked at on the way.
 */
struct space {
	char *at;
	uint64_t left;
};

static void *take(struct space *s, uint64_t size)
{
	void *taken = s->at;

	if (size > s->left)
		return NULL;
	s->at += size;
	s->left -= size;
	return taken;
}

static char **take_pointers(struct space *s, uint64_t count)
{
	const uint64_t gap = -(uintptr_t)s->at % sizeof(char *);

	return take(s, gap) == NULL ? NULL : take(s, (count + 1) * sizeof(char *));
}

static char *take_word(struct space *s, const char word[2])
{
	char *to = take(s, 2);

	return to == NULL ? NULL : memcpy(to, word, 2);
}

static bool point(char **names, const struct view_group *g, uint32_t from, uint32_t count, char *text, uint64_t length)
{
	names[count] = NULL;
	return view_point(names, g->starts + from, count, text, length);
}

static enum nss_status too_small(const struct answer *a)
{
	*a->errnop = ERANGE;
	return NSS_STATUS_TRYAGAIN;
}

enum nss_status answer_group(const struct view_group *g, const struct answer *a)
{
	struct space space = {a->buffer, a->length};
	struct group *to = a->out;
	char **members = take_pointers(&space, g->members);
	char *text = members == NULL ? NULL : take(&space, g->members_end);
	char *password = text == NULL ? NULL : take_word(&space, "x");

	if (password == NULL)
		return too_small(a);
	if (!view_copy(text, g->text, g->members_end) || !point(members, g, 0, g->members, text, g->members_end))
		return answer_status(VIEW_DAMAGED, a->errnop);
	*to = (struct group){.gr_name = text, .gr_passwd = password, .gr_gid = g->gid, .gr_mem = members};
	return NSS_STATUS_SUCCESS;
}

enum nss_status answer_gshadow(const struct view_group *g, const struct answer *a)
{
	struct space space = {a->buffer, a->length};
	struct sgrp *to = a->out;
	char **members = take_pointers(&space, g->members);
	char **administrators = members == NULL ? NULL : take_pointers(&space, g->administrators);
	char *text = administrators == NULL ? NULL : take(&space, g->text_length);
	char *password = text == NULL ? NULL : take_word(&space, "!");

	if (password == NULL)
		return too_small(a);
	if (!view_copy(text, g->text, g->text_length) || !point(members, g, 0, g->members, text, g->text_length) ||
	    !point(administrators, g, g->members, g->administrators, text, g->text_length))
		return answer_status(VIEW_DAMAGED, a->errnop);
	*to = (struct sgrp){.sg_namp = text, .sg_passwd = password, .sg_adm = administrators, .sg_mem = members};
	return NSS_STATUS_SUCCESS;
}

/* ---- states */

enum nss_status answer_status(enum view_answer said, int *errnop)
{
	switch (said) {
	case VIEW_FOUND:
		return NSS_STATUS_SUCCESS;
	case VIEW_ABSENT:
		*errnop = ENOENT;
		return NSS_STATUS_NOTFOUND;
	default:
		*errnop = EBADMSG;
		return NSS_STATUS_UNAVAIL;
	}
}

static enum nss_status give(enum view_answer said, const struct view_group *g, const struct answer *a)
{
	return said == VIEW_FOUND ? a->form(g, a) : answer_status(said, a->errnop);
}

enum nss_status answer_no_view(enum view_answer said, const struct mapping *m, int *errnop)
{
	const enum nss_status status = answer_status(said, errnop);

	if (said == VIEW_FAILED)
		*errnop = m->code;
	return status;
}

/* ---- questions */

/* By name, unless that is NULL: then by gid. */
static enum nss_status ask(const char *name, gid_t gid, const struct answer *a)
{
	enum nss_status status;
	struct view_group g;
	struct mapping m;
	enum view_answer said = mapping_get(&m);

	if (said != VIEW_FOUND)
		return answer_no_view(said, &m, a->errnop);
	said = name != NULL ? view_by_name(&m.view, name, &g) : view_by_gid(&m.view, gid, &g);
	status = give(said, &g, a);
	mapping_put(&m);
	return status;
}

/* Nearly all questions are for other groups: they cost no look at the view, and its damage does not touch them. */
enum nss_status answer_by_name(const char *name, const struct answer *a)
{
	return view_prefix_fits(name) ? ask(name, 0, a) : answer_status(VIEW_ABSENT, a->errnop);
}

enum nss_status answer_by_gid(gid_t gid, const struct answer *a)
{
	return view_gid_fits(gid) ? ask(NULL, gid, a) : answer_status(VIEW_ABSENT, a->errnop);
}

/*
 * The cursor is the lowest gid that was not answered yet, and where in the list that was last: a sweep needs no view to be
 * kept for it, and one that goes on in a later view meets each group that is there all the time once.
 */
static enum nss_status next(const struct view *v, _Atomic uint64_t *cursor, const struct answer *a)
{
	uint64_t now = atomic_load(cursor);
	enum nss_status status;
	enum view_answer said;
	struct view_group g;
	uint32_t hint;

	do {
		hint = (uint32_t)(now >> HINT_SHIFT);
		said = view_from_gid(v, (uint32_t)now, &hint, &g);
		status = give(said, &g, a);
		/* another thread may have taken this one meanwhile */
	} while (status == NSS_STATUS_SUCCESS &&
	         !atomic_compare_exchange_strong(cursor, &now, (uint64_t)hint << HINT_SHIFT | (g.gid + 1)));
	return status;
}

enum nss_status answer_next(_Atomic uint64_t *cursor, const struct answer *a)
{
	enum nss_status status;
	struct mapping m;
	const enum view_answer said = mapping_get(&m);

	if (said != VIEW_FOUND)
		return answer_no_view(said, &m, a->errnop);
	status = next(&m.view, cursor, a);
	mapping_put(&m);
	return status;
}
