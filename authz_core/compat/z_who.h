/* SPDX-License-Identifier: ISC */
/* Con-nect's fields, and as which cabinet a call is made. */
#ifndef AUTHZ_COMPAT_Z_WHO_H
#define AUTHZ_COMPAT_Z_WHO_H

#include "compat/chars.h"

#define Z_NAME 8

/* The marks of a profile: the member of struct z_profile, and that of authz.h. */
#define Z_MARKS(X) \
	X(Read_mail, READ_MAIL) \
	X(Reply, REPLY) \
	X(Forward, FORWARD) \
	X(Send_mail, SEND_MAIL) \
	X(Display_calendar, SHOW_CALENDAR) \
	X(Modify_calendar, MODIFY_CALENDAR) \
	X(Modify_other_items, MODIFY_ITEMS) \
	X(Erase_other_items, ERASE_ITEMS) \
	X(Display_other_items, SHOW_ITEMS)

/* As whom, and with which password; "acting" NULL: as itself.  Wiped by z_forget. */
struct z_who {
	const struct authz_acting *acting;
	struct authz_acting as;
	char cabinet[Z_NAME + 1], password[CHARS_SECRET];
};

/* 0, or the code of what is wrong. */
int z_who(struct z_who *who, const char *cabinet, const char *password);
void z_forget(struct z_who *who);

/* Not there: NULL, or blank. */
bool z_blank(const char *field, size_t size);
/* A name: false if it is none; blank is none. */
bool z_name(const char *field, char name[Z_NAME + 1]);
/* A password, which is "" if it is blank: false if it is none. */
bool z_password(const char *field, char password[CHARS_SECRET]);

#endif
