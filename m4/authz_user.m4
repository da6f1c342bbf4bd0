# SYNOPSIS
#   AUTHZ_WITH_USER
#
# DESCRIPTION
#   --with-user=NAME: the system user who owns the stores and as whom the helper runs.  AUTHZ_USER in config.h.
AC_DEFUN([AUTHZ_CHECK_NAME], [
  AS_CASE([$2],
    [''|[[!a-z_]]*|*[[!a-z0-9_-]]*], [AC_MSG_ERROR([$1=$2: not a name of small letters, digits, _ and -, that begins with a letter or _])],
    [?????????????????????????????????*], [AC_MSG_ERROR([$1=$2: longer than 32 characters])])
])

AC_DEFUN([AUTHZ_WITH_USER], [
  AC_ARG_WITH([user],
    [AS_HELP_STRING([--with-user=NAME], [system user of the helper and owner of its stores (authz)])],
    [AUTHZ_USER=$withval], [AUTHZ_USER=authz])
  AS_CASE([$AUTHZ_USER],
    [yes|no], [AC_MSG_ERROR([--with-user needs a name, and the helper cannot do without a user])],
    [root], [AC_MSG_ERROR([--with-user=root: the helper refuses to run as root])])
  AUTHZ_CHECK_NAME([--with-user], [$AUTHZ_USER])
  AC_DEFINE_UNQUOTED([AUTHZ_USER], ["$AUTHZ_USER"], [The system user of the helper])
  AC_SUBST([AUTHZ_USER])
])
