package intake

import (
	"context"
	"time"

	"tagline/internal/device"
	"tagline/internal/model"
	"tagline/internal/reading"
)

// Decode reads a body as the intake does.
func Decode(kind string, body []byte, m *model.Model) ([]reading.Entry, error) {
	s := &Service{allowed: DemoOnly}
	w := &work{uplink: Uplink{Kind: kind, Body: body, Received: time.Unix(1772366400, 0)}, device: &device.Device{Demo: true}, model: m}
	err := s.decode(context.Background(), w)
	return w.entries, err
}
