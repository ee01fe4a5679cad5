package client

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"tagline/internal/api/wire"
	"tagline/internal/api/wire/connected"
	"tagline/internal/api/wire/supply"
	"tagline/internal/fault"
)

// Apply sends the files of a brand; with dryRun nothing changes and the difference
// is told.
func (c *Client) Apply(ctx context.Context, files []wire.File, dryRun, prune bool) (wire.Applied, error) {
	query := url.Values{"dryRun": {strconv.FormatBool(dryRun)}, "prune": {strconv.FormatBool(prune)}}
	return send[wire.Applied](ctx, c, http.MethodPost, "/apply?"+query.Encode(), wire.Files{Files: files}, "")
}

// Export writes a brand, or with brand "" all of them, as YAML to w.
func (c *Client) Export(ctx context.Context, brand string, w io.Writer) error {
	path := "/export"
	if brand != "" {
		path += "?" + url.Values{"brand": {brand}}.Encode()
	}
	return c.do(ctx, request{method: http.MethodGet, path: path}, func(r io.Reader) error {
		_, err := io.Copy(w, r)
		return err
	})
}

// Products lists the products, at most 1,000.
func (c *Client) Products(ctx context.Context) ([]wire.Product, error) {
	return all[wire.Product](ctx, c, "/products", url.Values{}, 1000)
}

// KeySet reads a key set with all its epochs.
func (c *Client) KeySet(ctx context.Context, name string) (wire.KeySetHistory, error) {
	return get[wire.KeySetHistory](ctx, c, "/keysets/"+escape(name))
}

// CreateKeySet makes a key set. With keys of the caller's own, nobody else learns
// them; they are never answered.
func (c *Client) CreateKeySet(ctx context.Context, k wire.KeySetRequest) (wire.KeySet, error) {
	return send[wire.KeySet](ctx, c, http.MethodPost, "/keysets", k, "")
}

// ImportChips sends a personalisation batch, as CSV.
func (c *Client) ImportChips(ctx context.Context, set string, csv []byte, dryRun bool) (wire.ImportReport, error) {
	var report wire.ImportReport
	query := url.Values{"set": {set}, "dryRun": {strconv.FormatBool(dryRun)}}
	err := c.do(ctx, request{method: http.MethodPost, path: "/chips/import?" + query.Encode(), contentType: "text/csv", body: csv}, into(&report))
	return report, err
}

// MakeThings makes items of a product, at most 1,000.
func (c *Client) MakeThings(ctx context.Context, q wire.ThingsRequest) error {
	_, err := send[wire.Things](ctx, c, http.MethodPost, "/things", q, "")
	return err
}

// Report tells what happened to a thing. The source's own id makes it count once,
// so it is safe to repeat.
func (c *Client) Report(ctx context.Context, m wire.MomentReport) (wire.MomentReported, error) {
	return send[wire.MomentReported](ctx, c, http.MethodPost, "/moments", m, m.Source+":"+m.SourceID)
}

// Taps lists the newest taps, at most limit.
func (c *Client) Taps(ctx context.Context, query url.Values, limit int) ([]wire.Tap, error) {
	return all[wire.Tap](ctx, c, "/taps", query, limit)
}

// Virtuals lists the virtual bottles, at most 200.
func (c *Client) Virtuals(ctx context.Context) ([]wire.VirtualBottle, error) {
	return all[wire.VirtualBottle](ctx, c, "/virtual", url.Values{}, 200)
}

// MakeVirtual makes a bottle that exists in the server only.
func (c *Client) MakeVirtual(ctx context.Context, gtin, market string) (wire.VirtualBottle, error) {
	return send[wire.VirtualBottle](ctx, c, http.MethodPost, "/virtual", wire.VirtualRequest{GTIN: gtin, Market: market}, "")
}

