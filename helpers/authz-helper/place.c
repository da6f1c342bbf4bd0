/* SPDX-License-Identifier: ISC */
#include "place.h"

#include <stdio.h>
#include <string.h>

#include "config.h"

bool place_set(struct place *p, const char *folder)
{
	if (folder == NULL) {
		*p = (struct place){.config = AUTHZ_CONFFILE, .store = AUTHZ_STATEDIR "/store", .tokens = AUTHZ_RUNDIR "/tokens",
		                    .audit = AUTHZ_STATEDIR "/audit", .view = AUTHZ_STATEDIR "/view", .socket = AUTHZ_SOCKET,
		                    .launch = AUTHZ_LAUNCH_SOCKET};
		return true;
	}
	if (folder[0] != '/' || strlen(folder) > PLACE_SIZE - 16)
		return false;
	p->own = true;
	snprintf(p->config, sizeof p->config, "%s/authz.conf", folder);
	snprintf(p->store, sizeof p->store, "%s/store", folder);
	snprintf(p->tokens, sizeof p->tokens, "%s/tokens", folder);
	snprintf(p->audit, sizeof p->audit, "%s/audit", folder);
	snprintf(p->view, sizeof p->view, "%s/view", folder);
	snprintf(p->socket, sizeof p->socket, "%s/helper.sock", folder);
	snprintf(p->launch, sizeof p->launch, "%s/launch.sock", folder);
	return true;
}
