#!/bin/sh
# SPDX-License-Identifier: ISC
# authzctl exit: what it asks for and shows; and the examples of doc/examples, registered and asked by the real helper and the
# real authz-launch.
# shellcheck disable=SC2154,SC2034 # authzctl_lib.sh sets variables and reads them
. "$(dirname "$0")/authzctl_lib.sh"
launcher=
trap '[ -z "$launcher" ] || kill "$launcher"; [ -z "$service" ] || kill "$service"; rm -rf "$scratch"' EXIT

deploy='QIBM_QNS_SDDSTAUTH AUTH0100'

# ask WORDS...: about an activity at hosts
ask()
{
	# shellcheck disable=SC2086 # words
	ctl $options exit check $deploy change-request=CR0815 sequence=1 activity=ACT01 type=*OBJ transport=*HOST verb=*SNDINS \
		global-name=SITE.PAYROLL.2 user="$me" "$@"
}
options=

start_launcher()
{
	"$build/helpers/authz-launch/authz-launch" --serve --own "$scratch/state/launch.sock" 2>launch.log &
	launcher=$!
	tries=50
	until grep -q 'serving at' launch.log || [ "$((tries -= 1))" -eq 0 ]; do sleep 0.1; done
}

# ---- the line

usage_errors()
{
	usage "no command given" ctl exit
	usage "POINT is missing" ctl exit add
	usage "FORMAT is missing" ctl exit add P
	usage "NUMBER is missing" ctl exit add P F
	usage "PROGRAM is missing" ctl exit add P F 1
	usage "unexpected word more" ctl exit add P F 1 /p more
	for bad in 0 2147483648 1x '' '*ALL' '*low' 1.5; do usage "is no number of a program" ctl exit add P F "$bad" /p; done
	usage "unknown option -1" ctl exit add P F -1 /p
	usage "program is no absolute path" ctl exit add P F 1 program
	usage "unknown --input words" ctl exit add P F 1 /p --input words
	usage "only one of --data and --data-file" ctl exit add P F 1 /p --data x --data-file y
	for time in 99 30001 x -5; do usage "--time $time is not" ctl exit add P F 1 /p --time "$time"; done
	usage "NUMBER is missing" ctl exit remove P F
	usage "*LOW is no number" ctl exit remove P F '*LOW'
	usage "only one of --maximum and --remove" ctl exit point P F --maximum 3 --remove
	for most in 0 65 x; do usage "--maximum $most is not" ctl exit point P F --maximum $most; done
	usage "unexpected word more" ctl exit list P F more
	usage "change-request=VALUE is missing" ctl exit check P F h1
	usage "user=VALUE is missing" ctl exit check P F change-request=a sequence=1 activity=a type=a transport=a verb=a h1
	usage "unknown key users=me" ask users=me h1
	usage "type is there twice" ask type=*PTF h1
	usage "DESTINATION is missing" ask
	usage "- is there twice" ask - h1 -
	for sequence in -1 2147483648 x ''; do
		usage "sequence=$sequence is not" ctl exit check P F change-request=a sequence=$sequence activity=a type=a transport=a verb=a user=a h
	done
}

asks_for()
{
	printf 'production\n' >file
	answered 'result 0
number 7' ctl exit add P_1 AUTH0100 '*HIGH' /opt/p --input record --data-file file --text 'what for' --time 100 --replace
	status_is 0
	out_is 7
	asked_for 'operation 110' 'point P_1' 'format AUTH0100' 'number -2' 'server /opt/p' 'which 1' 'data production' 'text what for' \
		'wait 100' 'reconfigure 1'
	answered 'result 0
number 7' ctl --json exit add P_1 AUTH0100 7 /opt/p
	out_is '{"result":"OK","number":0,"text":"Done.","exit_number":7}'
	asked_for 'number 7' 'which 0'
	not_asked_for data text wait reconfigure
	answered 'result 0
count 3' ctl --json exit remove P_1 AUTH0100 '*ALL'
	out_has '"removed":3'
	asked_for 'operation 111' 'number -3'
	said ctl exit point P_1 AUTH0100
	asked_for 'operation 112'
	not_asked_for maximum
	said ctl exit point P_1 AUTH0100 --maximum 64
	asked_for 'maximum 64'
	said ctl exit point P_1 AUTH0100 --remove
	asked_for 'maximum 0'
	said ctl exit list P_1
	asked_for 'operation 113' 'point P_1'
	not_asked_for format
}

