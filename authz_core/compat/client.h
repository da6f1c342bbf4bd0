/* SPDX-License-Identifier: ISC */
/* How the helper is reached: the documents' calls have no parameter for it. */
#ifndef AUTHZ_COMPAT_CLIENT_H
#define AUTHZ_COMPAT_CLIENT_H

#include "authz.h"

/* In the library the build's default, NULL (client.c); tests are linked with one of their own. */
const struct authz_client *compat_client(void);

#endif
