package outbound

import (
	"errors"
	"net/netip"
	"slices"
)

// ErrPrivate says that an address must not be asked.
var ErrPrivate = errors.New("outbound: no public address")

// notPublic lists the networks of IPv4 that are no place of the public web, by
// IANA's registry of special-purpose addresses, and one address at which a cloud
// answers its own machines.
var notPublic = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
	"192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24",
	"203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
	// Of IPv6 only 2000::/3 is public, without these: tunnels, which hide an
	// address of IPv4, benchmarks and documentation.
	"2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
)

// global is what of IPv6 may be public at all.
var global = netip.MustParsePrefix("2000::/3")

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, s := range texts {
		list[i] = netip.MustParsePrefix(s)
	}
	return list
}

// Guard decides which addresses may be asked. Its zero value lets through public
// addresses, on any port.
type Guard struct {
	Ports    []uint16 // the only ports; any when empty
	Loopback bool     // this machine, on any port: for tests
	Private  bool     // every network: for servers that live in a closed one
}

// Allow looks at the address of a connection, "192.0.2.1:443". The error is
// ErrPrivate.
func (g Guard) Allow(address string) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return ErrPrivate
	}
	ip := at.Addr()
	if g.Loopback && ip.IsLoopback() {
		return nil
	}
	if len(g.Ports) > 0 && !slices.Contains(g.Ports, at.Port()) || at.Port() == 0 {
		return ErrPrivate
	}
	if g.Private {
		return nil
	}
	// An address of IPv4 in the clothes of IPv6 is refused as such, like one with a
	// zone: no name of the public web has them.
	if ip.Zone() != "" || ip.Is4In6() || !ip.Is4() && !global.Contains(ip) {
		return ErrPrivate
	}
	for _, p := range notPublic {
		if p.Contains(ip) {
			return ErrPrivate
		}
	}
	return nil
}
