/* SPDX-License-Identifier: ISC */
/*
 * libauthz_compat: profile tokens by the documents' own names and argument forms.  See qsyptkn(3).
 *
 * A thin layer on authz.h, for programs that are written to the documents.  A new one has more of authz.h: user names
 * longer than ten characters, bindings, deadlines, and all results apart.
 *
 * Forms.  CHAR(n) is n bytes, padded with blanks, not terminated; BINARY(4) is int.  Inputs are const here, so that a
 * literal can be one in C++ too.  Nothing is kept of what a pointer shows; outputs are the caller's, who wipes tokens
 * and passwords.  Where the documents have optional parameters, QSYGENPT and QSYRMVPT are macros that fill in what is
 * not there.
 *
 * Names and special values, CHAR(10), are ASCII, or all of CCSID 37, which is told by the bytes themselves: one above
 * X'7F', or ten blanks X'40'.  A name in CCSID 37 consists of letters, digits, "_", "-", ".", "$", "#" and "@", and is
 * folded to lower case, as profile names have no case there; one in ASCII is taken as it is.  None begins with "*".  A
 * user whose name is longer than ten characters cannot be said here.  Special values are in upper case.
 *
 * Error code: each call's last parameter, a structure of qusec.h, format ERRC0100 or, where its first field is -1,
 * ERRC0200.  After success Bytes_Available is 0, and nothing behind it is written.  After a failure the structure has
 * the exception, as much as Bytes_Provided has room for, to the byte, and Bytes_Available says how much there
 * was.  Exception ids and names are written in ASCII.  Exception data, by the text of the documents' messages:
 *
 *	&1 is a user profile         CHAR(10)
 *	&1 is a parameter            BINARY(4), its number in the call, from 1
 *	&1 is a special authority    CHAR(10)
 *	CPF3C36                      BINARY(4), the number of parameters
 *	CPF9872                      CHAR(10) "QSYPTKN", CHAR(10) "AUTHZ", BINARY(4) reason code: a number of result.h
 *	others                       none
 *
 * CPF3CF1.  A structure that is NULL or too small to say anything (Bytes_Provided below 8, in ERRC0200 below 12), which
 * includes 0, by which the documents ask for an exception to be signalled: C has none, so nothing is asked or done,
 * outputs are cleared, and errno is EINVAL.  In all other cases errno is as it was.
 *
 * After any failure outputs are cleared: tokens are zeros, times and results 0.  Failures that every call has:
 *
 *	CPF3CF1  as above
 *	CPF3C90  an output is NULL.  Whether one is a literal cannot be seen in C
 *	CPF3C3C  an input is NULL, or is not of its form; then nobody was asked
 *	CPF2225  the store or the helper is busy, has no room, or this process has no memory or descriptors: try again
 *	CPF9872  anything else that is no refusal: the helper, its store, the configuration or the audit.  After
 *	         reason codes 61, 62 and 77 it may have been carried out all the same
 *
 * Threads: all calls can be made from any thread at any time, but QsySetToPrfTkn, which is about the whole
 * process.  Each blocks for at most five seconds a request.  There is no global state, and no use of signals or the
 * environment.
 */
#ifndef QSYPTKN_H
#define QSYPTKN_H

#include "qusec.h"

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/*
 * Generate a profile token.  The caller needs *USE authority to the profile.
 *
 *	1 Profile_token       out, CHAR(32)
 *	2 User_profile_name   in, CHAR(10)
 *	3 User_password       in, CHAR(10): *NOPWD, *NOPWDCHK, *NOPWDSTS
 *	4 Time_out_interval   in, seconds: 1 to 3600, or -1 for 3600
 *	5 Profile_token_type  in, CHAR(1): 1 single-use, 2 multiple-use, 3 multiple-use and regenerable
 *
 * CPF2204 no such user; CPF2213 the profile is locked, or shadow does not know it; CPF227F, CPF22E3 disabled, CPF22E4
 * password expired, CPF22E9 no *USE; CPF4AAA the system's tokens, or the caller's, are all used up; CPF4AAB time-out;
 * CPF4AAD type; CPF4AB8 insufficient authority, also, whoever asks, to a system profile.
 */
void QsyGenPrfTkn(unsigned char *Profile_token, const char *User_profile_name, const char *User_password,
                  const int *Time_out_interval, const char *Profile_token_type, void *Error_code);

/*
 * The same by the user's password, which takes the place of *USE.
 *
 *	1 Profile_token            out, CHAR(32)
 *	2 User_profile_name        in, CHAR(10)
 *	3 User_password            in, as many bytes as parameter 4 says, without a NUL; no special value
 *	4 Length_of_user_password  in, 1 to 512
 *	5 CCSID_of_user_password   in: 37 is converted, to UTF-8 of at most 512 bytes; 1208 (UTF-8), 367 (ASCII) and
 *	                           65535 are taken as they are, and so are 0 and -1, the document's words for "the job's"
 *	6 Time_out_interval        in, as above
 *	7 Profile_token_type       in, CHAR(1), as above
 *
 * Also CPF22E2 the password is wrong, or there were too many wrong ones; CPF22E5 there is none, which only those who
 * have *USE are told.
 */
void QsyGenPrfTknE(unsigned char *Profile_token, const char *User_profile_name, const char *User_password,
                   int Length_of_user_password, unsigned int CCSID_of_user_password, int Time_out_interval,
                   char Profile_token_type, void *Error_code);

