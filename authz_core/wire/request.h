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
#define CURSOR_SIZE 128   /* where a list goes on; the helper's own bytes, handed back unread */
#define PASSWORD_SIZE 513   /* a password: at most 512 bytes (PAM_MAX_RESP_SIZE, CRYPT_MAX_PASSPHRASE_SIZE) and a NUL */

/* The password parameter: a special value, or a real password in SECRET.  0 is none: the parameter is missing. */
enum password_value { PASSWORD_NOPWD = 1, PASSWORD_NOPWDCHK = 2, PASSWORD_NOPWDSTS = 3, PASSWORD_GIVEN = 4 };

#define CABINET_TEXT_SIZE 65 /* what a cabinet is for: at most 64 bytes */

/* Con-nect's numbers (Z-ADD05). */
enum cabinet_type { CABINET_PRIVATE, CABINET_STANDALONE, CABINET_SHARED, CABINET_PUBLIC, CABINET_TYPES };

/* What an owner's profile lets others do beside the four levels of SECURITY (Z-MOD17). */
#define CABINET_MARK_READ_MAIL       0x001
#define CABINET_MARK_REPLY           0x002
#define CABINET_MARK_FORWARD         0x004
#define CABINET_MARK_SEND_MAIL       0x008
#define CABINET_MARK_SHOW_CALENDAR   0x010
#define CABINET_MARK_MODIFY_CALENDAR 0x020
#define CABINET_MARK_SHOW_ITEMS      0x040
#define CABINET_MARK_MODIFY_ITEMS    0x080
#define CABINET_MARK_ERASE_ITEMS     0x100
#define CABINET_MARK_ALL             0x1ff

/* Which list is meant; of CABINET_ADMIN: an administrator is added, or taken away. */
enum cabinet_which {
	CABINET_DIRECT, /* members as they were added */
	CABINET_ADMINS, /* administrators as they were added */
	CABINET_USERS,  /* users, each with what he is in through */
	CABINET_PLUS,
	CABINET_MINUS,
};

#define OWNERS_SIZE 49   /* "cabinet:" and a name, or a pattern of at most 48 bytes, and a NUL */
#define SERVER_SIZE 256  /* the path of a program or a socket, and a NUL */
#define ADDRESS_SIZE 64  /* the text of an IPv4 or IPv6 address, with a prefix length or without, and a NUL */

/* Which list is meant by MASTER_MINE: the masters who may enter now, or the entries that there were. */
enum master_which { MASTER_WHO_MAY, MASTER_WHO_DID };

/* Which profiles AUTHORITY_LIST is about: OBJECT is their text; a name that they match; a pattern that their text matches. */
enum authority_which { AUTHORITY_BY_TEXT, AUTHORITY_MATCHING, AUTHORITY_BY_PATTERN };

/* Options of a group of mailboxes (BOX_GROUP_SET: MASK_ADD, MASK_DROP); the Master Password Server's names. */
#define BOX_ALLOW_BINDS 0x1 /* its master may bind under its own name */
#define BOX_ALLOW_REG   0x2 /* its master may change its own password there */
#define BOX_CHECK       0x4 /* an owner binds only from the mailbox's address */
#define BOX_AUDIT_BINDS 0x8 /* binds of owners that succeed are recorded too */
#define BOX_POPULATE    0x10 /* altering a mailbox that is not there, with a new password, adds it */
#define BOX_ALL         0x1f
#define BOX_DEFAULT (BOX_ALLOW_BINDS | BOX_ALLOW_REG)

#define EXIT_POINT_SIZE 21 /* the name of an exit point: CHAR(20), and a NUL */
#define EXIT_FORMAT_SIZE 9 /* of its format: CHAR(8), and a NUL */
#define DATA_SIZE 3072

