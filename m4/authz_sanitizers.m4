# SYNOPSIS
#   AUTHZ_ENABLE_SANITIZERS
#
# DESCRIPTION
#   --enable-sanitizers[=LIST]: build everything with the compiler's run-time checks, "address,undefined" without a list.
#   For tests; never install such a build.  Sets authz_sanitizers to the list or "no".
AC_DEFUN([AUTHZ_ENABLE_SANITIZERS], [
  AC_ARG_ENABLE([sanitizers],
    [AS_HELP_STRING([--enable-sanitizers@<:@=LIST@:>@], [run-time checks for tests: address, undefined, thread, memory (address,undefined)])],
    [authz_sanitizers=$enableval], [authz_sanitizers=no])
  AS_IF([test "x$authz_sanitizers" = xyes], [authz_sanitizers=address,undefined])
  AS_IF([test "x$authz_sanitizers" != xno], [
    for authz_word in `echo "x$authz_sanitizers" | sed 's/^x//; s/,/ /g; s/^ *$/(nothing)/'`; do
      AS_CASE([$authz_word], [address|undefined|thread|memory], [],
        [AC_MSG_ERROR([--enable-sanitizers=$authz_sanitizers: "$authz_word" is none of address, undefined, thread, memory])])
    done
    AC_MSG_CHECKING([whether $CC has the sanitizers $authz_sanitizers])
    authz_save_CFLAGS=$CFLAGS
    CFLAGS="$CFLAGS -fsanitize=$authz_sanitizers"
    AC_LINK_IFELSE([AC_LANG_PROGRAM], [AC_MSG_RESULT([yes])],
      [AC_MSG_RESULT([no]); AC_MSG_ERROR([--enable-sanitizers=$authz_sanitizers: this compiler cannot link them])])
    CFLAGS=$authz_save_CFLAGS
    SANITIZER_FLAGS="-fsanitize=$authz_sanitizers -fno-omit-frame-pointer"
    AS_CASE([,$authz_sanitizers,], [*,undefined,*], [SANITIZER_FLAGS="$SANITIZER_FLAGS -fno-sanitize-recover=undefined"])
    AC_DEFINE([AUTHZ_SANITIZERS], [1], [Built with sanitizers: not for installation])
  ])
  AC_SUBST([SANITIZER_FLAGS])
])
