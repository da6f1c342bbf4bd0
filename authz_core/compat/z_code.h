/* SPDX-License-Identifier: ISC */
/* Which result is which of Con-nect's return codes (z_cabinet.h).  The same result is another code by the kind of call. */
#ifndef AUTHZ_COMPAT_Z_CODE_H
#define AUTHZ_COMPAT_Z_CODE_H

#include "authz.h"

enum z_codes {
	Z_MEMBERS,  /* Z_ADD17A, Z_DIS17C, Z_DIS17F, Z_MEMSHP, Z_MOD17 */
	Z_CABINETS, /* Z_ADD05, Z_MOD05F */
	Z_ERASE,    /* Z_ERA05, Z_ERA05A */
	Z_CODES
};

#define Z_DONE 0
#define Z_BAD_NAME 2
#define Z_END 77
#define Z_BAD_LIST 92

/* 0 for AUTHZ_OK alone, else 1 to 99; 59 for a number that is no result. */
int z_code(enum z_codes codes, enum authz_result result);

#endif
