# SYNOPSIS
#   AUTHZ_HARDENING
#
# DESCRIPTION
#   All hardening flags of the project are here.  Substitutes HARDEN_CFLAGS and HARDEN_LDFLAGS (everything),
#   PIE_CFLAGS and PIE_LDFLAGS (programs).  What this toolchain cannot do is in authz_unhardened, which the summary says;
#   what no supported toolchain lacks is an error.  After AUTHZ_ENABLE_SANITIZERS.
AC_DEFUN([AUTHZ_HARDENING], [
  authz_unhardened=
  HARDEN_CFLAGS= HARDEN_LDFLAGS= PIE_CFLAGS= PIE_LDFLAGS=
  authz_try_flags=$SANITIZER_FLAGS
  AUTHZ_TRY_CFLAG([HARDEN_CFLAGS], [-fstack-protector-strong], [AC_MSG_ERROR([the compiler has no stack protector])])
  AUTHZ_TRY_CFLAG([HARDEN_CFLAGS], [-fstack-clash-protection], [authz_unhardened="$authz_unhardened stack-clash-protection"])
  AUTHZ_TRY_CFLAG([HARDEN_CFLAGS], [-fno-strict-aliasing])
  # the processor's own: x86 and, under another name, ARM.  Others have none, which is no fault of the toolchain
  AS_CASE([$host_cpu],
    [x86_64|i?86], [AUTHZ_TRY_CFLAG([HARDEN_CFLAGS], [-fcf-protection=full], [authz_unhardened="$authz_unhardened cf-protection"])],
    [aarch64*], [AUTHZ_TRY_CFLAG([HARDEN_CFLAGS], [-mbranch-protection=standard], [authz_unhardened="$authz_unhardened branch-protection"])])

  AC_MSG_CHECKING([for _FORTIFY_SOURCE])
  AS_IF([test "x$authz_sanitizers" != xno], [
    # the checked copies would hide from the sanitizers what they look for
    HARDEN_CPPFLAGS=-U_FORTIFY_SOURCE
    AC_MSG_RESULT([off, the sanitizers check more])
  ], [
    authz_save_CPPFLAGS=$CPPFLAGS authz_save_CFLAGS=$CFLAGS
    CFLAGS="$CFLAGS -Werror"
    # a toolchain or a packager may have set it to 2 or 3 already; then that stays
    AC_COMPILE_IFELSE([AC_LANG_SOURCE([[
#include <stddef.h>
#if !defined _FORTIFY_SOURCE || _FORTIFY_SOURCE < 2
#error "not set"
#endif
int unit;]])], [HARDEN_CPPFLAGS=; AC_MSG_RESULT([set by the toolchain])], [
      CPPFLAGS="$CPPFLAGS -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2"
      AC_COMPILE_IFELSE([AC_LANG_SOURCE([[
#include <string.h>
int unit;]])], [HARDEN_CPPFLAGS="-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2"; AC_MSG_RESULT([2])],
        [HARDEN_CPPFLAGS=; authz_unhardened="$authz_unhardened _FORTIFY_SOURCE"; AC_MSG_RESULT([no, it needs optimization])])])
    CPPFLAGS=$authz_save_CPPFLAGS CFLAGS=$authz_save_CFLAGS
  ])

  for authz_flag in -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack; do
    AUTHZ_TRY_LDFLAG([HARDEN_LDFLAGS], [$authz_flag], [AC_MSG_ERROR([the linker does not take $authz_flag])])
  done
  # undefined symbols: a sanitized library takes its run time from the program
  AS_IF([test "x$authz_sanitizers" = xno],
    [AUTHZ_TRY_LDFLAG([HARDEN_LDFLAGS], [-Wl,-z,defs], [AC_MSG_ERROR([the linker does not take -Wl,-z,defs])])])
  AUTHZ_TRY_LDFLAG([HARDEN_LDFLAGS], [-Wl,--as-needed])

  AUTHZ_TRY_CFLAG([PIE_CFLAGS], [-fPIE], [AC_MSG_ERROR([the compiler makes no position-independent programs])])
  authz_try_flags="$SANITIZER_FLAGS -fPIE"
  AUTHZ_TRY_LDFLAG([PIE_LDFLAGS], [-pie], [AC_MSG_ERROR([the linker makes no position-independent programs])])
  AC_SUBST([HARDEN_CPPFLAGS])
  AC_SUBST([HARDEN_CFLAGS])
  AC_SUBST([HARDEN_LDFLAGS])
  AC_SUBST([PIE_CFLAGS])
  AC_SUBST([PIE_LDFLAGS])
])
