package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net"
	"time"

	"tagline/internal/command"
	"tagline/internal/device"
	"tagline/internal/deviceweb"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/intake"
	"tagline/internal/life"
	"tagline/internal/model"
	"tagline/internal/mqtt"
	"tagline/internal/reading"
	"tagline/internal/sqldb"
	"tagline/internal/thing"
	"tagline/internal/twin"
)

// modelOf finds a model by its name, from memory.
func (r *rooms) modelOf(ctx context.Context, name string) (*model.Model, error) {
	c, err := r.products.Catalogue(ctx)
	if err != nil {
		return nil, err
	}
	m, ok := c.Model(name)
	if !ok {
		return nil, fault.Newf(fault.NotFound, "there is no model %q", name).WithHint("Apply the brand's files again.")
	}
	return m, nil
}

// itemOf gives the item of a product and a serial, which is made if it is missing.
func (r *rooms) itemOf(tx *sqldb.Tx, gtin, serial string) (ident.Thing, error) {
	items, err := r.things.Ensure(tx, []thing.Label{{Ref: thing.Ref{GTIN: gtin, Serial: serial}}}, "")
	if err != nil {
		return "", err
	}
	return items[0].ID, nil
}

// openDevices builds the rooms of connected devices.
func (r *rooms) openDevices(ctx context.Context) error {
	c := r.config
	r.devices = device.New(device.Config{DB: r.db, Ledger: r.ledger, Vault: r.vault, Clock: c.Clock, IDs: r.ids, Chance: c.Chance, Products: r.products, Item: r.itemOf})
	r.readings = reading.New(reading.Config{DB: r.db, Ledger: r.ledger, Clock: c.Clock, IDs: r.ids, Model: r.modelOf, Told: r.toldOfDevice})
	r.commands = command.New(command.Config{DB: r.db, Ledger: r.ledger, Vault: r.vault, Clock: c.Clock, IDs: r.ids, Log: c.Log, Devices: r.devices, Model: r.modelOf,
		Reported: func(ctx context.Context, d device.Device) (twin.Reported, error) {
			t, err := r.readings.Twin(ctx, d)
			return t.Reported, err
		}})
	r.intake = intake.New(intake.Config{DB: r.db, Clock: c.Clock, IDs: r.ids, Log: c.Log, Devices: r.devices, Readings: r.readings, Model: r.modelOf, Reported: r.commands.Reported})
	r.intake.Handle("ack", func(tx *sqldb.Tx, d *device.Device, _ *model.Model, u intake.Uplink) error {
		return r.commands.Answered(tx, d, u.Body)
	})
	return r.devices.Restarted(ctx)
}

// lifeMoments are the moments of a device that are also steps in the life of the item
// it is part of.
var lifeMoments = map[string]thing.Moment{"opened": thing.MomentOpened, "in-use": thing.MomentInUse, "drained": thing.MomentDrained}

// toldOfDevice has what a device finds about its item count in the item's life: a
// bottle whose pourer tells that it is empty is empty on its page too.
func (r *rooms) toldOfDevice(tx *sqldb.Tx, d *device.Device, m reading.Moment) error {
	step, ok := lifeMoments[m.Name]
	if !ok || d.Serial == "" {
		return nil
	}
	source, id := "device:"+d.ID(), m.Key
	if len(id) > 150 {
		id = id[:150]
	}
	if !m.Standing {
		return r.things.Retract(tx, source, id, "a late reading disproved it")
	}
	_, err := r.things.ReportIn(tx, thing.Report{
		Source: source, SourceID: id, Thing: d.Thing, Moment: step, At: sqldb.Time(m.At), Kind: life.Measured, Reason: m.Because, Revocable: true,
	})
	return err
}

// frontDoor is what the MQTT front door asks of the rooms.
type frontDoor struct {
	*rooms
	server *mqtt.Server
}

// Authenticate implements mqtt.Hub.
func (f *frontDoor) Authenticate(ctx context.Context, c mqtt.Credentials) (mqtt.Identity, error) {
	id, err := f.devices.Authenticate(ctx, device.Shown{
		ClientID: c.ClientID, Username: c.Username, Password: c.Password, Certificate: c.Certificate, Remote: c.Remote, Secure: c.Secure,
	})
	return mqtt.Identity{
		Brand: id.Device.Brand, Device: id.Device.Name, No: id.Device.No, Claim: id.Claim != "", Credential: string(id.Credential), Until: id.Until,
	}, err
}

// Connected implements mqtt.Hub.
func (f *frontDoor) Connected(id mqtt.Identity, session int64) {
	if err := f.devices.Connected(context.Background(), id.No, session); err != nil {
		f.config.Log.Warn("that a device is there could not be noted", "device", id.Brand+"/"+id.Device, "error", err)
	}
}

