/* SPDX-License-Identifier: ISC */
/* The authorization service as a queue manager calls it: compat/mqz_*.c, against the real helper and one that is told what to say. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "compat/client.h"
#include "compat_kit.h"
#include "mqz.h"

_Static_assert(sizeof(MQZED) == (sizeof(void *) == 8 ? 72 : 60), "MQZED_LENGTH_2");
_Static_assert(sizeof(MQZAD) == (sizeof(void *) == 8 ? 80 : 76), "MQZAD_LENGTH_2");

#define QM "QM1                                             "
#define BLANK48 "                                                "
#define BLANK12 "            "

static MQBYTE data[MQZ_COMPONENT_DATA_LENGTH + 16];
static MQLONG continuation, code, reason;

/* ---- a queue manager: what is registered, and a chain of components */

#define FUNCTIONS 10
#define COMPONENTS 3

struct component {
	PMQFUNC entry[FUNCTIONS];
	MQBYTE data[MQZ_COMPONENT_DATA_LENGTH];
};

static struct component component;
static MQLONG refuse_function = -1;

void MQZEP(MQHCONFIG Hconfig, MQLONG Function, PMQFUNC pEntryPoint, MQLONG *pCompCode, MQLONG *pReason)
{
	struct component *c = Hconfig;

	*pCompCode = MQCC_FAILED;
	*pReason = 2281; /* MQRC_FUNCTION_ERROR */
	if (Function < 0 || Function >= FUNCTIONS || Function == refuse_function)
		return;
	c->entry[Function] = pEntryPoint;
	*pCompCode = MQCC_OK;
	*pReason = MQRC_NONE;
}

typedef void check_call(const MQCHAR *, const MQCHAR *, MQLONG, const MQCHAR *, MQLONG, MQLONG, MQBYTE *, MQLONG *, MQLONG *, MQLONG *);
typedef void get_call(const MQCHAR *, const MQCHAR *, MQLONG, const MQCHAR *, MQLONG, MQLONG *, MQBYTE *, MQLONG *, MQLONG *,
                      MQLONG *);

/* A component of another maker, which says what the test says. */
static MQLONG other_reason, other_continuation;
static unsigned other_calls;

static void other_check(const MQCHAR *qm, const MQCHAR *entity, MQLONG kind, const MQCHAR *object, MQLONG type, MQLONG authority,
                        MQBYTE *component_data, MQLONG *next, MQLONG *comp_code, MQLONG *why)
{
	(void)qm, (void)entity, (void)kind, (void)object, (void)type, (void)authority, (void)component_data;
	other_calls++;
	*next = other_continuation;
	*comp_code = other_reason == MQRC_NONE ? MQCC_OK : MQCC_FAILED;
	*why = other_reason;
}

static void other_get(const MQCHAR *qm, const MQCHAR *entity, MQLONG kind, const MQCHAR *object, MQLONG type, MQLONG *authority,
                      MQBYTE *component_data, MQLONG *next, MQLONG *comp_code, MQLONG *why)
{
	*authority = MQZAO_BROWSE;
	other_check(qm, entity, kind, object, type, 0, component_data, next, comp_code, why);
}

/* Of a check the first answer that is one ends the chain: granted, or not authorized; whatever the continuation says. */
static MQLONG chain_check(check_call *const *calls, size_t count, const char *entity, const char *object, MQLONG authority)
{
	size_t i;

	for (i = 0; i < count; i++) {
		calls[i](QM, entity, MQZAET_PRINCIPAL, object, MQOT_Q, authority, component.data, &continuation, &code, &reason);
		if (code == MQCC_OK || reason == MQRC_NOT_AUTHORIZED)
			return reason;
	}
	return reason;
}

/* Of other calls a component says whether the next one is called: default and continue are, stop is not. */
static MQLONG chain_get(get_call *const *calls, size_t count, const char *entity, const char *object)
{
	MQLONG authority, all = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		calls[i](QM, entity, MQZAET_PRINCIPAL, object, MQOT_Q, &authority, component.data, &continuation, &code, &reason);
		if (code == MQCC_OK)
			all |= authority;
		if (continuation == MQZCI_STOP)
			break;
	}
	return all;
}

/* ---- names */

static const char *field(const char *text, size_t size)
{
	static char fields[4][64];
	static unsigned next;
	char *to = fields[next++ % 4];

	memset(to, 'Z', sizeof fields[0]); /* nothing behind the field is looked at */
	memset(to, ' ', size);
	memcpy(to, text, strlen(text));
	return to;
}

