# SYNOPSIS
#   AUTHZ_WITH_SHADOW_GROUP
#
# DESCRIPTION
#   --with-shadow-group=NAME: the group that may read /etc/shadow; the helper's set-group-ID group, so that it can tell
#   whether an account is disabled.  --without-shadow-group: there is none on the hosts that this build is for.
#   AUTHZ_SHADOW_GROUP in config.h ("" for none) and in the Makefiles (the helper's own group for none).
AC_DEFUN([AUTHZ_WITH_SHADOW_GROUP], [
  AC_REQUIRE([AUTHZ_WITH_USER])
  AC_ARG_WITH([shadow-group],
    [AS_HELP_STRING([--with-shadow-group=NAME], [group that may read /etc/shadow (shadow); --without-shadow-group where there is none])],
    [authz_shadow_group=$withval], [authz_shadow_group=shadow])
  AS_CASE([$authz_shadow_group],
    [yes], [AC_MSG_ERROR([--with-shadow-group needs a name])],
    [root|wheel|sudo|adm], [AC_MSG_ERROR([--with-shadow-group=$authz_shadow_group: that group may do far more than read /etc/shadow])],
    [no], [
      AUTHZ_SHADOW_GROUP=$AUTHZ_USER
      AC_DEFINE([AUTHZ_SHADOW_GROUP], [""], [The group that may read /etc/shadow; empty for none])
      authz_shadow_says="none: only the service, which has a capability to read shadow, serves programs without privilege; see doc/SERVICE"],
    [
      AUTHZ_CHECK_NAME([--with-shadow-group], [$authz_shadow_group])
      AUTHZ_SHADOW_GROUP=$authz_shadow_group
      AC_DEFINE_UNQUOTED([AUTHZ_SHADOW_GROUP], ["$AUTHZ_SHADOW_GROUP"])
      AS_IF([getent group "$AUTHZ_SHADOW_GROUP" >/dev/null 2>&1 || grep "^$AUTHZ_SHADOW_GROUP:" /etc/group >/dev/null 2>&1],
        [authz_shadow_says=$AUTHZ_SHADOW_GROUP],
        [authz_shadow_says="$AUTHZ_SHADOW_GROUP, which this host does not have: \"make install\" will fail here; where /etc/shadow is root's alone, configure --without-shadow-group"])])
  AC_SUBST([AUTHZ_SHADOW_GROUP])
])
