/* SPDX-License-Identifier: ISC */
/*
 * Which result is which of the documents' exceptions.
 *
 * Each call has a list of its own, so the same result is another exception by the kind of call.  Where a list has
 * nothing for a refusal, it is CPF9872, whose reason code tells it apart.
 */
#ifndef AUTHZ_COMPAT_EXCEPTION_H
#define AUTHZ_COMPAT_EXCEPTION_H

#include "authz.h"

/* What its data are: nothing, a user profile, a number, a special authority, what ended and why. */
enum exception_data { DATA_NONE, DATA_USER, DATA_NUMBER, DATA_SPECIAL, DATA_ENDED };

/* clang-format off */
#define EXCEPTIONS(X) \
	X(CPF2204, USER)    /* not found */ \
	X(CPF2213, USER)    /* not able to allocate the profile */ \
	X(CPF2217, USER)    /* not authorized to the profile */ \
	X(CPF2225, NONE)    /* not able to allocate an internal object */ \
	X(CPF222E, SPECIAL) /* special authority required */ \
	X(CPF2274, NONE)    /* token not valid */ \
	X(CPF227F, NONE)    /* *NOPWD for the current user */ \
	X(CPF22E2, USER)    /* password not correct */ \
	X(CPF22E3, USER)    /* disabled */ \
	X(CPF22E4, USER)    /* password expired */ \
	X(CPF22E5, USER)    /* no password */ \
	X(CPF22E9, USER)    /* *USE required */ \
	X(CPF3C36, NUMBER)  /* number of parameters */ \
	X(CPF3C3C, NUMBER)  /* value of a parameter */ \
	X(CPF3C90, NONE)    /* an output that cannot be written */ \
	X(CPF4AAA, NONE)    /* maximum number of tokens */ \
	X(CPF4AAB, NONE)    /* time-out */ \
	X(CPF4AAD, NONE)    /* type */ \
	X(CPF4AB8, USER)    /* insufficient authority */ \
	X(CPF9872, ENDED)
/* clang-format on */

enum exception {
	EXCEPTION_NONE,
#define X(id, data) EXCEPTION_##id,
	EXCEPTIONS(X)
#undef X
};

/* The kinds of calls, by their lists. */
enum exception_list {
	LIST_GENERATE,    /* QsyGenPrfTkn, QsyGenPrfTknE */
	LIST_REGENERATE,  /* QsyGenPrfTknFromPrfTkn */
	LIST_HELD,        /* QsySetToPrfTkn, QsyGetPrfTknTimeOut, QsyChkPrfTknUser, QsyInvalidatePrfTkn */
	LIST_REMOVE,      /* QsyRemovePrfTkn, QsyRemoveAllPrfTkns */
	LIST_REMOVE_USER, /* QsyRemoveAllPrfTknsForUser */
	LISTS
};

/* EXCEPTION_NONE for AUTHZ_OK, EXCEPTION_CPF9872 for a number that is no result. */
enum exception exception_of(enum exception_list list, enum authz_result result);
/* "CPF2204"; not for EXCEPTION_NONE. */
const char *exception_id(enum exception exception);
enum exception_data exception_data(enum exception exception);

#endif
