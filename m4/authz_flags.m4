# SYNOPSIS
#   AUTHZ_TRY_CFLAG(VARIABLE, FLAG, [IF-NOT])
#   AUTHZ_TRY_LDFLAG(VARIABLE, FLAG, [IF-NOT])
#
# DESCRIPTION
#   Append a flag to a variable if compiler or linker take it without a warning, under the flags collected in
#   authz_try_flags so far.
AC_DEFUN([AUTHZ_TRY_CFLAG], [
  AC_MSG_CHECKING([whether $CC takes $2])
  authz_save_CFLAGS=$CFLAGS
  CFLAGS="$CFLAGS $authz_try_flags -Werror $2"
  AC_COMPILE_IFELSE([AC_LANG_PROGRAM([#include <string.h>])],
    [AC_MSG_RESULT([yes]); $1="[$]$1 $2"], [AC_MSG_RESULT([no]); $3])
  CFLAGS=$authz_save_CFLAGS
])

AC_DEFUN([AUTHZ_TRY_LDFLAG], [
  AC_MSG_CHECKING([whether the linker takes $2])
  authz_save_CFLAGS=$CFLAGS authz_save_LDFLAGS=$LDFLAGS
  CFLAGS="$CFLAGS $authz_try_flags"
  LDFLAGS="$LDFLAGS $2"
  AC_LINK_IFELSE([AC_LANG_PROGRAM], [AC_MSG_RESULT([yes]); $1="[$]$1 $2"], [AC_MSG_RESULT([no]); $3])
  CFLAGS=$authz_save_CFLAGS LDFLAGS=$authz_save_LDFLAGS
])
