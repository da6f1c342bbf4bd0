# SPDX-License-Identifier: ISC
# What the scripts about authzctl share: the real helper, which an ordinary user runs on a folder of its own and is the host
# of; users; and what tests say.
# shellcheck shell=sh
set -u
LC_ALL=C
TZ=UTC0
export LC_ALL TZ
umask 077
source=$(cd "$(dirname "$0")/../.." && pwd -P) || exit 1
for build in "${AUTHZ_BUILD-}" "${top_builddir-}" . .. ../.. "$source"; do
	[ -n "$build" ] && [ -x "$build/helpers/authzctl/authzctl" ] && break
done
build=$(cd "$build" && pwd -P) || exit 1
# the helper does not work as root, and makes no token for nobody
if [ "$(id -u)" = 0 ]; then
	cd / && AUTHZ_BUILD=$build exec setpriv --reuid uucp --regid uucp --clear-groups sh "$source/tests/module/$(basename "$0")"
fi
scratch=$(mktemp -d) || exit 1
service=
trap '[ -z "$service" ] || kill "$service"; rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
number=0
failed=0

# ---- the host: users that every system has, with a shadow of our own

owner=daemon
other=bin
for folder in store tokens audit; do mkdir -p -m 700 "state/$folder"; done
cat >state/authz.conf <<END
[authz]
uid_min = 1
shadow_file = $scratch/shadow
audit_syslog = no
END
chmod 600 state/authz.conf
me=$(id -un)
cat >shadow <<END
$owner:\$6\$x\$y:20000:0:99999:7:::
$other:\$6\$x\$y:20000:0:99999:7:::
mail:\$6\$x\$y:20000:0:30:7:::
games:!\$6\$x\$y:20000:0:99999:7:::
$me:\$6\$x\$y:20000:0:99999:7:::
END
printf '#!/bin/sh\nexec %s --state %s\n' "$build/helpers/authz-helper/authz-helper" "$scratch/state" >helper
printf '#!/bin/sh\nexec sleep 20\n' >hung
chmod 755 helper hung

# by which carrier authzctl asks
by_child="--helper $scratch/helper --socket none"
by_socket="--helper /nowhere --socket $scratch/state/helper.sock"
carrier=$by_child
ctl()
{
	# shellcheck disable=SC2086 # words
	"$build/helpers/authzctl/authzctl" $carrier "$@"
}

# from here on by a service
start_service()
{
	carrier=$by_socket
	"$build/helpers/authz-helper/authz-helper" --serve --state "$scratch/state" 2>service.log &
	service=$!
	tries=50
	until ctl token list >/dev/null 2>&1 || [ "$((tries -= 1))" -eq 0 ]; do sleep 0.1; done
}

# run COMMAND...: its output in out, its messages in err, its exit status in $status
run()
{
	"$@" >out 2>err </dev/null
	status=$?
}

# ---- what tests say

fail()
{
	[ -n "$why" ] || why=$*
}

# A test is a function; the sentence is its name in the report.
check()
{
	why=
	: >out
	: >err
	"$2" 2>noise
	number=$((number + 1))
	if [ -z "$why" ]; then
		echo "ok $number - $1"
	else
		failed=$((failed + 1))
		echo "not ok $number - $1"
		printf '%s\n' "$why" | sed 's/^/# /'
		sed 's/^/# out: /' out | head -5
		sed 's/^/# err: /' err | head -5
		sed 's/^/# besides: /' noise | head -5
	fi
}

status_is()
{
	[ "$status" -eq "$1" ] || fail "exit status $status, not $1"
}

out_is()
{
	[ "$(cat out)" = "$1" ] || fail "standard output is not \"$1\""
}

err_is()
{
	[ "$(cat err)" = "$1" ] || fail "standard error is not \"$1\""
}

out_has()
{
	grep -qF -- "$1" out || fail "no \"$1\" on standard output"
}

# row WORDS: a row of a table, whatever its columns' widths are
row()
{
	tr -s ' ' <out | sed 's/ $//' | grep -qxF -- "$1" || fail "no row \"$1\""
}

