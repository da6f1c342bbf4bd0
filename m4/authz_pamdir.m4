# SYNOPSIS
#   AUTHZ_WITH_PAMDIR
#
# DESCRIPTION
#   --with-pamdir=FOLDER: where pam_prftkn.so goes.  The default is the folder that this host's libpam looks into, found by
#   its pam_permit.so, when the prefix is /usr or /; with any other prefix LIBDIR/security, which libpam looks into only
#   if a service names the module by its whole path.
AC_DEFUN([AUTHZ_WITH_PAMDIR], [
  AC_ARG_WITH([pamdir],
    [AS_HELP_STRING([--with-pamdir=FOLDER], [folder of PAM modules (that of this host, if the prefix is /usr, else LIBDIR/security)])],
    [AS_CASE([$withval],
       [*[[!A-Za-z0-9/._+-]]*], [AC_MSG_ERROR([--with-pamdir=$withval: not a path of letters, digits and /._+-])],
       [/*], [pamdir=$withval],
       [AC_MSG_ERROR([--with-pamdir=$withval: not an absolute path])])],
    [pamdir='${libdir}/security'
     AUTHZ_EXPAND([authz_prefix], ['${prefix}'])
     AS_CASE([$authz_prefix], [/usr|/|''], [
       AUTHZ_EXPAND([authz_libdir], ['${libdir}'])
       authz_multiarch=`$CC $CFLAGS -print-multiarch 2>/dev/null`
       for authz_dir in "$authz_libdir" ${authz_multiarch:+"/usr/lib/$authz_multiarch" "/lib/$authz_multiarch"} \
           /usr/lib64 /lib64 /usr/lib /lib; do
         AS_IF([test -f "$authz_dir/security/pam_permit.so"], [
           # /lib is often a link to /usr/lib: name the real folder, so that packages agree on it
           AS_CASE([$authz_dir], [/usr/*], [], [AS_IF([test "/usr$authz_dir" -ef "$authz_dir"], [authz_dir=/usr$authz_dir])])
           pamdir=$authz_dir/security
           break])
       done])])
  AUTHZ_DEFINE_PATH([AUTHZ_PAMDIR], [$pamdir], [Folder of the PAM module])
  AC_SUBST([pamdir])
])
