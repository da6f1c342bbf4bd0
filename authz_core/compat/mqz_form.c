/* SPDX-License-Identifier: ISC */
/*
 * MUST 1: what is not of its form is refused, never shortened or guessed at.
 * MUST 2: no result but AUTHZ_OK is MQCC_OK.
 */
#include "config.h"

#include "compat/mqz_form.h"

#include <string.h>

#include "wire/authority_word.h"

bool mqz_text(const MQCHAR *field, size_t size, char *text)
{
	size_t length, i;

	text[0] = '\0';
	if (field == NULL)
		return false;
	length = strnlen(field, size);
	while (length > 0 && field[length - 1] == ' ')
		length--;
	for (i = 0; i < length; i++)
		if ((unsigned char)field[i] < ' ' || field[i] == 0x7f)
			return false;
	memcpy(text, field, length);
	text[length] = '\0';
	return true;
}

bool mqz_field(MQCHAR *field, size_t size, const char *text)
{
	const size_t length = strlen(text);

	memset(field, ' ', size);
	if (length > size)
		return false;
	memcpy(field, text, length);
	return true;
}

static const struct {
	MQLONG number;
	const char *type;
} types[] = {
	{MQOT_Q, "queue"},
	{MQOT_NAMELIST, "namelist"},
	{MQOT_PROCESS, "process"},
	{MQOT_STORAGE_CLASS, "storageclass"},
	{MQOT_Q_MGR, "qmgr"},
	{MQOT_CHANNEL, "channel"},
	{MQOT_AUTH_INFO, "authinfo"},
	{MQOT_TOPIC, "topic"},
	{MQOT_COMM_INFO, "comminfo"},
	{MQOT_CF_STRUC, "cfstruct"},
	{MQOT_LISTENER, "listener"},
	{MQOT_SERVICE, "mqservice"},
	{MQOT_CLNTCONN_CHANNEL, "clntconn"},
	{MQOT_REMOTE_Q_MGR_NAME, "rqmname"},
};

const char *mqz_type(MQLONG number)
{
	size_t i;

	for (i = 0; i < sizeof types / sizeof types[0]; i++)
		if (types[i].number == number)
			return types[i].type;
	return NULL;
}

MQLONG mqz_number(const char *type)
{
	size_t i;

	for (i = 0; i < sizeof types / sizeof types[0]; i++)
		if (strcmp(types[i].type, type) == 0)
			return types[i].number;
	return 0;
}

bool mqz_mask(const char *type, MQLONG authority, uint32_t *mask)
{
	static const uint32_t wholes[] = {MQZAO_ALL, MQZAO_ALL_MQI, MQZAO_ALL_ADMIN};
	const uint32_t takes = authority_takes(type), asked = (uint32_t)authority;
	size_t i;

	*mask = asked;
	for (i = 0; i < sizeof wholes / sizeof wholes[0]; i++)
		if ((asked & wholes[i]) == wholes[i])
			*mask &= ~(wholes[i] & ~takes);
	return (*mask & ~takes) == 0 && (*mask != 0 || asked == 0);
}

static MQLONG reason_of(enum authz_result result)
{
	switch (result) {
	case AUTHZ_NOT_AUTHORIZED_OBJECT:
	case AUTHZ_SPECIAL_REQUIRED:
		return MQRC_NOT_AUTHORIZED;
	case AUTHZ_UNKNOWN_ENTITY:
		return MQRC_UNKNOWN_ENTITY;
	case AUTHZ_UNKNOWN_REF_OBJECT:
		return MQRC_UNKNOWN_REF_OBJECT;
	default:
		return authz_result_exit(result) == 3 ? MQRC_SERVICE_NOT_AVAILABLE : MQRC_SERVICE_ERROR;
	}
}

void mqz_fail(MQLONG why, MQLONG *continuation, MQLONG *code, MQLONG *reason)
{
	if (continuation != NULL)
		*continuation = MQZCI_DEFAULT;
	if (code != NULL)
		*code = why == MQRC_NONE ? MQCC_OK : MQCC_FAILED;
	if (reason != NULL)
		*reason = why;
}

void mqz_end(enum authz_result result, MQLONG *continuation, MQLONG *code, MQLONG *reason)
{
	mqz_fail(result == AUTHZ_OK ? MQRC_NONE : reason_of(result), continuation, code, reason);
}