#define ENTITY(text) field(text, 12)
#define OBJECT(text) field(text, 48)

static MQLONG set(const char *entity, MQLONG kind, const char *object, MQLONG type, MQLONG authority)
{
	MQZ_SET_AUTHORITY(QM, ENTITY(entity), kind, OBJECT(object), type, authority, data, &continuation, &code, &reason);
	assert_int_equal(code, reason == MQRC_NONE ? MQCC_OK : MQCC_FAILED);
	return reason;
}

static MQLONG check(const char *entity, MQLONG kind, const char *object, MQLONG type, MQLONG authority)
{
	code = continuation = -1;
	MQZ_CHECK_AUTHORITY(QM, ENTITY(entity), kind, OBJECT(object), type, authority, data, &continuation, &code, &reason);
	assert_int_equal(code, reason == MQRC_NONE ? MQCC_OK : MQCC_FAILED);
	assert_int_equal(continuation, MQZCI_DEFAULT);
	return reason;
}

static MQLONG get(const char *entity, MQLONG kind, const char *object, MQLONG type)
{
	MQLONG authority = -1;

	MQZ_GET_AUTHORITY(QM, ENTITY(entity), kind, OBJECT(object), type, &authority, data, &continuation, &code, &reason);
	assert_int_equal(reason, MQRC_NONE);
	return authority;
}

static MQLONG explicit(const char *entity, MQLONG kind, const char *object, MQLONG type)
{
	MQLONG authority = -1;

	MQZ_GET_EXPLICIT_AUTHORITY(QM, ENTITY(entity), kind, OBJECT(object), type, &authority, data, &continuation, &code, &reason);
	if (code != MQCC_OK)
		assert_int_equal(authority, MQZAO_NONE);
	return authority;
}

/* ---- the calls */

static void registers(void **state)
{
	MQLONG version = -1, i;

	(void)state;
	memset(&component, 0, sizeof component);
	MQZ_INIT_AUTHORITY(&component, MQZIO_PRIMARY, QM, sizeof component.data, component.data, &version, &code, &reason);
	assert_int_equal(code, MQCC_OK);
	assert_int_equal(reason, MQRC_NONE);
	assert_int_equal(version, MQZAS_VERSION_1);
	for (i = MQZID_TERM_AUTHORITY; i < FUNCTIONS; i++)
		assert_non_null(component.entry[i]);
	assert_true(component.entry[MQZID_GET_EXPLICIT_AUTHORITY] == (PMQFUNC)MQZ_GET_EXPLICIT_AUTHORITY);
	MQZ_TERM_AUTHORITY(&component, MQZTO_PRIMARY, QM, component.data, &code, &reason);
	assert_int_equal(code, MQCC_OK);
	refuse_function = MQZID_SET_AUTHORITY;
	MQZ_INIT_AUTHORITY(&component, MQZIO_PRIMARY, QM, sizeof component.data, component.data, &version, &code, &reason);
	refuse_function = -1;
	assert_int_equal(reason, MQRC_INITIALIZATION_FAILED);
	assert_int_equal(version, 0);
	MQZ_INIT_AUTHORITY(&component, MQZIO_PRIMARY, QM, MQZ_COMPONENT_DATA_LENGTH - 1, component.data, &version, &code, &reason);
	assert_int_equal(reason, MQRC_INITIALIZATION_FAILED);
}

static void explicit_and_get(void **state)
{
	(void)state;
	assert_int_equal(set("daemon", MQZAET_GROUP, "M1", MQOT_Q, MQZAO_INPUT), MQRC_NONE); /* daemon's primary group */
	assert_int_equal(set("nobody", MQZAET_GROUP, "M1", MQOT_Q, MQZAO_BROWSE), MQRC_NONE);
	assert_int_equal(set("daemon", MQZAET_PRINCIPAL, "M1", MQOT_Q, MQZAO_OUTPUT), MQRC_NONE);
	assert_int_equal(get("daemon", MQZAET_PRINCIPAL, "M1", MQOT_Q), MQZAO_INPUT | MQZAO_BROWSE | MQZAO_OUTPUT);
	assert_int_equal(explicit("daemon", MQZAET_PRINCIPAL, "M1", MQOT_Q), MQZAO_INPUT);
	assert_int_equal(explicit("daemon", MQZAET_GROUP, "M1", MQOT_Q), MQZAO_INPUT);
	assert_int_equal(get("daemon", MQZAET_GROUP, "M1", MQOT_Q), MQZAO_INPUT | MQZAO_BROWSE);
	assert_int_equal(explicit("bin", MQZAET_PRINCIPAL, "M1", MQOT_Q), MQZAO_NONE);
	assert_int_equal(reason, MQRC_NONE);
}

