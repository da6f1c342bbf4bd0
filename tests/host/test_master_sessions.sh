#!/bin/sh
# SPDX-License-Identifier: ISC
# A master's session in real su, login, sshd and vsftpd: who comes in, as whom, what is not done in it, and what is on record.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/master_lib.sh"
start_log
start_masters
start_sshd
start_vsftpd
printf 'Defaults timestamp_timeout=0, lecture=never, passwd_tries=1\nalice ALL=(ALL:ALL) ALL\n' >/etc/sudoers.d/authz-test
chmod 440 /etc/sudoers.d/authz-test
terminals='su login sshd-password sshd-keyboard'
master='-*helpdesk*helpdesk-password'

# What runs in a session: it says what it sees, does what the test has put into "more", and its words end in a file.
cat >"$work/inside" <<END
#!/bin/sh
{
	echo "in: \$(id -un)"
	echo "groups: \$(id -Gn)"
	echo "master: \$AUTHZ_MASTER."
	echo "loginuid: \$(cat /proc/self/loginuid)"
	[ ! -e $work/more ] || . $work/more
} 2>&1 | tee $work/seen/\$(id -un)
END
chmod 755 "$work/inside"
who=$work/inside
mkdir -m 1777 "$work/seen"

# inside [COMMAND...]: what is done in the next sessions; nothing without one
inside()
{
	rm -f "$work/more"
	[ $# -eq 0 ] || echo "$*" >"$work/more"
}

# session HOST LOGIN OWNER ANSWER [ANSWER]: the owner's session begins, and ends
session()
{
	with=$1 name=$2 whose=$3
	shift 3
	rm -f "$work/seen/"*
	enter "$with" "$name" "$@" >"$work/entered" 2>&1 || :
	cat "$work/entered"
	grep -qx "in: $whose" "$work/seen/$whose" 2>/dev/null
}

# what the session saw of its master: "helpdesk", or nothing
masters_is()
{
	cat "$work/seen/$1"
	grep -qx "master: $2." "$work/seen/$1"
}

# the kernel's word; there are kernels without it
loginuid_is()
{
	[ ! -e /proc/self/loginuid ] || grep -qx "loginuid: $2" "$work/seen/$1"
}

# whose session it is by all that can be seen; its file goes with it
enters()
{
	inside
	session "$@" && masters_is alice helpdesk && loginuid_is alice "$(uid_of helpdesk)" &&
		grep -qx "groups: $(id -Gn alice)" "$work/seen/alice" && no_entries
}

no_entries()
{
	within 5 nothing_in "$entries"
}
nothing_in()
{
	[ -d "$1" ] && [ -z "$(ls -A "$1")" ]
}

shut()
{
	inside
	! session "$@"
}

# shut_by CODE HOST LOGIN OWNER ANSWER...: the audit has the code
shut_by()
{
	code=$1
	shift
	mark
	shut "$@" && logged "event=master.enter .*result=$code"
}

on_record()
{
	inside
	mark
	session "$1" alice alice "$master" && logged "pam_prftkn\\($(service_of "$1"):auth\\): .*helpdesk" &&
		logged "event=master.enter phase=done result=OK .*owner=alice .*master=helpdesk .*service=$(service_of "$1")" &&
		shows "helpdesk .*$(service_of "$1")" as alice authzctl master mine --entries
}

own_password()
{
	inside
	session "$1" alice alice -alice-password && masters_is alice '' &&
		! grep -qx "loginuid: $(uid_of helpdesk)" "$work/seen/alice" &&
		shut "$1" alice alice -helpdesk-password && shut "$1" alice alice '-*helpdesk*alice-password'
}

# ---- the password of the owner

fresh=$(od -An -N9 -tx1 /dev/urandom | tr -d ' ')-Word
printf 'urrent password:\nalice-password\new password:\n%s\new password:\n%s\n' "$fresh" "$fresh" >"$work/wishes"
change="$tools/onpty -t 20 -a $work/wishes passwd; echo passwd: \$?"

hash_of()
{
	getent shadow "$1" | cut -d : -f 2
}

keeps_password()
{
	inside "$change"
	before=$(hash_of alice)
	mark
	session "$@" && masters_is alice helpdesk && [ "$(hash_of alice)" = "$before" ] && grep -q '^passwd: [1-9]' "$work/seen/alice" &&
		logged 'pam_prftkn\(passwd:chauthtok\): .*AZ-SESSION'
}

own_passwd()
{
	inside "$change"
	before=$(hash_of alice)
	session "$1" alice alice -alice-password
	cat "$work/seen/alice"
	[ "$(hash_of alice)" != "$before" ] && grep -q '^passwd: 0' "$work/seen/alice"
	status=$?
	echo alice:alice-password | chpasswd
	return $status
}

# In a session of bob's he becomes alice by helpdesk's password: the session of the kernel's audit is his.
in_another_session()
{
	inside "$change"
	before=$(hash_of alice)
	printf 'assword:\n%s\n' "${master#-}" >"$work/become"
	chown bob "$work/become" && chmod 600 "$work/become"
	rm -f "$work/seen/"*
	ssh_login portal bob password -bob-password "$tools/onpty -t 40 -a $work/become su alice -c $who"
	masters_is alice helpdesk && loginuid_is alice "$(uid_of bob)" && [ "$(hash_of alice)" = "$before" ] && no_entries
}

# the session of the master goes on while alice changes her password in her own
beside()
{
	inside "[ -e $work/seen/holding ] || { : >$work/seen/holding; until [ -e $work/go ]; do sleep 0.1; done; }"
	rm -rf "$work/seen/"* "$work/go"
	(work=$work/beside && mkdir "$work" && enter sshd-password alice "$master") >"$work/held" 2>&1 &
	held=$!
	within 20 test -e "$work/seen/holding" && ls -l "$entries" && [ "$(find "$entries" -type f -user root | wc -l)" = 1 ]
	status=$?
	[ "$(find "$entries" -name "*.$(uid_of alice)*" | wc -l)" = 1 ] || status=1
	own_passwd sshd-keyboard || status=1
	: >"$work/go"
	wait $held || :
	cat "$work/held"
	no_entries || status=1
	return $status
}

# forced HOST OWNER: her password has expired, and is changed at the login by whoever comes in with it: not by a master
forced()
{
	inside
	authzctl master grant helpdesk "$2" >/dev/null || return 1
	before=$(hash_of "$2")
	printf 'assword:\n%s\nurrent password:\n%s-password\new password:\n%s\new password:\n%s\n' "${master#-}" "$2" "$fresh" "$fresh" \
		>"$work/answers"
	mark
	case $1 in
	su) "$tools/onpty" -t 40 -u portal -a "$work/answers" su "$2" -c "$who" ;;
	login) "$tools/onpty" -t 60 -a "$work/answers" login -p -h 192.0.2.9 "$2" ;;
	esac
	status=0
	[ "$(hash_of "$2")" = "$before" ] && [ ! -e "$work/seen/$2" ] &&
		logged "pam_prftkn\\($(service_of "$1"):chauthtok\\): .*AZ-SESSION" || status=1
	no_entries || status=1
	authzctl master revoke helpdesk "$2" >/dev/null
	return $status
}

