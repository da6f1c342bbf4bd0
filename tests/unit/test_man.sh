#!/bin/sh
# SPDX-License-Identifier: ISC
# The manual pages say what the programs do.
set -u
LC_ALL=C
export LC_ALL
source=$(cd "$(dirname "$0")/../.." && pwd -P) || exit 1
for build in "${AUTHZ_BUILD-}" "${top_builddir-}" . .. ../.. "$source"; do
	[ -n "$build" ] && [ -x "$build/helpers/authzctl/authzctl" ] && break
done
build=$(cd "$build" && pwd -P) || exit 1
authzctl=$build/helpers/authzctl/authzctl
man=$source/man
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
number=0
failed=0

# result STATUS SENTENCE: a line of TAP; what $scratch/why says goes with a failure
result()
{
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $number - $2"
	else
		failed=$((failed + 1))
		echo "not ok $number - $2"
		sed 's/^/# /' "$scratch/why"
	fi
	: >"$scratch/why"
}

# same SENTENCE: are the files "said" and "done" the same, and not empty?
same()
{
	[ -s "$scratch/said" ] && diff "$scratch/said" "$scratch/done" >"$scratch/why" 2>&1
	result $? "$1"
}

page_is_clean()
{
	mandoc -T lint -W warning "$1" >"$scratch/why" 2>&1 && [ ! -s "$scratch/why" ]
}


: >"$scratch/why"
for page in pam_prftkn.8 authz_approval.8 authz-helper.8 authz-launch.8 authzctl.1 authz-run.1 authz.conf.5 authz_core.3 qsyptkn.3 z_cabinet.3 mqz.3 nss_cabinet.8; do
	if command -v mandoc >/dev/null; then
		page_is_clean "$man/$page"
		result $? "$page has no mistake that mandoc warns of"
	else
		# without mandoc at least the frame of the page
		grep -q '^\.Dd ' "$man/$page" && grep -q '^\.Sh NAME' "$man/$page" 2>"$scratch/why"
		result $? "$page is a page (mandoc is not here to look closer)"
	fi
done

# Options: ".It Fl -name", ".It Fl n" in the page; "  --name", "  -n" in --help of each command
sed -n 's/^\.It Fl \(-\{0,1\}[a-z][-a-z]*\).*/-\1/p' "$man/authzctl.1" | sort -u >"$scratch/said"
for command in token profile authority cabinet view master mailbox exit audit store; do
	"$authzctl" $command --help
done | sed -n 's/^  \(--\{0,1\}[a-z][-a-z]*\).*/\1/p' | sort -u >"$scratch/done"
same "authzctl(1) has the options of authzctl --help, all of them and no other"

# Commands: "authzctl group verb" in both
"$authzctl" --help | sed -n 's/^  authzctl \([a-z]* [a-z][-a-z]*\).*/\1/p; s/^  authzctl \([a-z]*\) [[(].*/\1/p' | sort -u >"$scratch/done"
sed -n 's/^\.It Cm \(token\|authority\|cabinet\|view\|master\|mailbox\|exit\|store\) \([-a-z]*\).*/\1 \2/p; s/^\.It Cm profile \([a-z]*\).*/profile \1/p; s/^\.It Cm \(audit\)$/\1/p' \
	"$man/authzctl.1" | sort -u >"$scratch/said"
same "authzctl(1) has the commands of authzctl --help, all of them and no other"

# Results: "status code sentence", from the table and from the page
sed -n 's/.*X([A-Z_]*, *[0-9]*, *"\([^"]*\)", *[A-Z_]*, *\([0-9]*\), *"\(.*\)").*/\2 \1 \3/p' \
	"$source/authz_core/include/result.h" | sort >"$scratch/done"
sed 's/\\&//g' "$man/authzctl.1" | awk '
	/^\.Ss .*\(exit status [0-9]\)/ { status = $NF; sub(/\)/, "", status); next }
	/^\.S[hs]/ { status = "" }
	status != "" && /^\.It Li/ { code = $3; next }
	status != "" && code != "" { print status, code, $0; code = "" }' | sort >"$scratch/said"
same "authzctl(1) has every result with its exit status and sentence, and no other"

# Keys of authz.conf: the table of config.c
sed -n 's/^	{"\([a-z_]*\)", set_[a-z_]*},.*/\1/p' "$source/authz_core/host/config.c" | sort >"$scratch/done"
sed -n 's/^\.It Cm \([a-z_]*\) No = .*/\1/p' "$man/authz.conf.5" | sort >"$scratch/said"
same "authz.conf(5) has the keys that the helper knows, all of them and no other"

# Calls of the library: what its map exports
sed -n 's/^[[:space:]]*\(authz_[a-z_]*\);.*/\1/p' "$source/authz_core/authz_core.map" | sort >"$scratch/done"
sed -n '/^\.Sh NAME/,/^\.Nd/s/^\.Nm \(authz_[a-z_]*\).*/\1/p' "$man/authz_core.3" | sort >"$scratch/said"
same "authz_core(3) has the calls that the library exports, all of them and no other"

# The documents' calls: the version script, the page, the header
sed -n 's/^[[:space:]]*\(Q[A-Za-z]*\);.*/\1/p' "$source/authz_core/compat/authz_compat.map" | sort >"$scratch/done"
sed -n '/^\.Sh NAME/,/^\.Nd/s/^\.Nm \(Q[A-Za-z]*\).*/\1/p' "$man/qsyptkn.3" | sort >"$scratch/said"
same "qsyptkn(3) has the calls that the library exports, all of them and no other"
sed -n 's/^void \(Q[A-Za-z]*\)(.*/\1/p' "$source/authz_core/compat/qsyptkn.h" | sort >"$scratch/said"
same "qsyptkn.h declares the calls that the library exports, all of them and no other"

