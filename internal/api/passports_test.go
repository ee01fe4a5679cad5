package api_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/passport"
	"tagline/internal/passport/copyfile"
)

// sheet is a draft of a passport.
func sheet() wire.PassportDocument {
	en := func(s string) map[string]string { return map[string]string{"en": s} }
	return wire.PassportDocument{GTIN: gtin, Name: en("Aquavit"), Operator: &wire.PassportOperator{Name: "Halden Spirits AS", Country: "NO"},
		Sections: []wire.PassportSection{{Name: "packaging", Label: en("Packaging"), Attributes: []wire.PassportAttribute{
			{Name: "weight", Label: en("Weight of the bottle"), Tier: "public", Number: new(412.5), Unit: "GRM"},
			{Name: "supplier", Label: en("Supplier"), Tier: "authority", Text: en("Glass AS")}}}}}
}

func TestAPassportFromDraftToWithdrawal(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		path := "/passports/" + gtin
		var p wire.Passport
		r := s.do(t, call{method: http.MethodPut, path: path, body: sheet(), header: map[string]string{"If-None-Match": "*"}})
		r.into(t, http.StatusCreated, &p)
		if p.Rev != 1 || r.header.Get("ETag") != `"1"` || p.Status != "draft" || p.Draft == nil || p.Draft.Sections[0].Attributes[0].Unit != "GRM" {
			t.Fatalf("%s", r.body)
		}
		s.do(t, call{method: http.MethodPut, path: path, body: sheet(), header: map[string]string{"If-None-Match": "*"}}).problem(t, http.StatusConflict, "conflict")
		s.do(t, call{method: http.MethodPost, path: path + "/documents", body: wire.PassportUpload{Name: "care.txt", Title: map[string]string{"en": "Care"}, Type: "text/plain", Data: []byte("Keep it cool.")},
			header: map[string]string{"If-Match": `"9"`}}).problem(t, http.StatusConflict, "conflict")
		s.do(t, call{method: http.MethodPost, path: path + "/documents", body: wire.PassportUpload{Name: "care.txt", Title: map[string]string{"en": "Care"}, Type: "text/plain", Data: []byte("Keep it cool.")}}).into(t, http.StatusOK, &p)
		sha := p.Draft.Documents[0].SHA256
		if file := s.do(t, call{path: path + "/documents/" + sha}); file.status != 200 || string(file.body) != "Keep it cool." || !strings.Contains(file.header.Get("Content-Disposition"), "care.txt") {
			t.Errorf("%d %s", file.status, file.body)
		}
		var v wire.PassportVersion
		s.do(t, call{method: http.MethodPost, path: path + "/publish", header: map[string]string{"If-Match": `"2"`}}).into(t, http.StatusCreated, &v)
		if v.Version != 1 || len(v.SHA256) != 64 || v.Page != "https://tagline.example/passport/01/"+gtin+"?version=1" || v.By == "" {
			t.Errorf("%+v", v)
		}
		changed := sheet()
		changed.Name["en"] = "Aged aquavit"
		s.do(t, call{method: http.MethodPut, path: path, body: changed}).into(t, http.StatusOK, &p)
		var pending wire.PassportPending
		s.do(t, call{path: path + "/pending"}).into(t, http.StatusOK, &pending)
		if len(pending.Changes) < 2 || pending.Changes[0].Path != "name.en" || pending.Changes[0].After != "Aged aquavit" {
			t.Errorf("%+v", pending)
		}
		s.do(t, call{method: http.MethodPost, path: path + "/publish"}).into(t, http.StatusCreated, nil)
		var versions frame.Page[wire.PassportVersion]
		s.do(t, call{path: path + "/versions?limit=1"}).into(t, http.StatusOK, &versions)
		if len(versions.Items) != 1 || versions.Items[0].Version != 2 || versions.Next == "" {
			t.Errorf("%+v", versions)
		}
		s.do(t, call{path: path + "/versions?limit=1&cursor=" + versions.Next}).into(t, http.StatusOK, &versions)
		if len(versions.Items) != 1 || versions.Items[0].SHA256 != v.SHA256 {
			t.Errorf("%+v", versions)
		}
		file := s.do(t, call{path: path + "/copy?all=true"})
		m, err := copyfile.Verify(bytes.NewReader(file.body), int64(len(file.body)))
		if err != nil || len(m.Versions) != 2 || m.Tier != passport.Authority {
			t.Errorf("%d: %v %+v", file.status, err, m)
		}
		s.do(t, call{method: http.MethodDelete, path: path}).problem(t, http.StatusConflict, "conflict")
		s.do(t, call{method: http.MethodPost, path: path + "/withdraw", body: wire.PassportWithdrawal{Reason: "The label was wrong."}}).into(t, http.StatusOK, &p)
		if p.Status != "withdrawn" || p.Reason == "" || p.WithdrawnAt == nil {
			t.Errorf("%+v", p)
		}
		item := sheet()
		item.Serial = "S1"
		s.do(t, call{method: http.MethodPut, path: path, body: item}).problem(t, http.StatusBadRequest, "invalid")
		s.do(t, call{method: http.MethodPut, path: path + "?serial=S1", body: item}).into(t, http.StatusCreated, nil)
		var list frame.Page[wire.Passport]
		s.do(t, call{path: "/passports?status=withdrawn"}).into(t, http.StatusOK, &list)
		if len(list.Items) != 1 || list.Items[0].Draft != nil || list.Items[0].GTIN != gtin {
			t.Errorf("%+v", list)
		}
		s.do(t, call{method: http.MethodDelete, path: path + "?serial=S1"}).into(t, http.StatusNoContent, nil)
		bad := sheet()
		bad.Sections[0].Attributes[0].Unit = "a<b"
		problem := s.do(t, call{method: http.MethodPut, path: path, body: bad}).problem(t, http.StatusBadRequest, "invalid")
		if len(problem.Errors) != 1 || problem.Errors[0].Location != "body.sections[0].attributes[0].unit" {
			t.Errorf("%+v", problem.Errors)
		}
	})
}

