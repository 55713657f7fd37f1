package web

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// AddressError is the error of a connection to an address that the source may
// not reach.
type AddressError struct {
	Address netip.Addr
	Class   string // loopback, private, or a word for what is never allowed
	Allow   string // word that would allow it, or none
}

// Error implements error.
func (e *AddressError) Error() string {
	s := fmt.Sprintf("the name leads to %s, a %s address, which is not connected to", e.Address, e.Class)
	if e.Allow != "" {
		s += ": if it is meant, state allow: [" + e.Allow + "]"
	}
	return s
}

// never lists what no workspace may reach, whatever it allows: addresses that
// answer for the machine itself or for the cloud it runs in, and nets that are
// no place for a server.
var never = []struct {
	net  netip.Prefix
	what string
}{
	{netip.MustParsePrefix("169.254.0.0/16"), "link-local"},
	{netip.MustParsePrefix("fe80::/10"), "link-local"},
	{netip.MustParsePrefix("fd00:ec2::/32"), "metadata"},
	{netip.MustParsePrefix("100.100.100.200/32"), "metadata"},
	{netip.MustParsePrefix("168.63.129.16/32"), "metadata"},
	{netip.MustParsePrefix("192.0.0.0/24"), "metadata"},
	{netip.MustParsePrefix("0.0.0.0/8"), "unspecified"},
	{netip.MustParsePrefix("::/128"), "unspecified"},
	{netip.MustParsePrefix("224.0.0.0/4"), "multicast"},
	{netip.MustParsePrefix("ff00::/8"), "multicast"},
	{netip.MustParsePrefix("240.0.0.0/4"), "reserved"},
	{netip.MustParsePrefix("198.18.0.0/15"), "reserved"},
	{netip.MustParsePrefix("64:ff9b::/96"), "translated"},
	{netip.MustParsePrefix("64:ff9b:1::/48"), "translated"},
	{netip.MustParsePrefix("2002::/16"), "translated"},
	{netip.MustParsePrefix("2001::/32"), "translated"},
	{netip.MustParsePrefix("fec0::/10"), "reserved"},
}

var shared = netip.MustParsePrefix("100.64.0.0/10") // what carriers and clouds use inside

// CheckAddress says whether something may be reached at the address, where
// allow names what is allowed beyond the ordinary: loopback, private. The
// error is an *AddressError.
func CheckAddress(a netip.Addr, allow []string) error {
	a = a.Unmap().WithZone("")
	for _, n := range never {
		if n.net.Contains(a) {
			return &AddressError{Address: a, Class: n.what}
		}
	}
	switch {
	case a.IsLoopback() && !slices.Contains(allow, "loopback"):
		return &AddressError{a, "loopback", "loopback"}
	case (a.IsPrivate() || shared.Contains(a)) && !slices.Contains(allow, "private"):
		return &AddressError{a, "private", "private"}
	}
	return nil
}

// Dialer connects only where CheckAddress allows it, and looks at the address
// that is about to be dialled, after every look-up of a name.
func Dialer(allow []string) *net.Dialer {
	return &net.Dialer{Timeout: 10 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("connect to %q: no address", address)
		}
		return CheckAddress(ap.Addr(), allow)
	}}
}
