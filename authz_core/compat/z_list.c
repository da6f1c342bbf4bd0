/* SPDX-License-Identifier: ISC */
/*
 * Z_DIS17C, Z_DIS17F, Z_MEMSHP.
 *
 * MUST 1: a call that cannot say what went wrong does nothing.
 * MUST 2: an output is cleared before anything can fail.
 */
#include "config.h"

#include <string.h>

#include "compat/client.h"
#include "compat/z_code.h"
#include "compat/z_who.h"
#include "z_cabinet.h"

/* What Opaque is. */
struct position {
	struct authz_cursor cursor; /* of the page that the next row is of */
	size_t skip;                /* how many of its rows were given already */
	unsigned char ended;
};
_Static_assert(sizeof(struct position) <= sizeof(struct z_position), "a position fits");

/* What is asked for, and what came: of a page, the rows behind the skipped ones, as many as there is room for. */
struct list {
	struct position at;
	const struct authz_acting *acting;
	const char *cabinet; /* NULL: the ISN says which; or it is where the user may go to */
	uint32_t isn;
	bool where;
	size_t seen; /* of this page */
	size_t count;
	struct authz_membership rows[Z_ROWS];
};

static void take(void *context, const struct authz_membership *row)
{
	struct list *l = context;

	if (l->seen++ >= l->at.skip && l->count < Z_ROWS)
		l->rows[l->count++] = *row;
}

static enum authz_result ask_page(struct list *l, struct authz_cursor *cursor)
{
	struct authz_error error;

	if (l->where)
		return authz_cabinet_where(compat_client(), l->acting, NULL, cursor, take, l, &error);
	return authz_cabinet_members(compat_client(), l->acting, l->cabinet, l->isn, cursor, take, l, &error);
}

/* The next rows.  A page that has more than there is room for is asked for again. */
static enum authz_result next_rows(struct list *l)
{
	enum authz_result result = AUTHZ_OK;

	while (result == AUTHZ_OK && l->count < Z_ROWS && !l->at.ended) {
		struct authz_cursor next = l->at.cursor;
		const size_t before = l->count;

		l->seen = 0;
		result = ask_page(l, &next);
		if (l->seen > l->at.skip + (l->count - before)) {
			l->at.skip += l->count - before;
			continue;
		}
		l->at = (struct position){.cursor = next, .ended = next.length == 0};
	}
	return result == AUTHZ_OK && l->count == 0 ? AUTHZ_END_OF_LIST : result;
}

/* A whole call but for its rows; their number. */
static size_t list_call(int *code, struct list *l, struct z_position *position)
{
	memcpy(&l->at, position, sizeof l->at);
	*code = z_code(Z_MEMBERS, next_rows(l));
	if (*code != Z_DONE)
		return 0;
	memset(position, 0, sizeof *position);
	memcpy(position, &l->at, sizeof l->at);
	return l->count;
}

/* Blank, if it is longer than can be said. */
static void put_name(char to[Z_NAME], const char *name)
{
	const size_t length = strlen(name);

	memset(to, ' ', Z_NAME);
	if (length <= Z_NAME)
		memcpy(to, name, length);
}

/* Which cabinet: a name, blank if it is not given, or an ISN, 0 if it is not given.  0, or the code of what is wrong. */
static int which(const char *field, const int32_t *isn, char name[Z_NAME + 1], struct list *l)
{
	l->cabinet = NULL;
	if (!z_blank(field, Z_NAME)) {
		if (!z_name(field, name))
			return Z_BAD_LIST;
		l->cabinet = name;
	}
	if (isn != NULL && *isn < 0)
		return Z_BAD_LIST;
	l->isn = isn == NULL ? 0 : (uint32_t)*isn;
	return l->cabinet == NULL && l->isn == 0 ? Z_BAD_LIST : Z_DONE;
}

