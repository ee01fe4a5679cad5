package password

import (
	"sync"
	"time"
)

// Failed sign-ins by password within one window. An address may be a whole office
// or a proxy, so it has the wider bound.
const (
	Window         = 15 * time.Minute
	guessesAccount = 10
	guessesAddress = 100
	guessersAtMost = 100_000
)

// Guesses counts failed sign-ins per account and per address, in memory: a restart
// forgets them, which costs nothing against a hash that takes 50 ms.
type Guesses struct {
	mu   sync.Mutex
	made map[string]window
}

type window struct {
	since time.Time
	n     int
}

// NewGuesses starts counting.
func NewGuesses() *Guesses { return &Guesses{made: map[string]window{}} }

// Over reports whether a caller has used up its tries.
func (g *Guesses) Over(account, address string, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.count("account "+account, now) >= guessesAccount || g.count("address "+address, now) >= guessesAddress
}

func (g *Guesses) count(who string, now time.Time) int {
	w, ok := g.made[who]
	if !ok || now.Sub(w.since) >= Window {
		return 0
	}
	return w.n
}

// Failed counts one more failure.
func (g *Guesses) Failed(account, address string, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.made) >= guessersAtMost {
		for who, w := range g.made {
			if now.Sub(w.since) >= Window {
				delete(g.made, who)
			}
		}
		if len(g.made) >= guessersAtMost {
			// To fill it takes 50,000 hashes of 50 ms: forgetting them gives little away.
			clear(g.made)
		}
	}
	for _, who := range []string{"account " + account, "address " + address} {
		w := g.made[who]
		if now.Sub(w.since) >= Window {
			w = window{since: now}
		}
		w.n++
		g.made[who] = w
	}
}

// Succeeded forgets the failures of an account.
func (g *Guesses) Succeeded(account string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.made, "account "+account)
}
