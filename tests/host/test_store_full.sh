#!/bin/sh
# SPDX-License-Identifier: ISC
# The store on small file systems that are really full: tmpfs of two sizes.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/lib.sh"

# fill: both runs of store_full on what is mounted at $work/small
fill()
{
	chown tester "$work/small" && chmod 755 "$work"
	as tester env CMOCKA_MESSAGE_OUTPUT=TAP "$AUTHZ_NAMESPACE/tests/unit/store_full" "$work/small"
}

on_tmpfs()
{
	mkdir -p "$work/small"
	mount -t tmpfs -o "size=$1" small "$work/small" || return 1
	status=0
	fill || status=1
	umount "$work/small"
	return $status
}

plan 2
check "a full tmpfs of 300 KiB loses nothing that was acknowledged" on_tmpfs 300k
check "a full tmpfs of 1 MiB loses nothing that was acknowledged" on_tmpfs 1m
done_testing
