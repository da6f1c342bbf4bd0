/* SPDX-License-Identifier: ISC */
/*
 * libauthz_compat: the authorization service of a queue manager, by its own calls.  See mqz(3).
 *
 * A component of installable services: the caller, a queue manager or a program in its place, has an MQZEP of its own, calls
 * MQZ_INIT_AUTHORITY, and is handed the other calls by that.  They can also be called by their names.  Names, numbers and layouts
 * are the published ones; all calls are of the interface that passes names (MQZAS_VERSION_1).
 *
 * Forms.  MQCHARn is n bytes, padded with blanks, not terminated, ASCII; a NUL ends it too.  A name that is longer than its field
 * cannot be said here, and is never cut: users of more than 12 bytes are asked about by authz.h.
 *
 * Where a pointer that has to be there is NULL: nothing is done; CompCode is MQCC_FAILED, if it can be said.
 *
 * Component data: MQZ_COMPONENT_DATA_LENGTH bytes that the caller keeps from call to call.  The place in an enumeration is there.
 *
 * Threads: all calls can be made from any thread at any time, with component data of its own.  Each blocks for at most five
 * seconds a request.
 */
#ifndef AUTHZ_MQZ_H
#define AUTHZ_MQZ_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

typedef int32_t MQLONG;
typedef char MQCHAR;
typedef unsigned char MQBYTE;
typedef MQCHAR MQCHAR4[4];
typedef MQCHAR MQCHAR12[12];
typedef MQCHAR MQCHAR48[48];
typedef MQBYTE MQBYTE40[40];
typedef void *MQPTR;
typedef void *MQHCONFIG;
typedef void (*PMQFUNC)(void);

/* Completion codes and reasons. */
#define MQCC_OK      0
#define MQCC_WARNING 1
#define MQCC_FAILED  2
#define MQRC_NONE                     0
#define MQRC_BUFFER_LENGTH_ERROR      2005
#define MQRC_NOT_AUTHORIZED           2035
#define MQRC_UNKNOWN_OBJECT_NAME      2085
#define MQRC_SERVICE_NOT_AVAILABLE    2285
#define MQRC_INITIALIZATION_FAILED    2286
#define MQRC_TERMINATION_FAILED       2287
#define MQRC_SERVICE_ERROR            2289
#define MQRC_UNKNOWN_ENTITY           2292
#define MQRC_UNKNOWN_REF_OBJECT       2294
#define MQRC_NO_DATA_AVAILABLE        2379

/* Authorizations. */
#define MQZAO_NONE                     0x00000000
#define MQZAO_CONNECT                  0x00000001
#define MQZAO_BROWSE                   0x00000002
#define MQZAO_INPUT                    0x00000004
#define MQZAO_OUTPUT                   0x00000008
#define MQZAO_INQUIRE                  0x00000010
#define MQZAO_SET                      0x00000020
#define MQZAO_PASS_IDENTITY_CONTEXT    0x00000040
#define MQZAO_PASS_ALL_CONTEXT         0x00000080
#define MQZAO_SET_IDENTITY_CONTEXT     0x00000100
#define MQZAO_SET_ALL_CONTEXT          0x00000200
#define MQZAO_ALTERNATE_USER_AUTHORITY 0x00000400
#define MQZAO_PUBLISH                  0x00000800
#define MQZAO_SUBSCRIBE                0x00001000
#define MQZAO_RESUME                   0x00002000
#define MQZAO_ALL_MQI                  0x00003fff
#define MQZAO_CREATE                   0x00010000
#define MQZAO_DELETE                   0x00020000
#define MQZAO_DISPLAY                  0x00040000
#define MQZAO_CHANGE                   0x00080000
#define MQZAO_CLEAR                    0x00100000
#define MQZAO_CONTROL                  0x00200000
#define MQZAO_CONTROL_EXTENDED         0x00400000
#define MQZAO_AUTHORIZE                0x00800000
#define MQZAO_ALL_ADMIN                0x00fe0000
#define MQZAO_REMOVE                   0x01000000
#define MQZAO_SYSTEM                   0x02000000
#define MQZAO_CREATE_ONLY              0x04000000
#define MQZAO_ALL                      0x02fe3fff

