package lite

import "testing"

func TestOlder(t *testing.T) {
	for _, row := range []struct {
		have  string
		older bool
	}{{"3.51.3", false}, {"3.53.4", false}, {"4.0", false}, {"3.51.10", false}, {"3.51.2", true}, {"3.7.0", true}, {"3.51", true}, {"", true}, {"x.y.z", true}} {
		if got := older(row.have, "3.51.3"); got != row.older {
			t.Errorf("%q is older: %v", row.have, got)
		}
	}
}
