#!/bin/sh
# SPDX-License-Identifier: ISC
# Real Dovecot as doc/HOWTO-dovecot ships it: the page to the letter, and then what it promises.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/master_lib.sh"
. "$AUTHZ_SOURCE/tests/host/howto_lib.sh"
start_log
make_helpdesk
keep_hosts
cp -a /etc/dovecot "$work/before/"

end_dovecot()
{
	rm -rf /etc/dovecot /run/dovecot
	cp -a "$work/before/dovecot" /etc/
	end_masters
}
trap end_dovecot EXIT

# the page has a block for each Dovecot; this is the page without those of the others
page_of_this_dovecot()
{
	case $(dovecot --version) in 2.[0-3].*) other=2.4 ;; *) other=2.3 ;; esac
	awk -v other="# Dovecot $other" '
	/^    root# cat >\/etc\/dovecot/ { held = $0; next }
	held != "" && !within { skip = index($0, other); if (!skip) print held; within = 1 }
	within && skip { if (/^    END$/) { held = ""; within = skip = 0 }; next }
	within && /^    END$/ { held = ""; within = 0 }
	{ print }' "$AUTHZ_SOURCE/doc/HOWTO-dovecot"
}

# imap LOGIN SECRET: what is there, "in: OWNER" for whose mailbox it is; a new folder in it says so
imap()
{
	made=box-$(od -An -N6 -tx1 /dev/urandom | tr -d ' ')
	curl_enter "$1" "-$2" -X "CREATE $made" "imap://127.0.0.1:$imap_port/" || return
	stat -c 'in: %U' /home/authz-test/*/Maildir/."$made"
}

opens()
{
	shows "^in: $3\$" imap "$1" "$2"
}

# stays_shut LOGIN SECRET [CODE]: the log has the code, who typed has not
stays_shut()
{
	mark
	fails imap "$1" "$2" || return 1
	grep -q '^curl: (67)' "$work/said" && { [ $# = 2 ] || logged "event=master.enter .*result=$3"; }
}

# what Dovecot answered to who logs in, without the words that are another each time
answered()
{
	status=0
	curl_enter "$1" "-$2" -v "imap://127.0.0.1:$imap_port/" >"$work/verbose" 2>&1 || status=$?
	sed -n 's/^< \(A[0-9]* NO .*\)/\1/p; s/^\(curl: .*\)/\1/p' "$work/verbose" | tr -d '\r'
	echo "status $status"
}

same_answer()
{
	answered alice wrong >"$work/ordinary"
	cat "$work/ordinary"
	grep -q AUTHENTICATIONFAILED "$work/ordinary" || return 1
	for each in 'alice*helpdesk wrong' 'bob*helpdesk helpdesk-password' 'nosuchuser*helpdesk helpdesk-password' \
		'alice*nosuchuser helpdesk-password' 'alice*stranger stranger-password' 'root*helpdesk helpdesk-password'; do
		mark
		# shellcheck disable=SC2086 # two words
		answered $each >"$work/answer"
		cmp "$work/ordinary" "$work/answer" && logged 'event=master.enter ' || {
			echo "$each:"
			cat "$work/answer"
			return 1
		}
	done
}

empty_parts()
{
	for each in '*helpdesk' 'alice*' '*' '**' 'alice**' 'alice*bob*helpdesk'; do
		stays_shut "$each" helpdesk-password || return 1
	done
}

both_names()
{
	mark
	opens 'alice*helpdesk' helpdesk-password alice &&
		logged 'event=master.enter phase=done result=OK .*owner=alice .*master=helpdesk .*service=dovecot' &&
		logged 'pam_prftkn\(dovecot:auth\): .*helpdesk.*alice|pam_prftkn\(dovecot:auth\): .*alice.*helpdesk' &&
		shows 'helpdesk .*dovecot' as alice authzctl master mine --entries
}

# Dovecot has a cache, and nothing of PAM's goes into it
taken_away()
{
	printf 'auth_cache_size = 1M\nauth_cache_ttl = 1 hour\n' >>/etc/dovecot/local.conf
	doveadm reload && within 5 opens 'alice*helpdesk' helpdesk-password alice || return 1
	authzctl master revoke helpdesk alice || return 1
	status=0
	stays_shut 'alice*helpdesk' helpdesk-password AZ-SET || status=1
	authzctl master grant helpdesk alice || return 1
	opens 'alice*helpdesk' helpdesk-password alice || status=1
	return $status
}

own_masters()
{
	stop_dovecot
	start_dovecot masters
	opens 'alice*bob' bob-password alice
}

make_page()
{
	page_of_this_dovecot >"$work/page"
	grep -c 'cat >/etc/dovecot/local.conf' "$work/page"
}

[ "$(make_page)" = 1 ]
start_dovecot page
port=$imap_port
steps "$work/page"
plan $(($(cat "$work/steps/count") + 14))
follow dovecot
check "helpdesk opens alice's mailbox with its own password" opens 'alice*helpdesk' helpdesk-password alice
check "and not bob's, who is outside of its set" stays_shut 'bob*helpdesk' helpdesk-password AZ-SET
check "nor root's" stays_shut 'root*helpdesk' helpdesk-password AZ-SYSTEM
check "not with alice's password" stays_shut 'alice*helpdesk' alice-password CPF22E2
check "not by a name that has an empty part, or three" empty_parts
check "alice's own password still opens hers" opens alice alice-password alice
check "and helpdesk's does not under her name alone" stays_shut alice helpdesk-password
check "helpdesk has a mailbox of its own under its own name" opens helpdesk helpdesk-password helpdesk
check "bob is nobody's master, with what password he likes" stays_shut 'alice*bob' bob-password AZ-MASTER
check "wrong password, unknown owner, unknown master, outside of the set: the same answer, and the helper was asked each time" \
	same_answer
check "log and audit name both, and alice sees who was in" both_names
check "who is taken from the master's set is shut at once, though Dovecot has a cache" taken_away
check "the page's warning is true: by Dovecot's own masters bob opens alice's mailbox with his own password" own_masters
check "no token and no password stands in audit or log" no_secret
done_testing
