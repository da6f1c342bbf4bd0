#!/bin/sh
# SPDX-License-Identifier: ISC
# authz-run as it comes from the build, without its set-user-ID bit: what it says then, and what its parts may call.
set -u
LC_ALL=C
export LC_ALL
folder=$AUTHZ_BUILD/helpers/authz-run
program=$folder/authz-run
work=$(mktemp -d "${TMPDIR:-/tmp}/authz-run.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
number=0 failed=0

check()
{
	number=$((number + 1))
	sentence=$1
	shift
	if ("$@") >"$work/out" 2>&1; then
		echo "ok $number - $sentence"
	else
		failed=1
		echo "not ok $number - $sentence"
		sed 's/^/# /' "$work/out"
	fi
}

# ends STATUS WORD...: authz-run with these words; what it said is in $work/said
ends()
{
	want=$1 got=0
	shift
	"$program" "$@" >"$work/said" 2>&1 || got=$?
	cat "$work/said"
	[ "$got" = "$want" ]
}

no_privilege()
{
	echo prftkn_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA >"$work/token"
	{ ends 123 -- id && read -r line && [ "$line" = prftkn_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA ]; } <"$work/token" &&
		grep -q '^authz-run: it has no privilege: ' "$work/said" && ! grep uid= "$work/said"
}

help()
{
	ends 0 --help && grep -q '^Usage: authz-run ' "$work/said" && ends 0 --version && grep -q '^authz-run (authz) ' "$work/said" &&
		! "$program" --help >/dev/full
}

usage()
{
	ends 122 --bad && ends 122 --token-fd && ends 122 --token-fd=x && ends 122 --preserve-env=LD_PRELOAD -- id &&
		ends 122 --preserve-env="$(printf 'A\033[31m')" && ! grep "$(printf '\033')" "$work/said"
}

# Which parts of it call something of these?
callers_of()
{
	for part in "$AUTHZ_SOURCE"/helpers/authz-run/*.c; do
		part=$(basename "$part" .c)
		if nm --undefined-only "$folder/authz_run-$part.o" | grep -Eq " ($1)(@.*)?\$"; then echo "$part"; fi
	done | tr '\n' ' '
}

only_there()
{
	[ "$(callers_of 'setresuid|seteuid|setuid|setreuid|setresgid|setgid|setgroups|initgroups|capset')" = 'privileged ' ] &&
		[ "$(callers_of 'fchown|chown|lchown|fchmod|chmod|mount|ptrace')" = 'privileged ' ] &&
		[ "$(callers_of 'pam_start|pam_authenticate|pam_acct_mgmt|pam_setcred|pam_open_session|pam_close_session|pam_end')" = 'privileged ' ] &&
		[ "$(callers_of 'authz_token_[a-z_]*')" = 'privileged run ' ] && [ "$(callers_of 'authz_token_(user|inspect|redeem|remove)')" = 'privileged ' ]
}

no_other_program()
{
	[ "$(callers_of 'execv|execve|execvp|execl|execlp|execvpe|fexecve|posix_spawn|posix_spawnp|system|popen')" = 'keeper ' ] &&
		[ -z "$(callers_of 'getenv|secure_getenv|setlocale|gettext|dlopen')" ]
}

check "without its privilege it says so with status 123, before it reads anything" no_privilege
check "help and version need no privilege, and what cannot be written is no success" help
check "what is wrong in the line is status 122, and no character of it moves a terminal" usage
check "ids, owners, PAM's calls and the helper's are used in privileged.c alone (privileged MUST 1)" only_there
check "programs are started by the keeper alone, and nothing asks the environment (guard MUST 1)" no_other_program
echo "1..$number"
exit $failed