static void unknown_entities(void **state)
{
	(void)state;
	assert_int_equal(set("nobody", MQZAET_GROUP, "M2", MQOT_Q, MQZAO_INPUT), MQRC_NONE);
	assert_int_equal(check("no-such-user", MQZAET_PRINCIPAL, "M2", MQOT_Q, MQZAO_INPUT), MQRC_NONE);
	assert_int_equal(check("", MQZAET_PRINCIPAL, "M2", MQOT_Q, MQZAO_INPUT), MQRC_NONE);
	assert_int_equal(check("", MQZAET_PRINCIPAL, "M2", MQOT_Q, MQZAO_OUTPUT), MQRC_NOT_AUTHORIZED);
	assert_int_equal(check("no-such-user", MQZAET_PRINCIPAL, "M2", MQOT_Q, MQZAO_OUTPUT), MQRC_NOT_AUTHORIZED);
	(void)explicit("no-such-user", MQZAET_PRINCIPAL, "M2", MQOT_Q);
	assert_int_equal(reason, MQRC_UNKNOWN_ENTITY);
	assert_int_equal(set("no-such-user", MQZAET_PRINCIPAL, "M2", MQOT_Q, MQZAO_INPUT), MQRC_UNKNOWN_ENTITY);
}

static void set_overrides(void **state)
{
	(void)state;
	assert_int_equal(set("bin", MQZAET_PRINCIPAL, "M3", MQOT_Q, MQZAO_ALL), MQRC_NONE);
	assert_int_equal(get("bin", MQZAET_PRINCIPAL, "M3", MQOT_Q), 0x1e03fe); /* what of it a queue takes: no create */
	assert_int_equal(set("bin", MQZAET_PRINCIPAL, "M3", MQOT_Q, MQZAO_ALL_ADMIN | MQZAO_CREATE), MQRC_NONE);
	assert_int_equal(get("bin", MQZAET_PRINCIPAL, "M3", MQOT_Q), 0x1f0000);
	assert_int_equal(set("bin", MQZAET_PRINCIPAL, "M3", MQOT_Q, MQZAO_CONNECT), MQRC_SERVICE_ERROR);
	assert_int_equal(get("bin", MQZAET_PRINCIPAL, "M3", MQOT_Q), 0x1f0000);
	assert_int_equal(set("bin", MQZAET_PRINCIPAL, "M3", MQOT_REMOTE_Q_MGR_NAME, MQZAO_OUTPUT), MQRC_NONE);
	assert_int_equal(set("bin", MQZAET_PRINCIPAL, "M3", MQOT_REMOTE_Q_MGR_NAME, MQZAO_ALL_ADMIN), MQRC_SERVICE_ERROR);
	assert_int_equal(get("bin", MQZAET_PRINCIPAL, "M3", MQOT_REMOTE_Q_MGR_NAME), MQZAO_OUTPUT); /* it has none of those */
	assert_int_equal(set("bin", MQZAET_PRINCIPAL, "M3", MQOT_Q, MQZAO_NONE), MQRC_NONE);
	assert_int_equal(get("bin", MQZAET_PRINCIPAL, "M3", MQOT_Q), 0);
}

static bool may_use(const char *service)
{
	const struct authz_object object = {"service", service};
	const struct authz_entity bin = {.user = "bin"};
	struct authz_error error;

	return authz_authority_check(compat_client(), &object, &bin, AUTHZ_AUTHORITY_USE, &error) == AUTHZ_OK;
}

