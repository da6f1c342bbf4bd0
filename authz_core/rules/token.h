/* SPDX-License-Identifier: ISC */
/* The operations on profile tokens.  Each takes a decoded request and fills the answer; the result is the reply's. */
#ifndef AUTHZ_RULES_TOKEN_H
#define AUTHZ_RULES_TOKEN_H

#include "rules/context.h"

/* QsyGenPrfTkn: make a token for request->user. */
enum authz_result token_generate(struct rules *r, const struct request *request, struct answer *answer);
/* What QsySetToPrfTkn checks: does the token stand for request->user, now and here?  Spends a single-use one. */
enum authz_result token_redeem(struct rules *r, const struct request *request, struct answer *answer);
/* QsyRemovePrfTkn: removing one that is not there is AUTHZ_OK. */
enum authz_result token_remove(struct rules *r, const struct request *request);
/* QsyGenPrfTknFromPrfTkn: a new token from a regenerable one.  Holding that is the authority. */
enum authz_result token_regenerate(struct rules *r, const struct request *request, struct answer *answer);
/* QsyGetPrfTknTimeOut, QsyChkPrfTknUser: how long it lives, and for whom it stands while it does.  Spends nothing. */
enum authz_result token_inspect(struct rules *r, const struct request *request, struct answer *answer);
/* For whom is it to be redeemed?  What is good for nothing is refused as by redeeming, on record.  Spends nothing. */
enum authz_result token_user(struct rules *r, const struct request *request, struct answer *answer);
/* QsyInvalidatePrfTkn: good for nothing from now on, but its place stays taken until it is removed or expires. */
enum authz_result token_invalidate(struct rules *r, const struct request *request);
/* QsyRemoveAllPrfTkns, QsyRemoveAllPrfTknsForUser: a page of records at a time. */
enum authz_result token_remove_all(struct rules *r, const struct request *request, struct answer *answer);
/* The caller's own tokens, made by it or for it; all for *SECADM.  A page at a time. */
enum authz_result token_list(struct rules *r, const struct request *request, struct answer *answer);

#endif
