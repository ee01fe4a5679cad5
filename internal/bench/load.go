package bench

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"tagline/internal/clock"
)

// exchange is one request, ready to be written, and what its answer must be.
type exchange struct {
	request []byte // the whole HTTP/1.1 request
	status  int    // the only status that counts as good
	then    func(answer) []byte
}

// answer is what came back for one request. Its bytes are valid until the next
// request on the same connection.
type answer struct {
	status int
	header []byte // raw, with line ends
	body   []byte
}

// get writes a GET request with extra header lines.
func get(host, target string, lines ...string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "GET %s HTTP/1.1\r\nHost: %s\r\n", target, host)
	for _, l := range lines {
		b.WriteString(l)
		b.WriteString("\r\n")
	}
	b.WriteString("\r\n")
	return b.Bytes()
}

// Sample is the outcome of one round of load.
type Sample struct {
	Requests  int           // answered as expected
	Elapsed   time.Duration // from first to last
	latencies []time.Duration
}

// PerSecond is the throughput of a sample.
func (s Sample) PerSecond() float64 {
	if s.Elapsed <= 0 {
		return 0
	}
	return float64(s.Requests) / s.Elapsed.Seconds()
}

// Percentile gives a latency; p is between 0 and 1.
func (s Sample) Percentile(p float64) time.Duration {
	if len(s.latencies) == 0 {
		return 0
	}
	i := min(len(s.latencies)-1, int(p*float64(len(s.latencies))))
	return s.latencies[i]
}

// merge adds rounds up.
func merge(rounds []Sample) Sample {
	var all Sample
	for _, r := range rounds {
		all.Requests += r.Requests
		all.Elapsed += r.Elapsed
		all.latencies = append(all.latencies, r.latencies...)
	}
	slices.Sort(all.latencies)
	return all
}

// load sends the work of each client over one kept connection, all clients at
// once, until the work or the time is used up. next gives a client its n-th
// exchange, or false when it has none left.
func load(ctx context.Context, c clock.Clock, address string, clients int, limit time.Duration, next func(client, n int) (exchange, bool)) (Sample, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		wg     sync.WaitGroup
		mu     sync.Mutex
		sample Sample
		first  error
	)
	start := c.Now()
	for client := range clients {
		wg.Go(func() {
			times, err := runClient(ctx, c, address, start.Add(limit), func(n int) (exchange, bool) { return next(client, n) })
			mu.Lock()
			defer mu.Unlock()
			sample.Requests += len(times)
			sample.latencies = append(sample.latencies, times...)
			if err != nil && first == nil {
				first = err
				cancel()
			}
		})
	}
	wg.Wait()
	sample.Elapsed = c.Now().Sub(start)
	slices.Sort(sample.latencies)
	return sample, first
}

func runClient(ctx context.Context, c clock.Clock, address string, until time.Time, next func(n int) (exchange, bool)) ([]time.Duration, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	r := bufio.NewReaderSize(conn, 32<<10)
	var buffer []byte
	var times []time.Duration
	for n := 0; ; n++ {
		x, ok := next(n)
		if !ok {
			return times, nil
		}
		for request, want := x.request, x.status; request != nil; {
			before := c.Now()
			if before.After(until) {
				return times, nil
			}
			if _, err := conn.Write(request); err != nil {
				return times, err
			}
			var got answer
			if got, buffer, err = readAnswer(r, buffer[:0]); err != nil {
				return times, err
			}
			times = append(times, c.Now().Sub(before))
			if got.status != want {
				return times, fmt.Errorf("the answer to %q is %d, not %d", bytes.SplitN(request, []byte("\r\n"), 2)[0], got.status, want)
			}
			request = nil
			if x.then != nil {
				if request = x.then(got); request != nil {
					want, x.then = 200, nil
				}
			}
		}
	}
}

// readAnswer reads one HTTP/1.1 answer with Content-Length, chunks, or no body.
// It allocates nothing once buffer has grown.
func readAnswer(r *bufio.Reader, buffer []byte) (answer, []byte, error) {
	var a answer
	length, chunked := -1, false
	for first := true; ; first = false {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return a, buffer, err
		}
		if first {
			if len(line) < 12 {
				return a, buffer, fmt.Errorf("not an HTTP answer: %q", line)
			}
			if a.status, err = strconv.Atoi(string(line[9:12])); err != nil {
				return a, buffer, fmt.Errorf("not an HTTP status: %q", line)
			}
			continue
		}
		if len(line) <= 2 {
			break
		}
		buffer = append(buffer, line...)
		name, value, _ := bytes.Cut(line, []byte(":"))
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return a, buffer, err
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			chunked = bytes.Contains(value, []byte("chunked"))
		}
	}
	head := len(buffer)
	var err error
	switch {
	case chunked:
		buffer, err = readChunks(r, buffer)
	case length > 0:
		buffer = slices.Grow(buffer, length)[:head+length]
		_, err = io.ReadFull(r, buffer[head:])
	}
	a.header, a.body = buffer[:head], buffer[head:]
	return a, buffer, err
}

func readChunks(r *bufio.Reader, buffer []byte) ([]byte, error) {
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return buffer, err
		}
		size, err := strconv.ParseUint(string(bytes.TrimSpace(line)), 16, 31)
		if err != nil {
			return buffer, fmt.Errorf("not a chunk size: %q", line)
		}
		at := len(buffer)
		buffer = slices.Grow(buffer, int(size)+2)[:at+int(size)+2]
		if _, err := io.ReadFull(r, buffer[at:]); err != nil {
			return buffer, err
		}
		buffer = buffer[:at+int(size)]
		if size == 0 {
			return buffer, nil
		}
	}
}

// headerValue finds a header's value in an answer; name is in canonical form.
func headerValue(a answer, name string) string {
	for n, v := range headerLines(a) {
		if n == name {
			return v
		}
	}
	return ""
}

// headerLines visits the headers of an answer, names in canonical form.
func headerLines(a answer) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for line := range bytes.SplitSeq(a.header, []byte("\r\n")) {
			name, value, ok := bytes.Cut(line, []byte(":"))
			if ok && !yield(http.CanonicalHeaderKey(string(name)), string(bytes.TrimSpace(value))) {
				return
			}
		}
	}
}
