package labels

import (
	"net"
	"net/url"
	"strings"
)

// reach says what speaks against the address that a link leads to: what is printed
// cannot be taken back.
func reach(uri string) []string {
	u, err := url.Parse(uri)
	if err != nil || u.Host == "" {
		return nil
	}
	host := strings.ToLower(u.Hostname())
	address := net.ParseIP(host)
	switch {
	case host == "localhost" || strings.HasSuffix(host, ".localhost") || address != nil && (address.IsLoopback() || address.IsUnspecified()):
		return []string{"The link leads to " + u.Host + ", which is this machine alone: state the public address before you print."}
	case address != nil && address.IsPrivate():
		return []string{"The link leads to " + u.Host + ", which only your own network reaches: state the public address before you print."}
	case strings.EqualFold(u.Scheme, "http"):
		return []string{"The link is http without s: phones warn of such pages. State an https address before you print."}
	}
	return nil
}
