#!/bin/sh
# SPDX-License-Identifier: ISC
# The client inside a program of root's: the module ring's programs once more, as root, with the rows that are root's alone.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/lib.sh"

for program in test_child test_child_hosts test_child_signals test_call test_runtime; do
	mkdir "$work/$program"
	TMPDIR=$work/$program CMOCKA_MESSAGE_OUTPUT=TAP AUTHZ_BUILD=$AUTHZ_NAMESPACE AUTHZ_SOURCE=${AUTHZ_SOURCE-} \
		"$AUTHZ_NAMESPACE/tests/module/$program" || :
done
