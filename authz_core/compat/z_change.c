/* SPDX-License-Identifier: ISC */
/*
 * Z_ADD17A, Z_ADD05, Z_MOD05F, Z_MOD17, Z_ERA05, Z_ERA05A.
 *
 * MUST 1: a call that cannot say what went wrong does nothing.
 * MUST 2: nobody is asked unless every parameter is of its form.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "compat/client.h"
#include "compat/z_code.h"
#include "compat/z_who.h"
#include "z_cabinet.h"

/* An A1 that is one of some digits. */
static bool one_of(const char *field, const char *characters, char *found)
{
	*found = field == NULL ? '\0' : (char)chars_digit(*field);
	return *found != '\0' && strchr(characters, *found) != NULL;
}

static enum authz_result add_member(const struct z_who *who, const char *cabinet, const char *member, const char *type,
                                    const char *special, uint32_t *isn)
{
	char names[3][Z_NAME + 1], digit;
	struct authz_cabinet_member m = {.cabinet = names[0], .member = names[1], .profile = AUTHZ_PROFILE_SHARED};
	struct authz_error error;

	if (one_of(type, "123", &digit))
		m.profile = (enum authz_profile_type)(digit - '0');
	if (!z_name(cabinet, names[0]) || !z_name(member, names[1]) ||
	    (m.profile == AUTHZ_PROFILE_SPECIAL && !z_name(special, names[2])))
		return AUTHZ_PARAMETER_LIST;
	if (m.profile == AUTHZ_PROFILE_SPECIAL)
		m.special = names[2];
	return authz_cabinet_add(compat_client(), who->acting, &m, isn, &error);
}

void Z_ADD17A(int *Return_code, const char *Cabinet, const char *Password, const char *Shared_cabinet, const char *Member,
              const char *Profile_type, const char *Special_profile, int32_t *Member_ISN)
{
	struct z_who who;
	uint32_t isn = 0;

	if (Member_ISN != NULL)
		*Member_ISN = 0;
	if (Return_code == NULL)
		return;
	*Return_code = z_who(&who, Cabinet, Password);
	if (*Return_code == Z_DONE)
		*Return_code = z_code(Z_MEMBERS, add_member(&who, Shared_cabinet, Member, Profile_type, Special_profile, &isn));
	if (*Return_code == Z_DONE && Member_ISN != NULL)
		*Member_ISN = (int32_t)isn;
	z_forget(&who);
}

static enum authz_result create(const struct z_who *who, const char *cabinet, const char *type, const char *password,
                                uint32_t *isn)
{
	char name[Z_NAME + 1], secret[CHARS_SECRET], digit;
	struct authz_cabinet c = {.name = name, .gid = (gid_t)-1};
	enum authz_result result = AUTHZ_PARAMETER_LIST;
	struct authz_error error;

	if (z_name(cabinet, name) && one_of(type, "0123", &digit) && z_password(password, secret)) {
		c.type = (enum authz_cabinet_type)(digit - '0');
		c.password = secret[0] == '\0' ? NULL : secret;
		result = authz_cabinet_create(compat_client(), who->acting, &c, isn, &error);
	}
	explicit_bzero(secret, sizeof secret);
	return result;
}

void Z_ADD05(int *Return_code, const char *Cabinet, const char *Password, const char *New_cabinet, const char *Cabinet_type,
             const char *New_password, int32_t *Cabinet_ISN)
{
	struct z_who who;
	uint32_t isn = 0;

	if (Cabinet_ISN != NULL)
		*Cabinet_ISN = 0;
	if (Return_code == NULL)
		return;
	*Return_code = z_who(&who, Cabinet, Password);
	if (*Return_code == Z_DONE)
		*Return_code = z_code(Z_CABINETS, create(&who, New_cabinet, Cabinet_type, New_password, &isn));
	if (*Return_code == Z_DONE && Cabinet_ISN != NULL)
		*Cabinet_ISN = (int32_t)isn;
	z_forget(&who);
}

/* 02 is of the cabinet to act as; the one that is meant is not there. */
static enum authz_result of_target(const struct z_who *who, const char *name, enum authz_result result,
                                   const struct authz_error *error)
{
	const bool target = strcmp(error->subject, name) == 0 && strcmp(who->cabinet, name) != 0;

	return result == AUTHZ_CABINET_NAME && target ? AUTHZ_NO_CABINET : result;
}

/* Four digits, of which a blank is 0: false if one is neither. */
static bool read_security(const struct z_profile *p, bool from37, unsigned *security)
{
	const char digits[] = {p->Security_read, p->Security_modify, p->Security_copy, p->Security_print};
	size_t i;

	*security = 0;
	for (i = 0; i < sizeof digits; i++) {
		const unsigned char c = chars_digit(digits[i]);

		*security *= 10;
		if (c >= '0' && c <= '9')
			*security += (unsigned)(c - '0');
		else if (c != (from37 ? 0x40 : ' '))
			return false;
	}
	return true;
}

