/* SPDX-License-Identifier: ISC */
/*
 * Requests: what a client asks of the helper (doc/PROTOCOL has the same as a page).
 *
 * The client holds request_encode alone, the helper request_decode alone.  Both walk the two tables below, so a field
 * or an operation is said once.
 */
#ifndef AUTHZ_WIRE_REQUEST_H
#define AUTHZ_WIRE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/frame.h"

#define NAME_SIZE 33      /* a user or group name: at most 32 bytes (utmp, useradd) and a NUL */
#define OBJECT_SIZE 49    /* the name of an object: at most 48 bytes, as MQCHAR48 */
#define TOKEN_SIZE 32     /* a profile token: CHAR(32) */
#define CURSOR_SIZE 64    /* where a list goes on; the helper's own bytes, handed back unread */
#define PASSWORD_SIZE 513   /* a password: at most 512 bytes (PAM_MAX_RESP_SIZE, CRYPT_MAX_PASSPHRASE_SIZE) and a NUL */

/* The password parameter: a special value, or a real password in SECRET.  0 is none: the parameter is missing. */
enum password_value { PASSWORD_NOPWD = 1, PASSWORD_NOPWDCHK = 2, PASSWORD_NOPWDSTS = 3, PASSWORD_GIVEN = 4 };

/*
 * Fields: F(NAME, tag, kind, member).  A tag is never given again.
 *
 * SERVICE, RHOST, TTY, ACTOR are the claims of a login program about its session: believed from the host, audited from
 * others.
 * REAUTH is one too; it lets less pass, so it is believed from everybody.
 */
/* clang-format off */
#define REQUEST_FIELDS(F) \
	F(SERVICE,       1, STRING, service) \
	F(RHOST,         2, STRING, rhost) \
	F(TTY,           3, STRING, tty) \
	F(REAUTH,        4, NUMBER, reauth)       /* 1: the user is there already, and is to prove it again */ \
	F(ACTOR,         5, NUMBER, actor)        /* uid of the user for whom the login program works */ \
	F(USER,         10, STRING, user)         /* the user profile that is meant */ \
	F(TOKEN,        11, BYTES,  token) \
	F(PASSWORD,     12, NUMBER, password)     /* enum password_value */ \
	F(TIMEOUT,      13, NUMBER, timeout)      /* seconds, or -1 */ \
	F(TYPE,         14, NUMBER, type)         /* '1' '2' '3' */ \
	F(SECRET,       15, STRING, secret) \
	F(BIND_SERVICE, 20, STRING, bind_service) \
	F(BIND_RHOST,   21, STRING, bind_rhost) \
	F(BIND_TTY,     22, STRING, bind_tty) \
	F(BIND_UID,     23, NUMBER, bind_uid) \
	F(OBJECT_TYPE,  30, STRING, object_type) \
	F(OBJECT,       31, STRING, object) \
	F(PRINCIPAL,    32, STRING, principal) \
	F(GROUP,        33, STRING, group) \
	F(MASK_ADD,     34, NUMBER, mask_add)     /* bits to set */ \
	F(MASK_DROP,    35, NUMBER, mask_drop)    /* bits to clear */ \
	F(CURSOR,       40, BLOB,   cursor)       /* from the last reply of a list */ \
	F(SINCE,        41, NUMBER, since)        /* seconds since 1970-01-01, UTC */ \
	F(STORE,        42, STRING, store)        /* "authority" or "tokens" */
/* clang-format on */

enum request_field {
#define F(name, tag, kind, member) FIELD_##name,
	REQUEST_FIELDS(F)
#undef F
	REQUEST_FIELD_COUNT
};

#define HAS(field) (UINT64_C(1) << FIELD_##field)
#define CLAIMS (HAS(SERVICE) | HAS(RHOST) | HAS(TTY) | HAS(ACTOR))
#define BOUND_TO (HAS(BIND_SERVICE) | HAS(BIND_RHOST) | HAS(BIND_TTY) | HAS(BIND_UID))

/*
 * Operations: O(NAME, number, required fields, optional fields).  A number is never given again.
 */
