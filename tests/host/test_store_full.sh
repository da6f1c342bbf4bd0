#!/bin/sh
# SPDX-License-Identifier: ISC
# The store, and the tokens in it, on small file systems that are really full: tmpfs of two sizes.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/lib.sh"

# fill PROGRAM: what is mounted at $work/small
fill()
{
	chown tester "$work/small" && chmod 755 "$work"
	as tester env CMOCKA_MESSAGE_OUTPUT=TAP TMPDIR=/tmp "$AUTHZ_NAMESPACE/tests/unit/$1" "$work/small"
}

# on_tmpfs SIZE PROGRAM
on_tmpfs()
{
	mkdir -p "$work/small"
	mount -t tmpfs -o "size=$1" small "$work/small" || return 1
	status=0
	fill "$2" || status=1
	umount "$work/small"
	return $status
}

# what is installed, with its tokens on a tmpfs of 300 KiB
installed()
{
	grant_rights
	printf '[authz]\nquota_maker = 100000\n' >/etc/authz/authz.conf
	authzctl profile show alice >/dev/null # so that there is a folder to mount over
	mount -t tmpfs -o size=300k,mode=700 small /run/authz/tokens && chown authz: /run/authz/tokens || return 1
	status=0
	until_full || status=1
	umount /run/authz/tokens
	return $status
}

until_full()
{
	made=0
	while as portal authzctl token generate alice --type multiple >"$work/t.$made" 2>"$work/why"; do
		made=$((made + 1))
		[ $made -lt 3000 ] || return 1
	done
	cat "$work/why"
	echo "full after $made"
	grep '^authzctl: CPF4AAA: ' "$work/why" || return 1
	refused 1 CPF4AAA as portal authzctl token generate alice || return 1
	authzctl audit | grep 'event=token.generate.*result=CPF4AAA.*subject=the%20file%20system%20of%20the%20tokens' || return 1
	# what was made is good, and one that is removed makes room for one
	su_login portal alice "$work/t.3" true && as portal authzctl token remove <"$work/t.3" &&
		as portal authzctl token generate alice >"$work/again" && su_login portal alice "$work/again" true &&
		refused 1 CPF4AAA as portal authzctl token generate alice
}

plan 5
check "a full tmpfs of 300 KiB loses nothing that was acknowledged" on_tmpfs 300k store_full
check "a full tmpfs of 1 MiB loses nothing that was acknowledged" on_tmpfs 1m store_full
check "tokens that fill a tmpfs of 300 KiB are CPF4AAA, and each that is removed or expires makes room" on_tmpfs 300k token_full
check "tokens that fill a tmpfs of 1 MiB are CPF4AAA, and each that is removed or expires makes room" on_tmpfs 1m token_full
check "with the installed helper a full tmpfs of tokens is CPF4AAA until one is removed, and su takes those that were made" installed
done_testing