/* All of a profile: false if it is none. */
static bool read_profile(const struct z_profile *p, struct authz_cabinet_profile *profile)
{
	const bool from37 = p != NULL && chars_ccsid37((const char *)p, sizeof *p);
	const char blank = from37 ? 0x40 : ' ';

	*profile = (struct authz_cabinet_profile){0};
	if (p == NULL || !read_security(p, from37, &profile->security))
		return false;
#define X(field, mark) profile->marks |= p->field != blank ? AUTHZ_MARK_##mark : 0;
	Z_MARKS(X)
#undef X
	return true;
}

static enum authz_result set_profile(const struct z_who *who, const char *cabinet, const struct z_profile *p)
{
	struct authz_cabinet_profile profile;
	struct authz_error error;
	char name[Z_NAME + 1];

	if (!z_name(cabinet, name) || !read_profile(p, &profile))
		return AUTHZ_PARAMETER_LIST;
	return of_target(who, name, authz_cabinet_set_profile(compat_client(), who->acting, name, &profile, &error), &error);
}

void Z_MOD05F(int *Return_code, const char *Cabinet, const char *Password, const char *Cabinet_name,
              const struct z_profile *Profile)
{
	struct z_who who;

	if (Return_code == NULL)
		return;
	*Return_code = z_who(&who, Cabinet, Password);
	if (*Return_code == Z_DONE)
		*Return_code = z_code(Z_CABINETS, set_profile(&who, Cabinet_name, Profile));
	z_forget(&who);
}

static enum authz_result authorize(const struct z_who *who, const char *user, const struct z_profile *p)
{
	struct authz_cabinet_profile profile;
	struct authz_error error;
	char name[Z_NAME + 1];

	if (!z_name(user, name) || !read_profile(p, &profile))
		return AUTHZ_PARAMETER_LIST;
	return authz_cabinet_authorize(compat_client(), who->acting, NULL, name, &profile, &error);
}

void Z_MOD17(int *Return_code, const char *Cabinet, const char *Password, const char *User, const struct z_profile *Profile)
{
	struct z_who who;

	if (Return_code == NULL)
		return;
	*Return_code = z_who(&who, Cabinet, Password);
	if (*Return_code == Z_DONE)
		*Return_code = z_code(Z_MEMBERS, authorize(&who, User, Profile));
	z_forget(&who);
}

/* YYYYMMDD as days since 1970; false if there is no such day. */
static bool read_day(const char *field, int *days)
{
	char text[Z_NAME + 1];
	struct tm tm, same;
	time_t when;
	int date;

	if (!chars_text(field, Z_NAME, text) || strspn(text, "0123456789") != Z_NAME)
		return false;
	date = atoi(text);
	tm = (struct tm){.tm_year = date / 10000 - 1900, .tm_mon = date / 100 % 100 - 1, .tm_mday = date % 100};
	same = tm;
	when = timegm(&tm);
	*days = (int)(when / 86400);
	return when >= 0 && tm.tm_year == same.tm_year && tm.tm_mon == same.tm_mon && tm.tm_mday == same.tm_mday;
}

static enum authz_result erase(const struct z_who *who, const char *cabinet, const char *date, const char *reset, int lock)
{
	enum authz_result result;
	struct authz_error error;
	char name[Z_NAME + 1];
	int from = -1;

	if (!z_name(cabinet, name) || (!z_blank(date, Z_NAME) && !read_day(date, &from)))
		return AUTHZ_PARAMETER_LIST;
	if (!z_blank(reset, 1))
		result = authz_cabinet_undelete(compat_client(), who->acting, name, &error);
	else
		result = authz_cabinet_delete(compat_client(), who->acting, name, from, lock, &error);
	return of_target(who, name, result, &error);
}

static void erase_call(int *code, const char *as, const char *password, const char *cabinet, const char *date,
                       const char *reset, int lock)
{
	struct z_who who;

	if (code == NULL)
		return;
	*code = z_who(&who, as, password);
	if (*code == Z_DONE)
		*code = z_code(Z_ERASE, erase(&who, cabinet, date, reset, lock));
	z_forget(&who);
}

void Z_ERA05(int *Return_code, const char *Cabinet, const char *Password, const char *Cabinet_name, const char *Date,
             const char *Reset_flag)
{
	erase_call(Return_code, Cabinet, Password, Cabinet_name, Date, Reset_flag, 0);
}

void Z_ERA05A(int *Return_code, const char *Cabinet, const char *Password, const char *Cabinet_name, const char *Date,
              const char *Reset_flag)
{
	erase_call(Return_code, Cabinet, Password, Cabinet_name, Date, Reset_flag, 1);
}
