# SYNOPSIS
#   AUTHZ_WITH_USERDEL_DIR
#
# DESCRIPTION
#   --with-userdel-dir=FOLDER: where userdel(8) looks for what it is to start when it has removed a user.  The default is
#   SYSCONFDIR/shadow-maint/userdel-post.d; "no" installs nothing there.  Substitutes userdeldir.
AC_DEFUN([AUTHZ_WITH_USERDEL_DIR], [
  AC_ARG_WITH([userdel-dir],
    [AS_HELP_STRING([--with-userdel-dir=FOLDER], [folder of what userdel starts when it has removed a user (SYSCONFDIR/shadow-maint/userdel-post.d); "no" for none])],
    [AS_CASE([$withval],
       [no], [userdeldir=],
       [*[[!A-Za-z0-9/._+-]]*], [AC_MSG_ERROR([--with-userdel-dir=$withval: not a path of letters, digits and /._+-])],
       [/*], [userdeldir=$withval],
       [AC_MSG_ERROR([--with-userdel-dir=$withval: not an absolute path, nor "no"])])],
    [AUTHZ_EXPAND([userdeldir], ['${sysconfdir}/shadow-maint/userdel-post.d'])])
  AS_IF([test -n "$userdeldir"], [authz_userdel_says=$userdeldir], [authz_userdel_says="nothing is installed"])
  AC_SUBST([userdeldir])
  AM_CONDITIONAL([USERDEL_DIR], [test -n "$userdeldir"])
])
