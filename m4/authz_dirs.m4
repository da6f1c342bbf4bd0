# SYNOPSIS
#   AUTHZ_EXPAND(VARIABLE, EXPRESSION)
#   AUTHZ_DEFINE_PATH(NAME, EXPRESSION, DESCRIPTION)
#
# DESCRIPTION
#   AUTHZ_EXPAND sets a shell variable to a folder with every ${prefix} and the like in it replaced.  AUTHZ_DEFINE_PATH
#   does so, and puts the result into config.h and the Makefiles under NAME.  A path that is not absolute is an error.
AC_DEFUN([AUTHZ_EXPAND], [
  authz_save_prefix=$prefix authz_save_exec_prefix=$exec_prefix
  test "x$prefix" = xNONE && prefix=$ac_default_prefix
  test "x$exec_prefix" = xNONE && exec_prefix='${prefix}'
  $1=$2
  while :; do
    authz_expand_last=[$]$1
    eval "$1=\"[$]$1\""
    test "x[$]$1" = "x$authz_expand_last" && break
  done
  prefix=$authz_save_prefix exec_prefix=$authz_save_exec_prefix
])

AC_DEFUN([AUTHZ_DEFINE_PATH], [
  AUTHZ_EXPAND([$1], [$2])
  AS_CASE([[$]$1],
    [*[[!A-Za-z0-9/._+-]]*], [AC_MSG_ERROR([the path [$]$1 ($1) has a character that is not a letter, a digit or one of /._+-])],
    [/*], [],
    [AC_MSG_ERROR([the path [$]$1 ($1) is not absolute])])
  AC_DEFINE_UNQUOTED([$1], ["[$]$1"], [$3])
  AC_SUBST([$1])
])
