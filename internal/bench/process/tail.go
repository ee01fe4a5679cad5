package process

import (
	"bytes"
	"strings"
	"sync"
)

// lastLines is a writer that keeps the last lines written to it.
type lastLines struct {
	max int

	mu    sync.Mutex
	lines []string
	part  []byte
}

// Write implements io.Writer; it never fails.
func (l *lastLines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.part = append(l.part, p...)
	for {
		line, rest, found := bytes.Cut(l.part, []byte("\n"))
		if !found {
			return len(p), nil
		}
		l.lines = append(l.lines, string(line))
		if len(l.lines) > l.max {
			l.lines = l.lines[1:]
		}
		l.part = append([]byte(nil), rest...)
	}
}

// String gives the lines kept.
func (l *lastLines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.lines, "\n")
}
