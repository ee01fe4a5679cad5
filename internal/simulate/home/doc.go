// Package home is a street of households with connected things, outside the server:
// people get up, leave, come home, cook, watch, brush their hair and go to bed, and
// their things tell of it over real MQTT connections.
//
// It knows how such days go, what each kind of thing sends, and how a thing answers a
// setting or a command. It does not know the server: it registers things over the API
// as an engineer would, and connects with their credentials.
//
// Invariants, each with a test:
//   - The same seed gives the same days.
//   - What a thing sends has an id that is never used twice, and is sent again until it
//     is acknowledged, through restarts of the server.
//   - A thing carries a command out once, however often it is sent.
//
// The things follow the topics and bodies of the reference page of devices.
package home
