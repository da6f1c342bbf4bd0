# SPDX-License-Identifier: ISC
# munged with 2 threads, on a socket and with a key of its own.
# shellcheck shell=sh disable=SC2154 # of "run"
munge_socket=$folder/munge/socket

start_munged()
{
	[ ! -S "$munge_socket" ] || return 0
	install -d -m 700 "$folder/munge"
	(umask 077 && head -c 1024 /dev/urandom >"$folder/munge/key")
	munged --force --num-threads=2 --socket="$munge_socket" --key-file="$folder/munge/key" --pid-file="$folder/munge/pid" \
		--log-file="$folder/munge/log" --seed-file="$folder/munge/seed" || fail "munged does not start"
}

stop_munged()
{
	kill "$(cat "$folder/munge/pid")"
	while [ -S "$munge_socket" ]; do sleep 0.1; done
	rm -rf "$folder/munge"
}