// ImportLinks sends a file of links. A rehearsal answers with its problems; a file
// with problems is otherwise refused.
func (c *Client) ImportLinks(ctx context.Context, media string, file []byte, dryRun bool) (wire.LinkImport, error) {
	var report wire.LinkImport
	query := url.Values{"dryRun": {strconv.FormatBool(dryRun)}}
	err := c.do(ctx, request{method: http.MethodPost, path: "/links/import?" + query.Encode(), contentType: media, body: file}, into(&report))
	return report, err
}

// ExportLinks writes links as a file to w; the query chooses format, gtin and prefix.
func (c *Client) ExportLinks(ctx context.Context, query url.Values, w io.Writer) error {
	return c.do(ctx, request{method: http.MethodGet, path: "/links/export?" + query.Encode()}, func(r io.Reader) error {
		n, err := io.Copy(w, r)
		if err == nil && n >= maxAnswer {
			err = fault.Newf(fault.TooLarge, "the file is larger than %d MiB and was cut off", maxAnswer>>20).WithHint("Export by product or by the beginning of anchors.")
		}
		return err
	})
}

// ImportPlaces sends a file of locations and parties; signer is the public key of a
// signed list, or empty. A rehearsal answers with its problems; a file with problems is
// otherwise refused.
func (c *Client) ImportPlaces(ctx context.Context, file []byte, signer string, dryRun bool) (supply.PlaceImport, error) {
	var report supply.PlaceImport
	query := url.Values{"dryRun": {strconv.FormatBool(dryRun)}}
	if signer != "" {
		query.Set("key", signer)
	}
	err := c.do(ctx, request{method: http.MethodPost, path: "/places/import?" + query.Encode(), contentType: "text/csv", body: file}, into(&report))
	return report, err
}

// ExportPlaces writes locations and parties to w, as CSV or as a signed list.
func (c *Client) ExportPlaces(ctx context.Context, signed bool, w io.Writer) error {
	query := url.Values{"signed": {strconv.FormatBool(signed)}}
	return c.do(ctx, request{method: http.MethodGet, path: "/places/export?" + query.Encode()}, func(r io.Reader) error {
		n, err := io.Copy(w, r)
		if err == nil && n >= maxAnswer {
			err = fault.Newf(fault.TooLarge, "the list is larger than %d MiB and was cut off", maxAnswer>>20)
		}
		return err
	})
}

// AlarmSettings gives the settings of the rules of alarms.
func (c *Client) AlarmSettings(ctx context.Context) (s supply.AlarmSettings, err error) {
	return s, c.do(ctx, request{method: http.MethodGet, path: "/alarms/settings"}, into(&s))
}

// SetAlarmSettings changes them.
func (c *Client) SetAlarmSettings(ctx context.Context, s supply.AlarmSettings) error {
	_, err := send[supply.AlarmSettings](ctx, c, http.MethodPut, "/alarms/settings", s, "")
	return err
}

// Alarms lists all alarms.
func (c *Client) Alarms(ctx context.Context) (all []supply.Alarm, err error) {
	for cursor := ""; ; {
		var page struct {
			Items []supply.Alarm
			Next  string
		}
		query := url.Values{"limit": {"200"}}
		if cursor != "" {
			query.Set("cursor", cursor)
		}
		if err := c.do(ctx, request{method: http.MethodGet, path: "/alarms?" + query.Encode()}, into(&page)); err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if cursor = page.Next; cursor == "" {
			return all, nil
		}
	}
}

// RegisterDevices registers connected devices.
func (c *Client) RegisterDevices(ctx context.Context, list []connected.NewDevice) error {
	_, err := send[connected.List[connected.Device]](ctx, c, http.MethodPost, "/devices", connected.NewDevices{Devices: list}, "")
	return err
}

// DeviceToken makes a token for development for a device.
func (c *Client) DeviceToken(ctx context.Context, brand, name string) (string, error) {
	made, err := send[connected.DeviceCredential](ctx, c, http.MethodPost, "/devices/"+escape(brand)+"/"+escape(name)+"/credentials", connected.NewDeviceCredential{Kind: "token"}, "")
	return made.Secret, err
}
