package mqtt

import (
	"net/netip"
	"sync"
	"time"
)

// gate bounds how many connections there are, and how fast new ones come.
type gate struct {
	limits Limits

	mu      sync.Mutex
	open    map[*conn]struct{}
	from    map[netip.Prefix]int
	second  int64
	started int // connections in that second
	ended   bool
}

func newGate(l Limits) *gate {
	return &gate{limits: l, open: map[*conn]struct{}{}, from: map[netip.Prefix]int{}}
}

// origin is what counts as one address.
func origin(a netip.Addr) netip.Prefix {
	a = a.Unmap()
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}

// enter lets a connection in, or says why not.
func (g *gate) enter(c *conn, now time.Time) (why string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if s := now.Unix(); s != g.second {
		g.second, g.started = s, 0
	}
	from := origin(c.remote)
	switch {
	case g.ended:
		return "the server is stopping"
	case len(g.open) >= g.limits.Connections:
		return "too many connections"
	case g.from[from] >= g.limits.PerAddress && !c.remote.Unmap().IsLoopback(): // a proxy on this machine stands for many
		return "too many connections from one address"
	case g.started >= g.limits.PerSecond:
		return "too many new connections at once"
	}
	g.started++
	g.open[c] = struct{}{}
	g.from[from]++
	return ""
}

func (g *gate) leave(c *conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, ok := g.open[c]; !ok {
		return
	}
	delete(g.open, c)
	from := origin(c.remote)
	if g.from[from]--; g.from[from] <= 0 {
		delete(g.from, from)
	}
}

// endAll closes what is open, those too that never said who they are.
func (g *gate) endAll() {
	g.mu.Lock()
	g.ended = true
	var open []*conn
	for c := range g.open {
		open = append(open, c)
	}
	g.mu.Unlock()
	for _, c := range open {
		c.Close()
	}
}
