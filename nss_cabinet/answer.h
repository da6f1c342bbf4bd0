/* SPDX-License-Identifier: ISC */
/* From what the view says to what NSS wants: its forms, in the caller's buffer, and its states. */
#ifndef NSS_CABINET_ANSWER_H
#define NSS_CABINET_ANSWER_H

#include <stdint.h>

#include "mapping.h"
#include "nss_cabinet.h"

struct answer;

/* A struct group or a struct sgrp, whole in the buffer. */
typedef enum nss_status answer_form(const struct view_group *g, const struct answer *a);
answer_form answer_group;
answer_form answer_gshadow;

/* Where the caller wants his answer, and in which form. */
struct answer {
	answer_form *form;
	void *out;
	char *buffer;
	size_t length;
	int *errnop;
};

/* What the view said, as NSS says it; *errnop is set unless it is NSS_STATUS_SUCCESS. */
enum nss_status answer_status(enum view_answer said, int *errnop);
/* The same of what mapping_get said, which was not VIEW_FOUND. */
enum nss_status answer_no_view(enum view_answer said, const struct mapping *m, int *errnop);
enum nss_status answer_by_name(const char *name, const struct answer *a);
enum nss_status answer_by_gid(gid_t gid, const struct answer *a);
/* The next of a sweep; *cursor is 0 at first, and otherwise this call's own. */
enum nss_status answer_next(_Atomic uint64_t *cursor, const struct answer *a);

#endif
