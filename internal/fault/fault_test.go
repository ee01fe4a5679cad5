package fault_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"tagline/internal/fault"
)

func TestAnUnknownErrorHidesItsText(t *testing.T) {
	secret := errors.New("dial postgres://user:password@host")
	f := fault.From(fmt.Errorf("open: %w", secret))
	if f.Code != fault.Internal || f.Code.HTTPStatus() != 500 {
		t.Fatalf("code %s, status %d", f.Code, f.Code.HTTPStatus())
	}
	if strings.Contains(f.Error()+f.Hint, "password") {
		t.Fatalf("the cause shows: %q %q", f.Error(), f.Hint)
	}
	if !errors.Is(f, secret) {
		t.Fatal("the cause is lost to errors.Is")
	}
}

func TestAFaultSurvivesWrapping(t *testing.T) {
	f := fault.New(fault.Conflict, "the counter did not grow", "Compare both taps.")
	err := fmt.Errorf("tap: %w", f)
	if !fault.Is(err, fault.Conflict) || fault.CodeOf(err) != fault.Conflict {
		t.Fatalf("code %s", fault.CodeOf(err))
	}
	if fault.CodeOf(nil) != "" || fault.From(nil) != nil {
		t.Fatal("nil is not a fault")
	}
}

func TestAtAndWithHintLeaveTheFirstAlone(t *testing.T) {
	base := fault.Newf(fault.Invalid, "2 fields are wrong")
	a := base.At("body.a", "too short")
	b := a.At("body.b", "too long").WithHint("See %s.", "docs")
	if len(base.Fields) != 0 || len(a.Fields) != 1 || len(b.Fields) != 2 || a.Hint != "" || b.Hint != "See docs." {
		t.Fatalf("%v %v %v", base, a, b)
	}
}

func TestEveryCodeHasItsOwnStatusAndTitle(t *testing.T) {
	status, title := map[int]fault.Code{}, map[string]fault.Code{}
	for _, c := range fault.Codes() {
		if other, taken := status[c.HTTPStatus()]; taken {
			t.Errorf("%s and %s share status %d", c, other, c.HTTPStatus())
		}
		if other, taken := title[c.Title()]; taken {
			t.Errorf("%s and %s share a title", c, other)
		}
		status[c.HTTPStatus()], title[c.Title()] = c, c
	}
}

func TestARequestThatEndedIsNobodysBug(t *testing.T) {
	for _, err := range []error{context.Canceled, fmt.Errorf("read: %w", context.DeadlineExceeded)} {
		if f := fault.From(err); f.Code != fault.Unavailable || f.Hint == "" || !errors.Is(f, errors.Unwrap(f)) {
			t.Errorf("%v: %s, %q", err, f.Code, f.Hint)
		}
	}
}
