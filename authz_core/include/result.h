/* SPDX-License-Identifier: ISC */
/*
 * The one table of results (DESIGN 3.6).
 *
 * Everything that the helper decides, that the client meets on the way to it, and that a login program or a shell is
 * told, is one row here: the number on the wire, the code that people know (the documents' own, or one of ours, AZ-…),
 * what PAM is told, the exit status of authzctl, and the sentence.  In a sentence "&1" stands for the subject that the
 * reply names (a user, a parameter, a path); no sentence ever has room for a secret.
 *
 * X(name, number, code, PAM code without "PAM_", exit status, sentence)
 *
 * Exit status: 0 done, 1 refused by a rule, 2 usage, 3 helper or store out of reach or outcome unknown, 4 internal.
 * Numbers are part of the protocol: they are never given again.
 */
#ifndef AUTHZ_RESULT_H
#define AUTHZ_RESULT_H

/* clang-format off */
#define AUTHZ_RESULTS(X) \
	X(OK,               0, "OK",      SUCCESS,          0, "Done.") \
	/* the documents' own */ \
	X(USER_NOT_FOUND,   1, "CPF2204", AUTH_ERR,         1, "User profile &1 not found.") \
	X(PROFILE_BUSY,     2, "CPF2213", AUTHINFO_UNAVAIL, 3, "Not able to allocate user profile &1.") \
	X(STORE_BUSY,       3, "CPF2225", AUTHINFO_UNAVAIL, 3, "Not able to allocate internal system object: &1 is locked by another process.") \
	X(NOPWD_SELF,       4, "CPF227F", AUTH_ERR,         1, "*NOPWD not allowed for current user.") \
	X(DISABLED,         5, "CPF22E3", AUTH_ERR,         1, "User profile &1 is disabled.") \
	X(PASSWORD_EXPIRED, 6, "CPF22E4", AUTH_ERR,         1, "Password for user profile &1 has expired.") \
	X(USE_REQUIRED,     7, "CPF22E9", AUTH_ERR,         1, "*USE authority to user profile &1 required.") \
	X(BAD_PARAMETER,    8, "CPF3C3C", AUTH_ERR,         1, "Value for parameter &1 not valid.") \
	X(TOKENS_FULL,      9, "CPF4AAA", AUTHINFO_UNAVAIL, 1, "Maximum number of profile tokens have been generated.") \
	X(BAD_TIMEOUT,     10, "CPF4AAB", AUTH_ERR,         1, "Time out value not valid.") \
	X(BAD_TYPE,        11, "CPF4AAD", AUTH_ERR,         1, "Profile token type not valid.") \
	X(NO_AUTHORITY,    12, "CPF4AB8", AUTH_ERR,         1, "Insufficient authority for user profile &1.") \
	X(SPECIAL_REQUIRED,13, "CPF222E", AUTH_ERR,         1, "&1 special authority is required.") \
	X(TOKEN_NOT_VALID, 14, "CPF2274", AUTH_ERR,         1, "Profile token is not valid.") \
	X(UNKNOWN_ENTITY,  15, "2292",    AUTH_ERR,         1, "Entity &1 unknown to service.") \
	X(PASSWORD_WRONG,  16, "CPF22E2", AUTH_ERR,         1, "Password not correct for user profile &1.") \
	X(NO_PASSWORD,     17, "CPF22E5", AUTH_ERR,         1, "No password associated with user profile &1.") \
	X(NOT_AUTHORIZED,  18, "CPF2217", AUTH_ERR,         1, "Not authorized to user profile &1.") \
	X(BAD_ERROR_CODE,  19, "CPF3CF1", AUTH_ERR,         1, "Error code parameter not valid.") \
	X(LITERAL,         20, "CPF3C90", AUTH_ERR,         1, "Literal value cannot be changed.") \
	X(PROGRAM_ENDED,   21, "CPF9872", AUTHINFO_UNAVAIL, 4, "Program or service program &1 ended.") \
	X(CABINET_NAME,   100, "02",      AUTH_ERR,         1, "Invalid cabinet name: &1.") \
	X(CABINET_PASSWORD,101,"03",      AUTH_ERR,         1, "Password incorrect.") \
	X(CABINET_ADMIN,  102, "15",      AUTH_ERR,         1, "Invalid administrator status: neither supervisor nor administrator of cabinet &1.") \
	X(MEMBER_NOT_FOUND,103,"32",      AUTH_ERR,         1, "Member (address) &1 could not be found.") \
	X(END_OF_LIST,    104, "77",      AUTH_ERR,         1, "End of list.") \
	X(HAS_SHARED,     105, "90",      AUTH_ERR,         1, "Member not added - &1 contains a shared cabinet.") \
	X(IS_NESTED,      106, "91",      AUTH_ERR,         1, "Member not added - cabinet &1 is a member of another shared cabinet.") \
	X(PARAMETER_LIST, 107, "92",      AUTH_ERR,         1, "Member not added - error in parameter list: &1.") \
	X(MEMBER_KIND,    108, "93",      AUTH_ERR,         1, "Member not added - cabinet members must be users or cabinets, and &1 is neither.") \
	X(ALREADY_MEMBER, 109, "95",      AUTH_ERR,         1, "Member not added - &1 is already a member of this list.") \
	X(MEMBER_OF_SELF, 110, "97",      AUTH_ERR,         1, "A shared cabinet cannot be a member of itself.") \
	X(NO_CABINET,     111, "98",      AUTH_ERR,         1, "Shared cabinet &1 does not exist.") \
	X(NO_SPECIAL,     112, "99",      AUTH_ERR,         1, "Special profile &1 does not exist.") \
	X(NO_ISN,         113, "04",      AUTH_ERR,         1, "ISN &1 not found.") \
	X(NAME_AND_ISN,   114, "08",      AUTH_ERR,         1, "Either a name or an ISN is to be given, not both.") \
	X(INVALID_PASSWORD,143,"EVENT-19",AUTH_ERR,         1, "INVALID-PASSWORD: the password server refused the password of &1.") \
	X(PW_SVR_ERR,     144, "MHS-16",  AUTH_ERR,         1, "ZCOM-ERR-MS-PW-SVR-ERR: the password server refused; nothing was changed for &1.") \
	X(IO_ERR,          81, "EVENT-12",AUTHINFO_UNAVAIL, 3, "IO-ERR: the password server is out of reach (&1); nobody was let in.") \
	X(FS_ERR,          82, "FS-ERR",  AUTHINFO_UNAVAIL, 3, "ZCOM-ERR-FS-ERR: the password server &1 is out of reach; nothing was changed.") \
	X(NOT_AUTHORIZED_OBJECT,150,"2035",AUTH_ERR,        1, "Not authorized for access: to &1.") \
	X(UNKNOWN_REF_OBJECT,151,"2294",  AUTH_ERR,         1, "Reference object &1 unknown.") \
	/* ours: refusals */ \
	X(SYSTEM_PROFILE,  30, "AZ-SYSTEM",  AUTH_ERR,      1, "User profile &1 is a system profile; it has no tokens, masters or mailboxes.") \
	X(MAKER_FULL,      31, "AZ-MAKER",   AUTHINFO_UNAVAIL, 1, "&1 already holds as many profile tokens as one maker may.") \
	X(ACCOUNT_UNKNOWN, 32, "AZ-ACCOUNT", AUTH_ERR,      1, "The state of account &1 is not known: shadow has no entry for it.") \
	X(TOKEN_EXPIRED,   33, "AZ-EXPIRED", AUTH_ERR,      1, "Profile token has expired.") \
	X(TOKEN_SPENT,     34, "AZ-SPENT",   AUTH_ERR,      1, "Single-use profile token was already used.") \
	X(TOKEN_OTHER_USER,35, "AZ-OTHER",   AUTH_ERR,      1, "Profile token does not stand for user &1.") \
	X(TOKEN_FUTURE,    36, "AZ-FUTURE",  AUTH_ERR,      1, "Profile token is from the future: a clock of this host was set back.") \
	X(TOKEN_STALE,     37, "AZ-STALE",   AUTH_ERR,      1, "Account &1 changed after the profile token was made.") \
	X(TOKEN_BOOT,      38, "AZ-BOOT",    AUTH_ERR,      1, "Profile token was made before this host was started.") \
	X(BIND_SERVICE,    39, "AZ-SERVICE", AUTH_ERR,      1, "Profile token is bound to another service.") \
	X(BIND_RHOST,      40, "AZ-RHOST",   AUTH_ERR,      1, "Profile token is bound to another remote host.") \
	X(BIND_TTY,        41, "AZ-TTY",     AUTH_ERR,      1, "Profile token is bound to another terminal.") \
	X(BIND_UID,        42, "AZ-UID",     AUTH_ERR,      1, "Profile token is bound to another consuming user.") \
	X(REAUTH,          43, "AZ-REAUTH",  AUTH_ERR,      1, "A profile token opens a login; it does not prove again who is logged in already.") \
	X(LOAD_TOKENS,     44, "AZ-NOLOAD",  AUTH_ERR,      1, "Profile tokens are not loaded: spent ones would be valid again.") \
	X(BAD_DUMP,        45, "AZ-DUMP",    AUTH_ERR,      1, "The text is not a whole dump of a store: &1.") \
	X(HOST_ONLY,       46, "AZ-ROOT",    AUTH_ERR,      1, "Only root may do that.") \
	X(NOT_REGENERABLE, 47, "AZ-NOREGEN", AUTH_ERR,      1, "Profile token is not regenerable.") \
	X(CHAIN_END,       48, "AZ-CHAIN",   AUTH_ERR,      1, "The chain of regenerations of this profile token has come to its end.") \
	X(TOKEN_INVALIDATED,49,"AZ-INVALID", AUTH_ERR,      1, "Profile token was invalidated.") \
	X(TOO_MANY_TRIES,  50, "AZ-TRIES",   AUTH_ERR,      1, "Too many wrong passwords for &1; try again later.") \
	X(CABINET_EXISTS, 120, "AZ-EXISTS",  AUTH_ERR,      1, "Cabinet &1 exists already.") \
	X(NAME_TAKEN,     121, "AZ-TAKEN",   AUTH_ERR,      1, "&1 is already the name of a user or group of this host.") \
	X(GID_TAKEN,      122, "AZ-GID",     AUTH_ERR,      1, "gid &1 is not of the range of cabinets, or in use.") \
	X(GIDS_FULL,      123, "AZ-GIDS",    AUTH_ERR,      1, "All gids of the range of cabinets are in use.") \
	X(ISNS_FULL,      124, "AZ-ISNS",    AUTH_ERR,      1, "All ISNs have been given.") \
	X(CABINET_LOCKED, 125, "AZ-LOCKED",  AUTH_ERR,      1, "Cabinet &1 is marked for deletion and locked.") \
	X(NOT_MARKED,     126, "AZ-MARK",    AUTH_ERR,      1, "Cabinet &1 is not marked for deletion.") \
	X(NOT_A_MEMBER,   127, "AZ-MEMBER",  AUTH_ERR,      1, "&1 is not a member of this list.") \
	X(LOAD_REFUSED,   128, "AZ-LOAD",    AUTH_ERR,      1, "Nothing was changed: line &1.") \
	X(NO_MASTER,      130, "AZ-MASTER",  AUTH_ERR,      1, "&1 is not a master.") \
	X(NOT_IN_SET,     131, "AZ-SET",     AUTH_ERR,      1, "&1 is in no set of owners of this master.") \
	X(GRANT_OVER,     132, "AZ-UNTIL",   AUTH_ERR,      1, "The time for which this master was given &1 is over.") \
	X(OWNER_FORBIDS,  133, "AZ-FORBID",  AUTH_ERR,      1, "User &1 lets no master in.") \
	X(IN_USE,         134, "AZ-LIVE",    AUTH_ERR,      1, "&1 is in use, and changed by reconfiguring alone.") \
	X(BAD_OWNERS,     135, "AZ-OWNERS",  AUTH_ERR,      1, "&1 is no set of owners: a user, cabinet:NAME, a pattern, or *ALL.") \
	X(MASTERS_FULL,   136, "AZ-MASTERS", AUTH_ERR,      1, "There is no room for more of &1.") \
	X(NOT_GRANTED,    137, "AZ-NOGRANT", AUTH_ERR,      1, "&1 was not given to this master.") \
	X(NO_FORBIDDING,  138, "AZ-NOFORBID",AUTH_ERR,      1, "This site does not let owners forbid masters.") \
	X(IN_SESSION,     139, "AZ-SESSION", PERM_DENIED,   1, "In a master's session neither is the password of &1 changed nor a master let in again.") \
	X(NO_MAILBOX,     140, "AZ-NOBOX",   AUTH_ERR,      1, "&1 has no mailbox here.") \
	X(MAILBOX_EXISTS, 141, "AZ-BOX",     AUTH_ERR,      1, "&1 has a mailbox already.") \
	X(NO_BOX_GROUP,   142, "AZ-NOGROUP", AUTH_ERR,      1, "Group of mailboxes &1 does not exist.") \
	X(NO_OWN_BIND,    145, "AZ-NOBIND",  AUTH_ERR,      1, "Master &1 may not bind under its own name.") \
	X(NO_OWN_REG,     146, "AZ-NOREG",   AUTH_ERR,      1, "Master &1 may not change its own password.") \
	X(WRONG_ADDRESS,  147, "AZ-ADDRESS", AUTH_ERR,      1, "The mailbox of &1 is not opened from this address.") \
	X(MAILBOX_PENDING,148, "AZ-PENDING", AUTHINFO_UNAVAIL, 3, "A change of the mailbox of &1 was broken off; repeat it.") \
	X(HAS_RECORDS,    152, "AZ-RECORDS", AUTH_ERR,      1, "Profile &1 has authorities already; nothing was copied to it.") \
	X(COPY_TOO_LONG,  153, "AZ-COPY",    AUTH_ERR,      1, "Profile &1 has more authorities than are copied at once.") \
	X(PROFILES_FULL,  154, "AZ-PROFILES",AUTH_ERR,      1, "There is no room for more &1.") \
	X(NUMBER_TAKEN,   160, "AZ-NUMBER",  AUTH_ERR,      1, "Number &1 has a program already, which is replaced only if you say so.") \
	X(EXITS_FULL,     161, "CPF3CD4",    AUTH_ERR,      1, "Exit point &1 has as many programs as it may have.") \
	X(NO_EXIT,        162, "AZ-NOEXIT",  AUTH_ERR,      1, "No program is registered at &1.") \
	X(EXIT_DENIED,    163, "AZ-DENIED",  PERM_DENIED,   1, "Exit &1 does not allow it.") \
	X(EXIT_POINTS_FULL,164,"AZ-POINTS",  AUTH_ERR,      1, "There is no room for one more exit point, &1.") \
	X(NO_EXIT_POINT,  165, "AZ-POINT",   AUTH_ERR,      1, "Exit point &1 does not exist.") \
	/* ours: out of reach */ \
	X(EXIT_FAILED,    166, "AZ-EXIT",    AUTHINFO_UNAVAIL, 3, "Nothing is performed, for an exit has failed: &1.") \
	X(LAUNCH_FAILED,   83, "AZ-LAUNCH",  AUTHINFO_UNAVAIL, 3, "A program of this site was not run, or has failed: &1.") \
	X(VIEW_NOT_PUBLISHED,85,"AZ-VIEW",   AUTHINFO_UNAVAIL, 3, "It was carried out, but the groups of this host do not show it yet (&1): authzctl view rebuild.") \
	X(VIEW_DAMAGED,    86, "AZ-VIEWBAD", AUTHINFO_UNAVAIL, 3, "The view of cabinets &1 is missing, damaged or not that of the store: authzctl view rebuild.") \
	X(HELPER_MISSING,  60, "AZ-HELPER",  AUTHINFO_UNAVAIL, 3, "The helper &1 could not be started.") \
	X(HELPER_LATE,     61, "AZ-LATE",    AUTHINFO_UNAVAIL, 3, "The helper did not answer in time; whether the request was carried out is not known.") \
	X(HELPER_DIED,     62, "AZ-DIED",    AUTHINFO_UNAVAIL, 3, "The helper ended without a whole answer; whether the request was carried out is not known.") \
	X(HELPER_GARBLED,  63, "AZ-GARBLED", AUTHINFO_UNAVAIL, 3, "The answer of the helper is not of the protocol.") \
	X(NO_RESOURCES,    64, "AZ-LIMIT",   AUTHINFO_UNAVAIL, 3, "This process has no room to ask the helper: &1.") \
	X(NO_NEW_PRIVS,    65, "AZ-NNP",     AUTHINFO_UNAVAIL, 3, "The helper has no privilege: the caller runs with no_new_privs.") \
	X(NOSUID,          66, "AZ-NOSUID",  AUTHINFO_UNAVAIL, 3, "The helper has no privilege: it is on a file system mounted nosuid.") \
	X(USER_NAMESPACE,  67, "AZ-USERNS",  AUTHINFO_UNAVAIL, 3, "The helper has no privilege: the caller is in a user namespace.") \
	X(NOT_SETUID,      68, "AZ-NOTSUID", AUTHINFO_UNAVAIL, 3, "The helper has no privilege: it is traced, or its set-user-ID bit does not hold.") \
	X(BAD_INSTALL,     69, "AZ-INSTALL", AUTHINFO_UNAVAIL, 3, "&1 has the wrong type, owner or mode.") \
	X(STORE_MISSING,   70, "AZ-NOSTORE", AUTHINFO_UNAVAIL, 3, "The store &1 is not there; root makes it by any authzctl command, systemd-tmpfiles at boot.") \
	X(STORE_DAMAGED,   71, "AZ-DAMAGED", AUTHINFO_UNAVAIL, 3, "The store &1 is damaged.") \
	X(STORE_NO_ROOM,   72, "AZ-NOROOM",  AUTHINFO_UNAVAIL, 3, "The store &1 could not be written: no room, or a limit on the size of files.") \
	X(STORE_IO,        73, "AZ-IO",      AUTHINFO_UNAVAIL, 3, "The store &1 could not be read or written.") \
	X(NO_SHADOW,       74, "AZ-SHADOW",  AUTHINFO_UNAVAIL, 3, "The state of accounts cannot be read: &1.") \
	X(BAD_CONFIG,      75, "AZ-CONFIG",  AUTHINFO_UNAVAIL, 3, "The configuration is not usable: &1.") \
	X(AUDIT_LOST,      76, "AZ-AUDIT",   AUTHINFO_UNAVAIL, 3, "Neither syslog nor the audit file takes a record, so nothing was done.") \
	X(AUDIT_CUT,       77, "AZ-OUTCOME", AUTHINFO_UNAVAIL, 3, "It was carried out (&1), but neither syslog nor the audit file takes a record of that.") \
	X(ASK_SERVICE,     78, "AZ-SOCKET",  AUTHINFO_UNAVAIL, 3, "The service of the helper answers at &1: ask there.") \
	X(TOO_MANY,        79, "AZ-TOOMANY", AUTHINFO_UNAVAIL, 3, "Too many requests at once of &1.") \
	X(STOPPED,         80, "AZ-STOPPED", AUTHINFO_UNAVAIL, 3, "It was broken off before its end; the store &1 is as it was.") \
	/* ours: faults of a program, not of a user */ \
	X(BAD_REQUEST,     90, "AZ-REQUEST", AUTHINFO_UNAVAIL, 4, "The helper does not understand the request: &1.") \
	X(NO_MEMORY,       91, "AZ-MEMORY",  AUTHINFO_UNAVAIL, 4, "Out of memory.") \
	X(INTERNAL,        92, "AZ-INTERNAL",AUTHINFO_UNAVAIL, 4, "Internal error: &1.") \
	X(SET_REFUSED,     93, "AZ-KERNEL",  AUTHINFO_UNAVAIL, 4, "The kernel does not let this process become user &1; it is as it was.") \
	X(SET_HALF,        94, "AZ-HALF",    AUTHINFO_UNAVAIL, 4, "This process is neither user &1 nor what it was, and must end.")
/* clang-format on */

enum authz_result {
#define X(name, number, code, pam, exit, sentence) AUTHZ_##name = number,
	AUTHZ_RESULTS(X)
#undef X
};

#endif
