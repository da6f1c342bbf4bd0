/* SPDX-License-Identifier: ISC */
/* The plugin of sudo as sudo has it: loaded, opened, asked, closed; and what it said, to whom.  See compat_kit.h for the helper. */
#ifndef TEST_APPROVAL_KIT_H
#define TEST_APPROVAL_KIT_H

#include <stdbool.h>
#include <sudo_plugin.h>

#include "authz.h"

#define KIT_LIST (const char *const[])

extern struct approval_plugin *plugin;

/* One command of sudo's.  Lists end with NULL, or are NULL. */
struct sudo {
	const char *const *user, *const *info, *const *argv, *const *options;
	unsigned version; /* 0: that of the header */
	bool mute;        /* sudo has no printf, and wants no errstr */
	/* what came of it */
	int opened, verdict;
	char why[1024], told[2048], logged[4096]; /* errstr; what the user reads; "<level> text\n" each */
};

/* Before a group's setup, as the build's folder may not be everybody's. */
void sudo_load(void);
/* Who calls, as whom; options by which this helper is asked; good until the next call. */
extern const char *const sudo_user[], *const sudo_as_root[];
const char *const *sudo_options(const struct authz_client *client, const char *more);
/* From open to close; check only where sudo would. */
void sudo_run(struct sudo *sudo);
/* /usr/bin/id by sudo_user as root: the verdict. */
int sudo_id(const struct authz_client *client, struct sudo *sudo);

#endif
