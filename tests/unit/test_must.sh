#!/bin/sh
# SPDX-License-Identifier: ISC
# Each numbered MUST at the top of a source file is in the name of a test, as "(FILE MUST N)", also "(A MUST 1, B MUST 2)".
set -eu
LC_ALL=C
export LC_ALL

source=${AUTHZ_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd -P)}
cd "$source"

musts=$(grep -rHoE --include='*.c' --include='*.h' '^ \* MUST [0-9]+:' authz_approval authz_core helpers nss_cabinet pam_prftkn |
	sed -E 's/^([^:]*): \* MUST ([0-9]+):$/\1 \2/' | sort -u)
names=$(grep -rhoE --include='*.c' --include='*.sh' '\([a-z_]+ MUST [0-9]+(, [a-z_]+ MUST [0-9]+)*\)' tests |
	grep -oE '[a-z_]+ MUST [0-9]+' | sort -u)

echo "1..$(($(echo "$musts" | wc -l) + 3))"
number=0 failed=0
result()
{
	number=$((number + 1))
	if [ "$1" = 0 ]; then
		echo "ok $number - $2"
	else
		echo "not ok $number - $2"
		failed=1
	fi
}

has_test()
{
	echo "$names" | grep -qx "$1 MUST $2"
}

while read -r file must; do
	name=$(basename "$file")
	has_test "${name%.[ch]}" "$must" && found=0 || found=1
	result $found "MUST $must of $file is in the name of a test"
done <<END
$musts
END

# the other way round: a test that names a MUST which no file has was left behind by a change
left=
while read -r name word must; do
	[ "$word" = MUST ] && echo "$musts" | grep -qE "(^|/)$name\.[ch] $must\$" || left="$left $name:$must"
done <<END
$names
END
[ -z "$left" ] && found=0 || found=1
result $found "each MUST that a test names is in a source file${left:+, but not$left}"

# the MUSTs of a file are numbered from 1 without a gap
gaps=$(echo "$musts" | awk '{ count[$1]++; if ($2 > most[$1]) most[$1] = $2 }
	END { for (file in count) if (count[file] != most[file]) printf " %s", file }')
[ -z "$gaps" ] && found=0 || found=1
result $found "the MUSTs of a file are numbered without a gap${gaps:+, but not in$gaps}"

# a test says which file it means by the file's name alone
twice=$(echo "$musts" | sed 's/ .*//' | sort -u | sed 's/.*\///; s/\.[ch]$//' | sort | uniq -d | tr '\n' ' ')
[ -z "$twice" ] && found=0 || found=1
result $found "no two files with MUSTs have one name${twice:+, but $twice}"
exit $failed
