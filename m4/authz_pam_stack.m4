# SYNOPSIS
#   AUTHZ_WITH_PAM_STACK
#
# DESCRIPTION
#   --with-pam-stack=NAME: whose files the PAM services authz-run and authz-master include: debian (common-*),
#   fedora (system-auth), alpine (base-*), or unix, which is pam_unix alone.  The default is what this host has.  After
#   AUTHZ_WITH_PAMDIR.
AC_DEFUN([AUTHZ_WITH_PAM_STACK], [
  AC_ARG_WITH([pam-stack],
    [AS_HELP_STRING([--with-pam-stack=NAME], [what the PAM services of authz include: debian, fedora, alpine, unix (what this host has)])],
    [authz_pam_stack=$withval],
    [AS_IF([test -f /etc/pam.d/common-account], [authz_pam_stack=debian],
       [test -f /etc/pam.d/system-auth], [authz_pam_stack=fedora],
       [test -f /etc/pam.d/base-account], [authz_pam_stack=alpine],
       [authz_pam_stack=unix])])
  AS_CASE([$authz_pam_stack],
    [debian], [AUTHZ_PAM_AUTH='substack   common-auth' AUTHZ_PAM_ACCOUNT='substack   common-account' AUTHZ_PAM_SESSION='include    common-session'],
    [fedora], [AUTHZ_PAM_AUTH='substack   system-auth' AUTHZ_PAM_ACCOUNT='substack   system-auth' AUTHZ_PAM_SESSION='include    system-auth'],
    [alpine], [AUTHZ_PAM_AUTH='substack   base-auth' AUTHZ_PAM_ACCOUNT='substack   base-account' AUTHZ_PAM_SESSION='include    base-session'],
    [unix], [AUTHZ_PAM_AUTH='required   pam_unix.so' AUTHZ_PAM_ACCOUNT='required   pam_unix.so' AUTHZ_PAM_SESSION='required   pam_unix.so'],
    [AC_MSG_ERROR([--with-pam-stack=$authz_pam_stack: not debian, fedora, alpine or unix])])
  # libpam finds a module by its name alone only where it looks itself
  AS_CASE([$authz_prefix], [/usr|/|''], [AUTHZ_PAM_MODULE=pam_prftkn.so], [AUTHZ_PAM_MODULE=$AUTHZ_PAMDIR/pam_prftkn.so])
  AC_SUBST([AUTHZ_PAM_AUTH])
  AC_SUBST([AUTHZ_PAM_ACCOUNT])
  AC_SUBST([AUTHZ_PAM_SESSION])
  AC_SUBST([AUTHZ_PAM_MODULE])
])
