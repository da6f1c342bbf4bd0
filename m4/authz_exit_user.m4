# SYNOPSIS
#   AUTHZ_WITH_EXIT_USER
#
# DESCRIPTION
#   --with-exit-user=NAME: the system user as whom authz-launch runs foreign programs, and who owns nothing.
#   AUTHZ_EXIT_USER in config.h.
AC_DEFUN([AUTHZ_WITH_EXIT_USER], [
  AC_REQUIRE([AUTHZ_WITH_USER])
  AC_ARG_WITH([exit-user],
    [AS_HELP_STRING([--with-exit-user=NAME], [system user as whom foreign programs run (authz-exit)])],
    [AUTHZ_EXIT_USER=$withval], [AUTHZ_EXIT_USER=authz-exit])
  AS_CASE([$AUTHZ_EXIT_USER],
    [yes|no], [AC_MSG_ERROR([--with-exit-user needs a name, and authz-launch cannot do without a user])],
    [root|"$AUTHZ_USER"], [AC_MSG_ERROR([--with-exit-user=$AUTHZ_EXIT_USER: foreign programs run neither as root nor as the helper])])
  AUTHZ_CHECK_NAME([--with-exit-user], [$AUTHZ_EXIT_USER])
  AC_DEFINE_UNQUOTED([AUTHZ_EXIT_USER], ["$AUTHZ_EXIT_USER"], [The system user of foreign programs])
  AC_SUBST([AUTHZ_EXIT_USER])
])
