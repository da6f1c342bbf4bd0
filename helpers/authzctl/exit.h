/* SPDX-License-Identifier: ISC */
/* What the commands on authorization exits have in common. */
#ifndef AUTHZCTL_EXIT_H
#define AUTHZCTL_EXIT_H

#include "app.h"

/* The point and the format of the line, as far as they are there: EXIT_DONE, or what the command ends with. */
int exit_put_point(const struct app *app, const struct args *args, struct request *request);

#endif
