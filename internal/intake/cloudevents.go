package intake

import (
	"encoding/json"
	"strings"
)

// cloudBody is a CloudEvent in its structured form, as far as it says something here.
// Its source is not believed: who sent it is known from the credential.
type cloudBody struct {
	Spec       string          `json:"specversion"`
	ID         string          `json:"id"`
	Source     string          `json:"source"`
	Type       string          `json:"type"`
	Time       json.RawMessage `json:"time"`
	DataType   string          `json:"datacontenttype"`
	Data       json.RawMessage `json:"data"`
	DataBase64 *string         `json:"data_base64"`
}

func cloudEvent(raw json.RawMessage) (e eventBody, err error) {
	var c cloudBody
	if err := json.Unmarshal(raw, &c); err != nil {
		return e, notJSON(err)
	}
	return c.event()
}

// event reads the parts of a CloudEvent (1.0.2). Errors: Invalid.
func (c cloudBody) event() (e eventBody, err error) {
	switch {
	case !strings.HasPrefix(c.Spec, "1."):
		return e, bad("specversion is %.20q, 1.0 is read", c.Spec)
	case c.ID == "" || c.Type == "" || c.Source == "":
		return e, bad("a CloudEvent has an id, a source and a type")
	case c.DataBase64 != nil:
		return e, bad("the data of a CloudEvent is JSON here, not base64")
	case c.DataType != "" && !jsonType(c.DataType):
		return e, bad("the data of a CloudEvent is application/json here, not %.60q", c.DataType)
	}
	if len(c.Time) > 0 && c.Time[0] != '"' {
		return e, bad("the time of a CloudEvent is a text of RFC 3339")
	}
	e = eventBody{ID: c.ID, Type: c.Type, T: c.Time}
	if len(c.Data) > 0 && string(c.Data) != "null" {
		if err := json.Unmarshal(c.Data, &e.Data); err != nil {
			return e, bad("the data of a CloudEvent is a set of fields here")
		}
	}
	return e, nil
}

func jsonType(t string) bool {
	t, _, _ = strings.Cut(t, ";")
	t = strings.ToLower(strings.TrimSpace(t))
	return t == "application/json" || strings.HasSuffix(t, "+json")
}

// binaryEvent reads a CloudEvent in its binary form over MQTT 5: the attributes are user
// properties, the body is the data. ok is false when the message is none.
func binaryEvent(u Uplink) (list []eventBody, ok bool, err error) {
	var c cloudBody
	for _, p := range u.Properties {
		switch p[0] {
		case "specversion":
			c.Spec, ok = p[1], true
		case "id":
			c.ID = p[1]
		case "source":
			c.Source = p[1]
		case "type":
			c.Type = p[1]
		case "time":
			c.Time, _ = json.Marshal(p[1])
		}
	}
	if !ok {
		return nil, false, nil
	}
	c.DataType = u.ContentType
	if len(u.Body) > 0 {
		if !json.Valid(u.Body) {
			return nil, true, bad("the data of the CloudEvent is not JSON")
		}
		c.Data = u.Body
	}
	e, err := c.event()
	return []eventBody{e}, true, err
}

// CloudUplink makes an uplink of a CloudEvent that came over HTTP in its binary form:
// attributes by name, without ce-.
func CloudUplink(attributes map[string]string, contentType string, data []byte) Uplink {
	u := Uplink{Kind: "ev", Body: data, ContentType: contentType}
	for name, v := range attributes {
		u.Properties = append(u.Properties, [2]string{name, v})
	}
	return u
}