/*
 * Make a token from a regenerable one.  Holding that is the authority.  The two may be the same 32 bytes.
 *
 *	1 New_profile_token       out, CHAR(32)
 *	2 From_profile_token      in, CHAR(32)
 *	3 Time_out_interval       in, as above.  The new one's time may be shorter: the end of the chain, authz.conf(5)
 *	4 New_profile_token_type  in, CHAR(1), as above
 *
 * CPF2274 the token is not valid, not regenerable, bound elsewhere, or at the end of its chain; CPF4AAA, CPF4AAB,
 * CPF4AAD.
 */
void QsyGenPrfTknFromPrfTkn(unsigned char *New_profile_token, const unsigned char *From_profile_token,
                            const int *Time_out_interval, const char *New_profile_token_type, void *Error_code);

/*
 * Become the user for whom a token stands, with uid, gid and groups: not this thread, as in the document, but the whole
 * process, and for good.  The caller is root.  A single-use token is spent.  QsySetToProfileToken is the same; one
 * document calls it so.
 *
 *	1 Profile_token  in, CHAR(32)
 *
 * CPF2274 not valid; CPF9872 with reason code 46: the caller is not root; 93: the kernel refused; 94: the process is neither
 * the user nor what it was, and must end.
 */
void QsySetToPrfTkn(const unsigned char *Profile_token, void *Error_code);
void QsySetToProfileToken(const unsigned char *Profile_token, void *Error_code);

/*
 * How many seconds is a token still valid?  Spends nothing.
 *
 *	1 Time_out       out, BINARY(4): seconds; 0: not any more
 *	2 Profile_token  in, CHAR(32)
 *
 * CPF2274 there is no such token.
 */
void QsyGetPrfTknTimeOut(int *Time_out, const unsigned char *Profile_token, void *Error_code);

/*
 * Does a token stand for the user as whom the caller runs, by the effective uid?  Nothing else is compared.  Spends
 * nothing.
 *
 *	1 Result         out, BINARY(4): 1 yes, 0 no
 *	2 Profile_token  in, CHAR(32)
 *
 * CPF2274 there is no such token, or it is not valid any more.
 */
void QsyChkPrfTknUser(int *Result, const unsigned char *Profile_token, void *Error_code);

/*
 * Make a token good for nothing but to be removed.  Holding it is the authority.
 *
 *	1 Profile_token  in, CHAR(32)
 *
 * CPF2274 there is no such token.
 */
void QsyInvalidatePrfTkn(const unsigned char *Profile_token, void *Error_code);

/*
 * Remove a token.  Holding it is the authority; to remove one that is not there is no failure.
 *
 *	1 Profile_token  in, CHAR(32)
 */
void QsyRemovePrfTkn(const unsigned char *Profile_token, void *Error_code);

/*
 * Remove everybody's tokens.  Takes as many requests as there are thousands of them; after a failure other than CPF222E
 * none may be good for anything already, though not all are removed.
 *
 * CPF222E *ALLOBJ or *SECADM special authority is missing.
 */
void QsyRemoveAllPrfTkns(void *Error_code);

/*
 * The same for one user's.
 *
 *	1 User_profile_name  in, CHAR(10)
 *
 * CPF222E *SECADM is missing; CPF2204 no such user; CPF2217 *OBJMGT or *USE authority to the profile is missing.
 */
void QsyRemoveAllPrfTknsForUser(const char *User_profile_name, void *Error_code);

/*
 * The same as programs of the original program model call it; all parameters are pointers.
 *
 * QSYGENPT is QsyGenPrfTkn with six parameters, and QsyGenPrfTknE with eight: 7 is the length of the password, 8 its
 * CCSID. CPF3C36 one of the two is there alone (or NULL).
 *
 * QSYRMVPT: 1 *ALL, *PRFTKN, or a user's name, CHAR(10); 2 the error code; 3, with *PRFTKN, the token, otherwise not
 * looked at.  CPF3C36 *PRFTKN without a token.
 */
void QSYGENPT(unsigned char *Profile_token, const char *User_profile_name, const char *User_password,
              const int *Time_out_interval, const char *Profile_token_type, void *Error_code,
              const int *Length_of_user_password, const int *CCSID_of_user_password);
void QSYGENFT(unsigned char *New_profile_token, const unsigned char *From_profile_token, const int *Time_out_interval,
              const char *New_profile_token_type, void *Error_code);
void QSYSETPT(const unsigned char *Profile_token, void *Error_code);
void QSYGETPT(int *Time_out, const unsigned char *Profile_token, void *Error_code);
void QSYCHKTU(int *Result, const unsigned char *Profile_token, void *Error_code);
void QSYINVPT(const unsigned char *Profile_token, void *Error_code);
void QSYRMVPT(const char *Remove_option, void *Error_code, const unsigned char *Profile_token);

#define QSYGENPT(...) QSYGENPT_EIGHT_(__VA_ARGS__, 0, 0, 0)
#define QSYGENPT_EIGHT_(token, user, password, timeout, type, error, length, ccsid, ...) \
	(QSYGENPT)(token, user, password, timeout, type, error, length, ccsid)
#define QSYRMVPT(...) QSYRMVPT_THREE_(__VA_ARGS__, 0, 0)
#define QSYRMVPT_THREE_(option, error, token, ...) (QSYRMVPT)(option, error, token)

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