static void not_of_pam(void **state)
{
	const struct authz_object object = {"service", "sshd"};
	const struct authz_entity bin = {.user = "bin"};
	struct authz_error error;

	(void)state;
	assert_int_equal(authz_authority_set(compat_client(), &object, &bin, AUTHZ_AUTHORITY_USE, &error), AUTHZ_OK);
	assert_int_equal(set("bin", MQZAET_PRINCIPAL, "sshd", MQOT_SERVICE, MQZAO_CONNECT), MQRC_SERVICE_ERROR); /* that bit is "use" */
	assert_int_equal(get("bin", MQZAET_PRINCIPAL, "sshd", MQOT_SERVICE), 0);
	assert_int_equal(set("bin", MQZAET_PRINCIPAL, "sshd", MQOT_SERVICE, MQZAO_CONTROL), MQRC_NONE);
	assert_int_equal(get("bin", MQZAET_PRINCIPAL, "sshd", MQOT_SERVICE), MQZAO_CONTROL);
	assert_true(may_use("sshd"));
	MQZ_COPY_ALL_AUTHORITY(QM, OBJECT("sshd"), OBJECT("other"), MQOT_SERVICE, data, &continuation, &code, &reason);
	assert_int_equal(reason, MQRC_NONE);
	assert_false(may_use("other"));
	MQZ_DELETE_AUTHORITY(QM, OBJECT("sshd"), MQOT_SERVICE, data, &continuation, &code, &reason);
	assert_int_equal(reason, MQRC_NONE);
	assert_true(may_use("sshd"));
}

static void generic(void **state)
{
	(void)state;
	assert_int_equal(set("bin", MQZAET_PRINCIPAL, "M4.*", MQOT_Q, MQZAO_OUTPUT), MQRC_NONE);
	assert_int_equal(set("bin", MQZAET_PRINCIPAL, "M4.C*", MQOT_Q, MQZAO_INPUT), MQRC_NONE);
	assert_int_equal(get("bin", MQZAET_PRINCIPAL, "M4.CD", MQOT_Q), MQZAO_INPUT);
}

static void names(void **state)
{
	static const char longest[] = "123456789012345678901234567890123456789012345678";
	static const char *const bad[] = {"", "A\nB", "\x7f"};
	size_t i;

	(void)state;
	assert_int_equal(set("bin", MQZAET_PRINCIPAL, longest, MQOT_Q, MQZAO_INPUT), MQRC_NONE);
	assert_int_equal(get("bin", MQZAET_PRINCIPAL, longest, MQOT_Q), MQZAO_INPUT);
	assert_int_equal(check("bin", MQZAET_PRINCIPAL, "12345678901234567890123456789012345678901234567", MQOT_Q, MQZAO_INPUT),
	                 MQRC_NOT_AUTHORIZED);
	assert_int_equal(set("bin", MQZAET_PRINCIPAL, "", MQOT_Q_MGR, MQZAO_CONNECT), MQRC_NONE); /* it has the queue manager's name */
	assert_int_equal(get("bin", MQZAET_PRINCIPAL, "QM1", MQOT_Q_MGR), MQZAO_CONNECT);
	kit_fake("result 0\nmask 4\n");
	assert_int_equal(get("twelve-bytes", MQZAET_PRINCIPAL, "AB", MQOT_Q), 4);
	kit_was_asked("operation 24", "principal twelve-bytes", "object AB", "object_type queue", NULL);
	kit_fake("result 0\nmask 4\n");
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(check("bin", MQZAET_PRINCIPAL, bad[i], MQOT_Q, MQZAO_INPUT), MQRC_SERVICE_ERROR);
	assert_int_equal(check("b\nn", MQZAET_PRINCIPAL, "AB", MQOT_Q, MQZAO_INPUT), MQRC_SERVICE_ERROR);
	assert_int_equal(check("bin", MQZAET_UNKNOWN, "AB", MQOT_Q, MQZAO_INPUT), MQRC_SERVICE_ERROR);
	assert_int_equal(check("bin", MQZAET_PRINCIPAL, "AB", 99, MQZAO_INPUT), MQRC_SERVICE_ERROR);
	assert_int_equal(check("bin", MQZAET_PRINCIPAL, "AB", MQOT_ALL, MQZAO_INPUT), MQRC_SERVICE_ERROR);
	assert_false(kit_asked());
}

static void copies(void **state)
{
	(void)state;
	assert_int_equal(set("bin", MQZAET_PRINCIPAL, "MODEL", MQOT_Q, MQZAO_INPUT), MQRC_NONE);
	MQZ_COPY_ALL_AUTHORITY(QM, OBJECT("MODEL"), OBJECT("DYNAMIC.1"), MQOT_Q, data, &continuation, &code, &reason);
	assert_int_equal(reason, MQRC_NONE);
	assert_int_equal(get("bin", MQZAET_PRINCIPAL, "DYNAMIC.1", MQOT_Q), MQZAO_INPUT);
	MQZ_COPY_ALL_AUTHORITY(QM, OBJECT("NOSUCH"), OBJECT("DYNAMIC.2"), MQOT_Q, data, &continuation, &code, &reason);
	assert_int_equal(reason, MQRC_UNKNOWN_REF_OBJECT);
	MQZ_REFRESH_CACHE(QM, data, &continuation, &code, &reason);
	assert_int_equal(reason, MQRC_NONE);
}

