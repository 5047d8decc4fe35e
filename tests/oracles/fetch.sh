#!/bin/sh
# SPDX-License-Identifier: ISC
# The source packages whose test folders hold images, below FOLDER, each under
# its package's name. apt gets a configuration of its own with deb-src lines for
# the host's own mirrors; nothing outside FOLDER is written.
#
#   tests/oracles/fetch.sh FOLDER PACKAGE...
#
# The newest version of the host's own release that the mirror has is taken, and
# where it has none of them, that of sid: images are inputs, not code. A version
# that several suites have is taken from the first, the release's own.
set -eu
mkdir -p "$1"
cd "$1"
folder=$PWD
shift

mkdir -p apt/lists/partial apt/cache/archives/partial
apt-get indextargets --format '$(ORIGIN) $(REPO_URI) $(CODENAME) $(COMPONENT)' \
    'Created-By: Packages' | sort -u -k 3,3 |
    while read -r origin uri codename component; do
	[ "$origin" = Debian ] || continue
	echo "deb-src $uri $codename $component"
	case $codename in *-*) ;; *)
		echo "deb-src $uri sid $component" ;;
	esac
    done >apt/sources.list
[ -s apt/sources.list ] ||
    { echo "oracles: apt's sources name no Debian mirror" >&2; exit 1; }
cat >apt/conf <<END
Dir::State::Lists "$folder/apt/lists";
Dir::Cache "$folder/apt/cache";
Dir::Etc::SourceList "$folder/apt/sources.list";
Dir::Etc::SourceParts "/dev/null";
APT::Sandbox::User "root";
END
export APT_CONFIG="$folder/apt/conf"

release=$(. /etc/os-release && echo "$VERSION_CODENAME")
# Versions of a source package, newest first, the host's release before sid.
versions()
{
	for suite in "$release-security" "$release" sid; do
		apt-cache madison "$1" | awk -F ' *[|] *' -v s=" $suite/" \
		    'index($3, s) && $3 ~ /Sources$/ { print $2 }'
	done
}

get() # PACKAGE
{
	for version in $(versions "$1" | awk '!seen[$0]++'); do
		rm -rf "$1.new"
		mkdir "$1.new"
		(cd "$1.new" && apt-get -q source --download-only "$1=$version" \
		    >>../apt/log 2>&1 && dpkg-source --no-check \
		    -x ./*.dsc tree >>../apt/log 2>&1) || continue
		mv "$1.new/tree" "$1"
		echo "$version" >"$1.version"
		rm -rf "$1.new"
		return 0
	done
	rm -rf "$1.new"
	return 1
}

updated=
for package; do
	[ -d "$package" ] && continue
	[ -n "$updated" ] || apt-get -q update >apt/log 2>&1 ||
	    { tail -3 apt/log >&2; exit 1; }
	updated=1
	get "$package" ||
	    { echo "oracles: $package can't be fetched, see $folder/apt/log" >&2
	      exit 1; }
	echo "oracles: $package $(cat "$package.version")"
done