does_not_fit()
{
	head -c 2049 /dev/zero >file
	nobody_asked ctl exit add P F 1 /p --data-file file
	status_is 1
	nobody_asked ctl exit add P F 1 /p --data "$(head -c 2049 /dev/zero | tr '\0' x)"
	status_is 1
	nobody_asked ctl exit add P F 1 /p --data-file /nowhere
	status_is 4
	nobody_asked ctl exit add P F 1 /p --data-file .
	status_is 4
	head -c 2048 /dev/zero | tr '\0' x >file
	answered 'result 0
number 1' ctl exit add P F 1 /p --data-file file
	status_is 0
	asked_for "data $(cat file)"
	refused CPF3C3C 1 ctl exit list A_NAME_OF_21_BYTES_AB
	refused CPF3C3C 1 ctl exit point P AUTH01000
	refused CPF3C3C 1 ctl exit add P F 1 "/$(head -c 255 /dev/zero | tr '\0' x)"
}

garbled()
{
	for answer in '' 'number 0' 'number 2147483648' 'number -1'; do
		answered "result 0
$answer" ctl exit add P F 1 /p
		status_is 3
		out_is ""
	done
	for row in 'P|F|1' 'P|F|1|/p|lines|x||0||0|1' 'P|F|1|/p|lines|0||1||0|1' 'P|F|1|/p|lines|0||1|4|0|1' 'P|F|1|/p|lines|0||1|4G|0|1' 'P|F||x' \
		'P|F|1|/p|lines|0||1|41|0|'; do
		answered "result 0
row A|B|1|/p|lines|0||0||0|1
row $row" ctl exit list
		status_is 3
		out_is ""
	done
	answered 'result 0
bare
row 1' ask h1
	status_is 3
	out_is ""
}

# ---- asked of one that says so

answers()
{
	answered 'result 0
row 10
row 010' ask DB1.example.org h2 h3
	status_is 1
	out_is 'DB1.example.org *YES
h2 *NO 10
h3 *YES'
	asked_for 'operation 114' 'user '"$me" "data CR0815\\01\\0ACT01\\0*OBJ\\0*HOST\\0*SNDINS\\0SITE.PAYROLL.2\\0" 'lines 3' 'first db1.example.org'
	answered 'result 0
bare
row 00' ask h1 h2
	status_is 0
	out_is 'h1 *YES
h2 *YES'
	options=--json
	answered 'result 0
row 10
row 01' ask h1 h2
	status_is 1
	out_is '{"result":"OK","number":0,"text":"Done.","destinations":[{"destination":"h1","answer":"*YES"},{"destination":"h2","answer":"*NO","number":10}]}'
	options=--quiet
	answered 'result 166
subject why' ask h1 h2
	status_is 3
	out_is ""
	err_is ""
	options=
}

# whatever the result is, it is not what *NO ends with
errors()
{
	for result in 1 8 20 83 166; do
		answered "result $result
subject why" ask h1
		status_is 3
		out_is ""
	done
	answered 'result 92' ask h1
	status_is 4
	options=--json
	answered 'result 166
subject why' ask h1
	status_is 3
	out_is '{"result":"AZ-EXIT","number":166,"text":"Nothing is performed, for an exit has failed: why."}'
	options=
}

