/* SPDX-License-Identifier: ISC */
/* What the calls on cabinets have in common. */
#ifndef AUTHZ_CLIENT_API_CABINET_H
#define AUTHZ_CLIENT_API_CABINET_H

#include "client/api_call.h"

/*
 * A call with who acts, and names that have to be there.  *result is AUTHZ_OK, or why it is not to be asked; NULL: no
 * memory.  "count" names of which none may be NULL or empty.
 */
struct api_call *api_cabinet_begin(enum operation operation, const struct authz_acting *acting, const struct api_text *names,
                                   size_t count, enum authz_result *result);

#endif