/* Kinds of entities. */
#define MQZAET_NONE      0
#define MQZAET_PRINCIPAL 1
#define MQZAET_GROUP     2
#define MQZAET_UNKNOWN   3

/* Types of objects. */
#define MQOT_Q                  1
#define MQOT_NAMELIST           2
#define MQOT_PROCESS            3
#define MQOT_STORAGE_CLASS      4
#define MQOT_Q_MGR              5
#define MQOT_CHANNEL            6
#define MQOT_AUTH_INFO          7
#define MQOT_TOPIC              8
#define MQOT_COMM_INFO          9
#define MQOT_CF_STRUC           10
#define MQOT_LISTENER           11
#define MQOT_SERVICE            12
#define MQOT_ALL                1001
#define MQOT_CLNTCONN_CHANNEL   1014
#define MQOT_REMOTE_Q_MGR_NAME  1017

/* Functions, for MQZEP. */
#define MQZID_INIT_AUTHORITY           0
#define MQZID_TERM_AUTHORITY           1
#define MQZID_CHECK_AUTHORITY          2
#define MQZID_COPY_ALL_AUTHORITY       3
#define MQZID_DELETE_AUTHORITY         4
#define MQZID_SET_AUTHORITY            5
#define MQZID_GET_AUTHORITY            6
#define MQZID_GET_EXPLICIT_AUTHORITY   7
#define MQZID_REFRESH_CACHE            8
#define MQZID_ENUMERATE_AUTHORITY_DATA 9

#define MQZAS_VERSION_1 1
#define MQZIO_PRIMARY   0
#define MQZIO_SECONDARY 1
#define MQZTO_PRIMARY   0
#define MQZTO_SECONDARY 1

/* Continuation: what the caller does after this component.  Default is to continue, but after a check. */
#define MQZCI_DEFAULT  0
#define MQZCI_CONTINUE 0
#define MQZCI_STOP     1

#define MQZSE_CONTINUE 0
#define MQZSE_START    1

#define MQAUTHOPT_ENTITY_EXPLICIT   0x00000001
#define MQAUTHOPT_ENTITY_SET        0x00000002
#define MQAUTHOPT_NAME_EXPLICIT     0x00000010
#define MQAUTHOPT_NAME_ALL_MATCHING 0x00000020
#define MQAUTHOPT_NAME_AS_WILDCARD  0x00000040
#define MQAUTHOPT_CUMULATIVE        0x00000100
#define MQAUTHOPT_EXCLUDE_TEMP      0x00000200

/* An entity. */
#define MQZED_STRUC_ID "ZED "
#define MQZED_VERSION_1 1
#define MQZED_VERSION_2 2
typedef struct tagMQZED {
	MQCHAR4 StrucId;
	MQLONG Version;
	MQCHAR *EntityNamePtr;   /* ends with a NUL */
	MQCHAR *EntityDomainPtr; /* not used here */
	MQBYTE40 SecurityId;     /* not used here */
	MQPTR CorrelationPtr;    /* not used here; of version 2 */
} MQZED;

/* A record, or what records are looked for. */
#define MQZAD_STRUC_ID "ZAD "
#define MQZAD_VERSION_1 1
#define MQZAD_VERSION_2 2
typedef struct tagMQZAD {
	MQCHAR4 StrucId;
	MQLONG Version;
	MQCHAR48 ProfileName; /* of a filter: blank is all */
	MQLONG ObjectType;    /* of a filter: MQOT_ALL too */
	MQLONG Authority;
	MQZED *EntityDataPtr; /* of a filter: NULL is all */
	MQLONG EntityType;
	MQLONG Options;       /* MQAUTHOPT_…, of version 2 */
} MQZAD;

#define MQZ_COMPONENT_DATA_LENGTH 512
/* Room for any record of MQZ_ENUMERATE_AUTHORITY_DATA, with what it points to. */
#define MQZ_AUTHORITY_DATA_LENGTH ((MQLONG)(sizeof(MQZAD) + sizeof(MQZED) + 40))

/* The caller's own: it takes an entry point of this component. */
void MQZEP(MQHCONFIG Hconfig, MQLONG Function, PMQFUNC pEntryPoint, MQLONG *pCompCode, MQLONG *pReason);

/*
 * Register the calls below.  MQRC_INITIALIZATION_FAILED: there is no MQZEP, it refused one, or ComponentDataLength is less than
 * MQZ_COMPONENT_DATA_LENGTH.
 */
