# SYNOPSIS
#   AUTHZ_SUDO
#
# DESCRIPTION
#   authz_approval.so needs <sudo_plugin.h> of sudo 1.9 or later; --disable-sudo leaves the plugin out.
#   --with-sudo-plugin-dir=FOLDER: where sudo looks for it.  The default is the folder that has this host's sudoers.so, when
#   the prefix is /usr or /, else LIBEXECDIR/sudo, which sudo looks into only if sudo.conf names the plugin by its whole path.
#   Substitutes sudoplugindir; the conditional SUDO_PLUGIN; authz_sudo_says.
AC_DEFUN([AUTHZ_SUDO], [
  AC_ARG_ENABLE([sudo], [AS_HELP_STRING([--disable-sudo], [leave out authz_approval.so, the plugin of sudo])], [],
    [enable_sudo=yes])
  AC_ARG_WITH([sudo-plugin-dir],
    [AS_HELP_STRING([--with-sudo-plugin-dir=FOLDER], [folder of sudo's plugins (that of this host, if the prefix is /usr, else LIBEXECDIR/sudo)])],
    [AS_CASE([$withval],
       [*[[!A-Za-z0-9/._+-]]*], [AC_MSG_ERROR([--with-sudo-plugin-dir=$withval: not a path of letters, digits and /._+-])],
       [/*], [sudoplugindir=$withval],
       [AC_MSG_ERROR([--with-sudo-plugin-dir=$withval: not an absolute path])])],
    [sudoplugindir='${libexecdir}/sudo'
     AUTHZ_EXPAND([authz_prefix], ['${prefix}'])
     AS_CASE([$authz_prefix], [/usr|/|''], [
       AUTHZ_EXPAND([authz_libexecdir], ['${libexecdir}'])
       for authz_dir in "$authz_libexecdir/sudo" /usr/libexec/sudo /usr/lib/sudo /usr/lib64/sudo; do
         AS_IF([test -f "$authz_dir/sudoers.so"], [
           sudoplugindir=$authz_dir
           break])
       done])])
  AUTHZ_DEFINE_PATH([AUTHZ_SUDO_PLUGIN_DIR], [$sudoplugindir], [Folder of the plugin of sudo])
  AS_IF([test "$enable_sudo" != no], [
    AC_CHECK_HEADER([sudo_plugin.h], [authz_found=yes], [authz_found=no])
    AS_IF([test $authz_found = yes], [
      AC_MSG_CHECKING([whether sudo has approval plugins])
      AC_COMPILE_IFELSE([AC_LANG_PROGRAM([#include <sudo_plugin.h>
        ], [struct approval_plugin plugin = {.type = SUDO_APPROVAL_PLUGIN}; return plugin.type == 0;])],
        [AC_MSG_RESULT([yes])], [AC_MSG_RESULT([no]); authz_found=no])])
    AS_IF([test $authz_found = no],
      [AUTHZ_NEED_LATER([<sudo_plugin.h> of sudo 1.9 or later is missing.  Install sudo (Debian), sudo-devel (Fedora) or sudo-dev (Alpine); or leave the plugin out by --disable-sudo.])])
    authz_sudo_says=$AUTHZ_SUDO_PLUGIN_DIR/authz_approval.so],
    [authz_sudo_says='left out: --disable-sudo'])
  AC_SUBST([sudoplugindir])
  AM_CONDITIONAL([SUDO_PLUGIN], [test "$enable_sudo" != no])
])
