package outbound_test

import (
	"testing"

	"tagline/internal/outbound"
)

func TestOnlyPublicAddressesAreAsked(t *testing.T) {
	web := outbound.Guard{Ports: []uint16{80, 443}}
	for _, address := range []string{"93.184.216.34:443", "8.8.8.8:80", "[2606:2800:220:1:248:1893:25c8:1946]:443", "172.32.0.1:80", "100.128.0.1:443"} {
		if web.Allow(address) != nil {
			t.Errorf("%s is public", address)
		}
	}
	for _, address := range []string{
		"127.0.0.1:80", "127.9.9.9:443", "[::1]:443", // this machine
		"0.0.0.0:80", "0.1.2.3:80", "[::]:80", // no address
		"10.1.2.3:443", "172.16.0.1:80", "172.31.255.255:80", "192.168.1.1:80", "[fc00::1]:443", "[fd00:ec2::254]:80", "[fec0::1]:80", // private
		"169.254.169.254:80", "[fe80::1]:80", "[fe80::1%eth0]:80", // link-local, metadata
		"100.64.0.1:80", "100.100.100.200:80", // shared by providers, metadata
		"168.63.129.16:80", "192.0.0.192:80", // metadata
		"224.0.0.1:80", "239.255.255.255:80", "255.255.255.255:80", "240.0.0.1:80", "[ff02::1]:80", // many
		"[::ffff:127.0.0.1]:80", "[::ffff:93.184.216.34]:80", "[::7f00:1]:80", // IPv4 inside
		"[64:ff9b::7f00:1]:80", "[64:ff9b:1::a00:1]:80", "[2002:7f00:1::]:80", "[2001:0:1::1]:80", // tunnels
		"192.0.2.1:80", "198.51.100.1:80", "203.0.113.1:80", "198.18.0.1:80", "[2001:db8::1]:80", // examples, benchmarks
		"93.184.216.34:22", "93.184.216.34:8080", "93.184.216.34:0", // ports
		"brand.example:80", "", "93.184.216.34",
	} {
		if web.Allow(address) == nil {
			t.Errorf("%s would be asked", address)
		}
	}
}

func TestLeaveOpensNetworks(t *testing.T) {
	for _, c := range []struct {
		guard   outbound.Guard
		address string
		allowed bool
	}{
		{outbound.Guard{}, "93.184.216.34:8443", true},
		{outbound.Guard{}, "93.184.216.34:0", false},
		{outbound.Guard{}, "10.0.0.7:443", false},
		{outbound.Guard{Private: true}, "10.0.0.7:8443", true},
		{outbound.Guard{Private: true}, "brand.example:443", false},
		{outbound.Guard{Private: true, Ports: []uint16{443}}, "10.0.0.7:8443", false},
		{outbound.Guard{Loopback: true}, "127.0.0.1:8443", true},
		{outbound.Guard{Loopback: true}, "[::1]:8443", true},
		{outbound.Guard{Loopback: true}, "10.0.0.7:443", false},
	} {
		if err := c.guard.Allow(c.address); (err == nil) != c.allowed {
			t.Errorf("%+v of %s: %v", c.guard, c.address, err)
		}
	}
}
