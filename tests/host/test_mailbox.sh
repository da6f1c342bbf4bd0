#!/bin/sh
# SPDX-License-Identifier: ISC
# The Master Password Server's requests, row by row, with each kind of password server: the built-in one, and the site's own
# in sh and Python, as programs and at a socket.  What its documents say stands in doc/MASTERS.
. "${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}/tests/host/mailbox_lib.sh"
start_log
make_helpdesk
keep_hosts
make_servers
start_launch
configure 'password_tries = 1000' 'launch_wait = 3'
kinds='built-in sh python socket'

# opens OWNER PASSWORD WHO [WORD]...: who came in: the owner, or a master
opens()
{
	owner=$1 password=$2 comer=$3
	shift 3
	mark
	bind root "$owner" "$password" "$@" >"$work/said" 2>&1 || {
		cat "$work/said"
		return 1
	}
	[ "$comer" = "$owner" ] || recorded bind "OK .*owner=$owner .*master=$comer"
}

# shut OWNER PASSWORD [WORD]...: EVENT-19, in the reply and in the audit
shut()
{
	owner=$1 password=$2
	shift 2
	mark
	answers_with EVENT-19 bind root "$owner" "$password" "$@" && recorded bind "EVENT-19 .*owner=$owner"
}

# ---- ADD, ALTER, DELETE

add_row()
{
	mark
	add portal alice "$1" x && recorded add "OK .*owner=alice" && opens alice x alice
}

add_again()
{
	answers_with AZ-BOX add portal alice "$1" other && opens alice x alice && shut alice other
}

# the manager of the group, *SECADM, and the host: nobody else, and the master neither
who_may()
{
	for actor in alice bob helpdesk; do
		mark
		refused 1 . add "$actor" bob "$1" bob-box && refused 1 . alter "$actor" alice new &&
			refused 1 . delete "$actor" alice ||
			return 1
	done
	opens alice x alice && answers_with AZ-NOBOX bind root bob bob-box || return 1
	authzctl profile special bob +secadm && add bob bob "$1" bob-box && opens bob bob-box bob && delete bob bob
	status=$?
	authzctl profile special bob -secadm
	return $status
}

alter_row()
{
	mark
	alter portal alice alice-box && recorded alter "OK .*owner=alice" && opens alice alice-box alice && shut alice x
}

alter_none()
{
	answers_with AZ-NOBOX alter portal bob bob-box && answers_with AZ-NOBOX bind root bob bob-box
}

populate()
{
	reconfigure "$1" +populate && alter portal bob bob-box --group "$1" && opens bob bob-box bob && delete portal bob
	status=$?
	reconfigure "$1" -populate || status=1
	return $status
}

delete_row()
{
	delete portal bob && delete portal helpdesk || return 1
	mark
	delete portal alice && recorded delete "OK .*owner=alice" && answers_with AZ-NOBOX bind root alice alice-box &&
		answers_with AZ-NOBOX delete portal alice
}

nobody_there()
{
	refused 1 CPF2204 add portal nosuchuser "$1" x && refused 1 AZ-SYSTEM add portal root "$1" x &&
		refused 1 AZ-NOGROUP add root bob nosuchgroup x && refused 1 AZ-NOGROUP add portal bob nosuchgroup x &&
		refused 1 CPF222E add alice bob nosuchgroup x
}

two_more()
{
	add portal bob "$1" bob-box && add portal helpdesk "$1" helpdesk-box && opens bob bob-box bob
}

# ---- BIND

owners_password()
{
	opens alice alice-box alice && shut alice alice-password && shut alice wrong
}

masters_password()
{
	opens alice master-password helpdesk && opens bob master-password helpdesk && shut alice helpdesk-password
}

# the owner's own counts from the mailbox's address alone, the master's from everywhere
check_osi()
{
	alter portal alice alice-box --address 192.0.2.7 && reconfigure "$1" +check || return 1
	status=0
	opens alice alice-box alice --from 192.0.2.7 || status=1
	answers_with AZ-ADDRESS bind root alice alice-box --from 192.0.2.8 || status=1
	opens alice alice-box alice || status=1
	opens alice master-password helpdesk --from 192.0.2.8 || status=1
	opens bob bob-box bob --from 192.0.2.8 || status=1
	reconfigure "$1" -check && opens alice alice-box alice --from 192.0.2.8 || status=1
	return $status
}

own_bind()
{
	bind root helpdesk master-password && shut helpdesk helpdesk-box || return 1
	reconfigure "$1" -allow-binds || return 1
	status=0
	mark
	answers_with AZ-NOBIND bind root helpdesk master-password && opens alice master-password helpdesk || status=1
	reconfigure "$1" +allow-binds && answers_with EVENT-19 bind root helpdesk wrong || status=1
	return $status
}

# to who is not the host a mailbox that is not there is a wrong password
no_oracle()
{
	answers_with EVENT-19 bind alice alice wrong && mv "$work/said" "$work/wrong" &&
		answers_with EVENT-19 bind alice stranger wrong && sed 's/stranger/alice/' "$work/said" | cmp - "$work/wrong"
}

# ---- REGISTER

