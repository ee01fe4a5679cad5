package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// progress shows how far long work has come, on a terminal only.
type progress struct {
	w     io.Writer
	label string
	last  int
	shown bool
}

func newProgress(w io.Writer, label string) *progress {
	return &progress{w: w, label: label, last: -1}
}

// set shows done of total. It may be called often: it draws only what changed.
func (p *progress) set(done, total int) {
	if total <= 0 || !isTerminal(p.w) {
		return
	}
	percent := min(100, done*100/total)
	if percent == p.last {
		return
	}
	p.last, p.shown = percent, true
	width := 80
	if f, ok := p.w.(*os.File); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil {
			width = w
		}
	}
	bar := max(10, min(40, width-len(p.label)-30))
	full := bar * percent / 100
	fmt.Fprintf(p.w, "\r%s [%s%s] %3d %% (%d of %d)", p.label, strings.Repeat("=", full), strings.Repeat(" ", bar-full), percent, done, total)
}

// end clears the line, so that what follows starts at its beginning.
func (p *progress) end() {
	if p.shown {
		fmt.Fprintf(p.w, "\r%s\r", strings.Repeat(" ", 78))
	}
}
