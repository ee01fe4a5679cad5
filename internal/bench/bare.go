package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
)

// Reply is an answer that the bare handler gives to everything below one path.
type Reply struct {
	Path   string              `json:"path"`
	Status int                 `json:"status"`
	Header map[string][]string `json:"header"`
	Body   []byte              `json:"body"`
}

// Bare is the baseline: a net/http handler that answers with bytes it was given,
// and does nothing else.
func Bare(replies []Reply) http.Handler {
	mux := http.NewServeMux()
	for _, reply := range replies {
		mux.HandleFunc(reply.Path, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost { // it reads what it is sent
				_, _ = io.Copy(io.Discard, r.Body)
			}
			h := w.Header()
			for name, values := range reply.Header {
				h[name] = values
			}
			w.WriteHeader(reply.Status)
			_, _ = w.Write(reply.Body) // the client went away: nothing to do
		})
	}
	return mux
}

// ReadReplies reads the bare handler's answers, one JSON list.
func ReadReplies(r io.Reader) ([]Reply, error) {
	var replies []Reply
	if err := json.NewDecoder(r).Decode(&replies); err != nil {
		return nil, fmt.Errorf("the bare handler's answers: %w", err)
	}
	return replies, nil
}

// replyOf copies an answer of the server, so that the bare handler gives the same
// bytes. Date and connection headers are net/http's own on both sides.
func replyOf(path string, a answer) Reply {
	reply := Reply{Path: path, Status: a.status, Header: map[string][]string{}, Body: append([]byte(nil), a.body...)}
	for name, value := range headerLines(a) {
		switch name {
		case "Date", "Transfer-Encoding", "Connection":
		case "Content-Length":
			reply.Header[name] = []string{strconv.Itoa(len(a.body))}
		default:
			reply.Header[name] = append(reply.Header[name], value)
		}
	}
	return reply
}

// ServeBare serves the bare handler on a free port of loopback until ctx ends.
func ServeBare(ctx context.Context, replies []Reply, ready func(url string)) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: Bare(replies)}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	ready("http://" + l.Addr().String())
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
