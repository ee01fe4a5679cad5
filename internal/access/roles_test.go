package access_test

import (
	"slices"
	"strings"
	"testing"

	"tagline/internal/access"
)

func TestTheTableOfRoles(t *testing.T) {
	all := map[access.Action]bool{}
	for _, d := range access.Actions() {
		if all[d.Action] || d.Words == "" {
			t.Errorf("%s stands twice or says nothing", d.Action)
		}
		all[d.Action] = true
	}
	for _, g := range access.Grades() {
		for i, a := range g.Allowed {
			if !all[a] {
				t.Errorf("%s may %s, which is no action", g.Role, a)
			}
			if slices.Contains(g.Allowed[:i], a) {
				t.Errorf("%s may %s twice", g.Role, a)
			}
		}
		if !(access.Actor{Role: g.Role}).May(access.SelfWrite) {
			t.Errorf("%s may not set the own password", g.Role)
		}
	}
}

func TestPromisesOfTheRoles(t *testing.T) {
	for name, row := range map[string]struct {
		role  access.Role
		holds func(access.Action) bool
	}{
		"an owner may do everything":       {access.Owner, func(access.Action) bool { return true }},
		"an auditor reads, and only reads": {access.Auditor, func(a access.Action) bool { return reading(a) || a == access.BrandExport || a == access.SelfWrite }},
		"a partner has traces, no more": {access.Partner, func(a access.Action) bool {
			return a == access.TraceRead || a == access.TraceCapture || a == access.SelfWrite
		}},
		"a word that is no role is nothing": {"chief", func(access.Action) bool { return false }},
	} {
		for _, d := range access.Actions() {
			if got := (access.Actor{Role: row.role}).May(d.Action); got != row.holds(d.Action) {
				t.Errorf("%s: %s is %v", name, d.Action, got)
			}
		}
	}
	for _, role := range []access.Role{access.Marketer, access.PR, access.Engineer, access.Privacy, access.Auditor, access.Partner} {
		if (access.Actor{Role: role}).May(access.MemberWrite) {
			t.Errorf("%s may invite people", role)
		}
	}
}

func reading(a access.Action) bool { return strings.HasSuffix(string(a), ".read") }

func TestScopesNarrowAndNeverWiden(t *testing.T) {
	key := access.Actor{Role: access.PR, Scopes: []access.Action{access.TapRead, access.TagWrite}}
	if got := key.Actions(); !slices.Equal(got, []access.Action{access.TapRead}) {
		t.Fatalf("%v", got)
	}
	if err := key.Require(access.ThingRead); err == nil || !strings.Contains(err.Error(), "scopes") {
		t.Errorf("%v", err)
	}
	if err := key.Require(access.TagWrite); err == nil || !strings.Contains(err.Error(), "role") {
		t.Errorf("%v", err)
	}
}
