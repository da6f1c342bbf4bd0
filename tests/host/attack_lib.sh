# SPDX-License-Identifier: ISC
# What the attacks share: mallory, who is an ordinary user of this host, her frames, and what she must not have changed.
# shellcheck shell=sh
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/lib.sh"
token_text=prftkn_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA

# mallory has a password and no right at all; what she writes is in $mine
useradd --user-group --create-home --base-dir /home/authz-test --shell /bin/sh mallory 2>/dev/null || :
echo mallory:mallory-password | chpasswd
mine=$work/mallory
mkdir "$mine"
chown mallory: "$mine"

mallory()
{
	as mallory "$@"
}

# frame NAME OPERATION [FIELD=VALUE]...: into $mine/NAME, hers to send
frame()
{
	into=$mine/$1
	shift
	"$tools/attack_ask" frame "$@" >"$into" && chown mallory: "$into"
}

# by_child NAME, by_socket NAME: what is said to mallory's frame NAME
by_child()
{
	mallory "$tools/attack_ask" child "$helper" <"$mine/$1"
}
by_socket()
{
	mallory "$tools/attack_ask" socket "$socket" <"$mine/$1"
}

# says PATTERN COMMAND...: the one line that it prints
says()
{
	pattern=$1
	shift
	line=$("$@" 2>&1) || :
	echo "$line" | grep -Eqx -- "$pattern" || {
		echo "$* said: $line (and not $pattern)"
		return 1
	}
}

# what the stores hold, in words: the same text means that nothing was changed
held()
{
	for store in authority tokens; do
		authzctl store check --store "$store" >/dev/null || echo "the store $store is damaged"
		authzctl store dump --store "$store" | sed 's/ [0-9a-f]*$//' | grep -v '^end \|^authz-store' | sort
	done
	find /etc/authz /var/lib/authz /run/authz "${helper%/*}" ! -name 'current*' ! -path '*/audit/*' ! -name '[ab]' \
		-printf '%p %M %u %g\n' | sort
}

# unchanged COMMAND...: the command may end as it likes, and nothing is held that was not before, nor less
unchanged()
{
	held >"$work/held.before"
	status=0
	"$@" || status=1
	held >"$work/held.after"
	diff "$work/held.before" "$work/held.after" || status=1
	return $status
}

# she comes in by a token within the client's deadline, and by her password
alice_comes_in()
{
	began=$(date +%s)
	token "$work/in" portal alice --timeout 60 && shows '^alice$' su_login portal alice "$work/in" 'id -un' || return 1
	[ $(($(date +%s) - began)) -le 8 ]
}

no_core()
{
	! find / -xdev -name 'core*' -type f -newer "$work/began" \( -size +8k \) ! -path '/proc/*' 2>/dev/null | grep -E '/core(\.[0-9]+)?$'
}
: >"$work/began"
