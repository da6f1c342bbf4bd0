/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: no copy of a password stays behind.
 */
#include "config.h"

#include "compat/z_who.h"

#include <string.h>

#include "compat/z_code.h"

#define CCSID_EBCDIC 37
#define CCSID_HEX 65535

bool z_blank(const char *field, size_t size)
{
	return field == NULL || chars_length(field, size) == 0;
}

bool z_name(const char *field, char name[Z_NAME + 1])
{
	return chars_name_of(field, Z_NAME, name);
}

bool z_password(const char *field, char password[CHARS_SECRET])
{
	password[0] = '\0';
	if (z_blank(field, Z_NAME))
		return true;
	return chars_password(field, (int)chars_length(field, Z_NAME), chars_ccsid37(field, Z_NAME) ? CCSID_EBCDIC : CCSID_HEX,
	                      password) == CHARS_GOOD;
}

int z_who(struct z_who *who, const char *cabinet, const char *password)
{
	*who = (struct z_who){.acting = NULL};
	if (z_blank(cabinet, Z_NAME))
		return z_blank(password, Z_NAME) ? Z_DONE : Z_BAD_NAME;
	if (!z_name(cabinet, who->cabinet))
		return Z_BAD_NAME;
	if (!z_password(password, who->password))
		return Z_BAD_LIST;
	who->as = (struct authz_acting){.cabinet = who->cabinet, .password = who->password};
	who->acting = &who->as;
	return Z_DONE;
}

void z_forget(struct z_who *who)
{
	explicit_bzero(who, sizeof *who);
}
