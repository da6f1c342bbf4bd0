#!/bin/sh
# SPDX-License-Identifier: ISC
# A password server of the site's, by the real authz-launch, asked by the real helper: as a child and as a service.
. "$(dirname "$0")/authzctl_lib.sh"
mkdir -m 755 state/view
launcher=
trap '[ -z "$launcher" ] || kill "$launcher"; [ -z "$service" ] || kill "$service"; rm -rf "$scratch"' EXIT

start_launcher()
{
	"$build/helpers/authz-launch/authz-launch" --serve --own "$scratch/state/launch.sock" 2>launch.log &
	launcher=$!
	tries=50
	until grep -q 'serving at' launch.log || [ "$((tries -= 1))" -eq 0 ]; do sleep 0.1; done
}

# it keeps its passwords in a folder of its own, and leaves what it was asked, but passwords
cat >server <<END
#!/bin/sh
cd $scratch/kept || exit 1
read -r first && [ "\$first" = 'authz-password-server 1' ] || exit 1
password= new=
while read -r key value; do
	case \$key in
	command) command=\$value ;;
	owner) owner=\$value ;;
	password) password=\$value ;;
	new-password) new=\$value ;;
	esac
done
echo "\$command \$owner" >>../asked
if [ -e ../hang ]; then exec sleep 1000; fi
right() { [ "\$(cat "\$owner")" = "\$password" ]; }
case \$command in
bind) right ;;
register) right && echo "\$new" >"\$owner" ;;
add | alter) [ -z "\$password" ] || echo "\$password" >"\$owner" ;;
delete) rm -f "\$owner" ;;
esac && echo ok || echo error wrong
END
chmod 755 server
mkdir kept

# expect STATUS PATTERN COMMAND...; its input is in "in"
expect()
{
	want=$1 pattern=$2
	shift 2
	status=0
	"$@" >out 2>&1 <in || status=$?
	[ "$status" = "$want" ] && { [ -z "$pattern" ] || grep -q -- "$pattern" out; } || fail "status $status, not $want, of $*: $(cat out)"
}
password()
{
	printf '%s\n' "$@" >in
}

whole_life()
{
	: >in
	expect 0 '' ctl mailbox group post --server "$scratch/server"
	password first
	expect 0 '' ctl mailbox add $owner --group post
	[ "$(cat kept/$owner)" = first ] || fail "the server has not heard of it"
	expect 0 $owner ctl mailbox bind $owner
	password other
	expect 1 EVENT-19 ctl mailbox bind $owner
	password first second
	expect 0 '' ctl mailbox passwd $owner
	password second
	expect 0 $owner ctl mailbox bind $owner
}

out_of_reach()
{
	kill "$launcher" && wait "$launcher"
	launcher=
	password second
	expect 3 EVENT-12 ctl mailbox bind $owner
	grep -h mailbox state/audit/* | grep -q 'reason=_*authz-launch_is_out_of_reach' || fail "the audit has no cause"
	expect 3 FS-ERR ctl mailbox add $other --group post
	: >in
	expect 0 '' ctl token list
	start_launcher
	password second
	expect 0 $owner ctl mailbox bind $owner
}

hangs()
{
	: >hang
	password second
	expect 3 EVENT-12 ctl mailbox bind $owner
	grep -h mailbox state/audit/* | grep -q 'reason=_*late' || fail "the audit has no cause"
	rm hang
	expect 0 $owner ctl mailbox bind $owner
	chmod 775 server
	expect 3 EVENT-12 ctl mailbox bind $owner
	grep -h mailbox state/audit/* | grep -q 'reason=_*is_writable_by_others' || fail "the audit has no cause"
	chmod 755 server
}

# three threads wait, who comes then is refused at once, and who wants something else does not notice
others_do_not_notice()
{
	: >hang
	password second
	: >asked
	for turn in 1 2 3 4 5 6 7 8; do
		ctl mailbox bind $owner <in >out.$turn 2>&1 &
	done
	tries=100
	until [ "$(wc -l <asked)" -ge 3 ] || [ "$((tries -= 1))" -eq 0 ]; do sleep 0.05; done
	expect 0 '' ctl token list
	tries=100
	until [ "$(grep -h 'mailbox' state/audit/* | grep -c 'too_many_')" -ge 5 ] || [ "$((tries -= 1))" -eq 0 ]; do sleep 0.05; done
	[ "$tries" -gt 0 ] || fail "not five of eight were refused at once"
	rm hang
	for turn in 1 2 3 4 5 6 7 8; do
		tries=100
		until grep -q EVENT-12 out.$turn || [ "$((tries -= 1))" -eq 0 ]; do sleep 0.05; done
		[ "$tries" -gt 0 ] || fail "$(cat out.$turn)"
	done
	expect 0 $owner ctl mailbox bind $owner
}

as_a_service()
{
	password second
	expect 0 $owner ctl mailbox bind $owner
	out_of_reach
	hangs
}

start_launcher
check "a site's program keeps the passwords of mailboxes, by the helper as a child" whole_life
check "without authz-launch nobody is let in, the audit says why, and all else works" out_of_reach
check "a program that hangs, or that others may write to, lets nobody in, and the audit says why" hangs
start_service
check "the same with the helper as a service, under its filter" as_a_service
check "three threads of the service wait for foreign programs, no more, and others do not notice (foreign MUST 4)" others_do_not_notice
echo "1..$number"
[ "$failed" -eq 0 ]
