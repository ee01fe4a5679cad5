package devices

import (
	"context"
	"encoding/base64"
	"net/http"
	"time"
	"unicode/utf8"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/api/wire"
	"tagline/internal/api/wire/connected"
	"tagline/internal/device"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/intake"
)

// admitting adds the operations about credentials, claims and dead letters.
func (d *Desk) admitting(f *frame.Frame) {
	frame.Handle(f, frame.Op{ID: "list-device-credentials", Method: http.MethodGet, Path: "/devices/{brand}/{name}/credentials", Action: access.DeviceRead, Group: group,
		Summary: "List the credentials of a device, never their secrets"}, d.credentials)
	frame.Handle(f, frame.Op{ID: "make-device-credential", Method: http.MethodPost, Path: "/devices/{brand}/{name}/credentials", Action: access.DeviceAdmit, Group: group, Status: http.StatusCreated,
		Summary: "Give a device a credential", Words: "A certificate is signed for the key of a request; a token is for development and told this once; a public key checks tokens that the device signs itself."}, d.makeCredential)
	frame.Handle(f, frame.Op{ID: "revoke-device-credential", Method: http.MethodPost, Path: "/devices/{brand}/{name}/credentials/{id}/revocation", Action: access.DeviceAdmit, Group: group, Status: http.StatusNoContent,
		Summary: "Revoke a credential: whoever is connected with it is cut off at once"}, func(ctx context.Context, who access.Actor, in *struct {
		Named
		frame.ByID
		Reason string `query:"reason" maxLength:"500"`
	}) (*frame.Nothing, error) {
		return nil, d.Devices.Revoke(ctx, by(who).String(), in.Brand, in.Name, ident.Credential(in.ID), in.Reason)
	})
	frame.Handle(f, frame.Op{ID: "list-claims", Method: http.MethodGet, Path: "/claims", Action: access.DeviceRead, Group: group,
		Summary: "List claims: batches of devices that may ask for credentials"}, func(ctx context.Context, _ access.Actor, _ *frame.Nothing) (*frame.Answer[connected.List[connected.Claim]], error) {
		all, err := d.Devices.Claims(ctx)
		out := connected.List[connected.Claim]{Items: []connected.Claim{}}
		for _, c := range all {
			out.Items = append(out.Items, d.claimShape(c))
		}
		return frame.Say(out, err)
	})
	frame.Handle(f, frame.Op{ID: "make-claim", Method: http.MethodPost, Path: "/claims", Action: access.DeviceAdmit, Group: group, Status: http.StatusCreated,
		Summary: "Make a claim, by token or by certificate"}, d.makeClaim)
	frame.Handle(f, frame.Op{ID: "end-claim", Method: http.MethodPost, Path: "/claims/{id}/end", Action: access.DeviceAdmit, Group: group, Status: http.StatusNoContent,
		Summary: "End a claim at once"}, func(ctx context.Context, who access.Actor, in *frame.ByID) (*frame.Nothing, error) {
		return nil, d.Devices.EndClaim(ctx, by(who).String(), ident.Claim(in.ID))
	})
	frame.Handle(f, frame.Op{ID: "expect-devices", Method: http.MethodPost, Path: "/devices/expected", Action: access.DeviceAdmit, Group: group, Status: http.StatusCreated,
		Summary: "Name devices that were made and may claim themselves, with their secrets"}, func(ctx context.Context, who access.Actor, in *struct{ Body connected.ExpectedDevices }) (*frame.Answer[connected.Taken], error) {
		var list []device.Expected
		for _, e := range in.Body.Devices {
			list = append(list, device.Expected{Brand: e.Brand, Name: e.Name, Model: e.Model, GTIN: e.GTIN, Serial: e.Serial, Lot: e.Lot, Secret: e.Secret})
		}
		return frame.Say(connected.Taken{Count: len(list)}, d.Devices.Expect(ctx, by(who).String(), list))
	})
	frame.Handle(f, frame.Op{ID: "list-dead-letters", Method: http.MethodGet, Path: "/dead-letters", Action: access.DeviceRead, Group: group,
		Summary: "List what devices sent and could not be taken, the newest first"}, d.letters)
	frame.Handle(f, frame.Op{ID: "replay-dead-letter", Method: http.MethodPost, Path: "/dead-letters/{id}/replay", Action: access.DeviceWrite, Group: group,
		Summary: "Take a dead letter in again, by the model as it is now"}, func(ctx context.Context, who access.Actor, in *frame.ByID) (*frame.Answer[connected.Taken], error) {
		a, err := d.Intake.Replay(ctx, by(who).String(), ident.Event(in.ID))
		return frame.Say(connected.Taken{Count: a.Fresh}, err)
	})
	frame.Handle(f, frame.Op{ID: "drop-dead-letter", Method: http.MethodPost, Path: "/dead-letters/{id}/drop", Action: access.DeviceWrite, Group: group, Status: http.StatusNoContent,
		Summary: "Settle a dead letter that nobody needs"}, func(ctx context.Context, who access.Actor, in *frame.ByID) (*frame.Nothing, error) {
		return nil, d.Intake.Drop(ctx, by(who).String(), ident.Event(in.ID))
	})
}

