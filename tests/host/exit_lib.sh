# SPDX-License-Identifier: ISC
# What the scripts about exits share: programs of the site's, how they are registered and asked, and what they have seen.
#
# Programs are in $site, which is root's; what they write is in $seen, which is authz-exit's.
#
# shellcheck shell=sh
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/master_lib.sh"
site=/usr/libexec/authz-test
seen=$site/seen
exit_user=$(sed -n 's/^AUTHZ_EXIT_USER = //p' "$AUTHZ_NAMESPACE/Makefile")
exit_points='QIBM_QNS_SDDSTAUTH/AUTH0100 AZ_SIGNON/SIGN0100 AZ_COMMAND/CMND0100'

end_exits()
{
	for each in $exit_points; do
		authzctl exit point "${each%/*}" "${each#*/}" --remove >/dev/null 2>&1 || :
	done
	rm -rf "$site"
	end_masters
}
trap end_exits EXIT

start_exits()
{
	rm -rf "$site"
	install -d -m 755 "$site"
	install -d -m 700 -o "$exit_user" "$seen"
	start_launch
}

# program NAME: from stdin.  Its file is there whole or not at all
program()
{
	cat >"$site/$1.new" && chmod 755 "$site/$1.new" && mv "$site/$1.new" "$site/$1"
}

# says NAME ANSWER: a program that says so of each destination, and keeps what it was given in $seen/NAME
says()
{
	program "$1" <<-END
	#!/bin/sh
	tee $seen/$1 | sed -n 's/^destination .*/$2/p'
	END
}

# hangs NAME
hangs()
{
	program "$1" <<-END
	#!/bin/sh
	: >$seen/$1
	exec sleep 1000
	END
}

# add POINT/FORMAT NUMBER NAME [WORD]...
add()
{
	where=$1 at=$2 name=$3
	shift 3
	authzctl exit add "${where%/*}" "${where#*/}" "$at" "$site/$name" "$@"
}

# deploys NUMBER NAME [WORD]...: at the document's point
deploys()
{
	add QIBM_QNS_SDDSTAUTH/AUTH0100 "$@"
}

# forget [POINT/FORMAT]: no program is registered there any more, and nothing was seen
forget()
{
	where=${1:-QIBM_QNS_SDDSTAUTH/AUTH0100}
	authzctl exit point "${where%/*}" "${where#*/}" --remove >/dev/null 2>&1 || :
	rm -rf "${seen:?}"/*
}

# ask ACTOR USER DESTINATION...: about a deployment; it ends by itself
ask()
{
	asker=$1 whose=$2
	shift 2
	by "$asker" timeout 60 authzctl exit check QIBM_QNS_SDDSTAUTH AUTH0100 change-request=CR0815 sequence=1 activity=ACT01 \
		'type=*OBJ' 'transport=*HOST' 'verb=*SNDINS' user="$whose" "$@"
}

# answered STATUS ANSWERS COMMAND...: it ends with STATUS, and of its lines these are the words behind the destinations
answered()
{
	want=$1 words=$2
	shift 2
	got=0
	"$@" >"$work/answered" 2>"$work/said" || got=$?
	cat "$work/answered" "$work/said"
	[ "$got" = "$want" ] && [ "$(cut -d ' ' -f 2- "$work/answered")" = "$(echo "$words" | tr , '\n')" ]
}

# nothing CAUSE COMMAND...: it fails by AZ-EXIT with that cause, and answers nothing of any destination
nothing()
{
	cause=$1
	shift
	got=0
	"$@" >"$work/answered" 2>"$work/said" || got=$?
	cat "$work/answered" "$work/said"
	[ "$got" = 3 ] && [ ! -s "$work/answered" ] && grep -Eq -- "^authzctl: AZ-EXIT: .*$cause" "$work/said"
}

# no program of the site's runs any more
none_runs()
{
	within 5 eval "! pgrep -u $exit_user -x sleep >/dev/null"
}
