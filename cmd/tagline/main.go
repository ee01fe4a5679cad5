package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"tagline/internal/fault"
)

// version is set by the linker: make build.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv)
	stop()
	os.Exit(code)
}

// The exit codes, a contract with scripts.
const (
	exitGood    = 0
	exitRefused = 1
	exitMisuse  = 2
)

// run is main without the process: tests call it with their own streams.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string) int {
	root := newRoot(&streams{in: stdin, out: stdout, err: stderr, getenv: getenv})
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return exitGood
	case errors.Is(err, errRefused):
		return exitRefused
	}
	explain(stderr, err)
	if isMisuse(err) {
		return exitMisuse
	}
	return exitRefused
}

// streams is what a command may read and write.
type streams struct {
	in     io.Reader
	out    io.Writer
	err    io.Writer
	getenv func(string) string
}

// errRefused ends a command whose output already says why.
var errRefused = errors.New("refused")

// misuse marks an error of the call itself.
type misuse struct{ error }

func (m misuse) Unwrap() error { return m.error }

func isMisuse(err error) bool {
	var m misuse
	// Cobra has no type for an unknown command; its text is stable.
	return errors.As(err, &m) || strings.HasPrefix(err.Error(), "unknown command")
}

// explain writes an error for a person: what is wrong, where, and the way out.
func explain(w io.Writer, err error) {
	var m misuse
	if errors.As(err, &m) {
		fmt.Fprintf(w, "tagline: %s\nRun the command with --help to see how it is called.\n", m.Error())
		return
	}
	f := fault.From(err)
	if f.Code == fault.Internal && errors.Unwrap(f) != nil {
		// On the command line the reader is the operator: the cause helps, and
		// nothing here was hidden from them anyway.
		fmt.Fprintf(w, "tagline: %s\n", errors.Unwrap(f))
		return
	}
	fmt.Fprintf(w, "tagline: %s\n", f.Message)
	said := f.Message
	for _, field := range f.Fields {
		// The message of a single fault is often that of its only field.
		if !strings.Contains(said, field.Message) {
			fmt.Fprintf(w, "  %s: %s\n", field.Location, field.Message)
			said += "\n" + field.Message
		}
	}
	if f.Hint != "" && !strings.Contains(said, f.Hint) {
		fmt.Fprintf(w, "%s\n", f.Hint)
	}
}

func newRoot(s *streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "tagline",
		Short: "Every product a medium: taps, states, and what is said at the right moment",
		Long: `Tagline gives every physical item a web identity, knows what happens to it, and says
the right thing on the product itself or beside it.

See it live:       tagline demo
Run a server:      tagline serve --data ./data --listen 127.0.0.1:8080
Explain any code:  tagline inspect 'https://id.example/01/09506000134352/21/A1'`,
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return misuse{err} })
	root.AddCommand(
		newServe(s), newDemo(s), newSimulate(s),
		newApply(s), newExport(s), newImport(s), newLinks(s), newPlaces(s), newEPCIS(s),
		newInspect(s), newLabel(s), newOpenAPI(s),
		newMigrate(s), newDoctor(s), newVault(s), newOwnerLink(s), newBench(s),
	)
	return root
}

// argsAre wraps cobra's count checks so that a wrong count is misuse.
func argsAre(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return misuse{err}
		}
		return nil
	}
}
