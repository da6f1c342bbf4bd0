/* SPDX-License-Identifier: ISC */
/* Places and records of a view by where they are, looked at as view.h says; for this folder alone. */
#ifndef AUTHZ_VIEW_RECORDS_H
#define AUTHZ_VIEW_RECORDS_H

#include "view/format.h"
#include "view/view.h"

/* The place of a number that the table has.  NULL: damaged. */
const struct view_place *view_place_at(const struct view *v, enum view_table table, uint64_t number);
/* VIEW_ABSENT: it is whole, and no group of this build's. */
enum view_answer view_group_at(const struct view *v, uint64_t offset, struct view_group *out);
enum view_answer view_user_at(const struct view *v, uint64_t offset, struct view_user *out, const char **name);

#endif