/* clang-format off */
#define OPERATIONS(O) \
	O(TOKEN_GENERATE,  10, HAS(USER) | HAS(PASSWORD) | HAS(TIMEOUT) | HAS(TYPE), \
	                       CLAIMS | BOUND_TO | HAS(SECRET)) \
	O(TOKEN_REDEEM,    11, HAS(USER) | HAS(TOKEN), CLAIMS | HAS(REAUTH)) \
	O(TOKEN_REMOVE,    12, HAS(TOKEN), CLAIMS) \
	O(TOKEN_LIST,      13, 0, HAS(USER) | HAS(CURSOR)) \
	O(TOKEN_REGENERATE,14, HAS(TOKEN) | HAS(TIMEOUT) | HAS(TYPE), CLAIMS | BOUND_TO) \
	O(TOKEN_INSPECT,   15, HAS(TOKEN), CLAIMS) \
	O(TOKEN_INVALIDATE,16, HAS(TOKEN), CLAIMS) \
	O(TOKEN_REMOVE_ALL,17, 0, HAS(USER) | HAS(CURSOR)) \
	O(TOKEN_USER,      18, HAS(TOKEN), CLAIMS) \
	O(AUTHORITY_GRANT, 20, HAS(OBJECT_TYPE) | HAS(OBJECT) | HAS(MASK_ADD), HAS(PRINCIPAL) | HAS(GROUP)) \
	O(AUTHORITY_REVOKE,21, HAS(OBJECT_TYPE) | HAS(OBJECT) | HAS(MASK_DROP), HAS(PRINCIPAL) | HAS(GROUP)) \
	O(PROFILE_SHOW,    30, HAS(USER), 0) \
	O(PROFILE_ENABLE,  31, HAS(USER), 0) \
	O(PROFILE_DISABLE, 32, HAS(USER), 0) \
	O(PROFILE_SPECIAL, 33, HAS(USER), HAS(MASK_ADD) | HAS(MASK_DROP)) \
	O(AUDIT_READ,      40, 0, HAS(SINCE) | HAS(CURSOR)) \
	O(STORE_STATS,     50, HAS(STORE), 0) \
	O(STORE_CHECK,     51, HAS(STORE), 0) \
	O(STORE_DUMP,      52, HAS(STORE), 0) \
	O(STORE_LOAD,      53, HAS(STORE), 0)
/* clang-format on */

enum operation {
#define O(name, number, required, optional) OP_##name = number,
	OPERATIONS(O)
#undef O
};

struct request {
	uint64_t id;        /* chosen by the client; the reply carries it */
	uint16_t operation; /* enum operation */
	uint64_t has;       /* HAS(…) of every field that is there */
	char service[64], rhost[256], tty[64];
	int64_t reauth, actor;
	char user[NAME_SIZE];
	unsigned char token[TOKEN_SIZE];
	int64_t password, timeout, type;
	char secret[PASSWORD_SIZE];
	char bind_service[64], bind_rhost[256], bind_tty[64];
	int64_t bind_uid;
	char object_type[17], object[OBJECT_SIZE];
	char principal[NAME_SIZE], group[NAME_SIZE];
	int64_t mask_add, mask_drop;
	struct { unsigned char bytes[CURSOR_SIZE]; size_t length; } cursor;
	int64_t since;
	char store[17];
};

/* Client side.  The length of the frame, or 0 if a value does not fit its field (a programming error of the caller). */
size_t request_encode(const struct request *r, unsigned char frame[FRAME_REQUEST_MAX]);

/* A string member together with its bit in "has": false, and nothing set, if it does not fit. */
bool request_set_string(struct request *r, enum request_field field, const char *value);

/*
 * Helper side.  Decode a whole frame of "length" bytes.  NULL if it is a request of this protocol in every byte: magic,
 * version, operation known, body length exact, each field known, allowed for the operation, there once, of its own
 * size, all required ones there.  Otherwise what is wrong with it; "r" then has id and operation as far as they were read.
 */
const char *request_decode(struct request *r, const unsigned char *frame, size_t length);

/* The length of the whole frame that the header announces, or 0 if it is no header of a request. */
size_t request_frame_length(const unsigned char header[FRAME_HEADER]);

#endif
