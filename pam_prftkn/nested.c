/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: a password is right only if authenticate and account of authz-master both say PAM_SUCCESS, and of this very
 *         name.
 * MUST 2: the password answers the first prompt without echo, and is in no other answer; each other prompt of
 *         authenticate goes to the host as it is, and its answer comes back as it is.
 * MUST 3: it has no delay of its own: the host's handle has one, the same for all that fails.
 * MUST 4: in authz-master itself nobody is a master.
 * MUST 5: what is said after the password was given reaches nobody, nor is anything asked by account, which runs after a
 *         right password alone: else a refusal by the set would tell that the password was right.
 */
#include "nested.h"

#include <security/pam_appl.h>
#include <security/pam_ext.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "claims.h"

struct typist {
	pam_handle_t *pamh; /* the host's */
	const struct pam_conv *host;
	const char *password; /* NULL once it was given */
	bool account;         /* that is what runs */
	bool debug;
};

bool nested_is(pam_handle_t *pamh)
{
	const char *service = claims_item(pamh, PAM_SERVICE);

	return service != NULL && strcmp(service, NESTED_SERVICE) == 0;
}

static int give_password(struct typist *typist, struct pam_response *response)
{
	response->resp = strdup(typist->password);
	typist->password = NULL;
	return response->resp != NULL ? PAM_SUCCESS : PAM_BUF_ERR;
}

static int ask_host(const struct typist *typist, const struct pam_message *message, struct pam_response *response)
{
	struct pam_response *answer = NULL;
	int status;

	if (typist->host == NULL || typist->host->conv == NULL)
		return PAM_CONV_ERR;
	status = typist->host->conv(1, &message, &answer, typist->host->appdata_ptr);
	if (status == PAM_SUCCESS && answer != NULL)
		*response = *answer;
	free(answer);
	return status;
}

/* Its text may be anything: the modules of the service have their own log. */
static int keep_back(const struct typist *typist)
{
	if (typist->debug)
		pam_syslog(typist->pamh, LOG_DEBUG, "what " NESTED_SERVICE " says after the password is not passed on");
	return PAM_SUCCESS;
}

static int answer_one(struct typist *typist, const struct pam_message *message, struct pam_response *response)
{
	const bool said = message->msg_style == PAM_TEXT_INFO || message->msg_style == PAM_ERROR_MSG;

	if (typist->password != NULL && !typist->account && message->msg_style == PAM_PROMPT_ECHO_OFF)
		return give_password(typist, response);
	if (said && (typist->password == NULL || typist->account))
		return keep_back(typist);
	return typist->account ? PAM_CONV_ERR : ask_host(typist, message, response);
}

static void forget(struct pam_response *responses, int count)
{
	for (int i = 0; i < count; i++) {
		if (responses[i].resp != NULL)
			explicit_bzero(responses[i].resp, strlen(responses[i].resp));
		free(responses[i].resp);
	}
	free(responses);
}

static int converse(int count, const struct pam_message **messages, struct pam_response **responses, void *data)
{
	struct typist *typist = data;
	struct pam_response *answers;
	int status = PAM_SUCCESS;

	if (count <= 0 || count > PAM_MAX_NUM_MSG)
		return PAM_CONV_ERR;
	answers = calloc((size_t)count, sizeof *answers);
	if (answers == NULL)
		return PAM_BUF_ERR;
	for (int i = 0; i < count && status == PAM_SUCCESS; i++)
		status = answer_one(typist, messages[i], &answers[i]);
	if (status == PAM_SUCCESS)
		*responses = answers;
	else
		forget(answers, count);
	return status;
}

static void no_delay(int status, unsigned microseconds, void *data)
{
	(void)status, (void)microseconds, (void)data;
}

/* What the modules of the service know of whoever types, as those of the host do. */
static bool copy_items(pam_handle_t *from, pam_handle_t *to)
{
	static const int types[] = {PAM_RHOST, PAM_TTY, PAM_RUSER};
	void (*const delay)(int, unsigned, void *) = no_delay;
	void *item;

	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		const char *text = claims_item(from, types[i]);

		if (text != NULL && pam_set_item(to, types[i], text) != PAM_SUCCESS)
			return false;
	}
	memcpy(&item, &delay, sizeof item);
	return pam_set_item(to, PAM_FAIL_DELAY, item) == PAM_SUCCESS;
}

static bool same_name(pam_handle_t *nested, const char *master)
{
	const char *user = claims_item(nested, PAM_USER);

	return user != NULL && strcmp(user, master) == 0;
}

/* Whom the modules refuse is no news; that they could not say is. */
static void log_trouble(pam_handle_t *pamh, int status, const char *why)
{
	switch (status) {
	case PAM_SUCCESS:
	case PAM_AUTH_ERR:
	case PAM_USER_UNKNOWN:
	case PAM_MAXTRIES:
	case PAM_PERM_DENIED:
	case PAM_ACCT_EXPIRED:
	case PAM_NEW_AUTHTOK_REQD:
	case PAM_AUTHTOK_EXPIRED:
	case PAM_CRED_INSUFFICIENT:
		return;
	default:
		pam_syslog(pamh, LOG_ERR, "a master's password was not checked by " NESTED_SERVICE ": %s", why);
	}
}

bool nested_verify(pam_handle_t *pamh, const struct options *options, const char *master, const char *password)
{
	struct typist typist = {.pamh = pamh, .password = password, .debug = options->debug};
	const struct pam_conv conversation = {converse, &typist};
	pam_handle_t *nested = NULL;
	const void *host = NULL;
	int status = options->confdir == NULL ? pam_start(NESTED_SERVICE, master, &conversation, &nested)
	             : pam_start_confdir(NESTED_SERVICE, master, &conversation, options->confdir, &nested);
	bool right;

	if (status != PAM_SUCCESS) {
		log_trouble(pamh, status, "it cannot be started");
		return false;
	}
	if (pam_get_item(pamh, PAM_CONV, &host) == PAM_SUCCESS)
		typist.host = host;
	status = copy_items(pamh, nested) ? pam_authenticate(nested, PAM_DISALLOW_NULL_AUTHTOK) : PAM_BUF_ERR;
	typist.account = true;
	if (status == PAM_SUCCESS)
		status = pam_acct_mgmt(nested, PAM_DISALLOW_NULL_AUTHTOK);
	right = status == PAM_SUCCESS && same_name(nested, master);
	log_trouble(pamh, status, pam_strerror(nested, status));
	(void)pam_end(nested, status);
	return right;
}