static void enumerate(MQLONG start, const MQZAD *filter, MQZAD *out, MQLONG size)
{
	MQLONG length = -1;

	MQZ_ENUMERATE_AUTHORITY_DATA(QM, start, filter, size, out, &length, data, &continuation, &code, &reason);
	if (code == MQCC_OK)
		assert_in_range(length, sizeof *out + 1, size);
	else if (reason == MQRC_BUFFER_LENGTH_ERROR)
		assert_in_range(length, size + 1, MQZ_AUTHORITY_DATA_LENGTH); /* what it takes */
	else
		assert_int_equal(length, 0);
}

static void deletes_and_enumerates(void **state)
{
	union {
		MQZAD ad;
		char bytes[256];
	} buffer;
	MQCHAR bin[] = "bin";
	MQZED of_bin = {.StrucId = "ZED ", .Version = MQZED_VERSION_1, .EntityNamePtr = bin};
	MQZAD filter = {.StrucId = "ZAD ", .Version = MQZAD_VERSION_2, .ObjectType = MQOT_TOPIC,
	                .Options = MQAUTHOPT_NAME_EXPLICIT | MQAUTHOPT_ENTITY_EXPLICIT};
	unsigned seen;

	(void)state;
	memset(data, 0, sizeof data);
	MQZ_DELETE_AUTHORITY(QM, OBJECT("NOTHING"), MQOT_TOPIC, data, &continuation, &code, &reason);
	assert_int_equal(reason, MQRC_NONE);
	assert_int_equal(set("bin", MQZAET_PRINCIPAL, "M5.A", MQOT_TOPIC, MQZAO_PUBLISH), MQRC_NONE);
	assert_int_equal(set("daemon", MQZAET_GROUP, "M5.A", MQOT_TOPIC, MQZAO_SUBSCRIBE), MQRC_NONE);
	assert_int_equal(set("bin", MQZAET_PRINCIPAL, "M5.*", MQOT_TOPIC, MQZAO_RESUME), MQRC_NONE);
	memset(filter.ProfileName, ' ', sizeof filter.ProfileName);
	enumerate(MQZSE_CONTINUE, NULL, &buffer.ad, sizeof buffer); /* none was started */
	assert_int_equal(reason, MQRC_SERVICE_ERROR);
	enumerate(MQZSE_START, &filter, &buffer.ad, sizeof buffer);
	assert_int_equal(reason, MQRC_NONE);
	assert_memory_equal(buffer.ad.StrucId, "ZAD ", 4);
	assert_memory_equal(buffer.ad.ProfileName, OBJECT("M5.A"), 48);
	assert_int_equal(buffer.ad.ObjectType, MQOT_TOPIC);
	assert_int_equal(buffer.ad.Authority, MQZAO_PUBLISH);
	assert_int_equal(buffer.ad.EntityType, MQZAET_PRINCIPAL);
	assert_string_equal(buffer.ad.EntityDataPtr->EntityNamePtr, "bin");
	enumerate(MQZSE_CONTINUE, NULL, &buffer.ad, MQZ_AUTHORITY_DATA_LENGTH);
	assert_int_equal(buffer.ad.EntityType, MQZAET_GROUP);
	enumerate(MQZSE_CONTINUE, NULL, &buffer.ad, sizeof(MQZAD)); /* too small: the record is not lost */
	assert_int_equal(reason, MQRC_BUFFER_LENGTH_ERROR);
	enumerate(MQZSE_CONTINUE, NULL, &buffer.ad, sizeof buffer);
	assert_memory_equal(buffer.ad.ProfileName, OBJECT("M5.*"), 48);
	enumerate(MQZSE_CONTINUE, NULL, &buffer.ad, sizeof buffer);
	assert_int_equal(code, MQCC_FAILED);
	assert_int_equal(reason, MQRC_NO_DATA_AVAILABLE);
	enumerate(MQZSE_CONTINUE, NULL, &buffer.ad, sizeof buffer);
	assert_int_equal(reason, MQRC_NO_DATA_AVAILABLE);
	filter.Options = MQAUTHOPT_NAME_ALL_MATCHING | MQAUTHOPT_ENTITY_EXPLICIT;
	filter.EntityDataPtr = &of_bin;
	filter.EntityType = MQZAET_PRINCIPAL;
	memcpy(filter.ProfileName, "M5.A", 4);
	for (enumerate(MQZSE_START, &filter, &buffer.ad, sizeof buffer), seen = 0; reason == MQRC_NONE; seen++)
		enumerate(MQZSE_CONTINUE, NULL, &buffer.ad, sizeof buffer);
	assert_int_equal(reason, MQRC_NO_DATA_AVAILABLE);
	assert_int_equal(seen, 2);
	filter.Options |= MQAUTHOPT_CUMULATIVE;
	enumerate(MQZSE_START, &filter, &buffer.ad, sizeof buffer);
	assert_int_equal(reason, MQRC_SERVICE_ERROR);
	MQZ_DELETE_AUTHORITY(QM, OBJECT("M5.A"), MQOT_TOPIC, data, &continuation, &code, &reason);
	assert_int_equal(get("bin", MQZAET_PRINCIPAL, "M5.A", MQOT_TOPIC), MQZAO_RESUME);
}