# control: without a master it is changed, by the owner's own password
forced_own()
{
	before=$(hash_of fresh)
	printf 'assword:\nfresh-password\nurrent password:\nfresh-password\new password:\n%s\new password:\n%s\n' "$fresh" "$fresh" \
		>"$work/answers"
	"$tools/onpty" -t 40 -u portal -a "$work/answers" su fresh -c "$who"
	[ "$(hash_of fresh)" != "$before" ]
	status=$?
	echo fresh:fresh-password | chpasswd
	chage --lastday 0 fresh
	return $status
}

# sudo SECRET: to stranger, in a master's session; whose loginuid it has
sudo_inside()
{
	printf 'assword:\n%s\n' "$2" >"$work/wishes.sudo"
	chown alice "$work/wishes.sudo" && chmod 600 "$work/wishes.sudo"
	inside "$tools/onpty -t 30 -a $work/wishes.sudo sudo -k -p 'Password: ' -u stranger" \
		"sh -c 'echo became \$(id -un) \$(cat /proc/self/loginuid)'"
	session "$1" alice alice "$master" || return 1
	cat "$work/seen/alice"
	grep -q "became stranger $(uid_of helpdesk)\$" "$work/seen/alice"
}

no_masters_sudo()
{
	mark
	! sudo_inside "$1" "${master#-}" && logged 'pam_prftkn\(sudo:auth\): no master is taken where its owner is there already' &&
		sudo_inside "$1" alice-password
}

