package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/fault"
	"tagline/internal/sqldb"
)

// Bounds of the memory of answers.
const (
	keepAnswers   = 24 * time.Hour
	longestRun    = time.Minute            // an attempt that takes longer is taken for dead
	waitForOther  = 10 * time.Second       // how long a twin waits for the first attempt
	askEvery      = 100 * time.Millisecond // while waiting
	largestAnswer = 256 << 10              // bytes; of a larger one only the status is kept
	answerPurpose = "api answer"           // of the vault: an answer may hold a secret that is shown once
)

// kept is an answer as it is sealed.
type kept struct {
	Header map[string]string `json:"header,omitempty"`
	Body   []byte            `json:"body,omitempty"`
	Left   bool              `json:"left,omitempty"` // the body was too large to keep
}

// keptHeaders are the headers of an answer that a repeat gets too.
func keptHeaders() []string { return []string{"Content-Type", "Location", "Etag"} }

// once runs a write with an Idempotency-Key at most once and repeats its answer.
//
// An attempt goes on when its caller hangs up, so that the repeat finds an answer.
// One that died with the server leaves the question open whether its change was
// made: then a repeat is told so, and nothing is run a second time.
func (a *API) once(ctx huma.Context, who access.Actor, next func(huma.Context)) error {
	key := ctx.Header("Idempotency-Key")
	if key == "" && !sent(ctx, "Idempotency-Key") || who.ID == "" || ctx.Method() == http.MethodGet || frame.OpOf(ctx).Action == frame.Anyone {
		next(ctx)
		return nil
	}
	if key == "" || len(key) > 200 || strings.IndexFunc(key, func(r rune) bool { return r < ' ' || r > '~' }) >= 0 {
		return fault.New(fault.Invalid, "the Idempotency-Key is not 1 to 200 printable ASCII characters", "A random UUID is a good key.").
			At("header.Idempotency-Key", "not printable, or too long")
	}
	limit := ctx.Operation().MaxBodyBytes
	body, err := io.ReadAll(io.LimitReader(ctx.BodyReader(), limit+1))
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "the body of the request broke off", "Send it again.")
	}
	c := claim{who: string(who.Kind) + " " + who.ID, key: key, request: requestDigest(ctx, body)}
	detached := context.WithoutCancel(ctx.Context())
	mine, answer, err := a.claim(ctx.Context(), c)
	if err != nil {
		return err
	}
	if !mine {
		return a.repeat(ctx, c, answer)
	}
	run := &recorded{humaContext: huma.WithContext(ctx, detached), body: bytes.NewReader(body), header: http.Header{}}
	next(run)
	if err := a.settle(detached, c, run, frame.Unclear(ctx.Context())); err != nil {
		a.Log.WarnContext(ctx.Context(), "answer not kept for a repeat", "trace", frame.Trace(ctx.Context()), "error", err)
	}
	run.send(ctx)
	return nil
}

// requestDigest is what makes two requests the same.
func requestDigest(ctx huma.Context, body []byte) string {
	u := ctx.URL()
	sum := sha256.New()
	for _, part := range []string{ctx.Method(), u.EscapedPath(), u.RawQuery, ctx.Header("Content-Type"), ctx.Header("If-Match"), ctx.Header("If-None-Match")} {
		io.WriteString(sum, part+"\n")
	}
	sum.Write(body)
	return hex.EncodeToString(sum.Sum(nil))
}

// claim is the wish to run a request.
type claim struct{ who, key, request string }

// stored is a row of api_idempotency.
type stored struct {
	request string
	status  int
	sealed  string
	begun   time.Time
}

// claim takes the key for a request, or waits for the answer to who has it.
func (a *API) claim(ctx context.Context, c claim) (mine bool, got stored, err error) {
	begin := a.Clock.Now()
	for {
		now := a.Clock.Now()
		err = a.DB.Update(ctx, func(tx *sqldb.Tx) error {
			mine, got, err = take(tx, c, now)
			return err
		})
		switch {
		case err != nil || mine:
			return mine, got, err
		case got.request != c.request:
			return false, got, fault.New(fault.Conflict, "this Idempotency-Key was used for another request", "Take a new key for every new request.")
		case got.status != 0:
			return false, got, nil
		case now.Sub(got.begun) >= longestRun:
			return false, got, fault.New(fault.Conflict, "the first attempt with this Idempotency-Key broke off, and whether its change was made is not known",
				"Look whether the change is there; if not, send it with a new key.")
		case now.Sub(begin) >= waitForOther:
			return false, got, fault.New(fault.Conflict, "the first attempt with this Idempotency-Key is still running", "Send it again in a few seconds, with the same key.")
		}
		select {
		case <-ctx.Done():
			return false, got, ctx.Err()
		case <-a.Clock.After(askEvery):
		}
	}
}