/* A program that takes away what it is given, record by record. */
static void enumerates_what_goes(void **state)
{
	static const char *const users[] = {"bin", "daemon", "sys", "games", "man"};
	union {
		MQZAD ad;
		char bytes[256];
	} buffer;
	MQZAD filter = {.StrucId = "ZAD ", .Version = MQZAD_VERSION_2, .ObjectType = MQOT_NAMELIST,
	                .Options = MQAUTHOPT_NAME_EXPLICIT | MQAUTHOPT_ENTITY_EXPLICIT};
	MQBYTE place[MQZ_COMPONENT_DATA_LENGTH];
	unsigned seen;

	(void)state;
	memset(filter.ProfileName, ' ', sizeof filter.ProfileName);
	for (seen = 0; seen < 5; seen++)
		assert_int_equal(set(users[seen], MQZAET_PRINCIPAL, "GOES", MQOT_NAMELIST, MQZAO_INQUIRE), MQRC_NONE);
	for (enumerate(MQZSE_START, &filter, &buffer.ad, sizeof buffer), seen = 0; reason == MQRC_NONE; seen++) {
		memcpy(place, data, sizeof place);
		assert_int_equal(set(buffer.ad.EntityDataPtr->EntityNamePtr, MQZAET_PRINCIPAL, "GOES", MQOT_NAMELIST, MQZAO_NONE),
		                 MQRC_NONE);
		enumerate(MQZSE_CONTINUE, NULL, &buffer.ad, sizeof buffer);
	}
	assert_int_equal(reason, MQRC_NO_DATA_AVAILABLE);
	assert_int_equal(seen, 5);
	memset(place + 4, 'x', sizeof place - 4);
	memcpy(data, place, sizeof place);
	enumerate(MQZSE_CONTINUE, NULL, &buffer.ad, sizeof buffer); /* that is no place */
	assert_int_equal(reason, MQRC_SERVICE_ERROR);
}

static void starts_that_fail(void **state)
{
	union {
		MQZAD ad;
		char bytes[256];
	} buffer;
	MQZAD filter = {.StrucId = "ZAD ", .Version = MQZAD_VERSION_2, .ObjectType = MQOT_AUTH_INFO,
	                .Options = MQAUTHOPT_NAME_EXPLICIT | MQAUTHOPT_ENTITY_EXPLICIT};

	(void)state;
	memset(filter.ProfileName, ' ', sizeof filter.ProfileName);
	assert_int_equal(set("bin", MQZAET_PRINCIPAL, "START.A", MQOT_AUTH_INFO, MQZAO_INQUIRE), MQRC_NONE);
	assert_int_equal(set("bin", MQZAET_PRINCIPAL, "START.B", MQOT_AUTH_INFO, MQZAO_INQUIRE), MQRC_NONE);
	enumerate(MQZSE_START, &filter, &buffer.ad, sizeof buffer);
	assert_memory_equal(buffer.ad.ProfileName, OBJECT("START.A"), 48);
	enumerate(MQZSE_START, &filter, &buffer.ad, sizeof(MQZAD)); /* anew, and no room */
	assert_int_equal(reason, MQRC_BUFFER_LENGTH_ERROR);
	enumerate(MQZSE_CONTINUE, NULL, &buffer.ad, sizeof buffer);
	assert_int_equal(reason, MQRC_NONE);
	assert_memory_equal(buffer.ad.ProfileName, OBJECT("START.A"), 48);
	filter.Options |= MQAUTHOPT_CUMULATIVE;
	enumerate(MQZSE_START, &filter, &buffer.ad, sizeof buffer);
	assert_int_equal(reason, MQRC_SERVICE_ERROR);
	enumerate(MQZSE_CONTINUE, NULL, &buffer.ad, sizeof buffer); /* not START.B of the one before */
	assert_int_equal(reason, MQRC_SERVICE_ERROR);
}