void Z_DIS17C(int *Return_code, const char *Cabinet, const char *Password, const char *Shared_cabinet,
              const int32_t *Shared_cabinet_ISN, struct z_position *Position, struct z_member Members[Z_ROWS],
              int *Number_of_members)
{
	struct list l = {.where = false};
	char name[Z_NAME + 1];
	struct z_who who;
	size_t i, count = 0;

	if (Number_of_members != NULL)
		*Number_of_members = 0;
	if (Return_code == NULL)
		return;
	*Return_code = z_who(&who, Cabinet, Password);
	if (*Return_code == Z_DONE && (Position == NULL || Members == NULL || Number_of_members == NULL))
		*Return_code = Z_BAD_LIST;
	if (*Return_code == Z_DONE)
		*Return_code = which(Shared_cabinet, Shared_cabinet_ISN, name, &l);
	l.acting = who.acting;
	if (*Return_code == Z_DONE)
		count = list_call(Return_code, &l, Position);
	for (i = 0; i < count; i++) {
		put_name(Members[i].Member, l.rows[i].name);
		Members[i].Cabinet_type = (char)('0' + l.rows[i].type);
		Members[i].Profile_type = (char)('0' + l.rows[i].profile);
		Members[i].Member_ISN = (int32_t)l.rows[i].isn;
	}
	if (count > 0)
		*Number_of_members = (int)count;
	z_forget(&who);
}

void Z_MEMSHP(int *Return_code, const char *Cabinet, const char *Password, struct z_position *Position,
              struct z_membership Memberships[Z_ROWS], int *Number_of_memberships)
{
	struct list l = {.where = true};
	struct z_who who;
	size_t i, count = 0;

	if (Number_of_memberships != NULL)
		*Number_of_memberships = 0;
	if (Return_code == NULL)
		return;
	*Return_code = z_who(&who, Cabinet, Password);
	if (*Return_code == Z_DONE && (Position == NULL || Memberships == NULL || Number_of_memberships == NULL))
		*Return_code = Z_BAD_LIST;
	l.acting = who.acting;
	if (*Return_code == Z_DONE)
		count = list_call(Return_code, &l, Position);
	for (i = 0; i < count; i++) {
		put_name(Memberships[i].Cabinet, l.rows[i].name);
		Memberships[i].Type = l.rows[i].type == AUTHZ_CABINET_PRIVATE ? 'P' : 'S';
		Memberships[i].Profile_type = (char)('0' + l.rows[i].profile);
		Memberships[i].Member_ISN = (int32_t)l.rows[i].isn;
	}
	if (count > 0)
		*Number_of_memberships = (int)count;
	z_forget(&who);
}

static void put_profile(struct z_profile *to, const struct authz_cabinet_profile *from)
{
	to->Security_read = (char)('0' + from->security / 1000 % 10);
	to->Security_modify = (char)('0' + from->security / 100 % 10);
	to->Security_copy = (char)('0' + from->security / 10 % 10);
	to->Security_print = (char)('0' + from->security % 10);
#define X(field, mark) to->field = (from->marks & AUTHZ_MARK_##mark) != 0 ? 'X' : ' ';
	Z_MARKS(X)
#undef X
}

static int show_profile(const struct z_who *who, struct list *l, const char *member, char *type, struct z_profile *out)
{
	struct authz_cabinet_profile profile;
	enum authz_profile_type kind;
	struct authz_error error;
	enum authz_result result;
	char name[Z_NAME + 1];

	if (!z_name(member, name))
		return Z_BAD_LIST;
	result = authz_cabinet_profile(compat_client(), who->acting, l->cabinet, l->isn, name, &profile, &kind, &error);
	if (result == AUTHZ_OK) {
		put_profile(out, &profile);
		*type = (char)('0' + kind);
	}
	return z_code(Z_MEMBERS, result);
}

void Z_DIS17F(int *Return_code, const char *Cabinet, const char *Password, const char *Shared_cabinet,
              const int32_t *Shared_cabinet_ISN, const char *Member, char *Profile_type, struct z_profile *Profile)
{
	struct list l = {.where = false};
	char name[Z_NAME + 1];
	struct z_who who;

	if (Profile_type != NULL)
		*Profile_type = ' ';
	if (Profile != NULL)
		memset(Profile, ' ', sizeof *Profile);
	if (Return_code == NULL)
		return;
	*Return_code = z_who(&who, Cabinet, Password);
	if (*Return_code == Z_DONE && (Profile_type == NULL || Profile == NULL))
		*Return_code = Z_BAD_LIST;
	if (*Return_code == Z_DONE)
		*Return_code = which(Shared_cabinet, Shared_cabinet_ISN, name, &l);
	if (*Return_code == Z_DONE)
		*Return_code = show_profile(&who, &l, Member, Profile_type, Profile);
	z_forget(&who);
}
