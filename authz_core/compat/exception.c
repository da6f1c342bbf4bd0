/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: every result of result.h has a row, and no result but AUTHZ_OK is no exception.
 */
#include "config.h"

#include "compat/exception.h"

#include <stddef.h>

/*
 * The result; its exception to those who generate, regenerate, hold, remove, remove a user's (the lists of
 * exception.h).
 *
 * What a token is refused for is CPF2274, whatever the reason; the audit has it.  A system profile is refused to
 * everybody, so nobody's authority is sufficient (CPF4AB8).  A profile that shadow does not know is one that cannot be
 * had (CPF2213).  BAD_PARAMETER is a fault of ours: parameters were looked at before anybody was asked.
 */
/* clang-format off */
#define ROWS(X, T, Y) \
	X(USER_NOT_FOUND,   CPF2204, CPF2274, CPF2274, CPF9872, CPF2204) \
	X(PROFILE_BUSY,     CPF2213, CPF2225, CPF2225, CPF2225, CPF2225) \
	X(NOPWD_SELF,       CPF227F, CPF9872, CPF9872, CPF9872, CPF9872) \
	X(DISABLED,         CPF22E3, CPF2274, CPF2274, CPF9872, CPF9872) \
	X(PASSWORD_EXPIRED, CPF22E4, CPF2274, CPF2274, CPF9872, CPF9872) \
	X(USE_REQUIRED,     CPF22E9, CPF9872, CPF9872, CPF9872, CPF2217) \
	X(TOKENS_FULL,      CPF4AAA, CPF4AAA, CPF9872, CPF9872, CPF9872) \
	X(BAD_TIMEOUT,      CPF4AAB, CPF4AAB, CPF9872, CPF9872, CPF9872) \
	X(BAD_TYPE,         CPF4AAD, CPF4AAD, CPF9872, CPF9872, CPF9872) \
	X(NO_AUTHORITY,     CPF4AB8, CPF9872, CPF9872, CPF9872, CPF9872) \
	X(SPECIAL_REQUIRED, CPF4AB8, CPF9872, CPF9872, CPF222E, CPF222E) \
	X(PASSWORD_WRONG,   CPF22E2, CPF9872, CPF9872, CPF9872, CPF9872) \
	X(NO_PASSWORD,      CPF22E5, CPF9872, CPF9872, CPF9872, CPF9872) \
	X(NOT_AUTHORIZED,   CPF22E9, CPF9872, CPF9872, CPF9872, CPF2217) \
	X(SYSTEM_PROFILE,   CPF4AB8, CPF2274, CPF2274, CPF9872, CPF2217) \
	X(MAKER_FULL,       CPF4AAA, CPF4AAA, CPF9872, CPF9872, CPF9872) \
	X(ACCOUNT_UNKNOWN,  CPF2213, CPF2274, CPF2274, CPF9872, CPF9872) \
	X(TOO_MANY_TRIES,   CPF22E2, CPF9872, CPF9872, CPF9872, CPF9872) \
	/* about a token */ \
	T(TOKEN_NOT_VALID) T(TOKEN_EXPIRED) T(TOKEN_SPENT) T(TOKEN_OTHER_USER) T(TOKEN_FUTURE) \
	T(TOKEN_STALE) T(TOKEN_BOOT) T(BIND_SERVICE) T(BIND_RHOST) T(BIND_TTY) \
	T(BIND_UID) T(REAUTH) T(NOT_REGENERABLE) T(CHAIN_END) T(TOKEN_INVALIDATED) \
	/* the same to all */ \
	Y(OK,              NONE) \
	Y(STORE_BUSY,      CPF2225) \
	Y(BAD_PARAMETER,   CPF9872) \
	Y(UNKNOWN_ENTITY,  CPF9872) \
	Y(BAD_ERROR_CODE,  CPF9872) \
	Y(LITERAL,         CPF3C90) \
	Y(PROGRAM_ENDED,   CPF9872) \
	Y(LOAD_TOKENS,     CPF9872) \
	Y(BAD_DUMP,        CPF9872) \
	Y(HOST_ONLY,       CPF9872) \
	Y(CABINET_NAME,    CPF9872) \
	Y(CABINET_PASSWORD, CPF9872) \
	Y(CABINET_ADMIN,   CPF9872) \
	Y(MEMBER_NOT_FOUND, CPF9872) \
	Y(END_OF_LIST,     CPF9872) \
	Y(HAS_SHARED,      CPF9872) \
	Y(IS_NESTED,       CPF9872) \
	Y(PARAMETER_LIST,  CPF9872) \
	Y(MEMBER_KIND,     CPF9872) \
	Y(ALREADY_MEMBER,  CPF9872) \
	Y(MEMBER_OF_SELF,  CPF9872) \
	Y(NO_CABINET,      CPF9872) \
	Y(NO_SPECIAL,      CPF9872) \
	Y(NO_ISN,          CPF9872) \
	Y(NAME_AND_ISN,    CPF9872) \
	Y(CABINET_EXISTS,  CPF9872) \
	Y(NAME_TAKEN,      CPF9872) \
	Y(GID_TAKEN,       CPF9872) \
	Y(GIDS_FULL,       CPF9872) \
	Y(ISNS_FULL,       CPF9872) \
	Y(CABINET_LOCKED,  CPF9872) \
	Y(NOT_MARKED,      CPF9872) \
	Y(NOT_A_MEMBER,    CPF9872) \
	Y(LOAD_REFUSED,    CPF9872) \
	Y(VIEW_NOT_PUBLISHED, CPF9872) \
	Y(VIEW_DAMAGED,    CPF9872) \
	Y(HELPER_MISSING,  CPF9872) \
	Y(HELPER_LATE,     CPF9872) \
	Y(HELPER_DIED,     CPF9872) \
	Y(HELPER_GARBLED,  CPF9872) \
	Y(NO_RESOURCES,    CPF2225) \
	Y(NO_NEW_PRIVS,    CPF9872) \
	Y(NOSUID,          CPF9872) \
	Y(USER_NAMESPACE,  CPF9872) \
	Y(NOT_SETUID,      CPF9872) \
	Y(BAD_INSTALL,     CPF9872) \
	Y(STORE_MISSING,   CPF9872) \
	Y(STORE_DAMAGED,   CPF9872) \
	Y(STORE_NO_ROOM,   CPF2225) \
	Y(STORE_IO,        CPF9872) \
	Y(NO_SHADOW,       CPF9872) \
	Y(BAD_CONFIG,      CPF9872) \
	Y(AUDIT_LOST,      CPF9872) \
	Y(AUDIT_CUT,       CPF9872) \
	Y(ASK_SERVICE,     CPF9872) \
	Y(TOO_MANY,        CPF2225) \
	Y(STOPPED,         CPF9872) \
	Y(NO_MASTER,       CPF9872) \
	Y(NOT_IN_SET,      CPF9872) \
	Y(GRANT_OVER,      CPF9872) \
	Y(OWNER_FORBIDS,   CPF9872) \
	Y(IN_USE,          CPF9872) \
	Y(BAD_OWNERS,      CPF9872) \
	Y(MASTERS_FULL,    CPF9872) \
	Y(NOT_GRANTED,     CPF9872) \
	Y(NO_FORBIDDING,   CPF9872) \
	Y(IN_SESSION,      CPF9872) \
	Y(NO_MAILBOX,      CPF9872) \
	Y(MAILBOX_EXISTS,  CPF9872) \
	Y(NO_BOX_GROUP,    CPF9872) \
	Y(INVALID_PASSWORD,CPF9872) \
	Y(PW_SVR_ERR,      CPF9872) \
	Y(IO_ERR,          CPF9872) \
	Y(FS_ERR,          CPF9872) \
	Y(NO_OWN_BIND,     CPF9872) \
	Y(NO_OWN_REG,      CPF9872) \
	Y(WRONG_ADDRESS,   CPF9872) \
	Y(MAILBOX_PENDING, CPF9872) \
	Y(NOT_AUTHORIZED_OBJECT,CPF9872) \
	Y(UNKNOWN_REF_OBJECT,CPF9872) \
	Y(HAS_RECORDS,     CPF9872) \
	Y(COPY_TOO_LONG,   CPF9872) \
	Y(PROFILES_FULL,   CPF9872) \
	Y(NUMBER_TAKEN,    CPF9872) \
	Y(EXITS_FULL,      CPF9872) \
	Y(NO_EXIT,         CPF9872) \
	Y(EXIT_DENIED,     CPF9872) \
	Y(EXIT_POINTS_FULL, CPF9872) \
	Y(NO_EXIT_POINT,   CPF9872) \
	Y(EXIT_FAILED,     CPF9872) \
	Y(LAUNCH_FAILED,   CPF9872) \
	Y(BAD_REQUEST,     CPF9872) \
	Y(NO_MEMORY,       CPF2225) \
	Y(INTERNAL,        CPF9872) \
	Y(SET_REFUSED,     CPF9872) \
	Y(SET_HALF,        CPF9872)