from_stdin()
{
	printf 'h2\nh3' >in
	answered 'result 0
bare
row 0000' ask h1 - h4 <in
	status_is 0
	out_is 'h1 *YES
h2 *YES
h3 *YES
h4 *YES'
	for lines in '' '\n' 'h1\n\nh2\n' 'h1\0\n' 'h1\nH1.\n' 'h1 \n' 'h1\r\n' 'a=b\n'; do
		rm -f asked
		# shellcheck disable=SC2059 # it is one
		printf "$lines" >in
		answered 'result 0
bare
row 0' ask - <in
		status_is 3
		out_is ""
		[ ! -e asked ] || fail "asked about $lines"
	done
	answered 'result 0' ask - <&-
	status_is 4
	answered 'result 0' ask 'h1
h2'
	status_is 3
	[ ! -e asked ] || fail "one with a newline is asked about"
	i=0
	while [ $i -lt 10500 ]; do echo "h$((i += 1))"; done >in
	{
		echo 'result 0'
		echo bare
		for i in 1 2 3 4 5 6 7 8 9 10; do echo 'fill 1000 0'; done
	} >all
	printf 'result 0\nrow 5\nfill 500 1\n' >answer.h10001
	answered "$(cat all)" ask - <in
	status_is 1
	[ "$(grep -c '^h[0-9]* \*YES$' out)" = 10000 ] || fail "not the answers of the first part"
	[ "$(grep -c '^h10[0-9]* \*NO 5$' out)" = 500 ] || fail "not the answers of the second part"
	rm answer.h10001
}

# ---- the real helper and the examples

registers()
{
	done_by ctl exit point SITE_1 AUTH0100 --maximum 3
	run ctl exit add SITE_1 AUTH0100 '*LOW' /opt/first --data first
	status_is 0
	out_is 1
	run ctl exit add SITE_1 AUTH0100 '*HIGH' /opt/last --input record --data 'what I know' --text 'a text' --time 500
	out_is 2147483647
	refused AZ-NUMBER 1 ctl exit add SITE_1 AUTH0100 1 /opt/other
	run ctl exit add SITE_1 AUTH0100 1 /opt/other --replace --data-file /dev/null
	out_is 1
	run ctl exit add SITE_1 AUTH0100 3 /opt/first --input record --data "$(printf '\377x')"
	refused CPF3CD4 1 ctl exit add SITE_1 AUTH0100 4 /opt/first
	refused AZ-LIVE 1 ctl exit point SITE_1 AUTH0100 --maximum 2
	done_by ctl exit point EMPTY AUTH0100
	run ctl exit list
	status_is 0
	row "EMPTY AUTH0100 - - - - - no programs, at most 16"
	row "SITE_1 AUTH0100 1 /opt/other lines - -"
	row "SITE_1 AUTH0100 3 /opt/first record - 2"
	row "SITE_1 AUTH0100 2147483647 /opt/last record 500 11 what I know a text"
	run ctl --json exit list SITE_1 AUTH0100
	grep -qF '"number":2147483647,"program":"/opt/last","input":"record","time":500,"text":"a text","data":"what I know","data_hex":"7768' out || fail "not the last"
	grep -qF '"number":3,"program":"/opt/first","input":"record","time":null,"text":"","data":null,"data_hex":"ff78"' out || fail "not its bytes"
	run ctl exit list EMPTY
	[ "$(wc -l <out)" -eq 2 ] || fail "something of another point"
	done_by ctl exit remove SITE_1 AUTH0100 3
	refused AZ-NOEXIT 1 ctl exit remove SITE_1 AUTH0100 3
	run ctl --json exit remove SITE_1 AUTH0100 '*ALL'
	out_has '"removed":2'
	done_by ctl exit point SITE_1 AUTH0100 --remove
	done_by ctl exit point EMPTY AUTH0100 --remove
	run ctl exit list
	[ "$(wc -l <out)" -eq 1 ] || fail "something is left"
}

nothing_registered()
{
	run ask h1 h2
	status_is 0
	out_is 'h1 *YES
h2 *YES'
}

by_lines()
{
	cp "$source/doc/examples/exit_lines" production
	chmod 755 production
	# shellcheck disable=SC2086 # words
	run ctl exit add $deploy '*LOW' "$scratch/production"
	out_is 1
	run ask db1.test.example.org db1.production.example.org
	status_is 1
	out_is 'db1.test.example.org *YES
db1.production.example.org *NO 1'
	# shellcheck disable=SC2086 # words
	run ctl exit add $deploy 1 "$scratch/production" --replace --data open
	run ask db1.test.example.org db1.production.example.org
	status_is 0
	out_is 'db1.test.example.org *YES
db1.production.example.org *YES'
}

