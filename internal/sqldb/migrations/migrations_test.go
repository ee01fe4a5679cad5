package migrations

import (
	"strings"
	"testing"
	"testing/fstest"

	"tagline/internal/fault"
)

func TestPendingComparesWhatIsKnownWithWhatWasApplied(t *testing.T) {
	known := []Migration{{1, "0001_a", "", "s1"}, {3, "0003_c", "", "s3"}, {4, "0004_d", "", "s4"}}
	for _, row := range []struct {
		name    string
		applied []Migration
		todo    string
		code    fault.Code
	}{
		{name: "an empty database takes all", todo: "0001_a 0003_c 0004_d"},
		{name: "the rest of the way", applied: known[:2], todo: "0004_d"},
		{name: "up to date", applied: known},
		{name: "a step of lower number that came later", applied: []Migration{known[0], known[2]}, todo: "0003_c"},
		{name: "a step that was edited", applied: []Migration{{1, "0001_a", "", "other"}}, code: fault.Internal},
		{name: "a newer database", applied: append([]Migration{{5, "0005_e", "", "s5"}}, known...), code: fault.Conflict},
	} {
		applied := map[int64]Migration{}
		for _, m := range row.applied {
			applied[m.Version] = m
		}
		todo, err := pending(known, applied)
		var names []string
		for _, m := range todo {
			names = append(names, m.Name)
		}
		if fault.CodeOf(err) != row.code || strings.Join(names, " ") != row.todo {
			t.Errorf("%s: %v, %v", row.name, names, err)
		}
	}
}

func TestMigrationFilesAreReadInOrderWithTheirOverrides(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	good := fstest.MapFS{
		"0002_b.sql":          file("b"),
		"0001_a.sql":          file("a"),
		"0001_a.postgres.sql": file("a on postgres"),
	}
	for engine, want := range map[string]string{"sqlite": "0001_a:a 0002_b:b", "postgres": "0001_a:a on postgres 0002_b:b"} {
		all, err := list(good, engine)
		var got []string
		for _, m := range all {
			got = append(got, m.Name+":"+m.Text)
		}
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s: %v, %v", engine, got, err)
		}
	}
	for name, bad := range map[string]fstest.MapFS{
		"two of a number":         {"0001_a.sql": file(""), "0001_b.sql": file("")},
		"an override of nothing":  {"0001_a.postgres.sql": file("")},
		"an override for another": {"0001_a.sql": file(""), "0001_a.mysql.sql": file("")},
		"no number":               {"first.sql": file("")},
		"a short number":          {"1_a.sql": file("")},
	} {
		if _, err := list(bad, "sqlite"); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
