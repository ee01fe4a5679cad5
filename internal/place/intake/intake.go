package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"tagline/epcis"
	"tagline/epcis/jsondoc"
	"tagline/epcis/xmldoc"
	"tagline/internal/fault"
	"tagline/internal/place"
	"tagline/internal/place/listfile"
)

// Problem is what is wrong with one entry of a file.
type Problem struct {
	Where string // "line 4", or the identifier in a document of master data
	Says  string
}

// Read reads a file of locations and parties: CSV, a signed list, or the master data
// of an EPCIS document in JSON or XML. A signed list is checked with the public key
// of who signed it, which must then be given. What cannot be kept is a problem.
// Errors: Invalid for what is no such file, or is not signed as it says.
func Read(file []byte, public string) ([]place.Place, []Problem, error) {
	start := bytes.TrimLeft(bytes.TrimPrefix(file, []byte("\ufeff")), " \t\r\n")
	var rows []listfile.Row
	var err error
	switch {
	case listfile.Signed(file):
		if public == "" {
			return nil, nil, fault.New(fault.Invalid, "this is a signed list, and the key to check it is missing", "Give the public key of who signed it, as they publish it.")
		}
		list, wrong := listfile.Verify(file, public)
		rows, err = list.Rows, wrong
	case public != "":
		return nil, nil, fault.New(fault.Invalid, "a key was given, and this is not a signed list", "Leave the key out, or send the signed list itself.")
	case bytes.HasPrefix(start, []byte("<")), bytes.HasPrefix(start, []byte("{")):
		return masterData(file, start[0] == '<')
	default:
		rows, err = listfile.Parse(file)
	}
	if err != nil {
		if e := new(listfile.Error); errors.As(err, &e) {
			return nil, []Problem{{fmt.Sprint("line ", e.Line), e.Says}}, nil
		}
		return nil, nil, fault.Wrap(fault.Invalid, err, strings.TrimPrefix(err.Error(), "listfile: "), "Get the list and the key again from who published them.")
	}
	var places []place.Place
	var problems []Problem
	lines := map[string]int{}
	for _, r := range rows {
		where := fmt.Sprint("line ", r.Line)
		p, err := place.FromRow(r)
		if err != nil {
			problems = append(problems, problemsOf(where, err)...)
			continue
		}
		if first := lines[p.Key]; first != 0 {
			problems = append(problems, Problem{where, fmt.Sprintf("%s stands in line %d already", p.Key, first)})
			continue
		}
		lines[p.Key] = r.Line
		places = append(places, p)
	}
	return places, problems, nil
}

func problemsOf(where string, err error) (out []Problem) {
	e := new(fault.Error)
	if !errors.As(err, &e) || len(e.Fields) == 0 {
		return []Problem{{where, err.Error()}}
	}
	for _, f := range e.Fields {
		out = append(out, Problem{where, strings.TrimPrefix(f.Location, "body.") + ": " + f.Message})
	}
	return out
}

// masterData takes locations and parties from the head of an EPCIS document.
func masterData(file []byte, xml bool) ([]place.Place, []Problem, error) {
	type document interface {
		Document() *epcis.Document
		Next() (epcis.Item, error)
	}
	var d document
	var err error
	if xml {
		d, err = xmldoc.Open(bytes.NewReader(file), epcis.Limits{})
	} else {
		d, err = jsondoc.Open(bytes.NewReader(file), epcis.Limits{})
	}
	if err != nil {
		return nil, nil, fault.Wrap(fault.Invalid, err, "this is not an EPCIS document: "+err.Error(), "Send a document with master data, or CSV.")
	}
	for _, err := d.Next(); !errors.Is(err, io.EOF); _, err = d.Next() {
		if err != nil {
			return nil, nil, fault.Wrap(fault.Invalid, err, "this document cannot be read to its end: "+err.Error(), "Send it again.")
		}
	}
	var places []place.Place
	var problems []Problem
	at := map[string]int{}
	for _, v := range d.Document().Vocabularies {
		class := place.Location
		switch last := v.Type[strings.LastIndexAny(v.Type, ":/#")+1:]; {
		case strings.EqualFold(last, "BusinessLocation"), strings.EqualFold(last, "ReadPoint"), strings.EqualFold(last, "Location"):
		case strings.EqualFold(last, "Party"):
			class = place.Party
		default:
			continue // products and the like
		}
		parents := map[string]string{}
		for _, e := range v.Elements {
			for _, child := range e.Children {
				parents[child] = e.ID
			}
		}
		for _, e := range v.Elements {
			row := listfile.Row{Fields: map[string]string{"key": e.ID, "class": string(class), "parent": parents[e.ID]}}
			for _, a := range e.Attributes {
				if column := columnOf(a.ID); column != "" {
					row.Fields[column] = strings.TrimSpace(a.Value.Text)
				}
			}
			if row.Fields["name"] == "" {
				row.Fields["name"] = e.ID
			}
			p, err := place.FromRow(row)
			if err != nil {
				problems = append(problems, problemsOf(e.ID, err)...)
				continue
			}
			// One GLN is often told twice, as a read point and as a business location.
			if i, known := at[p.Key]; known {
				if places[i].Name == e.ID || !places[i].Located && p.Located {
					places[i] = p
				}
				continue
			}
			at[p.Key] = len(places)
			places = append(places, p)
		}
	}
	return places, problems, nil
}

// columnOf tells which column an attribute of CBV 2.0 section 9 fills.
func columnOf(id string) string {
	switch strings.ToLower(id[strings.LastIndexAny(id, ":/#")+1:]) {
	case "name", "organizationname", "physicallocationname", "sitename":
		return "name"
	case "countrycode", "country":
		return "country"
	case "latitude":
		return "latitude"
	case "longitude":
		return "longitude"
	}
	return ""
}