# of nodes; a second program, which reads the record
by_record()
{
	"${CC:-cc}" -I"$source/authz_core/include" -o one-network "$source/doc/examples/exit_record.c" || fail "it does not compile"
	chmod 755 one-network
	# shellcheck disable=SC2086 # words
	run ctl exit add $deploy 10 "$scratch/one-network" --input record --data SITENET
	out_is 10
	# shellcheck disable=SC2086 # words
	run ctl exit check $deploy change-request=CR0815 sequence=1 activity=ACT01 type=*PTF transport=*SVDS verb=*SND user="$owner" sitenet.node1 OTHER.NODE1
	status_is 1
	out_is 'sitenet.node1 *YES
OTHER.NODE1 *NO 10'
	refused AZ-EXIT 3 ask h1
	grep -q 'status 3' err || fail "the cause is not said"
	# shellcheck disable=SC2086 # words
	done_by ctl exit remove $deploy 10
}

fails()
{
	chmod 775 production
	refused AZ-EXIT 3 ask h1
	rm production
	refused AZ-EXIT 3 ask h1
	printf '#!/bin/sh\necho "*YES"\n' >production
	chmod 755 production
	run ask h1
	status_is 0
	refused AZ-EXIT 3 ask h1 h2
	printf '#!/bin/sh\nkill -9 $$\n' >production
	refused AZ-EXIT 3 ask h1
	kill "$launcher" && wait "$launcher"
	launcher=
	refused AZ-EXIT 3 ask h1
	start_launcher
	cp "$source/doc/examples/exit_lines" production
	chmod 755 production
	run ask h1
	status_is 0
}

# 10,500, a call for ten thousand of them
many()
{
	i=0
	while [ $i -lt 10499 ]; do echo "a$((i += 1)).example.org"; done >in
	echo last.production.example.org >>in
	# shellcheck disable=SC2086 # words
	ctl exit add $deploy 1 "$scratch/production" --replace >out 2>err
	ask - <in >out 2>err
	status=$?
	status_is 1
	[ "$(wc -l <out)" = 10500 ] || fail "not all answers"
	[ "$(tail -1 out)" = "last.production.example.org *NO 1" ] || fail "not the last answer"
	[ "$(grep -c ' \*NO' out)" = 1 ] || fail "more than one *NO"
	[ "$(cut -d' ' -f1 out)" = "$(cat in)" ] || fail "not in their order"
	echo A5.Example.org. >>in
	ask - <in >out 2>err
	status=$?
	status_is 3
	out_is ""
}

users()
{
	refused CPF2204 3 ctl exit check P_1 AUTH0100 change-request=a sequence=1 activity=a type=a transport=*HOST verb=*SND user=no-such-us h1
	refused CPF3C3C 3 ctl exit check AZ_SIGNON SIGN0100 change-request=a sequence=1 activity=a type=a transport=*HOST verb=*SND user="$me" h1
	refused CPF3C3C 3 ctl exit check P_1 AUTH0100 change-request=a sequence=1 activity=a type=a transport=*HOST verb=*GET user="$me" h1
}

all_of_it()
{
	registers
	nothing_registered
	by_lines
	by_record
	fails
	many
	# shellcheck disable=SC2086 # words
	done_by ctl exit point $deploy --remove
}

check "a line that is wrong is refused with what is wrong" usage_errors
check "what the line says is asked for" asks_for
check "what does not fit is refused, and no longer file is read" does_not_fit
check "an answer that is none is shown as none" garbled
check "check prints an answer for each destination, and ends with 1 where one is *NO" answers
check "after an error check prints nothing and ends with neither 0 nor 1" errors
check "destinations come from standard input too, a line each, and no line is two or none" from_stdin
start_launcher
check "programs and points are registered, listed and removed" registers
check "where nothing is registered all is *YES, and nobody is asked" nothing_registered
check "the example that reads lines is asked" by_lines
check "the example that reads the record is asked" by_record
check "an exit that is not root's, not there, killed, of too few answers, or out of reach is an error of all destinations" fails
check "more destinations than a call takes are asked, each once" many
check "an activity of nobody, or at a point that is not a deployment's, is refused with status 3" users
# shellcheck disable=SC2086 # words
ctl exit point $deploy --remove
start_service
check "the same with the helper as a service, under its filter" all_of_it
echo "1..$number"
[ "$failed" -eq 0 ]
