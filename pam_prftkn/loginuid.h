/* SPDX-License-Identifier: ISC */
/* What the kernel's audit knows of this process: who logged in, and in which session. */
#ifndef PAM_PRFTKN_LOGINUID_H
#define PAM_PRFTKN_LOGINUID_H

#include <stdbool.h>
#include <stdint.h>

#define LOGINUID_UNSET UINT32_MAX /* of both: nobody, none, or a kernel that does not say */

uint32_t loginuid_get(void);
uint32_t loginuid_session(void);
/* Become that login, or none; the kernel then gives another session.  False with errno. */
bool loginuid_set(uint32_t uid);

#endif
