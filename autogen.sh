#!/bin/sh
# SPDX-License-Identifier: ISC
# Prepare a checkout, and build.
#
#   ./autogen.sh            installs what the build lacks (as root, where there is apt) or says what to install, and
#                           makes configure
#   ./autogen.sh TARGET...  the same, then configures for /usr, unless that was done already, and runs make with the
#                           targets: all, check, demo, install, ...
#
# The build is made in the folder build/, unless the source folder itself is configured.  AUTHZ_CONFIGURE holds further
# options for configure.
set -eu

cd "$(dirname "$0")"
umask 022
LC_ALL=C.UTF-8
export LC_ALL

debian='gcc make autoconf automake libtool libc6-dev libpam0g-dev libgdbm-dev libsodium-dev libinih-dev libseccomp-dev
	libjansson-dev libcmocka-dev libcrypt-dev sudo'
fedora='gcc make autoconf automake libtool pam-devel gdbm-devel libsodium-devel inih-devel libseccomp-devel jansson-devel
	libcmocka-devel libxcrypt-devel sudo-devel'
alpine='build-base autoconf automake libtool linux-headers linux-pam-dev gdbm-dev libsodium-dev inih-dev libseccomp-dev
	jansson-dev cmocka-dev sudo-dev'

# the packages of a list that are not installed
lacking()
{
	for package in "$@"; do
		case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) in
		installed) ;;
		*) printf ' %s' "$package" ;;
		esac
	done
}

have_tools()
{
	for tool in cc make autoreconf automake libtoolize; do
		command -v "$tool" >/dev/null 2>&1 || return 1
	done
}

packages()
{
	if command -v apt-get >/dev/null 2>&1 && command -v dpkg-query >/dev/null 2>&1; then
		# shellcheck disable=SC2086 # a list of words
		missing=$(lacking $debian)
		[ -n "$missing" ] || return 0
		if [ "$(id -u)" = 0 ]; then
			echo "Installing what the build lacks:$missing"
			mkdir -p build-aux
			DEBIAN_FRONTEND=noninteractive
			export DEBIAN_FRONTEND
			apt-get -qq update </dev/null
			# shellcheck disable=SC2086
			apt-get -qq install --yes --no-install-recommends $missing </dev/null >build-aux/apt.log 2>&1 || {
				cat build-aux/apt.log >&2
				echo "autogen.sh: apt could not install the packages above; nothing was built." >&2
				exit 1
			}
			return 0
		fi
		line="sudo apt-get install --no-install-recommends$missing"
	elif command -v apk >/dev/null 2>&1; then
		line="apk add $(echo $alpine)"
	elif command -v dnf >/dev/null 2>&1; then
		line="sudo dnf install $(echo $fedora)"
	else
		line=
	fi
	# where the package's state cannot be asked, only the tools are looked for here; configure names missing libraries
	if have_tools && [ -z "${missing:-}" ]; then
		return 0
	fi
	if [ -n "$line" ]; then
		printf 'The build lacks packages.  Install them with this line, then run autogen.sh again:\n\n    %s\n\n' "$line" >&2
	else
		echo "The build needs a C compiler, make, autoconf, automake and libtool; configure names the libraries." >&2
	fi
	have_tools || exit 1
}

# is FILE there and newer than everything that configure is made from?
configure_is_new()
{
	[ -f configure ] && [ -f Makefile.in ] && [ -f config.h.in ] && [ -f build-aux/ltmain.sh ] || return 1
	[ -z "$(find configure.ac m4 -newer configure -name '*.[am][c4]' -print | head -n 1)" ] || return 1
	[ -z "$(find . -path ./build -prune -o -name Makefile.am -newer configure -print | head -n 1)" ]
}

packages
if ! configure_is_new; then
	echo "Making configure."
	mkdir -p build-aux
	autoreconf --force --install 2>build-aux/autoreconf.log >&2 || {
		cat build-aux/autoreconf.log >&2
		echo "autogen.sh: configure could not be made." >&2
		exit 1
	}
	touch configure
fi
if [ $# -eq 0 ]; then
	echo "Ready.  Next: ./autogen.sh all, ./autogen.sh check, ./autogen.sh demo; or ./configure and make as usual."
	exit 0
fi

build=build
[ -f config.status ] && build=.
mkdir -p "$build"
if [ ! -f "$build/config.status" ]; then
	# libraries go where this host has its own
	libdir=
	multiarch=$(${CC:-cc} -print-multiarch 2>/dev/null || true)
	if [ -n "$multiarch" ] && [ -d "/usr/lib/$multiarch" ]; then
		libdir=--libdir=/usr/lib/$multiarch
	elif [ -d /usr/lib64 ] && [ ! -L /usr/lib64 ] && [ "$(getconf LONG_BIT 2>/dev/null)" = 64 ] && [ ! -f /etc/debian_version ]; then
		libdir=--libdir=/usr/lib64
	fi
	echo "Configuring in $build/; what configure finds is in $build/configure.out."
	# shellcheck disable=SC2086 # options are words
	(cd "$build" && "$OLDPWD/configure" --prefix=/usr --sysconfdir=/etc --localstatedir=/var --runstatedir=/run $libdir \
		${AUTHZ_CONFIGURE:-} >configure.out 2>configure.err) || {
		cat "$build/configure.err" >&2
		echo "autogen.sh: configure failed." >&2
		exit 1
	}
	sed -n '/^authz .* will be built/,$p' "$build/configure.out"
fi

# quietly TARGET...: make, and show what it said only if it fails
quietly()
{
	make -C "$build" -j"$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)" "$@" >"$build/make.out" 2>&1 </dev/null || {
		tail -n 40 "$build/make.out" >&2
		echo "autogen.sh: the build failed; all of its messages are in $build/make.out." >&2
		exit 1
	}
}

echo "Building in $build/; the messages of the build go to $build/make.out."
quietly all
for target in "$@"; do
	case $target in
	all) ;;
	check)
		quietly buildtests
		tests/run -B "$build" ;;
	demo)
		tests/host/namespace -B "$build" "$PWD/tests/host/demo" ;;
	*)
		make -C "$build" --no-print-directory "$target" ;;
	esac
done
