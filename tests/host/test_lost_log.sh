#!/bin/sh
# SPDX-License-Identifier: ISC
# Where nothing takes a record no token is taken, and passwords are what they were: real su, no /dev/log, no audit folder.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/lib.sh"
start_log
echo "$log_pid" >"$work/log_pid" # each check is a process of its own
grant_rights
audit=/var/lib/authz/audit

without_log()
{
	kill "$(cat "$work/log_pid")" && rm -f /dev/log
}
with_log()
{
	start_log
	echo "$log_pid" >"$work/log_pid"
}

# the folder is there, and not the helper's to write
unwritable()
{
	chown root: "$audit" && chmod 500 "$audit"
}
writable()
{
	chown authz: "$audit" && chmod 700 "$audit"
}

# a tiny file system over it, full to the last byte
full()
{
	mount -t tmpfs -o size=4k,mode=700 full "$audit" && chown authz: "$audit" &&
		! dd if=/dev/zero of="$audit/plug" bs=4096 count=2 2>/dev/null
}
empty()
{
	umount "$audit"
}

# a single-use and a multiple-use token, made while there is a log
two_tokens()
{
	token "$work/single" portal alice --timeout 120 && token "$work/multiple" portal alice --timeout 120 --type multiple
}

# why_refused FILE: what the helper says of it to root
why_refused()
{
	"$work/redeem" alice <"$1"
}

password_alone()
{
	fails su_login portal alice "$work/single" true && fails su_login portal alice "$work/multiple" true &&
		[ "$(why_refused "$work/single")" = AZ-AUDIT ] && [ "$(why_refused "$work/multiple")" = AZ-AUDIT ] &&
		refused 3 'AZ-AUDIT' as portal authzctl token generate alice --timeout 60 &&
		shows '^alice$' su_login portal alice -alice-password 'id -un' && fails su_login portal alice -wrong true
}

# lost HOW BACK: both logs go, and come back
lost()
{
	two_tokens && without_log && "$1" || return 1
	status=0
	password_alone || status=1
	"$2"
	with_log
	[ $status = 0 ] || return 1
	# nothing was spent
	shows '^alice$' su_login portal alice "$work/single" 'id -un' && shows '^alice$' su_login portal alice "$work/multiple" 'id -un' &&
		fails su_login portal alice "$work/single" true && shows '^alice$' su_login portal alice "$work/multiple" 'id -un'
}

# either of the two logs is enough
one_is_enough()
{
	two_tokens && "$1" || return 1
	mark
	status=0
	shows '^alice$' su_login portal alice "$work/single" 'id -un' || status=1
	logged 'event=token.redeem.*result=OK' || status=1
	"$2"
	without_log
	shows '^alice$' su_login portal alice "$work/multiple" 'id -un' || status=1
	with_log
	authzctl audit | tail -n 3 | grep 'event=token.redeem.*result=OK' || status=1
	return $status
}

cat >"$work/redeem.c" <<'END'
#include <authz.h>
#include <stdio.h>
#include <string.h>
int main(int argc, char **argv)
{
	const struct authz_session session = {.service = argc > 2 ? argv[2] : NULL, .rhost = argc > 3 ? argv[3] : NULL,
	                                      .tty = argc > 4 ? argv[4] : NULL};
	unsigned char token[AUTHZ_TOKEN_SIZE];
	struct authz_identity who;
	struct authz_error error;
	char text[128];

	if (argc < 2 || fgets(text, sizeof text, stdin) == NULL)
		return 2;
	text[strcspn(text, "\n")] = '\0';
	if (authz_token_from_text(token, text) != 0)
		return 2;
	puts(authz_result_code(authz_token_redeem(NULL, token, argv[1], &session, &who, &error)));
	return 0;
}
END
libdir=$(dirname "$(find /usr -name authz_core.pc | head -n 1)")
cc -o "$work/redeem" "$work/redeem.c" $(PKG_CONFIG_PATH="$libdir" pkg-config --cflags --libs authz_core)
chmod 755 "$work/redeem"

# ---- bindings, by a program that is not the host and says what it likes

stranger_redeems()
{
	as stranger "$work/redeem" alice "$@"
}

# a_claim BINDING CODE SERVICE RHOST TTY
a_claim()
{
	token "$work/bound" portal alice --timeout 60 --bind "$1" || return 1
	[ "$(stranger_redeems "$3" "$4" "$5" <"$work/bound")" = "$2" ] || {
		echo "a stranger's claim: not $2"
		return 1
	}
	[ "$("$work/redeem" alice other other other <"$work/bound")" = "$2" ] && [ "$("$work/redeem" alice <"$work/bound")" = "$2" ] || {
		echo "the host says otherwise: not $2"
		return 1
	}
	[ "$("$work/redeem" alice "$3" "$4" "$5" <"$work/bound")" = OK ] && [ "$("$work/redeem" alice "$3" "$4" "$5" <"$work/bound")" = AZ-SPENT ]
}

a_user()
{
	token "$work/bound" portal alice --timeout 60 --bind uid=stranger || return 1
	[ "$("$work/redeem" alice <"$work/bound")" = AZ-UID ] && [ "$(as bob "$work/redeem" alice <"$work/bound")" = AZ-UID ] &&
		[ "$(stranger_redeems <"$work/bound")" = OK ] && [ "$(stranger_redeems <"$work/bound")" = AZ-SPENT ]
}

# su knows its service, its terminal and that it is root
bound_su()
{
	for binding in service=login rhost=192.0.2.1 tty=tty1 uid=stranger; do
		token "$work/bound" portal alice --timeout 60 --bind $binding || return 1
		mark
		fails su_login portal alice "$work/bound" true || return 1
		case $binding in
		service=*) logged AZ-SERVICE ;;
		rhost=*) logged AZ-RHOST ;;
		tty=*) logged AZ-TTY ;;
		uid=*) logged AZ-UID ;;
		esac || return 1
	done
	token "$work/bound" portal alice --timeout 60 --bind service=su --bind uid=0 &&
		shows '^alice$' su_login portal alice "$work/bound" 'id -un'
}

plan 9
check "without /dev/log and with an audit folder that cannot be written tokens are refused with AZ-AUDIT and unspent, and the password logs in" \
	lost unwritable writable
check "the same where the file system of the audit is full" lost full empty
check "either log is enough: the system's without the folder, the folder's without the system's" one_is_enough unwritable writable
check "a token bound to a service is taken for the host's word alone" a_claim service=door AZ-SERVICE door '' ''
check "a token bound to a remote host is taken for the host's word alone" a_claim rhost=192.0.2.7 AZ-RHOST door 192.0.2.7 ''
check "a token bound to a terminal is taken for the host's word alone" a_claim tty=pts/77 AZ-TTY door '' pts/77
check "a token bound to a user is taken from that user alone, host or not" a_user
check "su refuses a token that is bound to another service, remote host, terminal or user, and takes one bound to itself" bound_su
check "no token stands in audit or log" sh -c "! grep 'prftkn_[A-Za-z0-9_-]' '$log' && ! authzctl audit | grep prftkn_"
log_pid=$(cat "$work/log_pid")
done_testing