/* What NUMBER may be beside the number of an exit program. */
#define EXIT_NUMBER_LOW  (-1) /* EXIT_ADD: the lowest that is free */
#define EXIT_NUMBER_HIGH (-2) /* EXIT_ADD: the highest that is free */
#define EXIT_NUMBER_ALL  (-3) /* EXIT_REMOVE */
/* What an exit program reads (WHICH of EXIT_ADD). */
enum exit_input { EXIT_INPUT_LINES, EXIT_INPUT_RECORD, EXIT_INPUTS };

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
	F(STORE,        42, STRING, store)        /* "authority" or "tokens" */ \
	F(CABINET,      50, STRING, cabinet)      /* the cabinet that is meant */ \
	F(MEMBER,       51, STRING, member)       /* a user or a cabinet: member, or administrator */ \
	F(CABINET_TYPE, 52, NUMBER, cabinet_type) /* enum cabinet_type */ \
	F(GID,          53, NUMBER, gid) \
	F(ISN,          54, NUMBER, isn)          /* in place of a name */ \
	F(PROFILE_TYPE, 55, NUMBER, profile_type) /* 1 2 3; anything else is 1 */ \
	F(SPECIAL,      56, STRING, special)      /* the cabinet whose profile is copied */ \
	F(AS,           57, STRING, as)           /* the cabinet as which the caller acts; SECRET is its password */ \
	F(LISTING,      58, NUMBER, listing)      /* enum view_listing */ \
	F(FROM,         59, NUMBER, from)         /* days since 1970-01-01: not purged before */ \
	F(LOCK,         60, NUMBER, lock)         /* 1: locked at once; 0: marked alone */ \
	F(SECURITY,     61, NUMBER, security)     /* four digits: read, modify, copy, print */ \
	F(MARKS,        62, NUMBER, marks)        /* CABINET_MARK_… */ \
	F(TEXT,         63, STRING, text) \
	F(NEW_SECRET,   64, STRING, new_secret)   /* empty: no password opens it any more */ \
	F(REPORT,       65, NUMBER, report)       /* 1: what can be done is, and the rest reported; 0: all or nothing */ \
	F(WHICH,        66, NUMBER, which)        /* enum cabinet_which, master_which, authority_which, exit_input */ \
	F(MASTER,       70, STRING, master) \
	F(OWNERS,       71, STRING, owners)       /* "alice", "cabinet:sales", a pattern, "*ALL" (doc/MASTERS) */ \
	F(UNTIL,        72, NUMBER, until)        /* seconds since 1970-01-01, UTC */ \
	F(VERIFIED,     73, NUMBER, verified)     /* 1: PAM has found the master's password right; 0: it has not */ \
	F(FORBID,       74, NUMBER, forbid)       /* 1: no master enters; 0: those of the sets do */ \
	F(RECONFIGURE,  75, NUMBER, reconfigure)  /* 1: what is in use, or there, may be changed */ \
	F(BOX_GROUP,    76, STRING, box_group)    /* of mailboxes */ \
	F(SERVER,       77, STRING, server)       /* a path: of the password server, "" for the built-in one; of an exit program */ \
	F(ADDRESS,      78, STRING, address)      /* from which an owner comes; "" any */ \
	F(MASK,         80, NUMBER, mask)         /* bits of an authority */ \
	F(REFERENCE,    81, STRING, reference)    /* the object from which authorities are copied */ \
	F(LIMIT,        82, NUMBER, limit)        /* rows of a page at most */ \
	F(POINT,        90, STRING, point)        /* an exit point, */ \
	F(FORMAT,       91, STRING, format)       /* and its format */ \
	F(NUMBER,       92, NUMBER, number)       /* of an exit program, or EXIT_NUMBER_… */ \
	F(DATA,         93, BLOB,   data)         /* EXIT_ADD: program data; others: strings, each with its NUL */ \
	F(WAIT,         94, NUMBER, wait)         /* milliseconds */ \
	F(MAXIMUM,      95, NUMBER, maximum)      /* how many programs a point has at most; 0: it goes, with all of them */
/* clang-format on */

enum request_field {
#define F(name, tag, kind, member) FIELD_##name,
	REQUEST_FIELDS(F)
#undef F
	REQUEST_FIELD_COUNT
};

#define HAS(field) (UINT64_C(1) << FIELD_##field)
#define CLAIMS (HAS(SERVICE) | HAS(RHOST) | HAS(TTY) | HAS(ACTOR))
#define ACTING (HAS(AS) | HAS(SECRET))
#define BOUND_TO (HAS(BIND_SERVICE) | HAS(BIND_RHOST) | HAS(BIND_TTY) | HAS(BIND_UID))

/*
 * Operations: O(NAME, number, required fields, optional fields).  A number is never given again.
 */
