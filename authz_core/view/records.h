/* SPDX-License-Identifier: ISC */
/*
 * Places and records of a view by where they are, looked at as view.h says; for this folder alone.
 * Of a file that nobody writes to meanwhile: that is, for the helper, whose own it is.
 */
#ifndef AUTHZ_VIEW_RECORDS_H
#define AUTHZ_VIEW_RECORDS_H

#include "view/format.h"
#include "view/view.h"

/* The place of a number.  False: damaged, or the table has none of that number. */
bool view_place_at(const struct view *v, enum view_table table, uint64_t number, struct view_place *out);
/* VIEW_ABSENT: it is whole, and no group of this build's. */
enum view_answer view_group_at(const struct view *v, uint64_t offset, struct view_group *out);
/* The user's name, or NULL: damaged. */
const char *view_user_at(const struct view *v, uint64_t offset, struct view_user *out);

#endif
