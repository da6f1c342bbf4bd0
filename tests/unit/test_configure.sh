#!/bin/sh
# SPDX-License-Identifier: ISC
# configure and autogen.sh: bad values are errors that name them, and what is missing is said at the end, with packages.
set -eu
LC_ALL=C
export LC_ALL
source=${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd -P)}
work=$(mktemp -d "${TMPDIR:-/tmp}/authz-configure.XXXXXX")
trap 'rm -rf "$work"' EXIT
number=0 failed=0
# a source folder that is configured itself is none for another build: links to all in it but that
mkdir "$work/source"
for entry in "$source"/*; do
	[ "${entry##*/}" = config.status ] || ln -s "$entry" "$work/source/"
done

result()
{
	number=$((number + 1))
	if [ "$1" = 0 ]; then
		echo "ok $number - $2"
	else
		echo "not ok $number - $2"
		sed 's/^/# /' "$work/said" | tail -n 5
		failed=1
	fi
}

# refuses SENTENCE PATTERN OPTION...: configure fails and its last words match
refuses()
{
	sentence=$1 pattern=$2
	shift 2
	status=0
	(cd "$work" && ./source/configure "$@" >/dev/null 2>"$work/said") || status=$?
	tail -n 3 "$work/said" | grep -Eq -- "$pattern" && [ "$status" != 0 ] && good=0 || good=1
	result $good "$sentence"
}

echo 1..24
refuses "a user's name with a colon is refused" '--with-user=Bad:Name: not a name' --with-user=Bad:Name
refuses "an empty user's name is refused" '--with-user=: not a name' --with-user=
refuses "the helper cannot do without a user" 'cannot do without a user' --without-user
refuses "foreign programs do not run as the helper's user" 'neither as root nor as the helper' --with-user=one --with-exit-user=one
refuses "nor as root" 'neither as root nor as the helper' --with-exit-user=root
refuses "a group of shadow with a blank is refused" "--with-shadow-group=x y: not a name" '--with-shadow-group=x y'
refuses "a relative folder of modules is refused" 'not an absolute path' --with-pamdir=relative
refuses "a relative folder of sudo's plugins is refused" '--with-sudo-plugin-dir=x: not an absolute path' --with-sudo-plugin-dir=x
refuses "a folder of sudo's plugins with a blank is refused" 'not a path of letters' '--with-sudo-plugin-dir=/a b'
refuses "without sudo's header configure says what to install, and how to do without" \
	'<sudo_plugin.h> of sudo 1.9 or later is missing.  Install sudo \(Debian\).*--disable-sudo' ac_cv_header_sudo_plugin_h=no
refuses "with --disable-sudo that is no matter" 'libgdbm with <gdbm.h> is missing' \
	--disable-sudo ac_cv_header_sudo_plugin_h=no ac_cv_header_gdbm_h=no
! grep -q sudo "$work/said" && good=0 || good=1
result $good "... and nothing is said of it"
refuses "a relative folder of units is refused" 'not an absolute path, nor "no"' --with-systemdsystemunitdir=units
refuses "a folder of units with a blank is refused" 'not a path of letters' '--with-systemdsystemunitdir=/a b'
refuses "a relative folder for userdel is refused" 'not an absolute path, nor "no"' --with-userdel-dir=etc
refuses "a folder for userdel with a blank is refused" 'not a path of letters' '--with-userdel-dir=/a b'
refuses "a range of gids that is none is refused" 'not LOW-HIGH' --with-gid-range=5
refuses "a range with the system's gids is refused" "the system's" --with-gid-range=10-50
refuses "a range above the highest gid is refused" 'above the highest gid' --with-gid-range=4294967290-4294967299
refuses "a prefix with a blank is refused" '--with-group-prefix=a b: not of' '--with-group-prefix=a b'
refuses "an unknown sanitizer is refused" 'is none of' --enable-sanitizers=maybe
refuses "all libraries that are missing are named, with their packages" 'libsodium with <sodium.h> is missing.*libsodium-dev' \
	ac_cv_header_gdbm_h=no ac_cv_header_sodium_h=no
grep -q 'libgdbm with <gdbm.h> is missing or too old.  Install libgdbm-dev (Debian), gdbm-devel (Fedora)' "$work/said" &&
	good=0 || good=1
result $good "... the others too, not the first alone"

# An ordinary user, on a host of apt's where nothing is installed: a dpkg-query that knows no package stands first in PATH.
mkdir "$work/bin" "$work/tree"
printf '#!/bin/sh\nexit 1\n' >"$work/bin/dpkg-query"
printf '#!/bin/sh\nexit 1\n' >"$work/bin/apt-get"
printf '#!/bin/sh\nexit 1\n' >"$work/bin/autoreconf"
chmod +x "$work/bin/dpkg-query" "$work/bin/apt-get" "$work/bin/autoreconf"
if [ -f "$source/autogen.sh" ] && [ "$(id -u)" != 0 ]; then
	cp "$source/autogen.sh" "$work/tree/"
	(cd "$work/tree" && PATH=$work/bin:$PATH sh ./autogen.sh >"$work/said" 2>&1) || :
	grep -q '^ *sudo apt-get install --no-install-recommends gcc make autoconf .*libgdbm-dev' "$work/said" && good=0 || good=1
else
	echo "run as root" >"$work/said"
	good=1
fi
result $good "without root autogen.sh prints the exact line that installs what the build lacks"
exit $failed
