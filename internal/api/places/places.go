package places

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire/supply"
	"tagline/internal/fault"
	"tagline/internal/place"
	"tagline/internal/place/intake"
	"tagline/internal/place/listfile"
)

const group = "Locations and parties"

// Desk answers the operations about locations and parties.
type Desk struct {
	Places *place.Service
}

// Register adds the operations to the API.
func (d *Desk) Register(f *frame.Frame) {
	frame.Handle(f, frame.Op{ID: "list-places", Method: http.MethodGet, Path: "/places", Action: access.PlaceRead, Group: group,
		Summary: "List locations and parties"}, d.list)
	frame.Handle(f, frame.Op{ID: "get-place", Method: http.MethodGet, Path: "/places/one", Action: access.PlaceRead, Group: group,
		Summary: "Get a location or a party"}, func(ctx context.Context, _ access.Actor, in *oneIn) (*frame.Answer[supply.Place], error) {
		key, err := in.key()
		if err != nil {
			return nil, err
		}
		p, err := d.Places.Get(ctx, key)
		return frame.Say(shape(p), err)
	})
	frame.Handle(f, frame.Op{ID: "put-place", Method: http.MethodPut, Path: "/places/one", Action: access.PlaceWrite, Group: group,
		Summary: "Keep a location or a party, new or changed"}, func(ctx context.Context, who access.Actor, in *struct{ Body supply.Place }) (*frame.Answer[supply.Place], error) {
		p, err := d.Places.Put(ctx, placeOf(in.Body), who.ID)
		return frame.Say(shape(p), err)
	})
	frame.Handle(f, frame.Op{ID: "delete-place", Method: http.MethodDelete, Path: "/places/one", Action: access.PlaceWrite, Group: group,
		Summary: "Take a location or a party away", Words: "Events that name it stay as they are.", Status: http.StatusNoContent}, func(ctx context.Context, who access.Actor, in *oneIn) (*frame.Nothing, error) {
		key, err := in.key()
		if err != nil {
			return nil, err
		}
		return nil, d.Places.Delete(ctx, key, who.ID)
	})
	frame.Handle(f, frame.Op{ID: "import-places", Noted: true, Method: http.MethodPost, Path: "/places/import", Action: access.PlaceWrite, Group: group,
		Summary: "Import locations and parties from a file", MaxBody: listfile.MaxBytes + 1, Types: []string{"text/csv"},
		Words: "The body is the file, whatever of these it is: CSV with the columns key, class, name, kind, country, latitude, longitude, radius_km, free_zone, parent, operator; an EPCIS document with master data, in JSON or XML; or a signed list, with the `key` of who signed it. All or nothing."}, d.importFile)
	frame.Handle(f, frame.Op{ID: "export-places", Answers: "text/csv", Method: http.MethodGet, Path: "/places/export", Action: access.PlaceRead, Group: group,
		Summary: "Export locations and parties as CSV, or as a signed list", Words: "Importing the CSV again changes nothing. The signed list is text that ends in a signature: the signed note format, Ed25519."}, d.export)
	frame.Handle(f, frame.Op{ID: "get-places-key", Method: http.MethodGet, Path: "/places/key", Action: frame.Anyone, Group: group,
		Summary: "The public key by which signed lists of this server are checked"}, func(ctx context.Context, _ access.Actor, _ *frame.Nothing) (*frame.Answer[supply.PlaceKey], error) {
		key, err := d.Places.PublicKey(ctx)
		return frame.Say(supply.PlaceKey{Key: key}, err)
	})
}

type oneIn struct {
	Key   string `query:"key" required:"true" minLength:"1" maxLength:"500" example:"414/9506000134345"`
	Class string `query:"class" enum:"location,party" doc:"What a GLN by itself means; a location when left out"`
}

func (in *oneIn) key() (string, error) {
	class := place.Class(in.Class)
	if class == "" {
		class = place.Location
	}
	key, err := place.KeyOf(in.Key, class)
	if err != nil && in.Class == "" { // the key itself says what it is
		if other, wrong := place.KeyOf(in.Key, place.Party); wrong == nil {
			return other, nil
		}
	}
	return key, err
}

