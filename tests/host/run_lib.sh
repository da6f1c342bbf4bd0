# SPDX-License-Identifier: ISC
# What the tests of authz-run share.
# shellcheck shell=sh

# fresh [OPTION]...: a token of portal's for alice, in $work/t
fresh()
{
	token "$work/t" portal alice --timeout 60 "$@"
}
# portal_runs OPTION-OR-WORD...: portal's authz-run with that token
portal_runs()
{
	as portal authz-run --token-fd 3 "$@" 3<"$work/t"
}
# status STATUS COMMAND...: what the command prints goes to $work/said
status()
{
	want=$1 got=0
	shift
	"$@" >"$work/said" 2>&1 || got=$?
	[ "$got" = "$want" ] || {
		cat "$work/said"
		echo "status $got instead of $want: $*"
		return 1
	}
}
# said PATTERN: a whole line
said()
{
	grep -Eqx -- "$1" "$work/said" || {
		cat "$work/said"
		echo "no line $1"
		return 1
	}
}
# not_spent: alice can still be reached with the token
not_spent()
{
	status 0 portal_runs -- id -un && said alice
}
gone()
{
	! kill -0 "$1" 2>/dev/null
}
# in_state PID LETTER
in_state()
{
	[ "$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null)" = "$2" ]
}
# behind COMMAND...: portal's authz-run in the background, as the process $running with the command's output in $work/bg
behind()
{
	: >"$work/bg"
	setpriv --reuid=portal --regid=portal --init-groups --reset-env authz-run --token-fd 3 -- "$@" 3<"$work/t" >"$work/bg" 2>&1 &
	running=$!
}
# ended STATUS: $running ends with it
ended()
{
	got=0
	wait "$running" || got=$?
	[ "$got" = "$1" ] || {
		cat "$work/bg"
		echo "status $got instead of $1"
		return 1
	}
}
shown()
{
	grep -q -- "$1" "$work/bg"
}
