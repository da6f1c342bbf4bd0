# SYNOPSIS
#   AUTHZ_ENABLE_SETUP
#
# DESCRIPTION
#   --disable-setup: `make install' never makes the user, owners and modes of the installation, even as root and without
#   DESTDIR; it says what is left to be done instead.
AC_DEFUN([AUTHZ_ENABLE_SETUP], [
  AC_ARG_ENABLE([setup],
    [AS_HELP_STRING([--disable-setup], [make install, as root and without DESTDIR, does not make the user, owners and modes])],
    [AS_CASE([$enableval], [yes|no], [], [AC_MSG_ERROR([--enable-setup=$enableval: neither yes nor no])])],
    [enable_setup=yes])
  AUTHZ_SETUP=$enable_setup
  AC_SUBST([AUTHZ_SETUP])
  AM_CONDITIONAL([SETUP], [test $enable_setup = yes])
])