sed -n 's/^[[:space:]]*\(Z_[A-Z0-9]*\);.*/\1/p' "$source/authz_core/compat/authz_compat.map" | sort >"$scratch/done"
sed -n '/^\.Sh NAME/,/^\.Nd/s/^\.Nm \(Z_[A-Z0-9]*\).*/\1/p' "$man/z_cabinet.3" | sort >"$scratch/said"
same "z_cabinet(3) has the calls that the library exports, all of them and no other"
sed -n 's/^void \(Z_[A-Z0-9]*\)(.*/\1/p' "$source/authz_core/compat/z_cabinet.h" | sort >"$scratch/said"
same "z_cabinet.h declares the calls that the library exports, all of them and no other"
{
	sed -n 's/^	[XY]([A-Z_]*, \([0-9, ]*\)).*/\1/p' "$source/authz_core/compat/z_code.c" | tr ',' '\n' | tr -d ' '
	sed -n 's/^#define NOT_AVAILABLE \([0-9]*\)$/\1/p' "$source/authz_core/compat/z_code.c"
} | sed 's/^.$/0&/' | sort -u >"$scratch/done"
sed -n 's/^\.It Li \([0-9][0-9]\)$/\1/p' "$man/z_cabinet.3" | sort >"$scratch/said"
same "z_cabinet(3) has the return codes that there are, all of them and no other"

sed -n 's/^[[:space:]]*\(MQZ_[A-Z_]*\);.*/\1/p' "$source/authz_core/compat/authz_compat.map" | sort >"$scratch/done"
sed -n '/^\.Sh NAME/,/^\.Nd/s/^\.Nm \(MQZ_[A-Z_]*\).*/\1/p' "$man/mqz.3" | sort >"$scratch/said"
same "mqz(3) has the calls that the library exports, all of them and no other"
sed -n 's/^void \(MQZ_[A-Z_]*\)(.*/\1/p' "$source/authz_core/compat/mqz.h" | sort >"$scratch/said"
same "mqz.h declares the calls that the library exports, all of them and no other"
grep -ho 'MQRC_[A-Z_]*' "$source/authz_core/compat/mqz_form.c" "$source/authz_core/compat/mqz_authority.c" \
	"$source/authz_core/compat/mqz_enumerate.c" | sort -u | while read -r name; do
	sed -n "s/^#define $name  *\([0-9]*\)\$/\1/p" "$source/authz_core/compat/mqz.h"
done | sort >"$scratch/done"
sed -n 's/^\.It Li \([0-9]*\)$/\1/p' "$man/mqz.3" | sort >"$scratch/said"
same "mqz(3) has the reasons that there are, all of them and no other"

# Their exceptions: the table of the library; CPF3CF1 is said by no structure, so it is not in the table
{
	echo CPF3CF1
	sed -n 's/^	X(\(CPF....\), [A-Z]*).*/\1/p' "$source/authz_core/compat/exception.h"
} | sort >"$scratch/done"
sed -n 's/^\.It Li \(CPF....\)$/\1/p' "$man/qsyptkn.3" | sort >"$scratch/said"
same "qsyptkn(3) has the exceptions that there are, all of them and no other"

# The plugin of sudo: its options
sed -n 's/.*strncmp(option, "\([a-z]*\)", length).*/\1/p' "$source/authz_approval/authz_approval.c" | sort >"$scratch/done"
sed -n '/^\.Sh OPTIONS/,/^\.Sh FILES/s/^\.It Cm \([a-z]*\) Ns = .*/\1/p' "$man/authz_approval.8" | sort >"$scratch/said"
same "authz_approval(8) has the options of the plugin, all of them and no other"

# authz-run: its options, and what it ends with
run_as=$build/helpers/authz-run/authz-run
"$run_as" --help | sed -n 's/^  \(--[a-z-]*\).*/\1/p' | sort >"$scratch/done"
sed -n 's/^\.It Fl \(-[a-z][-a-z]*\).*/-\1/p' "$man/authz-run.1" | sort >"$scratch/said"
same "authz-run(1) has the options of authz-run --help, all of them and no other"
sed -n 's/^	RUN_[A-Z_]* = \([0-9]*\),/\1/p' "$source/helpers/authz-run/run_status.h" | sort >"$scratch/done"
sed -n 's/^\.It Li \(1[0-9][0-9]\)$/\1/p' "$man/authz-run.1" | sort >"$scratch/said"
same "authz-run(1) has the exit statuses of its own, all of them and no other"
"$run_as" --help | grep -o '1[0-9][0-9]' | sort >"$scratch/done"
same "and so has authz-run --help"
sed -n '/^static const char \*const dangerous/,/^};/p' "$source/helpers/authz-run/environment.c" | grep -o '"[^"]*"' | tr -d '"' | sort >"$scratch/done"
sed -n '/cannot be preserved/,/^\.El/p' "$man/authz-run.1" | grep -v '^\.' | tr ' ' '\n' | sed '/^[a-zA-Z_]*[a-z:;,]*$/{/[a-z:;,]/d;}' | sort >"$scratch/said"
same "authz-run(1) has the variables that cannot be preserved, all of them and no other"

echo "1..$number"
[ "$failed" -eq 0 ]
