package devices

import (
	"context"
	"net/http"

	"tagline/internal/access"
	"tagline/internal/api/frame"
	"tagline/internal/model/describe"
)

// describing adds the operations that tell others what a model is.
func (d *Desk) describing(f *frame.Frame) {
	frame.Handle(f, frame.Op{ID: "get-thing-model", Method: http.MethodGet, Path: "/models/{name}/thing-model", Action: access.ProductRead, Group: "Models",
		Summary: "Get a model as a Thing Model of the W3C (WoT 1.1)"}, func(ctx context.Context, _ access.Actor, in *struct {
		Name string `path:"name" maxLength:"63"`
	}) (*frame.Answer[map[string]any], error) {
		m, err := d.model(ctx, in.Name)
		if err != nil {
			return nil, err
		}
		return frame.Say(describe.ThingModel(*m), nil)
	})
	frame.Handle(f, frame.Op{ID: "get-thing-description", Method: http.MethodGet, Path: "/devices/{brand}/{name}/thing-description", Action: access.DeviceRead, Group: group,
		Summary: "Get a device as a Thing Description of the W3C (WoT 1.1)"}, func(ctx context.Context, _ access.Actor, in *Named) (*frame.Answer[map[string]any], error) {
		x, m, err := d.find(ctx, *in)
		if err != nil {
			return nil, err
		}
		return frame.Say(describe.ThingDescription(*m, describe.Thing{Brand: x.Brand, Name: x.Name, Title: x.Title, Base: d.BaseURL}), nil)
	})
	frame.Handle(f, frame.Op{ID: "get-home-assistant", Method: http.MethodGet, Path: "/devices/{brand}/{name}/home-assistant", Action: access.DeviceRead, Group: group,
		Summary: "Get the discovery message of a device for Home Assistant", Words: "The owner publishes it to the own broker, retained. What is guarded is shown there and never operated from there."}, func(ctx context.Context, _ access.Actor, in *Named) (*frame.Answer[describe.Discovery], error) {
		x, m, err := d.find(ctx, *in)
		if err != nil {
			return nil, err
		}
		return frame.Say(describe.HomeAssistant(*m, describe.Thing{Brand: x.Brand, Name: x.Name, Title: x.Title, Base: d.BaseURL}), nil)
	})
}
