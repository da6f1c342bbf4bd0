/* SPDX-License-Identifier: ISC */
#include "compat/client.h"

#include <stddef.h>

const struct authz_client *compat_client(void)
{
	return NULL;
}