static void chained(void **state)
{
	check_call *const other_first[] = {other_check, MQZ_CHECK_AUTHORITY}, *const other_last[] = {MQZ_CHECK_AUTHORITY, other_check};
	get_call *const gets[] = {MQZ_GET_EXPLICIT_AUTHORITY, other_get}, *const others[] = {other_get, MQZ_GET_EXPLICIT_AUTHORITY};

	(void)state;
	assert_int_equal(set("daemon", MQZAET_GROUP, "CHAIN", MQOT_Q, MQZAO_INPUT), MQRC_NONE);
	other_calls = 0;
	other_reason = MQRC_NONE; /* the other one would grant all, and is not asked */
	assert_int_equal(chain_check(other_last, 2, ENTITY("daemon"), OBJECT("CHAIN"), MQZAO_OUTPUT), MQRC_NOT_AUTHORIZED);
	assert_int_equal(chain_check(other_last, 2, ENTITY("daemon"), OBJECT("CHAIN"), MQZAO_INPUT), MQRC_NONE);
	assert_int_equal(other_calls, 0);
	other_reason = MQRC_SERVICE_NOT_AVAILABLE; /* that is no answer */
	assert_int_equal(chain_check(other_first, 2, ENTITY("daemon"), OBJECT("CHAIN"), MQZAO_INPUT), MQRC_NONE);
	assert_int_equal(chain_check(other_first, 2, ENTITY("daemon"), OBJECT("CHAIN"), MQZAO_OUTPUT), MQRC_NOT_AUTHORIZED);
	other_reason = MQRC_NONE;
	other_continuation = MQZCI_CONTINUE;
	assert_int_equal(chain_get(gets, 2, ENTITY("daemon"), OBJECT("CHAIN")), MQZAO_INPUT | MQZAO_BROWSE); /* default continues */
	other_continuation = MQZCI_STOP;
	assert_int_equal(chain_get(others, 2, ENTITY("daemon"), OBJECT("CHAIN")), MQZAO_BROWSE);
}

static void failures(void **state)
{
	static const struct {
		const char *answer;
		MQLONG reason;
	} rows[] = {
		{"result 0\nmask 4\n", MQRC_NONE},
		{"result 150\nsubject AB\n", MQRC_NOT_AUTHORIZED},
		{"result 13\nsubject *ALLOBJ\n", MQRC_NOT_AUTHORIZED},
		{"result 15\nsubject x\n", MQRC_UNKNOWN_ENTITY},
		{"result 151\nsubject x\n", MQRC_UNKNOWN_REF_OBJECT},
		{"result 70\nsubject x\n", MQRC_SERVICE_NOT_AVAILABLE},
		{"result 71\nsubject x\n", MQRC_SERVICE_NOT_AVAILABLE},
		{"result 79\nsubject x\n", MQRC_SERVICE_NOT_AVAILABLE},
		{"result 8\nsubject x\n", MQRC_SERVICE_ERROR},
		{"result 92\nsubject x\n", MQRC_SERVICE_ERROR},
	};
	MQLONG authority;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		kit_fake(rows[i].answer);
		authority = -1;
		MQZ_GET_EXPLICIT_AUTHORITY(QM, ENTITY("bin"), MQZAET_PRINCIPAL, OBJECT("AB"), MQOT_Q, &authority, data, &continuation,
		                           &code, &reason);
		assert_int_equal(reason, rows[i].reason);
		assert_int_equal(code, rows[i].reason == MQRC_NONE ? MQCC_OK : MQCC_FAILED);
		assert_int_equal(authority, rows[i].reason == MQRC_NONE ? 4 : MQZAO_NONE);
	}
	kit_none();
	assert_int_equal(check("bin", MQZAET_PRINCIPAL, "AB", MQOT_Q, MQZAO_INPUT), MQRC_SERVICE_NOT_AVAILABLE);
}

