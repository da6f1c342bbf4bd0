/* SPDX-License-Identifier: ISC */
/*
 * The calls of an authorization service, but for the enumeration.
 *
 * MUST 1: a call that cannot say what went wrong does nothing.
 * MUST 2: an output is cleared before anything can fail.
 */
#include "config.h"

#include "compat/client.h"
#include "compat/mqz_form.h"

/* Not there where the caller has none. */
extern __typeof__(MQZEP) MQZEP __attribute__((weak));

/* ---- beginning and end */

#define ENTRIES(E) \
	E(TERM_AUTHORITY) E(CHECK_AUTHORITY) E(COPY_ALL_AUTHORITY) E(DELETE_AUTHORITY) E(SET_AUTHORITY) E(GET_AUTHORITY) \
	E(GET_EXPLICIT_AUTHORITY) E(REFRESH_CACHE) E(ENUMERATE_AUTHORITY_DATA)

static bool register_calls(MQHCONFIG config)
{
	static const struct {
		MQLONG function;
		PMQFUNC entry;
	} entries[] = {
#define E(name) {MQZID_##name, (PMQFUNC)MQZ_##name},
		ENTRIES(E)
#undef E
	};
	MQLONG code, reason;
	size_t i;

	for (i = 0; i < sizeof entries / sizeof entries[0]; i++) {
		code = MQCC_FAILED;
		MQZEP(config, entries[i].function, entries[i].entry, &code, &reason);
		if (code != MQCC_OK)
			return false;
	}
	return true;
}

void MQZ_INIT_AUTHORITY(MQHCONFIG Hconfig, MQLONG Options, const MQCHAR *pQMgrName, MQLONG ComponentDataLength,
                        MQBYTE *pComponentData, MQLONG *pVersion, MQLONG *pCompCode, MQLONG *pReason)
{
	(void)Options, (void)pQMgrName;
	if (pVersion != NULL)
		*pVersion = 0;
	mqz_fail(MQRC_INITIALIZATION_FAILED, NULL, pCompCode, pReason);
	if (pCompCode == NULL || pReason == NULL || pVersion == NULL || pComponentData == NULL)
		return;
	if (MQZEP == NULL || ComponentDataLength < MQZ_COMPONENT_DATA_LENGTH || !register_calls(Hconfig))
		return;
	*pVersion = MQZAS_VERSION_1;
	mqz_fail(MQRC_NONE, NULL, pCompCode, pReason);
}

/* Nothing is held. */
void MQZ_TERM_AUTHORITY(MQHCONFIG Hconfig, MQLONG Options, const MQCHAR *pQMgrName, MQBYTE *pComponentData, MQLONG *pCompCode,
                        MQLONG *pReason)
{
	(void)Hconfig, (void)Options, (void)pQMgrName, (void)pComponentData;
	mqz_fail(MQRC_NONE, NULL, pCompCode, pReason);
}

/* ---- about one entity and one object */

struct who {
	char entity[MQZ_ENTITY + 1], object[MQZ_OBJECT + 1];
	struct authz_entity of;
	struct authz_object on;
};

/* A queue manager's own object has its name. */
static bool read_object(struct who *w, const MQCHAR *queue_manager, const MQCHAR *object, MQLONG type)
{
	w->on = (struct authz_object){mqz_type(type), w->object};
	if (w->on.type == NULL || !mqz_text(object, MQZ_OBJECT, w->object))
		return false;
	if (w->object[0] == '\0' && type == MQOT_Q_MGR)
		(void)mqz_text(queue_manager, MQZ_OBJECT, w->object);
	return w->object[0] != '\0';
}

static bool read_who(struct who *w, const MQCHAR *queue_manager, const MQCHAR *entity, MQLONG entity_type, const MQCHAR *object,
                     MQLONG object_type)
{
	if (!mqz_text(entity, MQZ_ENTITY, w->entity) || (entity_type != MQZAET_PRINCIPAL && entity_type != MQZAET_GROUP))
		return false;
	w->of = (struct authz_entity){.user = entity_type == MQZAET_PRINCIPAL ? w->entity : NULL,
	                              .group = entity_type == MQZAET_GROUP ? w->entity : NULL};
	return read_object(w, queue_manager, object, object_type);
}

static bool can_say(const MQLONG *continuation, const MQLONG *code, const MQLONG *reason)
{
	return continuation != NULL && code != NULL && reason != NULL;
}

/* MQZ_CHECK_AUTHORITY, MQZ_SET_AUTHORITY: a mask goes in. */
typedef enum authz_result with_mask(const struct authz_client *client, const struct authz_object *object,
                                    const struct authz_entity *entity, uint32_t mask, struct authz_error *error);

static void put(with_mask *call, const MQCHAR *queue_manager, const MQCHAR *name, MQLONG type, const MQCHAR *object,
                MQLONG object_type, MQLONG authority, MQLONG *continuation, MQLONG *code, MQLONG *reason)
{
	struct authz_error error;
	struct who w;
	uint32_t mask;

	mqz_fail(MQRC_SERVICE_ERROR, continuation, code, reason);
	if (!can_say(continuation, code, reason))
		return;
	if (read_who(&w, queue_manager, name, type, object, object_type) && mqz_mask(w.on.type, authority, &mask))
		mqz_end(call(compat_client(), &w.on, &w.of, mask, &error), continuation, code, reason);
}

