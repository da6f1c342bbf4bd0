# SYNOPSIS
#   AUTHZ_WITH_GID_RANGE
#
# DESCRIPTION
#   --with-gid-range=LOW-HIGH: the gids of shared cabinets.  No cabinet is ever given a gid outside, and the NSS module
#   answers for none, whatever is written in its data.  AUTHZ_GID_LOW and AUTHZ_GID_HIGH in config.h.
AC_DEFUN([AUTHZ_WITH_GID_RANGE], [
  AC_ARG_WITH([gid-range],
    [AS_HELP_STRING([--with-gid-range=LOW-HIGH], [gids of shared cabinets (2100000000-2100999999)])],
    [authz_gid_range=$withval], [authz_gid_range=2100000000-2100999999])
  AUTHZ_GID_LOW=${authz_gid_range%%-*}
  AUTHZ_GID_HIGH=${authz_gid_range#*-}
  AS_CASE([$authz_gid_range], [*-*], [], [AC_MSG_ERROR([--with-gid-range=$authz_gid_range: not LOW-HIGH])])
  for authz_gid in "$AUTHZ_GID_LOW" "$AUTHZ_GID_HIGH"; do
    AS_CASE([$authz_gid],
      [''|*[[!0-9]]*|0*|???????????*], [AC_MSG_ERROR([--with-gid-range=$authz_gid_range: "$authz_gid" is not a gid])])
  done
  AS_IF([test "$AUTHZ_GID_LOW" -lt 1000], [AC_MSG_ERROR([--with-gid-range=$authz_gid_range: gids below 1000 are the system's])])
  AS_IF([test "$AUTHZ_GID_HIGH" -gt 4294967293], [AC_MSG_ERROR([--with-gid-range=$authz_gid_range: above the highest gid, 4294967293])])
  AS_IF([test "$AUTHZ_GID_LOW" -gt "$AUTHZ_GID_HIGH"], [AC_MSG_ERROR([--with-gid-range=$authz_gid_range: LOW is above HIGH])])
  AC_DEFINE_UNQUOTED([AUTHZ_GID_LOW], [${AUTHZ_GID_LOW}u], [Lowest gid of a shared cabinet])
  AC_DEFINE_UNQUOTED([AUTHZ_GID_HIGH], [${AUTHZ_GID_HIGH}u], [Highest gid of a shared cabinet])
  AC_SUBST([AUTHZ_GID_LOW])
  AC_SUBST([AUTHZ_GID_HIGH])
])
