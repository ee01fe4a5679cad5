package api_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"tagline/internal/access"
	"tagline/internal/sqldb/sqldbtest"
)

// raw asks outside of /api/v1.
func (s *server) raw(t *testing.T, method, path, key, media, body string) reply {
	t.Helper()
	r, err := http.NewRequest(method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	if media != "" {
		r.Header.Set("Content-Type", media)
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{a.StatusCode, a.Header, text}
}

const referenceEntry = `{"anchor": "/01/09506000134352", "itemDescription": "Gin", "defaultLinktype": "gs1:pip",
 "links": [{"linktype": "gs1:pip", "href": "https://halden.example/gin", "title": "Gin", "type": "text/html", "hreflang": ["en"], "context": null}]}`

func TestScriptsOfTheReferenceResolverGoOn(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		const json = "application/json"
		ask := func(method, path, body string) reply {
			media := ""
			if body != "" {
				media = json
			}
			return s.raw(t, method, path, ownerKey, media, body)
		}
		var done []struct{ Anchor, Action string }
		ask("POST", "/api/new", "["+referenceEntry+`, {"anchor": "/01/09506000134352", "qualifiers": [{"10": "L/3"}], "itemDescription": "Lot L/3",
			"links": [{"linktype": "gs1:epil", "href": "https://halden.example/l3", "title": "Lot"}]}]`).into(t, 201, &done)
		if len(done) != 2 || done[0].Action != "created" || done[1].Anchor != lotAnchor {
			t.Fatalf("%+v", done)
		}
		var index []string
		ask("GET", "/api/index", "").into(t, 200, &index)
		if strings.Join(index, " ") != "/01/09506000134352 "+lotAnchor {
			t.Errorf("%v", index)
		}
		// What is read can be posted again and changes nothing.
		for _, path := range []string{"/api/01/09506000134352", "/api" + lotAnchor} {
			read := ask("GET", path, "")
			read.into(t, 200, nil)
			ask("POST", "/api/new", string(read.body)).into(t, 201, &done)
			if len(done) != 1 || done[0].Action == "changed" || done[0].Action == "created" {
				t.Errorf("%s: %+v", path, done)
			}
		}
		// A post adds; a put merges into what is there.
		ask("POST", "/api/new", strings.NewReplacer(`"en"`, `"de"`, "/gin", "/de/gin").Replace(referenceEntry)).into(t, 201, &done)
		var entry struct {
			Links []struct{ Href, Title string }
		}
		ask("PUT", "/api/01/09506000134352", `{"links": [{"linktype": "gs1:pip", "href": "https://halden.example/dry", "title": "Dry", "hreflang": ["en"]}]}`).into(t, 200, &entry)
		if len(entry.Links) != 2 || entry.Links[0].Href != "https://halden.example/dry" || entry.Links[1].Href != "https://halden.example/de/gin" {
			t.Errorf("%+v", entry)
		}
		ask("PUT", "/api/01/09506000164908", `{"links": [{"linktype": "gs1:pip", "href": "https://halden.example", "title": "No"}]}`).problem(t, 404, "not-found")
		ask("DELETE", "/api/01/09506000134352", `{"links": [{"linktype": "gs1:pip", "hreflang": ["de"]}]}`).into(t, 200, nil)
		ask("DELETE", "/api/01/09506000134352", `{"links": [{"linktype": "gs1:pip", "hreflang": ["de"]}]}`).problem(t, 404, "not-found")
		ask("DELETE", "/api"+lotAnchor, "").into(t, 200, nil)
		ask("GET", "/api"+lotAnchor, "").problem(t, 404, "not-found")
		// The older form.
		ask("POST", "/api/new", `{"identificationKeyType": "01", "identificationKey": "09506000164908", "itemDescription": "Rum", "qualifierPath": "/",
			"responses": [{"linkType": "gs1:pip", "linkTitle": "Rum", "targetUrl": "https://halden.example/rum", "mimeType": "text/html", "ianaLanguage": "en", "active": true, "defaultLinkType": true}]}`).into(t, 201, &done)
		ask("GET", "/api/01/09506000164908", "").into(t, 200, nil)
	})
}

func TestTheReferenceResolversStatuses(t *testing.T) {
	s := start(t, sqldbtest.SQLite(t))
	const json = "application/json"
	auditor, marketer := s.key(t, access.Auditor), s.key(t, access.Marketer)
	for name, row := range map[string]struct {
		method, path, key, media, body string
		status                         int
	}{
		"no key":                  {"POST", "/api/new", "", json, referenceEntry, 401},
		"no key for the index":    {"GET", "/api/index", "", "", "", 401},
		"a wrong key":             {"GET", "/api/index", "tl_wrong", "", "", 403},
		"a key that only reads":   {"POST", "/api/new", auditor, json, referenceEntry, 403},
		"reading with it":         {"GET", "/api/index", auditor, "", "", 200},
		"a key that writes":       {"POST", "/api/new", marketer, json, referenceEntry, 201},
		"not JSON by its type":    {"POST", "/api/new", marketer, "text/plain", referenceEntry, 415},
		"no type":                 {"POST", "/api/new", marketer, "", referenceEntry, 415},
		"not JSON":                {"POST", "/api/new", marketer, json, "{", 400},
		"nothing":                 {"POST", "/api/new", marketer, json, "", 400},
		"a wrong entry":           {"POST", "/api/new", marketer, json, strings.Replace(referenceEntry, "134352", "134353", 1), 400},
		"a wrong key value":       {"GET", "/api/01/09506000134353", marketer, "", "", 400},
		"a path without value":    {"GET", "/api/01/", marketer, "", "", 400},
		"half a pair":             {"DELETE", "/api/01/09506000134352/10", marketer, "", "", 400},
		"merging a list":          {"PUT", "/api/01/09506000134352", marketer, json, "[]", 400},
		"merging null":            {"PUT", "/api/01/09506000134352", marketer, json, "null", 400},
		"a body that names wrong": {"DELETE", "/api/01/09506000134352", marketer, json, "[1]", 400},
		"a method":                {"PATCH", "/api/01/09506000134352", marketer, json, "{}", 405},
		"a method of the index":   {"DELETE", "/api/index", marketer, "", "", 405},
		"a path of nobody":        {"GET", "/api/other", marketer, "", "", 404},
		"our own API":             {"GET", "/api/v1/links", marketer, "", "", 200},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "merging a list" || name == "merging null" || name == "a body that names wrong" {
				s.raw(t, "POST", "/api/new", marketer, json, referenceEntry)
			}
			if r := s.raw(t, row.method, row.path, row.key, row.media, row.body); r.status != row.status {
				t.Errorf("%d, want %d: %s", r.status, row.status, r.body)
			}
		})
	}
}
