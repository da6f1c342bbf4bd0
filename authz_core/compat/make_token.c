/* SPDX-License-Identifier: ISC */
/*
 * QsyGenPrfTkn, QsyGenPrfTknE, QSYGENPT; QsyGenPrfTknFromPrfTkn, QSYGENFT.
 *
 * MUST 1: nobody is asked unless every parameter is of its form.
 * MUST 2: no copy of a password or token stays behind.
 */
#include "config.h"

#include <string.h>

#include "compat/outcome.h"
#include "compat/client.h"
#include "qsyptkn.h"

/* The macros of the header are for those who call. */
#undef QSYGENPT

/* The parameters of all three forms; "length" and "ccsid" NULL: a special value in place of a password. */
struct parameters {
	unsigned char *token;
	const char *user, *password;
	const int *length;
	const unsigned *ccsid;
	const int *timeout;
	const char *type;
	struct { int length, ccsid, timeout, type; } at; /* numbers of those that have no fixed place */
};

struct generation {
	struct authz_token_request request;
	char user[CHARS_FIELD + 1], secret[CHARS_SECRET];
};

/* The number of the parameter that is not of its form, or 0. */
static int read_password(struct generation *g, const struct parameters *p)
{
	if (p->length == NULL) {
		g->request.password = chars_special(p->password);
		return g->request.password == 0 ? 3 : 0;
	}
	g->request.password = AUTHZ_PASSWORD_GIVEN;
	g->request.secret = g->secret;
	switch (chars_password(p->password, *p->length, *p->ccsid, g->secret)) {
	case CHARS_GOOD:
		return 0;
	case CHARS_BAD_LENGTH:
		return p->at.length;
	case CHARS_BAD_CCSID:
		return p->at.ccsid;
	case CHARS_BAD_PASSWORD:
		break;
	}
	return 3;
}

static int read_wishes(struct authz_token_request *request, const struct parameters *p)
{
	request->bind_uid = (uid_t)-1;
	if (p->timeout == NULL)
		return p->at.timeout;
	if (p->type == NULL)
		return p->at.type;
	request->timeout = *p->timeout;
	request->type = (enum authz_token_type)chars_digit(*p->type);
	return 0;
}

/* Everything, before an output is written that may be in the same place. */
static int read_parameters(struct generation *g, const struct parameters *p)
{
	int fault;

	memset(g, 0, sizeof *g);
	if (!chars_name(p->user, g->user))
		return 2;
	g->request.user = g->user;
	fault = read_password(g, p);
	return fault != 0 ? fault : read_wishes(&g->request, p);
}

static void generate(const struct parameters *p, void *error_code)
{
	struct generation g;
	struct authz_error error;
	struct outcome o;
	int fault = read_parameters(&g, p);

	if (outcome_begin(&o, LIST_GENERATE, error_code, p->token, AUTHZ_TOKEN_SIZE)) {
		memcpy(o.user, g.user, sizeof o.user);
		if (fault != 0)
			outcome_number(&o, EXCEPTION_CPF3C3C, fault);
		else
			outcome_result(&o, authz_token_generate(compat_client(), &g.request, p->token, &error), &error);
	}
	explicit_bzero(&g, sizeof g);
}

void QsyGenPrfTkn(unsigned char *Profile_token, const char *User_profile_name, const char *User_password,
                  const int *Time_out_interval, const char *Profile_token_type, void *Error_code)
{
	generate(&(struct parameters){.token = Profile_token, .user = User_profile_name, .password = User_password,
	                              .timeout = Time_out_interval, .type = Profile_token_type,
	                              .at = {.timeout = 4, .type = 5}},
	         Error_code);
}

void QsyGenPrfTknE(unsigned char *Profile_token, const char *User_profile_name, const char *User_password,
                   int Length_of_user_password, unsigned int CCSID_of_user_password, int Time_out_interval,
                   char Profile_token_type, void *Error_code)
{
	generate(&(struct parameters){Profile_token, User_profile_name, User_password, &Length_of_user_password,
	                              &CCSID_of_user_password, &Time_out_interval, &Profile_token_type, {4, 5, 6, 7}},
	         Error_code);
}

void QSYGENPT(unsigned char *Profile_token, const char *User_profile_name, const char *User_password,
              const int *Time_out_interval, const char *Profile_token_type, void *Error_code,
              const int *Length_of_user_password, const int *CCSID_of_user_password)
{
	const unsigned ccsid = CCSID_of_user_password == NULL ? 0 : (unsigned)*CCSID_of_user_password;
	const struct parameters p = {Profile_token, User_profile_name, User_password, Length_of_user_password, &ccsid,
	                             Time_out_interval, Profile_token_type, {7, 8, 4, 5}};
	struct outcome o;

	if ((Length_of_user_password == NULL) == (CCSID_of_user_password == NULL))
		generate(&p, Error_code);
	else if (outcome_begin(&o, LIST_GENERATE, Error_code, Profile_token, AUTHZ_TOKEN_SIZE))
		outcome_number(&o, EXCEPTION_CPF3C36, 7);
}

static void regenerate(const struct parameters *p, const unsigned char *from, void *error_code)
{
	unsigned char old[AUTHZ_TOKEN_SIZE] = {0};
	struct authz_token_request request = {.user = NULL};
	struct authz_error error;
	struct outcome o;
	int fault = from == NULL ? 2 : read_wishes(&request, p);
	enum authz_result result;

	if (from != NULL)
		memcpy(old, from, sizeof old); /* the new one may come to the same place */
	if (outcome_begin(&o, LIST_REGENERATE, error_code, p->token, AUTHZ_TOKEN_SIZE)) {
		if (fault != 0) {
			outcome_number(&o, EXCEPTION_CPF3C3C, fault);
		} else {
			result = authz_token_regenerate(compat_client(), old, &request, p->token, NULL, &error);
			outcome_result(&o, result, &error);
		}
	}
	explicit_bzero(old, sizeof old);
}

void QsyGenPrfTknFromPrfTkn(unsigned char *New_profile_token, const unsigned char *From_profile_token,
                            const int *Time_out_interval, const char *New_profile_token_type, void *Error_code)
{
	regenerate(&(struct parameters){.token = New_profile_token, .timeout = Time_out_interval,
	                                .type = New_profile_token_type, .at = {.timeout = 3, .type = 4}},
	           From_profile_token, Error_code);
}

void QSYGENFT(unsigned char *New_profile_token, const unsigned char *From_profile_token, const int *Time_out_interval,
              const char *New_profile_token_type, void *Error_code)
{
	QsyGenPrfTknFromPrfTkn(New_profile_token, From_profile_token, Time_out_interval, New_profile_token_type, Error_code);
}
