# SYNOPSIS
#   AUTHZ_NEED_LIB(VARIABLE, HEADER, LIBRARY, FUNCTION, DEBIAN, FEDORA, ALPINE, [PROGRAM-PROLOGUE])
#   AUTHZ_NEED_LATER(SENTENCE)
#   AUTHZ_NEED_END
#
# DESCRIPTION
#   AUTHZ_NEED_LIB looks for a library and its header, and substitutes VARIABLE_LIBS.  One that is missing is noted with
#   the packages that have it; AUTHZ_NEED_END says everything that was noted, at the end of configure, and fails.
#   PROGRAM-PROLOGUE, if given, must compile too: it checks for a version.
AC_DEFUN([AUTHZ_NEED_LATER], [authz_missing="$authz_missing
  $1"])

AC_DEFUN([AUTHZ_NEED_LIB], [
  authz_found=yes
  AC_CHECK_HEADER([$2], [], [authz_found=no], [AC_INCLUDES_DEFAULT
#include <stdarg.h>
#include <setjmp.h>])
  AC_CHECK_LIB([$3], [$4], [$1_LIBS="-l$3"], [authz_found=no])
  m4_ifval([$8], [AS_IF([test $authz_found = yes], [
    AC_MSG_CHECKING([whether lib$3 is recent enough])
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM([$8])], [AC_MSG_RESULT([yes])], [AC_MSG_RESULT([no]); authz_found=no])])])
  AS_IF([test $authz_found = no],
    [AUTHZ_NEED_LATER([lib$3 with <$2> is missing or too old.  Install $5 (Debian), $6 (Fedora) or $7 (Alpine).])])
  AC_SUBST([$1_LIBS])
])

AC_DEFUN([AUTHZ_NEED_END], [
  AS_IF([test -n "$authz_missing"], [AC_MSG_ERROR([authz cannot be built here:$authz_missing])])
])
