# SYNOPSIS
#   AUTHZ_WARNINGS
#
# DESCRIPTION
#   All warnings of the project are here; --enable-werror makes errors of them.  Substitutes WARN_CFLAGS.
AC_DEFUN([AUTHZ_WARNINGS], [
  AC_ARG_ENABLE([werror], [AS_HELP_STRING([--enable-werror], [make the compiler's warnings errors])],
    [AS_CASE([$enableval], [yes|no], [], [AC_MSG_ERROR([--enable-werror=$enableval: neither yes nor no])])],
    [enable_werror=no])
  WARN_CFLAGS=
  authz_try_flags=
  for authz_flag in -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
      -Wwrite-strings -Wformat=2 -Wpointer-arith -Wcast-qual -Wvla -Wundef -Wimplicit-fallthrough -Wlogical-op; do
    AUTHZ_TRY_CFLAG([WARN_CFLAGS], [$authz_flag])
  done
  AS_IF([test $enable_werror = yes], [WARN_CFLAGS="$WARN_CFLAGS -Werror"])
  AC_SUBST([WARN_CFLAGS])
])
