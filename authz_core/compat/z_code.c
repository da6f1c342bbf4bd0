/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: every result of result.h has a row, and no result but AUTHZ_OK is 0.
 */
#include "config.h"

#include "compat/z_code.h"

#include <stddef.h>

#define NOT_AVAILABLE 59

/*
 * The result; its code to those about members, those about cabinets, those that erase.
 *
 * A password that is not looked at, after too many wrong ones, is a wrong one.  Who is no supervisor where it takes one has
 * not the administrator status.
 */
/* clang-format off */
#define ROWS(X, Y, N) \
	X(NO_CABINET, 98, 53, 90) \
	X(NOT_MARKED, 55, 55, 92) \
	Y(OK, 0) \
	Y(USER_NOT_FOUND, 32) \
	Y(BAD_PARAMETER, 92) \
	Y(SPECIAL_REQUIRED, 15) \
	Y(CABINET_NAME, 2) \
	Y(CABINET_PASSWORD, 3) \
	Y(CABINET_ADMIN, 15) \
	Y(MEMBER_NOT_FOUND, 32) \
	Y(END_OF_LIST, 77) \
	Y(HAS_SHARED, 90) \
	Y(IS_NESTED, 91) \
	Y(PARAMETER_LIST, 92) \
	Y(MEMBER_KIND, 93) \
	Y(ALREADY_MEMBER, 95) \
	Y(MEMBER_OF_SELF, 97) \
	Y(NO_SPECIAL, 99) \
	Y(NO_ISN, 4) \
	Y(NAME_AND_ISN, 8) \
	Y(HOST_ONLY, 15) \
	Y(TOO_MANY_TRIES, 3) \
	Y(CABINET_EXISTS, 56) \
	Y(NAME_TAKEN, 56) \
	Y(GID_TAKEN, 57) \
	Y(GIDS_FULL, 57) \
	Y(ISNS_FULL, 57) \
	Y(CABINET_LOCKED, 55) \
	Y(NOT_A_MEMBER, 53) \
	Y(VIEW_NOT_PUBLISHED, 58) \
	Y(HELPER_LATE, 58) \
	Y(HELPER_DIED, 58) \
	Y(AUDIT_CUT, 58) \
	/* nothing that cabinets are refused for, or out of reach */ \
	N(PROFILE_BUSY) N(STORE_BUSY) N(NOPWD_SELF) N(DISABLED) N(PASSWORD_EXPIRED) N(USE_REQUIRED) N(TOKENS_FULL) \
	N(BAD_TIMEOUT) N(BAD_TYPE) N(NO_AUTHORITY) N(TOKEN_NOT_VALID) N(UNKNOWN_ENTITY) N(PASSWORD_WRONG) \
	N(NO_PASSWORD) N(NOT_AUTHORIZED) N(BAD_ERROR_CODE) N(LITERAL) N(PROGRAM_ENDED) N(SYSTEM_PROFILE) \
	N(MAKER_FULL) N(ACCOUNT_UNKNOWN) N(TOKEN_EXPIRED) N(TOKEN_SPENT) N(TOKEN_OTHER_USER) N(TOKEN_FUTURE) \
	N(TOKEN_STALE) N(TOKEN_BOOT) N(BIND_SERVICE) N(BIND_RHOST) N(BIND_TTY) N(BIND_UID) N(REAUTH) N(LOAD_TOKENS) \
	N(BAD_DUMP) N(NOT_REGENERABLE) N(CHAIN_END) N(TOKEN_INVALIDATED) N(LOAD_REFUSED) N(VIEW_DAMAGED) \
	N(HELPER_MISSING) N(HELPER_GARBLED) N(NO_RESOURCES) N(NO_NEW_PRIVS) N(NOSUID) N(USER_NAMESPACE) \
	N(NOT_SETUID) N(BAD_INSTALL) N(STORE_MISSING) N(STORE_DAMAGED) N(STORE_NO_ROOM) N(STORE_IO) N(NO_SHADOW) \
	N(BAD_CONFIG) N(AUDIT_LOST) N(ASK_SERVICE) N(TOO_MANY) N(STOPPED) N(BAD_REQUEST) N(NO_MEMORY) N(INTERNAL) \
	N(SET_REFUSED) N(SET_HALF) \
	N(NO_MASTER) N(NOT_IN_SET) N(GRANT_OVER) N(OWNER_FORBIDS) N(IN_USE) N(BAD_OWNERS) N(MASTERS_FULL) \
	N(NOT_GRANTED) N(NO_FORBIDDING) N(IN_SESSION) N(NO_MAILBOX) N(MAILBOX_EXISTS) N(NO_BOX_GROUP) \
	N(INVALID_PASSWORD) N(PW_SVR_ERR) N(IO_ERR) N(FS_ERR) N(NO_OWN_BIND) N(NO_OWN_REG) N(WRONG_ADDRESS) \
	N(MAILBOX_PENDING) N(NOT_AUTHORIZED_OBJECT) N(UNKNOWN_REF_OBJECT) N(HAS_RECORDS) N(COPY_TOO_LONG) N(PROFILES_FULL) \
	N(NUMBER_TAKEN) N(EXITS_FULL) N(NO_EXIT) N(EXIT_DENIED) N(EXIT_POINTS_FULL) N(NO_EXIT_POINT) N(EXIT_FAILED) \
	N(LAUNCH_FAILED)
/* clang-format on */

static const struct row {
	enum authz_result result;
	unsigned char to[Z_CODES];
} rows[] = {
#define X(name, members, cabinets, erase) {AUTHZ_##name, {members, cabinets, erase}},
#define Y(name, all) X(name, all, all, all)
#define N(name) Y(name, NOT_AVAILABLE)
	ROWS(X, Y, N)
#undef N
#undef Y
#undef X
};

/* A result without a row does not compile. */
enum {
	RESULTS = 0
#define X(name, number, code, pam, exit, sentence) +1
	AUTHZ_RESULTS(X)
#undef X
};
_Static_assert(sizeof rows / sizeof *rows == RESULTS, "each result of result.h has one row in z_code.c");

int z_code(enum z_codes codes, enum authz_result result)
{
	size_t i;

	for (i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].result == result)
			return rows[i].to[codes];
	return NOT_AVAILABLE;
}