type listIn struct {
	frame.Paging
	Class   string `query:"class" enum:"location,party"`
	Country string `query:"country" pattern:"^[A-Z]{2}$"`
	Q       string `query:"q" maxLength:"100" doc:"A part of the name or the key"`
}

func (d *Desk) list(ctx context.Context, _ access.Actor, in *listIn) (*frame.Answer[frame.Page[supply.Place]], error) {
	return frame.List(in.Paging, "places", []any{in.Class, in.Country, in.Q}, frame.Sure(shape), func(p place.Place) string { return p.Key },
		func(after string, limit int) ([]place.Place, error) {
			return d.Places.List(ctx, place.Filter{Class: place.Class(in.Class), Country: in.Country, Query: in.Q, After: after, Limit: limit})
		})
}

func shape(p place.Place) supply.Place {
	out := supply.Place{Key: p.Key, Class: string(p.Class), Name: p.Name, Kind: p.Kind, Country: p.Country, RadiusKM: p.RadiusKM, FreeZone: p.Free, Parent: p.Parent, Operator: p.Operator}
	if p.Located {
		out.Latitude, out.Longitude = &p.Lat, &p.Lng
	}
	return out
}

func placeOf(w supply.Place) place.Place {
	p := place.Place{Key: w.Key, Class: place.Class(w.Class), Name: w.Name, Kind: w.Kind, Country: w.Country, RadiusKM: w.RadiusKM, Free: w.FreeZone, Parent: w.Parent, Operator: w.Operator}
	if w.Latitude != nil && w.Longitude != nil {
		p.Located, p.Lat, p.Lng = true, *w.Latitude, *w.Longitude
	}
	return p
}

type importIn struct {
	DryRun  bool   `query:"dryRun" doc:"Change nothing"`
	Key     string `query:"key" maxLength:"500" doc:"The public key of who signed the list"`
	RawBody []byte `contentType:"text/csv"`
}

// maxProblems bounds the list in the answer to an import.
const maxProblems = 500

func (d *Desk) importFile(ctx context.Context, who access.Actor, in *importIn) (*frame.Answer[supply.PlaceImport], error) {
	list, problems, err := intake.Read(in.RawBody, in.Key)
	if err != nil {
		return nil, err
	}
	out := supply.PlaceImport{DryRun: in.DryRun, Entries: len(list), Problems: []supply.PlaceProblem{}}
	for _, p := range problems[:min(len(problems), maxProblems)] {
		out.Problems = append(out.Problems, supply.PlaceProblem(p))
	}
	var done place.Outcome
	switch {
	case in.DryRun:
		done, err = d.Places.Rehearse(ctx, list)
	case len(problems) > 0:
		f := fault.Newf(fault.Invalid, "%d entries of the file cannot be kept; nothing was imported", len(problems)).WithHint("Correct them and send the file again.")
		for _, p := range out.Problems[:min(len(out.Problems), 50)] {
			f = f.At(p.Where, p.Says)
		}
		return nil, f
	default:
		done, err = d.Places.PutAll(ctx, list, who.ID)
	}
	out.Created, out.Changed, out.Same = done.Created, done.Changed, done.Same
	return frame.Say(out, err)
}

type exportIn struct {
	Signed bool `query:"signed" doc:"A list that proves itself"`
}

func (d *Desk) export(ctx context.Context, _ access.Actor, in *exportIn) (*huma.StreamResponse, error) {
	var file []byte
	name, media := "places.csv", "text/csv; charset=utf-8"
	if in.Signed {
		var err error
		if file, err = d.Places.SignedList(ctx); err != nil {
			return nil, err
		}
		name, media = "places.signed.txt", "text/plain; charset=utf-8"
	} else {
		list, err := d.Places.All(ctx)
		if err != nil {
			return nil, err
		}
		file = listfile.Format(place.Rows(list))
	}
	return &huma.StreamResponse{Body: func(out huma.Context) {
		out.SetHeader("Content-Type", media)
		out.SetHeader("Content-Disposition", `attachment; filename="`+name+`"`)
		if _, err := out.BodyWriter().Write(file); err != nil {
			panic(http.ErrAbortHandler) // half a file must not look like a whole one
		}
	}}, nil
}