static void nowhere_to_say(void **state)
{
	MQLONG authority = 17;

	(void)state;
	kit_fake("result 0\nmask 4\n");
	MQZ_CHECK_AUTHORITY(QM, BLANK12, MQZAET_PRINCIPAL, OBJECT("A"), MQOT_Q, 4, data, &continuation, NULL, &reason);
	MQZ_SET_AUTHORITY(QM, BLANK12, MQZAET_PRINCIPAL, OBJECT("A"), MQOT_Q, 4, data, &continuation, &code, NULL);
	assert_int_equal(code, MQCC_FAILED);
	MQZ_GET_AUTHORITY(QM, BLANK12, MQZAET_PRINCIPAL, OBJECT("A"), MQOT_Q, NULL, data, &continuation, &code, &reason);
	assert_int_equal(reason, MQRC_SERVICE_ERROR);
	MQZ_GET_EXPLICIT_AUTHORITY(QM, BLANK12, MQZAET_PRINCIPAL, OBJECT("A"), MQOT_Q, &authority, data, NULL, &code, &reason);
	assert_int_equal(authority, MQZAO_NONE);
	MQZ_COPY_ALL_AUTHORITY(QM, OBJECT("A"), OBJECT("B"), MQOT_Q, data, &continuation, NULL, &reason);
	MQZ_DELETE_AUTHORITY(QM, OBJECT("A"), MQOT_Q, data, &continuation, NULL, &reason);
	MQZ_CHECK_AUTHORITY(QM, NULL, MQZAET_PRINCIPAL, OBJECT("A"), MQOT_Q, 4, data, &continuation, &code, &reason);
	MQZ_CHECK_AUTHORITY(QM, BLANK12, MQZAET_PRINCIPAL, NULL, MQOT_Q, 4, data, &continuation, &code, &reason);
	MQZ_CHECK_AUTHORITY(NULL, BLANK12, MQZAET_PRINCIPAL, BLANK48, MQOT_Q_MGR, 1, data, &continuation, &code, &reason);
	assert_int_equal(reason, MQRC_SERVICE_ERROR);
	assert_false(kit_asked());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{"the component registers all its calls by MQZEP, or says that it failed", registers, kit_real, NULL, NULL},
		{"M1: explicit: group without nobody; principal = primary group only; get = union of all groups (+ nobody)",
		 explicit_and_get, kit_real, NULL, NULL},
		{"M2: unknown or blank entity in CHECK: nobody's authority, not an error", unknown_entities, kit_real, NULL, NULL},
		{"M3: SET overrides; alladm and all do not contain crt", set_overrides, kit_real, NULL, NULL},
		{"what a queue manager does to its services is nothing to PAM's", not_of_pam, kit_real, NULL, NULL},
		{"M4: most specific profile only, ? * ** table above; not cumulative", generic, kit_real, NULL, NULL},
		{"M5: DELETE of nothing is OK; ENUMERATE ends with 2379 (mqz_enumerate MUST 2)", deletes_and_enumerates, kit_real, NULL, NULL},
		{"an enumeration gives each record once, though those that were given go (mqz_enumerate MUST 2)", enumerates_what_goes,
		 kit_real, NULL, NULL},
		{"M6: 12- and 48-byte names: over-long refused, blank padding ignored (mqz_form MUST 1)", names, kit_real, NULL, NULL},
		{"all authority of a reference object goes to a new one; nothing is cached", copies, kit_real, NULL, NULL},
		{"in a chain a check ends at the first answer, and other calls go on unless told to stop", chained, kit_real, NULL, NULL},
		{"every result has its reason, and outputs are cleared (mqz_form MUST 2) (mqz_authority MUST 2)", failures, kit_real, NULL, NULL},
		{"what an enumeration's start has no room for the next call gives, and one that failed is not gone on with "
		 "(mqz_enumerate MUST 2)", starts_that_fail, kit_real, NULL, NULL},
		{"without a place to say what went wrong nobody is asked (mqz_authority MUST 1) (mqz_enumerate MUST 1)", nowhere_to_say,
		 kit_real, NULL, NULL},
	};

	return cmocka_run_group_tests_name("mqz", tests, kit_make, state_close);
}