void MQZ_INIT_AUTHORITY(MQHCONFIG Hconfig, MQLONG Options, const MQCHAR *pQMgrName, MQLONG ComponentDataLength,
                        MQBYTE *pComponentData, MQLONG *pVersion, MQLONG *pCompCode, MQLONG *pReason);
void MQZ_TERM_AUTHORITY(MQHCONFIG Hconfig, MQLONG Options, const MQCHAR *pQMgrName, MQBYTE *pComponentData, MQLONG *pCompCode,
                        MQLONG *pReason);

/* Has the entity all of Authority?  One that is not known, or blank, has what everybody has.  MQRC_NOT_AUTHORIZED if not. */
void MQZ_CHECK_AUTHORITY(const MQCHAR *pQMgrName, const MQCHAR *pEntityName, MQLONG EntityType, const MQCHAR *pObjectName,
                         MQLONG ObjectType, MQLONG Authority, MQBYTE *pComponentData, MQLONG *pContinuation, MQLONG *pCompCode,
                         MQLONG *pReason);
/* What it has, with all its groups and everybody's. */
void MQZ_GET_AUTHORITY(const MQCHAR *pQMgrName, const MQCHAR *pEntityName, MQLONG EntityType, const MQCHAR *pObjectName,
                       MQLONG ObjectType, MQLONG *pAuthority, MQBYTE *pComponentData, MQLONG *pContinuation, MQLONG *pCompCode,
                       MQLONG *pReason);
/* What a group has by itself, or the primary group of a principal.  MQRC_UNKNOWN_ENTITY. */
void MQZ_GET_EXPLICIT_AUTHORITY(const MQCHAR *pQMgrName, const MQCHAR *pEntityName, MQLONG EntityType, const MQCHAR *pObjectName,
                                MQLONG ObjectType, MQLONG *pAuthority, MQBYTE *pComponentData, MQLONG *pContinuation,
                                MQLONG *pCompCode, MQLONG *pReason);
/* It has this from now on, and no more. */
void MQZ_SET_AUTHORITY(const MQCHAR *pQMgrName, const MQCHAR *pEntityName, MQLONG EntityType, const MQCHAR *pObjectName,
                       MQLONG ObjectType, MQLONG Authority, MQBYTE *pComponentData, MQLONG *pContinuation, MQLONG *pCompCode,
                       MQLONG *pReason);
/* A new object gets all that there is of another one of its type.  MQRC_UNKNOWN_REF_OBJECT. */
void MQZ_COPY_ALL_AUTHORITY(const MQCHAR *pQMgrName, const MQCHAR *pRefObjectName, const MQCHAR *pObjectName, MQLONG ObjectType,
                            MQBYTE *pComponentData, MQLONG *pContinuation, MQLONG *pCompCode, MQLONG *pReason);
/* All that there is of an object goes; where there is nothing, that is done too. */
void MQZ_DELETE_AUTHORITY(const MQCHAR *pQMgrName, const MQCHAR *pObjectName, MQLONG ObjectType, MQBYTE *pComponentData,
                          MQLONG *pContinuation, MQLONG *pCompCode, MQLONG *pReason);
/* Nothing is cached. */
void MQZ_REFRESH_CACHE(const MQCHAR *pQMgrName, MQBYTE *pComponentData, MQLONG *pContinuation, MQLONG *pCompCode,
                       MQLONG *pReason);
/*
 * One record after the other: MQZSE_START with a filter (NULL: all), then MQZSE_CONTINUE.  AuthorityBuffer gets it, with what it
 * points to.  MQRC_NO_DATA_AVAILABLE at the end.  MQAUTHOPT_ENTITY_SET and MQAUTHOPT_CUMULATIVE are MQRC_SERVICE_ERROR.
 */
void MQZ_ENUMERATE_AUTHORITY_DATA(const MQCHAR *pQMgrName, MQLONG StartEnumeration, const MQZAD *pFilter,
                                  MQLONG AuthorityBufferLength, MQZAD *pAuthorityBuffer, MQLONG *pAuthorityDataLength,
                                  MQBYTE *pComponentData, MQLONG *pContinuation, MQLONG *pCompCode, MQLONG *pReason);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
