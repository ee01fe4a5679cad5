package process

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
)

// Child is a server in a process of its own, so that load and server do not share
// a scheduler or a heap.
type Child struct {
	URL string // http://127.0.0.1:PORT

	cmd  *exec.Cmd
	tail *lastLines
	done chan struct{} // closed once the process has ended
	// ended is how, for readers after that.
	ended error
}

var readyLine = regexp.MustCompile(`ready at (http://[^\s]+)`)

// Start runs a command that prints "… ready at http://…" on its standard output,
// and waits for that line. environment is added to the child's own, which is
// otherwise empty but for PATH, HOME and TMPDIR.
func Start(ctx context.Context, binary string, environment []string, stdin io.Reader, args ...string) (*Child, error) {
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = environment
	cmd.Stdin = stdin
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c := &Child{cmd: cmd, tail: &lastLines{max: 20}, done: make(chan struct{})}
	cmd.Stderr = c.tail
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ready := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if m := readyLine.FindStringSubmatch(lines.Text()); m != nil {
				select {
				case ready <- m[1]:
				default:
				}
			}
		}
		close(ready)
		c.ended = cmd.Wait()
		close(c.done)
	}()
	url, ok := <-ready
	if !ok {
		return nil, fmt.Errorf("%s ended before it was ready: %w\n%s", strings.Join(append([]string{binary}, args...), " "), c.wait(), c.tail)
	}
	c.URL = url
	return c, nil
}

// Address is HOST:PORT of the child.
func (c *Child) Address() string { return strings.TrimPrefix(c.URL, "http://") }

// PID is the child's process id.
func (c *Child) PID() int { return c.cmd.Process.Pid }

// Stop asks the child to end and waits until it has.
func (c *Child) Stop() error {
	_ = c.cmd.Process.Signal(syscall.SIGTERM) // it may be gone already; Wait tells
	return c.wait()
}

func (c *Child) wait() error {
	<-c.done
	return c.ended
}

// Kill ends the child at once, as a power cut would end it. It may be called
// after Stop.
func (c *Child) Kill() {
	_ = c.cmd.Process.Kill() // as above
	<-c.done
}

// Log gives the last lines that the child wrote to its standard error.
func (c *Child) Log() string { return c.tail.String() }