func (d *Desk) credentials(ctx context.Context, _ access.Actor, in *Named) (*frame.Answer[connected.List[connected.DeviceCredential]], error) {
	x, err := d.Devices.Get(ctx, in.Brand, in.Name)
	if err != nil {
		return nil, err
	}
	all, err := d.Devices.Credentials(ctx, x.No)
	out := connected.List[connected.DeviceCredential]{Items: []connected.DeviceCredential{}}
	for _, c := range all {
		out.Items = append(out.Items, d.credentialShape(c))
	}
	return frame.Say(out, err)
}

func (d *Desk) credentialShape(c device.Credential) connected.DeviceCredential {
	out := connected.DeviceCredential{ID: string(c.ID), Kind: string(c.Kind), Hint: c.Hint, State: c.State, From: c.From, Until: c.Until, CreatedAt: c.Created, CreatedBy: c.By, Public: c.Public}
	if c.State != "revoked" && !d.Clock.Now().Before(c.Until) {
		out.State = "ended"
	}
	return out
}

func (d *Desk) makeCredential(ctx context.Context, who access.Actor, in *struct {
	Named
	Body connected.NewDeviceCredential
}) (*frame.Answer[connected.DeviceCredential], error) {
	var c device.Credential
	var secret string
	var err error
	name := by(who).String()
	switch in.Body.Kind {
	case "token":
		c, secret, err = d.Devices.MakeToken(ctx, name, in.Brand, in.Name, time.Duration(in.Body.Days)*24*time.Hour)
	case "key":
		c, err = d.Devices.AddKey(ctx, name, in.Brand, in.Name, []byte(in.Body.Request))
	default:
		if in.Body.Request == "" {
			return nil, fault.New(fault.Invalid, "a certificate is signed for a request", "Make a key on the device and send its certificate request.").At("body.request", "is missing")
		}
		c, err = d.Devices.Certify(ctx, name, in.Brand, in.Name, []byte(in.Body.Request))
	}
	if err != nil {
		return nil, err
	}
	out := d.credentialShape(c)
	out.Secret = secret
	return frame.Say(out, nil)
}

func (d *Desk) claimShape(c device.Claim) connected.Claim {
	out := connected.Claim{ID: string(c.ID), Brand: c.Brand, Model: c.Model, Title: c.Title, ClientID: c.Brand + "_" + device.ClaimName(c.ID), Used: c.Used, Uses: c.Uses, State: c.State, Until: c.Until, CreatedAt: c.Created, CreatedBy: c.By}
	if c.State == "active" && (!d.Clock.Now().Before(c.Until) || c.Used >= c.Uses) {
		out.State = "ended"
	}
	return out
}

func (d *Desk) makeClaim(ctx context.Context, who access.Actor, in *struct{ Body connected.NewClaim }) (*frame.Answer[connected.Claim], error) {
	n := device.NewClaim{Brand: in.Body.Brand, Model: in.Body.Model, Title: in.Body.Title, Uses: in.Body.Uses}
	if in.Body.Until != nil {
		n.Until = *in.Body.Until
	}
	if in.Body.Request != "" {
		n.Request = []byte(in.Body.Request)
	}
	m, err := d.Devices.MakeClaim(ctx, by(who).String(), n)
	if err != nil {
		return nil, err
	}
	out := d.claimShape(m.Claim)
	out.Token, out.Certificate = m.Token, m.Certificate
	return frame.Say(out, nil)
}

type lettersIn struct {
	frame.Paging
	State    string `query:"state" enum:"open,replayed,dropped"`
	DeviceID string `query:"device" maxLength:"100" doc:"brand/name"`
}

func (d *Desk) letters(ctx context.Context, _ access.Actor, in *lettersIn) (*frame.Answer[frame.Page[connected.DeadLetter]], error) {
	filter := intake.LetterFilter{State: in.State}
	if in.DeviceID != "" {
		brand, name, err := device.ParseID(in.DeviceID)
		if err != nil {
			return nil, err
		}
		x, err := d.Devices.Get(ctx, brand, name)
		if err != nil {
			return nil, err
		}
		filter.Device = x.No
	}
	return frame.List(in.Paging, "dead-letters", []any{in.State, in.DeviceID}, frame.Sure(letterShape), func(l intake.Letter) string { return string(l.ID) },
		func(after string, limit int) ([]intake.Letter, error) {
			filter.Before, filter.Limit = ident.Event(after), limit
			return d.Intake.Letters(ctx, filter)
		})
}

func letterShape(l intake.Letter) connected.DeadLetter {
	out := connected.DeadLetter{
		ID: string(l.ID), DeviceID: l.Brand + "/" + l.Name, Kind: l.Kind, Via: l.Via, ContentType: l.Type, Reason: l.Reason, Body: string(l.Body), Times: l.Times, State: l.State,
		FirstAt: l.First, LastAt: l.Last, SettledAt: wire.When(l.Settled), SettledBy: l.By,
	}
	if !utf8.Valid(l.Body) {
		out.Body, out.Coded = base64.StdEncoding.EncodeToString(l.Body), true
	}
	return out
}