/* clang-format on */

static const struct row {
	enum authz_result result;
	enum exception to[LISTS];
} rows[] = {
#define X(name, generate, regenerate, held, remove, user) \
	{AUTHZ_##name, {EXCEPTION_##generate, EXCEPTION_##regenerate, EXCEPTION_##held, EXCEPTION_##remove, EXCEPTION_##user}},
#define T(name) X(name, CPF9872, CPF2274, CPF2274, CPF9872, CPF9872)
#define Y(name, all) X(name, all, all, all, all, all)
	ROWS(X, T, Y)
#undef Y
#undef T
#undef X
};

static const struct {
	const char *id;
	enum exception_data data;
} exceptions[] = {
#define X(id, data) [EXCEPTION_##id] = {#id, DATA_##data},
	EXCEPTIONS(X)
#undef X
};

/* A result without a row does not compile. */
enum {
	RESULTS = 0
#define X(name, number, code, pam, exit, sentence) +1
	AUTHZ_RESULTS(X)
#undef X
};
_Static_assert(sizeof rows / sizeof *rows == RESULTS, "each result of result.h has one row in exception.c");

enum exception exception_of(enum exception_list list, enum authz_result result)
{
	size_t i;

	for (i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].result == result)
			return rows[i].to[list];
	return EXCEPTION_CPF9872;
}

const char *exception_id(enum exception exception)
{
	return exceptions[exception].id;
}

enum exception_data exception_data(enum exception exception)
{
	return exceptions[exception].data;
}
