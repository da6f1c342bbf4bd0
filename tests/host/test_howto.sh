#!/bin/sh
# SPDX-License-Identifier: ISC
# The how-tos of doc/, to the letter: each command as whom it stands with, and what it prints against what stands below it.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/exit_lib.sh"
. "$AUTHZ_SOURCE/tests/host/howto_lib.sh"
start_log
start_sshd
start_exits
cp -p /etc/pam.d/sudo "$work/sudo.shipped"
cp -p /etc/sudo.conf "$work/sudo.conf"

end_howtos()
{
	cp -p "$work/sudo.shipped" /etc/pam.d/sudo
	cp -p "$work/sudo.conf" /etc/sudo.conf
	rm -rf /etc/sudoers.d/second-person /etc/sudoers.d/site-exits /etc/change-control /usr/local/libexec/change-control \
		/usr/local/libexec/production /usr/local/libexec/freeze
	end_exits
}
trap end_howtos EXIT

# The documents begin on a host on which nobody may act for anybody.
no_rights()
{
	for owner in alice bob stranger; do
		for actor in portal alice bob; do
			authzctl authority revoke -t profile -n "$owner" -p "$actor" -use >/dev/null 2>&1 || :
		done
	done
}

documents='portal jobs approval exits'
total=0
for document in $documents; do
	steps "$AUTHZ_SOURCE/doc/HOWTO-$document"
	total=$((total + $(cat "$work/steps/count")))
done
plan $total
for document in $documents; do
	steps "$AUTHZ_SOURCE/doc/HOWTO-$document"
	no_rights
	follow "$document"
done
no_rights
done_testing