// take inserts the claim, or gives the row that is there.
func take(tx *sqldb.Tx, c claim, now time.Time) (mine bool, got stored, err error) {
	old := sqldb.Micros(now.Add(-keepAnswers))
	if _, err := tx.Exec(`DELETE FROM api_idempotency WHERE who = $1 AND idem = $2 AND begun_us < $3`, c.who, c.key, old); err != nil {
		return false, got, err
	}
	n, err := tx.Exec(`INSERT INTO api_idempotency (who, idem, request, status, sealed, begun_us) VALUES ($1, $2, $3, 0, '', $4)
		ON CONFLICT (who, idem) DO NOTHING`, c.who, c.key, c.request, sqldb.Micros(now))
	if err != nil {
		return false, got, err
	}
	if n == 1 {
		_, err := tx.Exec(`DELETE FROM api_idempotency WHERE (who, idem) IN (SELECT who, idem FROM api_idempotency WHERE begun_us < $1 ORDER BY begun_us LIMIT 20)`, old)
		return true, got, err
	}
	var begun int64
	err = tx.QueryRow(`SELECT request, status, sealed, begun_us FROM api_idempotency WHERE who = $1 AND idem = $2`, c.who, c.key).
		Scan(&got.request, &got.status, &got.sealed, &begun)
	got.begun = sqldb.Time(begun)
	return false, got, err
}

// settle keeps the answer of an attempt. What failed on our side and changed
// nothing is forgotten, so that a repeat tries again.
func (a *API) settle(ctx context.Context, c claim, run *recorded, unclear bool) error {
	if unclear {
		return nil
	}
	if run.status >= 500 || run.status == http.StatusTooManyRequests {
		return a.DB.Update(ctx, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(`DELETE FROM api_idempotency WHERE who = $1 AND idem = $2 AND status = 0`, c.who, c.key)
			return err
		})
	}
	k := kept{Header: map[string]string{}, Body: run.out.Bytes()}
	for _, name := range keptHeaders() {
		if v := run.header.Get(name); v != "" {
			k.Header[name] = v
		}
	}
	if len(k.Body) > largestAnswer {
		k.Body, k.Left = nil, true
	}
	plain, err := json.Marshal(k)
	if err != nil {
		return err
	}
	sealed, err := a.Vault.Wrap(answerPurpose, plain)
	if err != nil {
		return err
	}
	return a.DB.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(`UPDATE api_idempotency SET status = $1, sealed = $2 WHERE who = $3 AND idem = $4 AND status = 0`, run.status, sealed, c.who, c.key)
		return err
	})
}

// repeat answers as the first attempt was answered.
func (a *API) repeat(ctx huma.Context, c claim, got stored) error {
	plain, err := a.Vault.Unwrap(answerPurpose, got.sealed)
	if err != nil {
		return err
	}
	var k kept
	if err := json.Unmarshal(plain, &k); err != nil {
		return err
	}
	if k.Left {
		return fault.New(fault.Conflict, "the request was done at the first attempt, and its answer was too large to keep", "Read the present state instead.")
	}
	for name, value := range k.Header {
		ctx.SetHeader(name, value)
	}
	ctx.SetHeader("Idempotency-Replayed", "true")
	ctx.SetStatus(got.status)
	ctx.BodyWriter().Write(k.Body) //nolint:errcheck // the client went away
	return nil
}

// recorded keeps an answer instead of sending it.
type recorded struct {
	humaContext
	body   io.Reader
	status int
	header http.Header
	out    bytes.Buffer
}

type humaContext huma.Context

func (r *recorded) BodyReader() io.Reader           { return r.body }
func (r *recorded) SetStatus(status int)            { r.status = status }
func (r *recorded) Status() int                     { return r.status }
func (r *recorded) SetHeader(name, value string)    { r.header.Set(name, value) }
func (r *recorded) AppendHeader(name, value string) { r.header.Add(name, value) }
func (r *recorded) BodyWriter() io.Writer           { return &r.out }
func (r *recorded) SetReadDeadline(time.Time) error { return nil }

// send gives the answer to the client.
func (r *recorded) send(ctx huma.Context) {
	for name, values := range r.header {
		for _, v := range values {
			ctx.AppendHeader(name, v)
		}
	}
	ctx.SetStatus(r.status)
	ctx.BodyWriter().Write(r.out.Bytes()) //nolint:errcheck // the client went away; the answer is kept
}

// sent reports whether a header is there, even if it is empty: a script whose
// variable is empty should not lose its protection without a word.
func sent(ctx huma.Context, name string) (found bool) {
	ctx.EachHeader(func(n, _ string) { found = found || strings.EqualFold(n, name) })
	return found
}