# no_row TEXT: nothing that has TEXT
no_row()
{
	! grep -qF -- "$1" out || fail "there is \"$1\""
}

# refused CODE STATUS COMMAND...: nothing on standard output, the code's message on standard error
refused()
{
	refused_code=$1
	refused_status=$2
	shift 2
	run "$@"
	status_is "$refused_status"
	out_is ""
	grep -q "^authzctl: $refused_code: [A-Z*0-9].*\.\$" err || fail "no $refused_code on standard error: $*"
	[ "$(wc -l <err)" -eq 1 ] || fail "not one line on standard error: $*"
}

# told CODE COMMAND...: refused, by a sentence that may begin with a name
told()
{
	told_code=$1
	shift
	run "$@"
	status_is 1
	out_is ""
	grep -q "^authzctl: $told_code: .*\.\$" err || fail "no $told_code on standard error: $*"
}

# usage TEXT COMMAND...: one line that has TEXT and says where help is
usage()
{
	usage_text=$1
	shift
	run "$@"
	status_is 2
	out_is ""
	[ "$(wc -l <err)" -eq 1 ] || fail "not one line on standard error: $*"
	grep -qF -- "$usage_text" err || fail "no \"$usage_text\" on standard error: $*"
	grep -q '; try authzctl.* --help$' err || fail "no word of help: $*"
}

# done_by COMMAND...: status 0 and not a word
done_by()
{
	run "$@"
	status_is 0
	out_is ""
	err_is ""
}

# is_token FILE: a token's text and no more
is_token()
{
	grep -qx 'prftkn_[A-Za-z0-9_-]\{43\}' "$1" && [ "$(wc -c <"$1")" -eq 51 ]
}

# ---- a helper that says what it was asked, and answers what it is told (fake_helper.c)

# answered ANSWER COMMAND...: its lines; standard input is the command's
answered()
{
	printf '#!/bin/sh\nexec %s %s/answer %s/asked\n' "$build/tests/module/fake_helper" "$scratch" "$scratch" >fake
	chmod 755 fake
	printf '%s\n' "$1" >answer
	rm -f asked
	shift
	saved=$carrier
	carrier="--helper $scratch/fake --socket none"
	"$@" >out 2>err
	status=$?
	carrier=$saved
}

# said COMMAND...: answered that it is done
said()
{
	answered 'result 0' "$@"
	status_is 0
}

# asked_for LINE...: what "said" and "answered" asked
asked_for()
{
	for line in "$@"; do
		grep -qxF -- "$line" asked || fail "not asked for $line"
	done
}

# not_asked_for WORD...: and what they did not
not_asked_for()
{
	for word in "$@"; do
		! grep -q "^$word " asked || fail "asked for a $word"
	done
}

# nobody_asked COMMAND...: a line that is wrong, about which no helper is asked
nobody_asked()
{
	answered 'result 0' "$@" </dev/null
	[ ! -e asked ] || fail "a helper was asked: $*"
}

# ---- what goes on beside a test

# wait_for FILE TEXT: at most ten seconds until FILE has TEXT
wait_for()
{
	turns=0
	until grep -q -- "$2" "$1" 2>/dev/null || [ $turns -ge 100 ]; do
		sleep 0.1
		turns=$((turns + 1))
	done
}

# type_at_terminal PROMPT KEYS WORDS: what is typed at a terminal of its own to authzctl with these words of the shell, at the
# prompt; what that shows is in "screen", and in out
type_at_terminal()
{
	: >screen
	{
		wait_for screen "$1"
		printf '%s' "$2"
		wait_for screen 'echok'
	} | timeout 30 script -qec "trap : INT; $build/helpers/authzctl/authzctl --helper $scratch/helper --socket none $3
		echo status \$?; stty -a" /dev/null >screen 2>&1
	cp screen out
}

# terminal_hid WHAT TEXT: nothing of it was shown, and what is typed now is shown again
terminal_hid()
{
	if grep -qF -- "$2" screen; then fail "the terminal shows the $1"; fi
	grep -Eq '(^|[ ;])echo ' screen || fail "the terminal was left without echo"
}