// Disconnected implements mqtt.Hub.
func (f *frontDoor) Disconnected(id mqtt.Identity, session int64, why mqtt.Ended) {
	if err := f.devices.Left(context.Background(), id.No, session, string(why)); err != nil && !fault.Is(err, fault.Unavailable) {
		f.config.Log.Warn("that a device has gone could not be noted", "device", id.Brand+"/"+id.Device, "error", err)
	}
}

// Listening implements mqtt.Hub: what waits for the device is sent now.
func (f *frontDoor) Listening(id mqtt.Identity) {
	go f.commands.Deliver(context.Background(), id.Brand, id.Device)
}

// Offer implements mqtt.Hub.
func (f *frontDoor) Offer(ctx context.Context, u mqtt.Uplink, done func(o mqtt.Outcome, code, why string)) error {
	switch {
	case u.Claim:
		go f.claimed(u)
		done(mqtt.Stored, "", "")
		return nil
	case u.Kind == "get":
		go f.commands.Deliver(context.WithoutCancel(ctx), u.Brand, u.Device)
		done(mqtt.Stored, "", "")
		return nil
	}
	return f.intake.Offer(ctx, intake.Uplink{
		Brand: u.Brand, Name: u.Device, Kind: u.Kind, Body: u.Body, ContentType: u.ContentType, Properties: u.Properties, Received: u.Received, Via: "mqtt", Wait: true,
	}, func(a intake.Answer) {
		o := map[intake.Outcome]mqtt.Outcome{
			intake.Stored: mqtt.Stored, intake.Invalid: mqtt.Invalid, intake.Refused: mqtt.NotAuthorised, intake.OverQuota: mqtt.OverQuota, intake.Failed: mqtt.Failed,
		}[a.Outcome]
		code, why := "", ""
		if a.Err != nil {
			code, why = string(a.Err.Code), a.Err.Message
		}
		done(o, code, why)
		if a.Gap && f.server != nil { // a report was missed: the device is asked for all of it
			f.tell(u.Brand, u.Device, "err", map[string]string{"ref": "up/rep", "code": "gap", "msg": "a report before this one is missing: send all with full: true"})
		}
	})
}

// claimed answers a claim.
func (f *frontDoor) claimed(u mqtt.Uplink) {
	given, err := deviceweb.Provision(context.Background(), f.devices, device.Identity{Claim: device.ClaimOf(u.Device)}, u.Body)
	if err != nil {
		fe := fault.From(err)
		f.tell(u.Brand, u.Device, "prov", map[string]string{"code": string(fe.Code), "msg": fe.Message})
		return
	}
	f.tell(u.Brand, u.Device, "prov", given)
}

// tell sends a device something that is of no use later.
func (f *frontDoor) tell(brand, name, kind string, body any) {
	data, err := json.Marshal(body)
	if err == nil {
		err = f.server.Send(mqtt.Downlink{Brand: brand, Device: name, Kind: kind, Body: data, ContentType: "application/json"}, nil)
	}
	if err != nil {
		f.config.Log.Debug("a device was not told", "device", brand+"/"+name, "kind", kind, "error", err)
	}
}

// openFrontDoor opens the addresses for MQTT.
func (a *App) openFrontDoor() error {
	c := a.config
	hub := &frontDoor{rooms: a.rooms}
	var secure *tls.Config
	if c.MQTTS != "" && a.server.http.TLSConfig != nil {
		secure = &tls.Config{
			MinVersion: tls.VersionTLS12, GetCertificate: a.server.http.TLSConfig.GetCertificate, ClientAuth: tls.VerifyClientCertIfGiven,
			// A resumed session would not be checked against what was revoked since.
			SessionTicketsDisabled: true,
		}
		// Authorities are made with a brand's first device: the list is read for each connection.
		base := secure.Clone()
		secure.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
			trusted, err := a.devices.Authorities(context.Background())
			if err != nil {
				return nil, err
			}
			one := base.Clone()
			one.ClientCAs = x509.NewCertPool()
			for _, cert := range trusted {
				one.ClientCAs.AddCert(cert)
			}
			return one, nil
		}
	}
	profile := mqtt.Product
	if c.MQTTConformance {
		profile = mqtt.Conformance
	}
	s, err := mqtt.New(mqtt.Config{Plain: c.MQTT, Secure: c.MQTTS, TLS: secure, Profile: profile, Hub: hub, Clock: c.Clock, Log: c.Log})
	if err != nil {
		return err
	}
	hub.server, a.mqtt = s, s
	a.devices.OnRevoked(func(brand, name, reason string) { s.Kick(brand, name, reason) })
	a.commands.Through(func(brand, name, kind string, body []byte, expiry time.Duration, done func(bool)) error {
		return s.Send(mqtt.Downlink{Brand: brand, Device: name, Kind: kind, Body: body, ContentType: "application/json", Expiry: expiry, QoS: 1}, done)
	})
	return nil
}

// MQTTAddress is where devices reach the server without TLS, or with it if there is no
// other way; nil when there is no way but WebSocket.
func (a *App) MQTTAddress() net.Addr { return a.mqtt.Address() }
