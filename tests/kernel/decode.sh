#!/bin/sh
# SPDX-License-Identifier: ISC
# In the guest: pictures and documents under both lockdowns, against what they
# were made from; and what doctor says. Runs in busybox. Fails if taken out: any
# layer that doctor and the posture must name on this kernel.
n=0
echo 1..19

ok() # STATUS NAME
{
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

has() # TEXT PART
{
	case $1 in *"$2"*) return 0 ;; esac
	echo "# no $2 in: $1"
	return 1
}

walls='"proven","nnp","userns","netns","pidns","root","landlock"'
for lockdown in filter strict; do
	for name in rgba gray16; do
		line=$("$GLOVEBOX" decode --json --sha256 --lockdown $lockdown \
		    samples/$name.png 2>&1)
		has "$line" '"verdict":"ok"' &&
		    has "$line" "$(cat samples/$name.sha256)" &&
		    has "$line" "\"$lockdown\",$walls"
		ok $? "$name.png under $lockdown: the right pixels, every wall"
	done
	for name in table bidi; do
		"$GLOVEBOX" text --lockdown $lockdown samples/$name.docx \
		    >/tmp/text 2>/tmp/error && cmp /tmp/text samples/$name.docx.txt
		ok $? "$name.docx under $lockdown: the right text"
	done
done
for require in userns,netns,pidns,root landlock,tsc filter,proven; do
	line=$("$GLOVEBOX" decode --json --require $require samples/rgba.png 2>&1)
	has "$line" '"verdict":"ok"'
	ok $? "--require $require"
done

doctor=$("$GLOVEBOX" doctor --json 2>&1)
status=$?
echo "# doctor: $doctor"
ok $status "doctor finds a host that it can use"
doctor=$(su user -c "$GLOVEBOX doctor --json" 2>&1)
status=$?
echo "# doctor, as a user: $doctor"
ok $status "and so it does as an ordinary user"
line=$(su user -c "$GLOVEBOX decode --json samples/rgba.png" 2>&1)
has "$line" '"verdict":"ok"' && has "$line" "\"filter\",$walls"
ok $? "who has every wall too"
# Decoded, but by whom? A worker of the hostile kit tells.
printf '\x89PNG\r\n\x1a\n call 39' >/tmp/getpid.png
forbidden()
{
	line=$(su user -c "$GLOVEBOX decode --json --worker-dir \
	    /gbx/hostile/libexec /tmp/getpid.png" 2>&1)
	has "$line" '"verdict":"violation"'
}
forbidden
ok $? "a worker that calls getpid has died of it"

# Debian's own switch, and the kernel's: without user namespaces the lock stands
# alone, and whoever asks for more gets nothing parsed.
without()
{
	line=$(su user -c "$GLOVEBOX decode --json samples/rgba.png" 2>&1)
	has "$line" '"verdict":"ok"' && ! has "$line" '"userns"' >/dev/null &&
	    has "$line" '"filter","proven","nnp"' && forbidden
	ok $? "$1: a user's decode works without them"
	su user -c "$GLOVEBOX decode --json --require userns samples/rgba.png" \
	    >/tmp/line 2>&1
	[ $? = 69 ] && ! grep -q '"verdict":"ok"' /tmp/line
	ok $? "$1: --require userns parses nothing"
}
echo 0 >/proc/sys/kernel/unprivileged_userns_clone
without kernel.unprivileged_userns_clone=0
echo 1 >/proc/sys/kernel/unprivileged_userns_clone
most=$(cat /proc/sys/user/max_user_namespaces)
echo 0 >/proc/sys/user/max_user_namespaces
without user.max_user_namespaces=0
echo "$most" >/proc/sys/user/max_user_namespaces
