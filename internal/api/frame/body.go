package frame

import (
	"bytes"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"tagline/internal/fault"
)

// textual reads the body and refuses what is not text: decoders would replace the
// bytes that are wrong and store something that nobody has sent. A body over the
// limit is left to the one who measures it.
func textual(ctx huma.Context) (huma.Context, error) {
	operation := ctx.Operation()
	if operation.RequestBody == nil || slices.Contains(OpOf(ctx).Types, "text/csv") { // a table is refused by row and column, by who reads it
		return ctx, nil
	}
	body, err := io.ReadAll(io.LimitReader(ctx.BodyReader(), operation.MaxBodyBytes+1))
	if err != nil {
		return ctx, fault.Wrap(fault.Invalid, err, "the body of the request broke off", "Send it again.")
	}
	for at := 0; at < len(body); {
		r, size := utf8.DecodeRune(body[at:])
		if r == utf8.RuneError && size == 1 && int64(len(body)) <= operation.MaxBodyBytes {
			return ctx, fault.Newf(fault.Invalid, "the body is not valid UTF-8 text: byte %d is 0x%02X", at, body[at]).
				WithHint("Send the text in UTF-8.")
		}
		at += size
	}
	if at := bytes.Index(body, []byte(`\u0000`)); at >= 0 {
		return ctx, fault.Newf(fault.Invalid, "the body holds the character U+0000 at byte %d", at).
			WithHint("No text of ours can hold it; leave it out.")
	}
	return read{ctx, bytes.NewReader(body)}, nil
}

// read is a huma context whose body has been read already.
type read struct {
	humaContext
	body io.Reader
}

func (c read) Unwrap() huma.Context  { return c.humaContext }
func (c read) BodyReader() io.Reader { return c.body }