sudo_passwd()
{
	printf 'assword:\nalice-password\n' >"$work/wishes.sudo"
	cat "$work/wishes" >>"$work/wishes.sudo"
	chown alice "$work/wishes.sudo" && chmod 600 "$work/wishes.sudo"
	inside "$tools/onpty -t 30 -a $work/wishes.sudo sudo -k -p 'Password: ' -u alice passwd; echo passwd: \$?"
	before=$(hash_of alice)
	session "$1" alice alice "$master" && [ "$(hash_of alice)" = "$before" ] && grep -q '^passwd: [1-9]' "$work/seen/alice"
}

# root is asked nothing by su, so it is nobody's master there
roots_su()
{
	inside
	rm -f "$work/seen/"*
	su alice -c "$who" && masters_is alice '' && no_entries
}

# ---- the owner's password may look like a master's answer

starry()
{
	inside
	status=0
	for password in '*star' '*helpdesk*odd' '**' '*' '*helpdesk'; do
		echo "alice:$password" | chpasswd
		# where it looks like the first half of an answer the other is asked for
		case $password in '*star' | '*helpdesk') other=- ;; *) other= ;; esac
		session "$1" alice alice "-$password" $other && masters_is alice '' || {
			echo "her password is $password"
			status=1
		}
	done
	echo alice:alice-password | chpasswd
	return $status
}

# ---- who has no right any more

over()
{
	inside
	authzctl master grant helpdesk bob --until +4s && session "$1" bob bob "$master" || return 1
	sleep 4
	shut_by AZ-UNTIL "$1" bob bob "$master"
	status=$?
	authzctl master revoke helpdesk bob
	return $status
}

removed()
{
	authzctl master revoke helpdesk alice || return 1
	shut_by AZ-SET "$1" alice alice "$master"
	status=$?
	authzctl master grant helpdesk alice && enters "$1" alice alice "$master" || status=1
	return $status
}

forbidden()
{
	refused 1 AZ-NOFORBID as alice authzctl master forbid || return 1
	configure 'owners_may_forbid = yes'
	as alice authzctl master forbid && shut_by AZ-FORBID "$1" alice alice "$master"
	status=$?
	as alice authzctl master allow && enters "$1" alice alice "$master" || status=1
	configure
	return $status
}

no_owner_of_it()
{
	shut_by AZ-SET "$1" bob bob "$master" && shut_by AZ-MASTER "$1" alice alice '-*stranger*stranger-password'
}

disabled_master()
{
	authzctl profile disable helpdesk
	shut_by CPF22E3 su alice alice "$master"
	status=$?
	authzctl profile enable helpdesk
	return $status
}

locked_master()
{
	usermod --lock helpdesk
	shut su alice alice "$master"
	status=$?
	usermod --unlock helpdesk
	return $status
}

# ---- to whoever types, everything that is no is the same

# what the client saw, and its status
transcript()
{
	got=0
	enter "$@" >"$work/transcript" 2>&1 || got=$?
	# login says when, and for which terminal
	sed 's/[0-9][0-9]:[0-9][0-9]:[0-9][0-9]//; s,pts/[0-9]*,pts,' "$work/transcript"
	echo "status $got"
}

same_answer()
{
	inside
	transcript "$1" alice -wrong >"$work/ordinary"
	transcript "$1" bob -wrong >"$work/ordinary.bob"
	for each in 'alice -*helpdesk*wrong' 'bob -*helpdesk*helpdesk-password' 'alice -*stranger*stranger-password' \
		'alice -*nosuchuser*helpdesk-password' 'bob -*helpdesk*wrong' 'alice -*root*helpdesk-password'; do
		mark
		# shellcheck disable=SC2086 # two words
		transcript "$1" $each >"$work/answer"
		case $each in bob*) as_is=$work/ordinary.bob ;; *) as_is=$work/ordinary ;; esac
		cmp "$as_is" "$work/answer" && asked_once || {
			echo "$each:"
			cat "$as_is" "$work/answer"
			return 1
		}
	done
}

# the helper was asked once, and PAM for the master's password, whoever that is
asked_once()
{
	logged 'event=master.enter phase=done' && [ "$(since_mark | grep -c 'event=master.enter phase=done')" = 1 ] &&
		logged 'pam_unix\(authz-master:auth\)|event=master.enter phase=done result=(AZ-SET|AZ-MASTER)'
}