void MQZ_CHECK_AUTHORITY(const MQCHAR *pQMgrName, const MQCHAR *pEntityName, MQLONG EntityType, const MQCHAR *pObjectName,
                         MQLONG ObjectType, MQLONG Authority, MQBYTE *pComponentData, MQLONG *pContinuation, MQLONG *pCompCode,
                         MQLONG *pReason)
{
	(void)pComponentData;
	put(authz_authority_check, pQMgrName, pEntityName, EntityType, pObjectName, ObjectType, Authority, pContinuation, pCompCode,
	    pReason);
}

void MQZ_SET_AUTHORITY(const MQCHAR *pQMgrName, const MQCHAR *pEntityName, MQLONG EntityType, const MQCHAR *pObjectName,
                       MQLONG ObjectType, MQLONG Authority, MQBYTE *pComponentData, MQLONG *pContinuation, MQLONG *pCompCode,
                       MQLONG *pReason)
{
	(void)pComponentData;
	put(authz_authority_set, pQMgrName, pEntityName, EntityType, pObjectName, ObjectType, Authority, pContinuation, pCompCode,
	    pReason);
}

/* MQZ_GET_AUTHORITY, MQZ_GET_EXPLICIT_AUTHORITY: a mask comes out. */
typedef enum authz_result gives_mask(const struct authz_client *client, const struct authz_object *object,
                                     const struct authz_entity *entity, uint32_t *mask, struct authz_error *error);

static void get(gives_mask *call, const MQCHAR *queue_manager, const MQCHAR *name, MQLONG type, const MQCHAR *object,
                MQLONG object_type, MQLONG *authority, MQLONG *continuation, MQLONG *code, MQLONG *reason)
{
	struct authz_error error;
	struct who w;
	uint32_t mask;
	enum authz_result result;

	if (authority != NULL)
		*authority = MQZAO_NONE;
	mqz_fail(MQRC_SERVICE_ERROR, continuation, code, reason);
	if (!can_say(continuation, code, reason) || authority == NULL)
		return;
	if (!read_who(&w, queue_manager, name, type, object, object_type))
		return;
	result = call(compat_client(), &w.on, &w.of, &mask, &error);
	*authority = (MQLONG)mask;
	mqz_end(result, continuation, code, reason);
}

void MQZ_GET_AUTHORITY(const MQCHAR *pQMgrName, const MQCHAR *pEntityName, MQLONG EntityType, const MQCHAR *pObjectName,
                       MQLONG ObjectType, MQLONG *pAuthority, MQBYTE *pComponentData, MQLONG *pContinuation, MQLONG *pCompCode,
                       MQLONG *pReason)
{
	(void)pComponentData;
	get(authz_authority_get, pQMgrName, pEntityName, EntityType, pObjectName, ObjectType, pAuthority, pContinuation, pCompCode,
	    pReason);
}

void MQZ_GET_EXPLICIT_AUTHORITY(const MQCHAR *pQMgrName, const MQCHAR *pEntityName, MQLONG EntityType, const MQCHAR *pObjectName,
                                MQLONG ObjectType, MQLONG *pAuthority, MQBYTE *pComponentData, MQLONG *pContinuation,
                                MQLONG *pCompCode, MQLONG *pReason)
{
	(void)pComponentData;
	get(authz_authority_explicit, pQMgrName, pEntityName, EntityType, pObjectName, ObjectType, pAuthority, pContinuation,
	    pCompCode, pReason);
}

/* ---- about an object */

void MQZ_COPY_ALL_AUTHORITY(const MQCHAR *pQMgrName, const MQCHAR *pRefObjectName, const MQCHAR *pObjectName, MQLONG ObjectType,
                            MQBYTE *pComponentData, MQLONG *pContinuation, MQLONG *pCompCode, MQLONG *pReason)
{
	struct who from, to;
	struct authz_error error;

	(void)pComponentData;
	mqz_fail(MQRC_SERVICE_ERROR, pContinuation, pCompCode, pReason);
	if (!can_say(pContinuation, pCompCode, pReason))
		return;
	if (read_object(&from, pQMgrName, pRefObjectName, ObjectType) && read_object(&to, pQMgrName, pObjectName, ObjectType))
		mqz_end(authz_authority_copy(compat_client(), &from.on, to.object, &error), pContinuation, pCompCode, pReason);
}

void MQZ_DELETE_AUTHORITY(const MQCHAR *pQMgrName, const MQCHAR *pObjectName, MQLONG ObjectType, MQBYTE *pComponentData,
                          MQLONG *pContinuation, MQLONG *pCompCode, MQLONG *pReason)
{
	struct authz_error error;
	struct who w;

	(void)pComponentData;
	mqz_fail(MQRC_SERVICE_ERROR, pContinuation, pCompCode, pReason);
	if (can_say(pContinuation, pCompCode, pReason) && read_object(&w, pQMgrName, pObjectName, ObjectType))
		mqz_end(authz_authority_delete(compat_client(), &w.on, &error), pContinuation, pCompCode, pReason);
}

void MQZ_REFRESH_CACHE(const MQCHAR *pQMgrName, MQBYTE *pComponentData, MQLONG *pContinuation, MQLONG *pCompCode, MQLONG *pReason)
{
	(void)pQMgrName, (void)pComponentData;
	mqz_fail(MQRC_NONE, pContinuation, pCompCode, pReason);
}
