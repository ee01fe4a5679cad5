package check

import (
	"errors"
	"net/netip"
)

// errPrivate says that an address must not be asked.
var errPrivate = errors.New("check: no public address")

// notPublic lists the networks of IPv4 that are no place of the public web, by
// IANA's registry of special-purpose addresses, and one address at which a cloud
// answers its own machines.
func notPublic() []netip.Prefix {
	var list []netip.Prefix
	for _, s := range []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
		"192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24",
		"203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
		// Of IPv6 only 2000::/3 is public, without these: tunnels, which hide an
		// address of IPv4, benchmarks and documentation.
		"2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
	} {
		list = append(list, netip.MustParsePrefix(s))
	}
	return list
}

// guard decides which addresses may be asked.
type guard struct {
	refused  []netip.Prefix
	global   netip.Prefix
	loopback bool // this machine, on any port: for tests
}

func newGuard(loopback bool) guard {
	return guard{notPublic(), netip.MustParsePrefix("2000::/3"), loopback}
}

// allow looks at the address of a connection, "192.0.2.1:443".
func (g guard) allow(address string) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return errPrivate
	}
	ip := at.Addr()
	if g.loopback && ip.IsLoopback() {
		return nil
	}
	// An address of IPv4 in the clothes of IPv6 is refused as such, like one with a
	// zone: no name of the public web has them.
	if at.Port() != 80 && at.Port() != 443 || ip.Zone() != "" || ip.Is4In6() || !ip.Is4() && !g.global.Contains(ip) {
		return errPrivate
	}
	for _, p := range g.refused {
		if p.Contains(ip) {
			return errPrivate
		}
	}
	return nil
}
