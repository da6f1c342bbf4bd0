/* SPDX-License-Identifier: ISC */
/* One login through PAM, and the tokens for it; what goes wrong is said on standard error. */
#ifndef AUTHZ_BENCH_LOGIN_H
#define AUTHZ_BENCH_LOGIN_H

#include <stdbool.h>

#include "authz.h"

struct login {
	const char *folder, *service; /* the PAM service files, and which of them */
	const char *user, *answer;    /* the answer to every prompt */
};

/* From pam_start to pam_end. */
bool login_authenticate(const struct login *l);
/* A token for the user, good for an hour. */
bool login_token(const struct authz_client *client, const char *user, enum authz_token_type type,
                 unsigned char token[AUTHZ_TOKEN_SIZE]);
bool login_good(enum authz_result result, const struct authz_error *error);

#endif