second_prompt()
{
	inside
	transcript "$1" alice '-*helpdesk' -wrong >"$work/ordinary"
	[ "$(grep -o 'assword:' "$work/ordinary" | wc -l)" = 2 ] || return 1
	for each in 'alice -*nosuchuser -helpdesk-password' 'alice -*stranger -stranger-password'; do
		# shellcheck disable=SC2086 # three words
		transcript "$1" $each >"$work/answer"
		cmp "$work/ordinary" "$work/answer" || {
			cat "$work/ordinary" "$work/answer"
			return 1
		}
	done
}

# ---- vsftpd, which follows the name that PAM hands back

ftp()
{
	made=upload.$$.$(basename "$work")
	rm -f /home/authz-test/*/"$made"
	curl_enter "$1" "-$2" -T /etc/hostname "ftp://127.0.0.1:$ftp_port/$made" || return
	stat -c 'in: %U' /home/authz-test/*/"$made"
}

ftp_same()
{
	shows '^in: alice$' ftp 'alice*helpdesk' helpdesk-password && shows '^in: alice$' ftp alice alice-password || return 1
	for each in 'alice*helpdesk wrong' 'bob*helpdesk helpdesk-password' 'nosuchuser*helpdesk helpdesk-password' \
		'alice*nosuchuser helpdesk-password'; do
		mark
		# shellcheck disable=SC2086 # two words
		fails ftp $each && logged 'event=master.enter ' && [ "$(cat "$work/said")" = 'curl: (67) Access denied: 530' ] || return 1
	done
}

plan 77
for carrier in $carriers; do
	carry "$carrier"
	for host in $terminals; do
		check "$host, $carrier: *helpdesk*password opens a session of alice's: her id and groups, AUTHZ_MASTER and loginuid helpdesk's" \
			enters "$host" alice alice "$master"
	done
	for host in su login sshd-keyboard; do
		check "$host, $carrier: *helpdesk, and its password at the second prompt" \
			enters "$host" alice alice '-*helpdesk' -helpdesk-password
	done
	check "login, $carrier: alice*helpdesk, and its password" enters login 'alice*helpdesk' alice -helpdesk-password
	check "vsftpd, $carrier: alice*helpdesk is alice, nobody else, and no reason is told" ftp_same
	for host in $terminals; do
		check "$host, $carrier: log and audit name both, and alice is told who was in" on_record "$host"
	done
done
carry child
for host in $terminals; do
	check "$host: alice's own password opens her own session; helpdesk's alone, and hers as its, open nothing" \
		own_password "$host"
done
for host in $terminals; do
	check "$host: in a master's session passwd is refused, with alice's own password too (P1)" \
		keeps_password "$host" alice alice "$master"
	check "$host: in alice's own session passwd changes it" own_passwd "$host"
done
check "login: so it is in a session by the name alice*helpdesk (P1)" \
	keeps_password login 'alice*helpdesk' alice -helpdesk-password
check "su in bob's session: the loginuid stays bob's, AUTHZ_MASTER is helpdesk, and passwd is refused" in_another_session
check "beside a master's session alice changes her password in her own; the file of the entry goes with its session" \
	beside
for host in su login; do
	for owner in fresh stale; do
		check "$host: an expired password is not changed by a master's login ($owner)" forced $host $owner
	done
done
check "su: it is by the owner's own" forced_own
for host in su login sshd-password; do
	check "$host: sudo in a master's session asks for alice's own password, and the loginuid stays helpdesk's" \
		no_masters_sudo $host
	check "$host: passwd by sudo -u alice is refused there" sudo_passwd $host
done
check "root's su asks nobody, and is no master's" roots_su
for host in $terminals; do
	check "$host: a password of alice's that begins with the separator is still hers" starry "$host"
done
for host in $terminals; do
	check "$host: to bob, who is in no set, and by stranger, who is no master, there is no way" no_owner_of_it "$host"
done
for host in su sshd-password; do
	check "$host: a time that is over shuts" over $host
	check "$host: who is taken from the set is shut, and is open when given again" removed $host
	check "$host: an owner keeps masters out, where the site lets her" forbidden $host
done
check "a master whose profile is disabled enters nobody" disabled_master
check "a master whose account is locked enters nobody" locked_master
for host in $terminals; do
	check "$host: whatever the reason, the answer is that of a wrong password, and the helper was asked" \
		same_answer "$host"
done
for host in su login sshd-keyboard; do
	check "$host: the second prompt comes for whatever master" second_prompt $host
done
check "no token and no password stands in audit or log" no_secret
done_testing
