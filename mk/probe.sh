# SPDX-License-Identifier: ISC
# Sourced by mk/config.mk, with /bin/sh: asks the compiler what is there, and
# writes $FILE for make. Its last word is `ok', or why there is no answer.
#   compile ARG...  runs the compiler        CC     its name, for people
#   KEY   what $FILE is for: its flags       ASK    NAME:HEADER ...
# Only what sh itself has is called before the compiler is known to work.

probe_fresh() # is $FILE an answer to this question?
{
	[ -r "$FILE" ] || return 1
	{
		IFS= read -r probe_key && IFS= read -r probe_ask &&
		    read -r probe_watch
	} <"$FILE" || return 1
	[ "$probe_key" = "# $KEY" ] && [ "$probe_ask" = "# $ASK" ] || return 1
	# What was installed since; in the same second counts.
	for probe_path in ${probe_watch#\# }; do
		[ "$FILE" -nt "$probe_path" ] || return 1
	done
}

probe_headers() # one run of cpp(1) for all; prints NO:NAME:HEADER ... ASKED
{
	{
		for probe_ask in $ASK; do
			printf '\043if !__has_include(<%s>)\nNO:%s\n\043endif\n' \
			    "${probe_ask#*:}" "$probe_ask"
		done
		echo ASKED
	} | compile -E -P -x c - 2>/dev/null
}

probe_folders() # where the compiler looks for headers, and what it is
{
	compile -E -v -x c /dev/null 2>&1 >/dev/null |
	    sed -n '/^#include /,/^End/s/^ //p'
	for probe_path in $CC; do
		command -v "$probe_path"
		break
	done
	[ ! -e /var/lib/dpkg/status ] || echo /var/lib/dpkg/status
}

probe_flags() # those of the hardening that it knows
{
	for probe_flag in -fstack-clash-protection -fcf-protection; do
		compile $probe_flag -x c -c /dev/null -o "$FILE.$$.o" \
		    2>/dev/null && printf '%s ' $probe_flag
	done
	rm -f "$FILE.$$.o"
}

probe_write()
{
	printf '# %s\n# %s\n# %s\n' "$KEY" "$ASK" \
	    "$(probe_folders | tr '\n' ' ')"
	echo '# Written by mk/probe.sh: not for editing.'
	probe_missing=
	for probe_line in $probe_said; do
		probe_missing="$probe_missing ${probe_line#NO:}"
	done
	probe_missing=${probe_missing% ASKED}
	case $(compile -print-file-name=libexif.a) in
	/*) ;;
	*) probe_missing="$probe_missing exif:libexif.a" ;;
	esac
	echo "MISSING :=$probe_missing"
	echo "LIBC := $(compile -print-file-name=libc.so.6)"
	# shellcheck disable=SC2046
	echo "HARDEN_FLAGS :=" $(probe_flags)
}

probe()
{
	probe_fresh && echo ok && return
	probe_said=$(probe_headers)
	case " $probe_said" in
	*ASKED) ;;
	*)
		echo "no working C compiler: \`$CC' is missing or fails;" \
		    "\`make deps-build' installs gcc, CC=... names another"
		return
		;;
	esac
	mkdir -p "${FILE%/*}" 2>/dev/null
	if ! compile -x c -c /dev/null -o "$FILE.$$.o" 2>/dev/null; then
		echo "\`$CC' can't write what it compiles to ${FILE%/*}"
		return
	fi
	probe_write >"$FILE.$$" && mv -f "$FILE.$$" "$FILE" && echo ok
}

probe
