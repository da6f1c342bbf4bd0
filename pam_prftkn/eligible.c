/* SPDX-License-Identifier: ISC */
#include "eligible.h"

#define UID_NOBODY 65534

bool eligible(const struct options *options, const struct passwd *account)
{
	const uid_t uid = account->pw_uid;

	return uid != 0 && uid != UID_NOBODY && uid != (uid_t)-1 && uid >= options->min_uid;
}