/* clang-format off */
#define OPERATIONS(O) \
	O(TOKEN_GENERATE,  10, HAS(USER) | HAS(PASSWORD) | HAS(TIMEOUT) | HAS(TYPE), \
	                       CLAIMS | BOUND_TO | HAS(SECRET) | HAS(MASTER)) \
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
	O(AUTHORITY_SET,   22, HAS(OBJECT_TYPE) | HAS(OBJECT) | HAS(MASK), HAS(PRINCIPAL) | HAS(GROUP)) \
	O(AUTHORITY_CHECK, 23, HAS(OBJECT_TYPE) | HAS(OBJECT) | HAS(MASK), HAS(PRINCIPAL) | HAS(GROUP)) \
	O(AUTHORITY_GET,   24, HAS(OBJECT_TYPE) | HAS(OBJECT), HAS(PRINCIPAL) | HAS(GROUP)) \
	O(AUTHORITY_EXPLICIT,25,HAS(OBJECT_TYPE) | HAS(OBJECT), HAS(PRINCIPAL) | HAS(GROUP)) \
	O(AUTHORITY_COPY,  26, HAS(OBJECT_TYPE) | HAS(OBJECT) | HAS(REFERENCE), 0) \
	O(AUTHORITY_DELETE,27, HAS(OBJECT_TYPE) | HAS(OBJECT), 0) \
	O(AUTHORITY_LIST,  28, 0, HAS(OBJECT_TYPE) | HAS(OBJECT) | HAS(PRINCIPAL) | HAS(GROUP) | HAS(WHICH) | HAS(CURSOR) | \
	                       HAS(LIMIT)) \
	O(AUTHORITY_EXPLAIN,29,HAS(OBJECT_TYPE) | HAS(OBJECT), HAS(PRINCIPAL) | HAS(GROUP)) \
	O(PROFILE_SHOW,    30, HAS(USER), 0) \
	O(PROFILE_ENABLE,  31, HAS(USER), 0) \
	O(PROFILE_DISABLE, 32, HAS(USER), 0) \
	O(PROFILE_SPECIAL, 33, HAS(USER), HAS(MASK_ADD) | HAS(MASK_DROP)) \
	O(AUDIT_READ,      40, 0, HAS(SINCE) | HAS(CURSOR)) \
	O(STORE_STATS,     50, HAS(STORE), 0) \
	O(STORE_CHECK,     51, HAS(STORE), 0) \
	O(STORE_DUMP,      52, HAS(STORE), 0) \
	O(STORE_LOAD,      53, HAS(STORE), 0) \
	O(CABINET_CREATE,  60, HAS(CABINET) | HAS(CABINET_TYPE), \
	                       ACTING | HAS(GID) | HAS(LISTING) | HAS(TEXT) | HAS(NEW_SECRET)) \
	O(CABINET_ALTER,   61, HAS(CABINET), ACTING | HAS(LISTING) | HAS(TEXT) | HAS(SECURITY) | HAS(MARKS)) \
	O(CABINET_PASSWORD,62, HAS(CABINET) | HAS(NEW_SECRET), ACTING) \
	O(CABINET_ADMIN,   63, HAS(CABINET) | HAS(MEMBER) | HAS(WHICH), ACTING) \
	O(CABINET_DELETE,  64, HAS(CABINET) | HAS(LOCK), ACTING | HAS(FROM)) \
	O(CABINET_UNDELETE,65, HAS(CABINET), ACTING) \
	O(CABINET_PURGE,   66, 0, HAS(CURSOR)) \
	O(CABINET_SHOW,    67, 0, ACTING | HAS(CABINET) | HAS(ISN)) \
	O(CABINET_LIST,    68, 0, ACTING | HAS(CURSOR)) \
	O(CABINET_ADD,     70, HAS(CABINET) | HAS(MEMBER), ACTING | HAS(PROFILE_TYPE) | HAS(SPECIAL)) \
	O(CABINET_SET,     71, HAS(CABINET) | HAS(MEMBER), ACTING | HAS(PROFILE_TYPE) | HAS(SPECIAL)) \
	O(CABINET_REMOVE,  72, HAS(CABINET) | HAS(MEMBER), ACTING) \
	O(CABINET_MEMBERS, 73, HAS(WHICH), ACTING | HAS(CABINET) | HAS(ISN) | HAS(CURSOR)) \
	O(CABINET_WHERE,   74, 0, ACTING | HAS(USER) | HAS(CURSOR)) \
	O(CABINET_PROFILE, 75, HAS(MEMBER), ACTING | HAS(CABINET) | HAS(ISN)) \
	O(CABINET_LOAD,    76, HAS(REPORT), ACTING) \
	O(CABINET_FORGET,  77, HAS(USER), 0) \
	O(CABINET_AUTHORIZE,78, HAS(MEMBER), ACTING | HAS(CABINET) | HAS(SECURITY) | HAS(MARKS)) \
	O(CABINET_WITHDRAW,79, HAS(MEMBER), ACTING | HAS(CABINET)) \
	O(VIEW_CHECK,      80, 0, 0) \
	O(VIEW_REBUILD,    81, 0, 0) \
	O(MASTER_DEFINE,   90, HAS(MASTER), 0) \
	O(MASTER_REMOVE,   91, HAS(MASTER), 0) \
	O(MASTER_LIST,     92, 0, HAS(MASTER) | HAS(CURSOR)) \
	O(MASTER_GRANT,    93, HAS(MASTER) | HAS(OWNERS), HAS(UNTIL)) \
	O(MASTER_REVOKE,   94, HAS(MASTER) | HAS(OWNERS), 0) \
	O(MASTER_MAY,      95, HAS(MASTER) | HAS(USER), 0) \
	O(MASTER_MINE,     96, HAS(WHICH), HAS(USER) | HAS(CURSOR)) \
	O(MASTER_FORBID,   97, HAS(FORBID), HAS(USER)) \
	O(MASTER_ENTER,    98, HAS(USER) | HAS(MASTER) | HAS(VERIFIED), CLAIMS) \
	O(BOX_GROUP_SET,  100, HAS(BOX_GROUP), HAS(SERVER) | HAS(MASTER) | HAS(NEW_SECRET) | HAS(PRINCIPAL) | HAS(MASK_ADD) | \
	                       HAS(MASK_DROP) | HAS(RECONFIGURE)) \
	O(BOX_GROUP_LIST, 101, 0, HAS(CURSOR)) \
	O(BOX_GROUP_DELETE,102,HAS(BOX_GROUP), 0) \
	O(MAILBOX_ADD,    103, HAS(USER) | HAS(BOX_GROUP) | HAS(NEW_SECRET), HAS(ADDRESS) | CLAIMS) \
	O(MAILBOX_ALTER,  104, HAS(USER), HAS(BOX_GROUP) | HAS(NEW_SECRET) | HAS(ADDRESS) | CLAIMS) \
	O(MAILBOX_DELETE, 105, HAS(USER), CLAIMS) \
	O(MAILBOX_LIST,   106, 0, HAS(USER) | HAS(BOX_GROUP) | HAS(CURSOR)) \
	O(MAILBOX_BIND,   107, HAS(USER) | HAS(SECRET), CLAIMS) \
	O(MAILBOX_REGISTER,108,HAS(USER) | HAS(SECRET) | HAS(NEW_SECRET), CLAIMS) \
	O(EXIT_ADD,       110, HAS(POINT) | HAS(FORMAT) | HAS(NUMBER) | HAS(SERVER) | HAS(WHICH), \
	                       HAS(DATA) | HAS(TEXT) | HAS(WAIT) | HAS(RECONFIGURE)) \
	O(EXIT_REMOVE,    111, HAS(POINT) | HAS(FORMAT) | HAS(NUMBER), 0) \
	O(EXIT_POINT,     112, HAS(POINT) | HAS(FORMAT), HAS(MAXIMUM)) \
	O(EXIT_LIST,      113, 0, HAS(POINT) | HAS(FORMAT) | HAS(CURSOR)) \
	O(EXIT_CHECK,     114, HAS(POINT) | HAS(FORMAT) | HAS(USER) | HAS(DATA), 0) \
	O(EXIT_SIGNON,    115, HAS(USER) | HAS(SERVICE), HAS(RHOST) | HAS(TTY) | HAS(ACTOR) | HAS(MASTER)) \
	O(EXIT_COMMAND,   116, HAS(USER) | HAS(PRINCIPAL) | HAS(DATA), 0)
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
	char cabinet[NAME_SIZE], member[NAME_SIZE], special[NAME_SIZE], as[NAME_SIZE];
	int64_t cabinet_type, gid, isn, profile_type, listing, from, lock, security, marks, report, which;
	char text[CABINET_TEXT_SIZE], new_secret[PASSWORD_SIZE];
	char master[NAME_SIZE], owners[OWNERS_SIZE], box_group[NAME_SIZE], server[SERVER_SIZE], address[ADDRESS_SIZE];
	int64_t until, verified, forbid, reconfigure, mask, limit;
	char reference[OBJECT_SIZE];
	char point[EXIT_POINT_SIZE], format[EXIT_FORMAT_SIZE];
	int64_t number, wait, maximum;
	struct { unsigned char bytes[DATA_SIZE]; size_t length; } data;
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
