package api

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"tagline/internal/api/frame"
)

//go:embed reference.html
var referencePage string

// reference serves the specification, as data and as a page to read.
func (a *API) reference() error {
	spec := a.frame.Spec()
	yaml, err := spec.YAML()
	if err != nil {
		return err
	}
	text, err := json.Marshal(spec)
	if err != nil {
		return err
	}
	page, err := template.New("reference").Parse(referencePage)
	if err != nil {
		return err
	}
	var html bytes.Buffer
	if err := page.Execute(&html, a.guide(spec)); err != nil {
		return err
	}
	for path, file := range map[string]struct {
		media string
		body  []byte
	}{
		"/openapi.yaml": {"application/openapi+yaml; charset=utf-8", yaml},
		"/openapi.json": {"application/openapi+json", text},
		"/docs":         {"text/html; charset=utf-8", html.Bytes()},
	} {
		a.frame.Plain(path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", file.media)
			w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
			w.Write(file.body) //nolint:errcheck // the reader went away
		})
	}
	a.frame.Plain("/problems/{code}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, frame.Base+"/docs#problem-"+template.URLQueryEscaper(r.PathValue("code")), http.StatusSeeOther)
	})
	return nil
}

// guide is the specification in the order of the page.
type guide struct {
	Base     string
	Groups   []guideGroup
	Shapes   []guideShape
	Problems []frame.Kind
}

type guideGroup struct {
	Name string
	Ops  []guideOp
}

type guideOp struct {
	frame.Op
	Params []guideParam
	Takes  []guideForm
	Gives  []guideAnswer
}

type guideParam struct{ Name, In, Form, Words string }

type guideForm struct{ Name, Shape string }

type guideAnswer struct {
	Status string
	Form   guideForm
}

type guideShape struct {
	Name   string
	Fields []guideField
}

type guideField struct {
	Name     string
	Form     guideForm
	Words    string
	Required bool
}

func (a *API) guide(spec *huma.OpenAPI) guide {
	g := guide{Base: frame.Base, Problems: frame.Kinds()}
	for _, op := range a.frame.Ops() {
		described := operation(spec, op)
		o := guideOp{Op: op}
		o.Words = described.Description
		for _, p := range described.Parameters {
			o.Params = append(o.Params, guideParam{p.Name, p.In, formOf(p.Schema).Name, p.Description})
		}
		if described.RequestBody != nil {
			for _, media := range slices.Sorted(maps.Keys(described.RequestBody.Content)) {
				o.Takes = append(o.Takes, bodyOf(media, described.RequestBody.Content[media].Schema))
			}
		}
		for _, status := range slices.Sorted(maps.Keys(described.Responses)) {
			answer := guideAnswer{Status: status}
			for media, content := range described.Responses[status].Content {
				answer.Form = bodyOf(media, content.Schema)
			}
			if status != "default" {
				o.Gives = append(o.Gives, answer)
			}
		}
		i := slices.IndexFunc(g.Groups, func(g guideGroup) bool { return g.Name == op.Group })
		if i < 0 {
			i = len(g.Groups)
			g.Groups = append(g.Groups, guideGroup{Name: op.Group})
		}
		g.Groups[i].Ops = append(g.Groups[i].Ops, o)
	}
	schemas := spec.Components.Schemas.Map()
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		s := guideShape{Name: name}
		for _, field := range slices.Sorted(maps.Keys(schemas[name].Properties)) {
			p := schemas[name].Properties[field]
			s.Fields = append(s.Fields, guideField{field, formOf(p), p.Description, slices.Contains(schemas[name].Required, field)})
		}
		g.Shapes = append(g.Shapes, s)
	}
	return g
}

func operation(spec *huma.OpenAPI, op frame.Op) *huma.Operation {
	path := spec.Paths[op.Path]
	for _, o := range []*huma.Operation{path.Get, path.Post, path.Put, path.Patch, path.Delete} {
		if o != nil && o.Method == op.Method {
			return o
		}
	}
	return &huma.Operation{}
}

// bodyOf names what stands in a body: its shape, or the media type when it is no JSON.
func bodyOf(media string, s *huma.Schema) guideForm {
	if f := formOf(s); f.Shape != "" {
		return f
	}
	return guideForm{Name: media}
}

// formOf says in short what a value looks like.
func formOf(s *huma.Schema) guideForm {
	switch {
	case s == nil || s.Ref == "" && s.Type == "":
		return guideForm{Name: "any"}
	case s.Ref != "":
		name := s.Ref[strings.LastIndex(s.Ref, "/")+1:]
		return guideForm{Name: name, Shape: name}
	case s.Type == huma.TypeArray:
		item := formOf(s.Items)
		return guideForm{Name: "list of " + item.Name, Shape: item.Shape}
	case s.Type == huma.TypeObject:
		if values, ok := s.AdditionalProperties.(*huma.Schema); ok {
			item := formOf(values)
			return guideForm{Name: "map of " + item.Name, Shape: item.Shape}
		}
		return guideForm{Name: "object"}
	case len(s.Enum) > 0:
		var words []string
		for _, e := range s.Enum {
			words = append(words, fmt.Sprint(e))
		}
		return guideForm{Name: strings.Join(words, " | ")}
	}
	form := s.Type
	if s.Format != "" && s.Format != "int64" {
		form += " (" + s.Format + ")"
	}
	if s.Minimum != nil && s.Maximum != nil {
		form += " " + strconv.FormatFloat(*s.Minimum, 'f', -1, 64) + ".." + strconv.FormatFloat(*s.Maximum, 'f', -1, 64)
	}
	return guideForm{Name: form}
}
