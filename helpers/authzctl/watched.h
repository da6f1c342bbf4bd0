/* SPDX-License-Identifier: ISC */
/* Long work of the helper's, that says by a stream how far it is. */
#ifndef AUTHZCTL_WATCHED_H
#define AUTHZCTL_WATCHED_H

#include "app.h"

/* Ask, and show on a terminal how far "what" is. */
enum authz_result watched_ask(const struct app *app, struct call *c, const char *what);

#endif