func TestGrantsOfPassportsAreShownOnce(t *testing.T) {
	both(t, func(t *testing.T, s *server) {
		s.do(t, call{method: http.MethodPut, path: "/passports/" + gtin, body: sheet()}).into(t, http.StatusCreated, nil)
		s.do(t, call{method: http.MethodPost, path: "/passports/" + gtin + "/publish"}).into(t, http.StatusCreated, nil)
		var made wire.PassportGrantMade
		s.do(t, call{method: http.MethodPost, path: "/passport-grants", body: wire.PassportGrantRequest{Tier: "authority", Holder: "Customs", Purpose: "Import", GTINs: []string{gtin},
			ExpiresAt: time.Now().Add(time.Hour)}}).into(t, http.StatusCreated, &made)
		a := passport.Anchor{GTIN: gtin}
		if v, err := s.back.Passports.Read(t.Context(), passport.Query{Anchor: a, Token: made.Token, Form: "page"}); err != nil || v.Hidden != 0 {
			t.Fatalf("%v %+v", err, v)
		}
		list := s.do(t, call{path: "/passport-grants"})
		if list.status != 200 || strings.Contains(string(list.body), made.Token) || !strings.Contains(string(list.body), made.Grant.ID) {
			t.Errorf("%d %s", list.status, list.body)
		}
		var uses frame.Page[wire.PassportAccess]
		s.do(t, call{path: "/passport-accesses?grant=" + made.Grant.ID + "&path=" + a.Path()}).into(t, http.StatusOK, &uses)
		if len(uses.Items) != 1 || uses.Items[0].Form != "page" || uses.Items[0].Version != 1 {
			t.Errorf("%+v", uses)
		}
		s.do(t, call{method: http.MethodDelete, path: "/passport-grants/" + made.Grant.ID}).into(t, http.StatusNoContent, nil)
		if _, err := s.back.Passports.Read(t.Context(), passport.Query{Anchor: a, Token: made.Token}); err == nil {
			t.Error("a revoked grant opens")
		}
		problem := s.do(t, call{method: http.MethodPost, path: "/passport-grants", body: wire.PassportGrantRequest{Tier: "authority", Holder: "Customs", Purpose: "Import",
			ExpiresAt: time.Now().Add(-time.Hour)}}).problem(t, http.StatusBadRequest, "invalid")
		if len(problem.Errors) != 1 || !strings.HasPrefix(problem.Errors[0].Location, "body.") {
			t.Errorf("%+v", problem.Errors)
		}
	})
}

func TestWhoMayDoWhatWithPassports(t *testing.T) {
	for role, may := range map[access.Role][]access.Action{
		access.Marketer: {access.PassportRead, access.PassportWrite},
		access.Engineer: {access.PassportRead, access.PassportWrite, access.PassportPublish, access.PassportGrantRead, access.PassportGrantWrite},
		access.Privacy:  {access.PassportRead, access.PassportGrantRead},
		access.Auditor:  {access.PassportRead, access.PassportGrantRead},
		access.PR:       {},
		access.Partner:  {},
	} {
		var held []access.Action
		for _, a := range []access.Action{access.PassportRead, access.PassportWrite, access.PassportPublish, access.PassportGrantRead, access.PassportGrantWrite} {
			if (access.Actor{Role: role}).May(a) {
				held = append(held, a)
			}
		}
		if len(held) != len(may) {
			t.Errorf("%s may %v, want %v", role, held, may)
		}
	}
}
