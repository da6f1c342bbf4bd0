# SYNOPSIS
#   AUTHZ_WITH_GROUP_PREFIX
#
# DESCRIPTION
#   --with-group-prefix=PREFIX: what the group names of shared cabinets begin with.  sudo, polkit and sshd match groups by
#   name, so an empty prefix lets whoever may create a cabinet give it the name of a group that they trust.
#   AUTHZ_GROUP_PREFIX in config.h.
AC_DEFUN([AUTHZ_WITH_GROUP_PREFIX], [
  AC_ARG_WITH([group-prefix],
    [AS_HELP_STRING([--with-group-prefix=PREFIX], [what the names of shared cabinets' groups begin with (cab-); empty: see README])],
    [AUTHZ_GROUP_PREFIX=$withval], [AUTHZ_GROUP_PREFIX=cab-])
  AS_CASE([$AUTHZ_GROUP_PREFIX],
    [yes], [AC_MSG_ERROR([--with-group-prefix needs a value])],
    [no|''], [
      AUTHZ_GROUP_PREFIX=
      AC_MSG_WARN([group prefix empty: sudo, polkit and AllowGroups cannot tell a cabinet from a group of the system])],
    [[[!a-z_]]*|*[[!a-z0-9_-]]*], [AC_MSG_ERROR([--with-group-prefix=$AUTHZ_GROUP_PREFIX: not of small letters, digits, _ and -])],
    [?????????????????*], [AC_MSG_ERROR([--with-group-prefix=$AUTHZ_GROUP_PREFIX: longer than 16 characters])])
  AC_DEFINE_UNQUOTED([AUTHZ_GROUP_PREFIX], ["$AUTHZ_GROUP_PREFIX"], [What the group names of shared cabinets begin with])
  AC_SUBST([AUTHZ_GROUP_PREFIX])
])
