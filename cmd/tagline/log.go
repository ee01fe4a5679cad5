package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// logFlags are the flags of every command that logs.
type logFlags struct {
	format string
	level  string
}

func (l *logFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&l.format, "log", "", "log format: text or json (default: text on a terminal, json otherwise)")
	c.Flags().StringVar(&l.level, "log-level", "info", "least level to log: debug, info, warn or error")
}

// logger makes the logger that the flags ask for.
func (l *logFlags) logger(w io.Writer) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(l.level)); err != nil {
		return nil, misuse{fmt.Errorf("--log-level %q: it is debug, info, warn or error", l.level)}
	}
	options := &slog.HandlerOptions{Level: level}
	format := l.format
	if format == "" {
		format = "json"
		if isTerminal(w) {
			format = "text"
		}
	}
	switch format {
	case "json":
		return slog.New(slog.NewJSONHandler(w, options)), nil
	case "text":
		return slog.New(slog.NewTextHandler(w, options)), nil
	default:
		return nil, misuse{fmt.Errorf("--log %q: it is text or json", l.format)}
	}
}

// isTerminal reports whether a person reads w.
func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
