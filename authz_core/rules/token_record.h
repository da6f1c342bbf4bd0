/* SPDX-License-Identifier: ISC */
/*
 * The record of a profile token, and its key.
 *
 * The store has only the hash of a token, so whoever reads the store learns no token.  The first eight bytes of the
 * hash, in hexadecimal, are the token's id in logs and lists.
 */
#ifndef AUTHZ_RULES_TOKEN_RECORD_H
#define AUTHZ_RULES_TOKEN_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "wire/request.h"

#define TOKEN_KEY_SIZE 33 /* 'T' and the hash */
#define TOKEN_ID_SIZE 17
#define TOKEN_RECORD_MAX 640
#define STAMP_SIZE 16
#define TOKEN_TIMEOUT_MAX 3600u /* seconds */

enum token_state { TOKEN_LIVE = 0, TOKEN_SPENT = 1, TOKEN_INVALID = 2 };

/* What the owner's account was like when a holder of both special authorities had the token made all the same. */
#define TOKEN_WAS_DISABLED 0x0001u
#define TOKEN_WAS_EXPIRED  0x0002u

struct token_record {
	char type;      /* '1' single-use, '2' multiple-use, '3' regenerable */
	int password;   /* enum password_value */
	enum token_state state;
	unsigned flags; /* TOKEN_WAS_… */
	uid_t owner, maker;
	char owner_name[NAME_SIZE];
	int64_t made_wall, made_boot;   /* microseconds */
	int64_t chain_wall, chain_boot; /* when the first token of the chain was made */
	unsigned timeout;               /* seconds */
	int64_t spent_wall;             /* 0: not spent */
	unsigned char boot_id[16];
	unsigned char stamp[STAMP_SIZE];
	uid_t bind_uid;                 /* (uid_t)-1: not bound */
	char bind_service[64], bind_rhost[256], bind_tty[64]; /* empty: not bound */
	char master_name[NAME_SIZE];    /* who made it in the place of somebody (token_mark.h); empty: nobody did */
	uid_t master, entered;          /* its uid, and that of the user in whose place */
};

void token_key(const unsigned char token[TOKEN_SIZE], unsigned char key[TOKEN_KEY_SIZE]);
void token_id(const unsigned char key[TOKEN_KEY_SIZE], char id[TOKEN_ID_SIZE]);

/* The length written, or 0 if it does not fit (it always does: TOKEN_RECORD_MAX). */
size_t token_record_pack(const struct token_record *t, unsigned char to[TOKEN_RECORD_MAX]);
/* false: these bytes are no token record, of this version or the one before it knew masters. */
bool token_record_unpack(struct token_record *t, const unsigned char *from, size_t length);

/* Microseconds that are left by the clock that runs out first; 0 or less: expired. */
int64_t token_time_left(const struct token_record *t, int64_t wall, int64_t boot);

#endif
