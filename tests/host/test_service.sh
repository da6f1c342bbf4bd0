#!/bin/sh
# SPDX-License-Identifier: ISC
# The installed helper as a service: root starts it, ordinary users and login programs ask it.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/lib.sh"
start_log
grant_rights

# without the bits of its file only the service can answer
by_socket_alone()
{
	chmod 0711 "$helper"
	status=0
	"$@" || status=1
	chmod 6511 "$helper"
	return $status
}

makes_and_uses()
{
	token "$work/t" portal alice --timeout 60 && shows '^alice$' su_login portal alice "$work/t" 'id -un'
}

nothing_of_root()
{
	for file in /proc/"$service"/task/*/status; do
		awk -v uid="$(id -u authz)" -v gid="$(getent group shadow | cut -d: -f3)" '
		/^Uid:/ { for (i = 2; i <= 5; i++) if ($i != uid) bad = 1 }
		/^Gid:/ { for (i = 2; i <= 5; i++) if ($i != gid) bad = 1 }
		/^Groups:/ { if (NF > 1) bad = 1 }
		/^Cap(Inh|Prm|Eff|Amb):/ { if ($2 !~ /^0+$/) bad = 1 }
		/^NoNewPrivs:/ { if ($2 != 1) bad = 1; seen++ }
		/^Seccomp:/ { if ($2 != 2) bad = 1; seen++ }
		END { exit bad || seen != 2 }' "$file" || {
			cat "$file"
			return 1
		}
	done
	[ "$(find /proc/"$service"/task -mindepth 1 -maxdepth 1 | wc -l)" = 13 ]
}

only_root_starts_it()
{
	refused 2 usage as portal "$helper" --serve </dev/null && refused 2 usage "$helper" --serve --state /tmp/x </dev/null &&
		refused 3 'another service' "$helper" --serve </dev/null
}

strangers_are_strangers()
{
	refused 1 CPF22E9 as stranger authzctl token generate alice && refused 1 CPF222E as stranger authzctl audit &&
		shows '^' authzctl audit
}

# child USER: what the helper says to who starts it by hand, past the socket
child()
{
	cat >"$work/child.c" <<-'C'
	#include <authz.h>
	#include <stdio.h>
	int main(void)
	{
		struct authz_client client = {.socket = ""};
		struct authz_token_request request = {.user = "alice", .password = AUTHZ_NOPWD, .timeout = 60,
			.type = AUTHZ_SINGLE_USE, .bind_uid = (uid_t)-1};
		unsigned char token[AUTHZ_TOKEN_SIZE];
		struct authz_error error;
		char text[512];
		enum authz_result result = authz_token_generate(&client, &request, token, &error);

		printf("%s %s\n", authz_result_code(result), authz_result_text(result, &error, text, sizeof text));
		return authz_result_exit(result);
	}
	C
	[ -x "$work/child" ] || cc -o "$work/child" "$work/child.c" -I/usr/include/authz -lauthz_core && chmod 755 "$work/child"
	"$@" "$work/child"
}

child_refuses()
{
	refused 3 "AZ-SOCKET.* at $socket" child as portal && shows '^OK' child
}

child_serves_again()
{
	shows '^OK' child as portal
}

# so many silent connections of a user, or of a uid without a name, until killed
hold()
{
	setpriv --reuid="$1" --regid="$1" --clear-groups perl -e 'use Socket; for (1..$ARGV[1]) { socket($s, PF_UNIX, SOCK_STREAM, 0); connect($s, pack_sockaddr_un($ARGV[0]));
		push @s, $s; undef $s; } $| = 1; print "there\n"; sleep 60' "$socket" "$2" >"$work/held.$1" &
	held="${held-} $!"
	within 5 test -s "$work/held.$1"
}
let_go()
{
	for pid in ${held-}; do kill "$pid"; done
	held=
}

# full HOLDER COUNT...: with so many connections of each, who are all her, she is refused by name and root's logins go on;
# they last 5 s, within which all this is done
full()
{
	token "$work/t" portal alice --timeout 60
	while [ $# -gt 0 ]; do
		hold "$1" "$2" || return 1
		shift 2
	done
	status=0
	refused 3 "AZ-TOOMANY.*user $(id -u stranger)" as stranger authzctl token generate alice || status=1
	shows '^prftkn_' as portal authzctl token generate alice >/dev/null || status=1
	shows '^alice$' su_login portal alice "$work/t" 'id -un' || status=1
	let_go
	sleep 0.2
	refused 1 CPF22E9 as stranger authzctl token generate alice || status=1
	return $status
}

# What newuidmap lets her be.  The file is looked at by a request, and once a second at most.
full_subordinates()
{
	echo 'stranger:700000:65536' >/etc/subuid # nobody else's, whatever useradd wrote
	sleep 1.1
	refused 1 CPF22E9 as stranger authzctl token generate alice && full 700001 20 765535 20
}

full_users()
{
	token "$work/t" portal alice --timeout 60
	for user in stranger bob tester nopass fresh; do hold $user 300 || return 1; done
	status=0
	shows '^alice$' su_login portal alice "$work/t" 'id -un' || status=1
	let_go
	return $status
}

frozen()
{
	kill -STOP "$service"
	status=0
	mark
	shows '^alice$' su_login portal alice -alice-password 'id -un' || status=1
	refused 3 AZ-LATE as portal authzctl token generate alice || status=1
	fails su_login portal alice -prftkn_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA true || status=1
	logged 'pam_prftkn.*AZ-LATE' || status=1
	kill -CONT "$service"
	shows '^prftkn_' as portal authzctl token generate alice || status=1
	return $status
}

has_ended()
{
	[ "$(cat "$work/status")" = 0 ] && makes_and_uses && child_serves_again
}

makes_run_folder()
{
	shows '^srw-rw-rw-' stat -c %A "$socket" && is_owned root:root /run/authz && is_owned authz:shadow /run/authz/tokens &&
		shows '^prftkn_' as portal authzctl token generate alice
}
is_owned()
{
	[ "$(stat -c %U:%G "$2")" = "$1" ] || {
		stat "$2"
		return 1
	}
}

plan 14
start_service
check "a service that root started is authz in every thread, without capability, with the filter (serve MUST 1, harden MUST 5, worker MUST 3)" nothing_of_root
check "only root starts it, once, and with no other state (main MUST 1)" only_root_starts_it
check "users make tokens and log in over the socket, without any set-user-ID program" by_socket_alone makes_and_uses
check "who asks is who connected, and only root is the host (worker MUST 1)" strangers_are_strangers
check "the child refuses users while the service runs, and serves root (main MUST 3, handle MUST 1)" child_refuses
check "a user whose connections are too many is told so, and root's logins do not notice (peers MUST 2)" full stranger 40
check "a user with subordinate uids has one user's share with all of them (peers MUST 2)" full_subordinates
check "five such users do not keep root's logins out (peers MUST 1)" full_users
check "with a frozen service tokens are late, and passwords work" frozen
stop_service TERM
check "it ends by SIGTERM with status 0, and the child serves users again" has_ended
start_service
check "it starts where its own socket was left behind" by_socket_alone makes_and_uses
stop_service KILL
check "when it was killed the child serves users again" child_serves_again
rm -rf /run/authz
start_service
check "after a boot it makes its folders as root's client does" makes_run_folder
check "no token stands in log or store" eval '! grep -r --binary-files=text "prftkn_[A-Za-z0-9_-]" "$log" /var/lib/authz /run/authz/tokens'
stop_service TERM
done_testing
