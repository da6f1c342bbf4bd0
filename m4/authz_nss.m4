# SYNOPSIS
#   AUTHZ_NSS
#
# DESCRIPTION
#   libnss_cabinet is for a C library that has NSS.  musl has none: there it is left out, and authz_nss_says says so.
#   The conditional NSS.
AC_DEFUN([AUTHZ_NSS], [
  authz_nss=yes
  AC_CHECK_HEADERS([nss.h gshadow.h], [], [authz_nss=no])
  AS_IF([test $authz_nss = yes],
    [authz_nss_says='libnss_cabinet.so.2, with the libraries'],
    [authz_nss_says='left out: this C library has no NSS, so no program of this host sees cabinets as groups'])
  AM_CONDITIONAL([NSS], [test $authz_nss = yes])
])