register_row()
{
	mark
	register alice alice alice-box another-box && recorded register "OK .*owner=alice" && opens alice another-box alice &&
		shut alice alice-box && register root alice another-box alice-box && opens alice alice-box alice
}

register_refused()
{
	mark
	answers_with EVENT-19 register alice alice wrong another-box && recorded register "EVENT-19 .*owner=alice" &&
		opens alice alice-box alice
}

# P1: the master opens the mailbox, and changes its owner's password by no way
never_by_master()
{
	opens alice master-password helpdesk || return 1
	for actor in root alice helpdesk; do
		mark
		answers_with EVENT-19 register "$actor" alice master-password another-box && opens alice alice-box alice &&
			shut alice another-box || return 1
	done
}

own_register()
{
	register root helpdesk master-password newer-password && opens alice newer-password helpdesk &&
		shut alice master-password &&
		answers_with EVENT-19 register root helpdesk master-password other &&
		register root helpdesk newer-password master-password ||
		return 1
	reconfigure "$1" -allow-reg || return 1
	status=0
	answers_with AZ-NOREG register root helpdesk master-password other && opens alice master-password helpdesk || status=1
	reconfigure "$1" +allow-reg || status=1
	return $status
}

# ---- the configuration

no_master()
{
	authzctl mailbox group quiet --server "$(server_of "$1")" --manager portal && add portal stranger quiet quiet-box &&
		opens stranger quiet-box stranger && shut stranger master-password && shut stranger x
	status=$?
	delete portal stranger && authzctl mailbox ungroup quiet || status=1
	return $status
}

live()
{
	answers_with AZ-LIVE authzctl mailbox group "$1" -allow-binds && bind root helpdesk master-password || return 1
	answers_with AZ-LIVE authzctl mailbox ungroup "$1"
}

audited_binds()
{
	mark
	bind root alice alice-box && ! in_log 'event=mailbox\.bind phase=done result=OK' && bind root alice master-password &&
		recorded bind 'OK .*master=helpdesk' && reconfigure "$1" +audit-binds || return 1
	mark
	bind root alice alice-box && recorded bind 'OK .*owner=alice'
	status=$?
	reconfigure "$1" -audit-binds || status=1
	return $status
}

# another group with another master: each master has its own
isolated()
{
	typed other-password authzctl mailbox group other --server "$(server_of "$1")" --manager portal --master bob &&
		add portal stranger other other-box && opens stranger other-password bob && shut stranger master-password &&
		shut alice other-password && opens alice master-password helpdesk
	status=$?
	delete portal stranger && authzctl mailbox ungroup other || status=1
	return $status
}

plan $((22 * 4 + 1))
for kind in $kinds; do
	group "$kind" "$kind"
	check "$kind: ADD by the group's manager: the record is added, and no password is too weak for it" add_row "$kind"
	check "$kind: ADD of a mailbox that is there is refused, and it stays as it was" add_again "$kind"
	check "$kind: ADD, ALTER and DELETE are the manager's, *SECADM's and the host's, and nobody else's" who_may "$kind"
	check "$kind: ADD for nobody, for root, into no group is refused" nobody_there "$kind"
	check "$kind: ALTER: the record is changed" alter_row "$kind"
	check "$kind: ALTER of a mailbox that is not there is refused" alter_none "$kind"
	check "$kind: ALTER with a new password adds it, where the group is one that learns its users (POPULATE)" \
		populate "$kind"
	check "$kind: a second mailbox, and one of the master's own" two_more "$kind"
	check "$kind: BIND: the owner's password opens her mailbox, and nothing else does but the master's" \
		owners_password "$kind"
	check "$kind: BIND: the master's password opens every mailbox of the group (P1)" masters_password "$kind"
	check "$kind: BIND with MPS-CHECK-OSI: the owner from the mailbox's address, the master from everywhere" \
		check_osi "$kind"
	check "$kind: BIND under the master's own name with MPS-ALLOW-BINDS alone (P1)" own_bind "$kind"
	check "$kind: BIND of a mailbox that is not there is a wrong password to all but the host" no_oracle "$kind"
	check "$kind: REGISTER by the old password: it is changed" register_row "$kind"
	check "$kind: REGISTER by a wrong one: EVENT-19, and it is not (P2)" register_refused "$kind"
	check "$kind: REGISTER never takes the master's password for the owner's (P1)" never_by_master "$kind"
	check "$kind: REGISTER under the master's own name, by its old password, with MPS-ALLOW-REG alone (P1)" \
		own_register "$kind"
	check "$kind: a group without a master is legal: no password but the owner's opens (P3)" no_master "$kind"
	check "$kind: a group that has mailboxes is changed by RECONFIGURE alone, and at once; it is not deleted" live "$kind"
	check "$kind: MPS-AUDIT-BINDS: binds by the owner's password are on record too; by the master's they always are" \
		audited_binds "$kind"
	check "$kind: another group has another master and options of its own (ISOLATE)" isolated "$kind"
	check "$kind: DELETE: nothing opens it any more, and a second time there is none" delete_row "$kind"
	authzctl mailbox ungroup "$kind"
done
check "no token and no password stands in audit or log" no_secret
done_testing
