# SYNOPSIS
#   AUTHZ_WITH_SYSTEMD_UNITS
#
# DESCRIPTION
#   --with-systemdsystemunitdir=FOLDER: where the units go.  The default is the folder of this host's systemd, by
#   pkg-config, when the prefix is /usr or /; with any other prefix PREFIX/lib/systemd/system, which systemd looks into for
#   /usr/local, and which is nobody else's.  "no" installs none.  After AUTHZ_RUNDIR and AUTHZ_WITH_SHADOW_GROUP.
#   Substitutes systemdsystemunitdir, AUTHZ_TOKENS_UNIT (the name that systemd wants of a mount of AUTHZ_RUNDIR/tokens) and
#   AUTHZ_SERVICE_CAPABILITY (what the service may do beside being its user: nothing, where a group may read shadow).
AC_DEFUN([AUTHZ_WITH_SYSTEMD_UNITS], [
  AC_PATH_PROG([PKG_CONFIG], [pkg-config])
  AC_ARG_WITH([systemdsystemunitdir],
    [AS_HELP_STRING([--with-systemdsystemunitdir=FOLDER], [folder of systemd units (that of this host, if the prefix is /usr, else PREFIX/lib/systemd/system); "no" for none])],
    [AS_CASE([$withval],
       [no], [systemdsystemunitdir=],
       [*[[!A-Za-z0-9/._+-]]*], [AC_MSG_ERROR([--with-systemdsystemunitdir=$withval: not a path of letters, digits and /._+-])],
       [/*], [systemdsystemunitdir=$withval],
       [AC_MSG_ERROR([--with-systemdsystemunitdir=$withval: not an absolute path, nor "no"])])],
    [AUTHZ_EXPAND([systemdsystemunitdir], ['${prefix}/lib/systemd/system'])
     AS_CASE([$systemdsystemunitdir], [/usr/lib/*|/lib/*|//lib/*], [
       authz_dir=`test -n "$PKG_CONFIG" && "$PKG_CONFIG" --variable=systemdsystemunitdir systemd 2>/dev/null`
       AS_CASE([$authz_dir], [/*], [systemdsystemunitdir=$authz_dir])])])
  AS_IF([test -n "$systemdsystemunitdir"], [authz_units_says=$systemdsystemunitdir], [authz_units_says="none are installed"])
  AC_SUBST([systemdsystemunitdir])
  AM_CONDITIONAL([SYSTEMD_UNITS], [test -n "$systemdsystemunitdir"])

  # as systemd-escape --path does; the characters of our paths that it leaves alone are letters, digits, _ and .
  AUTHZ_TOKENS_UNIT=`AS_ECHO(["$AUTHZ_RUNDIR/tokens"]) | $SED 's|//*|/|g; s|^/||; s|-|\\\\x2d|g; s|+|\\\\x2b|g; s|^\.|\\\\x2e|; s|/|-|g'`.mount
  AC_SUBST([AUTHZ_TOKENS_UNIT])

  AS_IF([test "$AUTHZ_SHADOW_GROUP" = "$AUTHZ_USER"], [AUTHZ_SERVICE_CAPABILITY=CAP_DAC_READ_SEARCH], [AUTHZ_SERVICE_CAPABILITY=])
  AC_SUBST([AUTHZ_SERVICE_CAPABILITY])
])
