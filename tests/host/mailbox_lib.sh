# SPDX-License-Identifier: ISC
# What the scripts about mailboxes share: password servers of the site's, groups that have them, and the five requests.
#
#   built-in   authz-helper's own          python   password_server.py, run for each request
#   sh         password_server.sh, too     socket   password_server.py, a service of its own at a socket
#
# The manager of every group is portal, its master helpdesk, whose password there is nothing but a text.
#
# shellcheck shell=sh
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/master_lib.sh"
site=/usr/libexec/authz-test
server_pid=''

end_mailboxes()
{
	for owner in alice bob stranger fresh stale helpdesk; do
		authzctl mailbox delete "$owner" >/dev/null 2>&1 || :
	done
	for group in built-in sh python socket quiet other; do
		authzctl mailbox ungroup $group >/dev/null 2>&1 || :
	done
	[ -z "$server_pid" ] || kill "$server_pid" 2>/dev/null || :
	rm -rf "$site"
	end_masters
}
trap end_mailboxes EXIT

# make_servers: each in a folder of root's, with what it keeps in one that the user of such programs may write
make_servers()
{
	exit_user=$(sed -n 's/^AUTHZ_EXIT_USER = //p' "$AUTHZ_NAMESPACE/Makefile")
	for each in sh python socket; do
		install -d -m 755 "$site/$each"
		install -d -m 700 -o "$exit_user" "$site/$each/passwords"
		echo right >"$site/$each/mode"
	done
	install -m 755 "$AUTHZ_SOURCE/tests/host/password_server.sh" "$site/sh/server"
	install -m 755 "$AUTHZ_SOURCE/tests/host/password_server.py" "$site/python/server"
	python3 "$AUTHZ_SOURCE/tests/host/password_server.py" --socket "$site/socket/server" "$site/socket" "$(id -u "$exit_user")" \
		</dev/null >"$work/served" 2>&1 &
	server_pid=$!
	within 5 test -S "$site/socket/server"
}

# server_of KIND
server_of()
{
	case $1 in
	built-in) echo builtin ;;
	*) echo "$site/$1/server" ;;
	esac
}

# mode KIND MODE: what is wrong with it from now on
mode()
{
	case $1 in
	built-in) ;;
	*) echo "$2" >"$site/$1/mode" ;;
	esac
}

# typed LINES COMMAND...: what is typed to the command that asks for passwords
typed()
{
	lines=$1
	shift
	printf '%s\n' "$lines" | "$@"
}

# group NAME KIND: made, with its server, its manager and its master
group()
{
	typed master-password authzctl mailbox group "$1" --server "$(server_of "$2")" --manager portal --master helpdesk
}

# reconfigure NAME WORD...: a group that has mailboxes
reconfigure()
{
	authzctl mailbox group "$@" --reconfigure
}

# add ACTOR OWNER GROUP PASSWORD [WORD]...
add()
{
	actor=$1 owner=$2 name=$3 password=$4
	shift 4
	typed "$password" by "$actor" authzctl mailbox add "$owner" --group "$name" "$@"
}

# alter ACTOR OWNER PASSWORD [WORD]...
alter()
{
	actor=$1 owner=$2 password=$3
	shift 3
	typed "$password" by "$actor" authzctl mailbox alter "$owner" --password ask "$@"
}

# delete ACTOR OWNER
delete()
{
	by "$1" authzctl mailbox delete "$2"
}

# bind ACTOR OWNER PASSWORD [WORD]...
bind()
{
	actor=$1 owner=$2 password=$3
	shift 3
	typed "$password" by "$actor" authzctl mailbox bind "$owner" "$@"
}

# register ACTOR OWNER OLD NEW
register()
{
	typed "$3
$4" by "$1" authzctl mailbox passwd "$2"
}

# answers_with CODE COMMAND...: authzctl says it is refused by that code
answers_with()
{
	code=$1
	shift
	case $code in EVENT-12 | FS-ERR | AZ-PENDING) expected=3 ;; *) expected=1 ;; esac
	refused "$expected" "^authzctl: $code: " "$@" || {
		tail -n 5 "$log"
		return 1
	}
}

# recorded EVENT RESULT: since the mark, in the audit
recorded()
{
	logged "event=mailbox\\.$1 phase=done result=$2 "
}
