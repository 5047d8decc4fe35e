# SPDX-License-Identifier: ISC
# To be sourced: Debian's mirrors as the host's own apt has them, and apt's files
# in a tree that use them the same way. No mirror is named here. MIRROR= and
# SECURITY_MIRROR= stand above what is found.

# $mirror, $security (may be empty), $components, $https. A source of the host is
# Debian's if its release is Debian's own name for one.
find_mirrors() # RELEASE
{
	local site name component
	mirror=${MIRROR:-} security=${SECURITY_MIRROR:-} suite=$1
	while read -r site name component; do
		[ "$component" = main ] || continue
		case $name in
		bullseye-security | bookworm-security | trixie-security | \
		    forky-security | stable-security | testing-security)
			security=${security:-$site} ;;
		bullseye | bookworm | trixie | forky | sid | stable | testing | \
		    unstable)
			mirror=${mirror:-$site} ;;
		esac
	done < <(apt-get indextargets --format \
	    '$(SITE) $(RELEASE) $(COMPONENT)' 'Identifier: Packages')
	https=
	case "$mirror $security" in *https:*) https=yes ;; esac
	[ -n "$mirror" ]
}

# Proxies, time-outs, checks of dates: what the host's apt needs to reach them.
write_apt_files() # TREE
{
	{
		echo "deb $mirror $suite main"
		[ -z "$security" ] ||
		    echo "deb $security $suite-security main"
	} >"$1/etc/apt/sources.list"
	apt-config dump | grep -E '^Acquire::(https?|Check-|Retries|Languages)' |
	    grep -v -i auto-detect >"$1/etc/apt/apt.conf.d/90host" || :
}
