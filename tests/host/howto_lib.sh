# SPDX-License-Identifier: ISC
# A how-to of doc/, to the letter: each command as whom it stands with, and what it prints against what stands below it.
# The caller has read lib.sh, or one that reads it.
#
# shellcheck shell=sh
# steps FILE: each command into $work/steps/N.who, N.command and N.expected.  A command stands four blanks in, after "who$ "
# or "who# "; a here-document and a line that ends with a backslash belong to it; what follows up to the next is its output.
steps()
{
	rm -rf "$work/steps"
	mkdir "$work/steps"
	awk -v to="$work/steps/" '
	function ended(line) { return here != "" ? line == here : line !~ /\\$/ }
	!/^    / && !(open && here != "") { open = output = 0; next }
	{ line = substr($0, 5) }
	open {
		print line >>(to n ".command")
		if (ended(line)) { open = 0 }
		next
	}
	line ~ /^[a-z]+[#$] / {
		n++
		who = line; sub(/[#$] .*/, "", who)
		sub(/^[a-z]+[#$] /, "", line)
		print who >(to n ".who")
		print line >(to n ".command")
		printf "" >(to n ".expected")
		here = ""
		if (match(line, /<<.[A-Z]+/)) { here = substr(line, RSTART + 3, RLENGTH - 3) }
		open = !(here == "" && line !~ /\\$/)
		output = 1
		next
	}
	output { print line >>(to n ".expected") }
	END { print n >(to "count") }' "$1"
}

# Of what was printed each line is one of the document's, in order; "..." stands for anything.
same_as_document()
{
	awk 'NR == FNR { want[++n] = $0; next }
	function fits(text, pattern,   part, parts, i, at) {
		parts = split(pattern, part, /\.\.\./)
		if (parts == 1) return text == pattern
		if (substr(text, 1, length(part[1])) != part[1]) return 0
		text = substr(text, length(part[1]) + 1)
		for (i = 2; i < parts; i++) {
			at = index(text, part[i])
			if (at == 0) return 0
			text = substr(text, at + length(part[i]))
		}
		return length(text) >= length(part[parts]) && substr(text, length(text) - length(part[parts]) + 1) == part[parts]
	}
	{ got[++m] = $0 }
	END {
		if (n == 1 && want[1] ~ /\.\.\./) { all = got[1]; for (i = 2; i <= m; i++) all = all "\n" got[i]; exit !fits(all, want[1]) }
		if (n != m) exit 1
		for (i = 1; i <= n; i++) if (!fits(got[i], want[i])) exit 1
	}' "$1" "$2"
}

step()
{
	who=$(cat "$work/steps/$1.who")
	if [ "$who" = root ]; then
		sh "$work/steps/$1.command" </dev/null >"$work/said" 2>&1 || :
	else
		(cd "/home/authz-test/$who" && as "$who" env PORT="$port" sh "$work/steps/$1.command") </dev/null >"$work/said" 2>&1 || :
	fi
	sed -i 's/\r$//' "$work/said" # ssh's lines end with one
	same_as_document "$work/steps/$1.expected" "$work/said" && return 0
	echo "the document says:"
	cat "$work/steps/$1.expected"
	echo "it printed:"
	cat "$work/said"
	return 1
}

# follow NAME: each step of doc/HOWTO-NAME is a check; steps was called before, for the plan
follow()
{
	count=$(cat "$work/steps/count")
	n=0
	while [ $n -lt "$count" ]; do
		n=$((n + 1))
		check "HOWTO-$1, $n: $(cat "$work/steps/$n.who") $(head -n 1 "$work/steps/$n.command" | cut -c 1-80)" step $n
	done
}
