/* SPDX-License-Identifier: ISC */
/* For whom the module does anything at all. */
#ifndef PAM_PRFTKN_ELIGIBLE_H
#define PAM_PRFTKN_ELIGIBLE_H

#include <pwd.h>
#include <stdbool.h>

#include "options.h"

/* Not root, not nobody, not below min_uid; whatever the helper says of others. */
bool eligible(const struct options *options, const struct passwd *account);

#endif
