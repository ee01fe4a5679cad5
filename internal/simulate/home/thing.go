package home

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"tagline/internal/clock"
)

// thing is one connected thing. Its own goroutine sends what it has to tell, in order.
type thing struct {
	brand, name, kind string
	token             string
	clock             clock.Clock
	client            paho.Client
	boot              int64
	queue             chan message
	sent              func(acked int)

	mu     sync.Mutex
	seq    int64
	rv     int64
	dv     int64 // of the newest wishes that it knows
	state  map[string]any
	worldT time.Time         // the time that its last act had
	done   map[string]string // commands that were carried out, with what became of them
	order  []string          // of done, the oldest first
	km     float64           // of a car
}

// message is something to be published.
type message struct {
	topic string
	body  []byte
	n     int // events in it
}

const (
	remembered = 64 // commands that a thing knows to have carried out
	patience   = 10 * time.Second
)

func (t *thing) topic(rest string) string { return "tl/1/" + t.brand + "/" + t.name + "/" + rest }

// connect opens the connection and keeps it open until ctx ends.
func (t *thing) connect(ctx context.Context, broker string) {
	o := paho.NewClientOptions().AddBroker("tcp://" + broker).SetClientID(t.brand + "_" + t.name).SetUsername("token").SetPassword(t.token).
		SetCleanSession(true).SetAutoReconnect(true).SetConnectRetry(true).SetConnectRetryInterval(500 * time.Millisecond).SetMaxReconnectInterval(3 * time.Second).
		SetKeepAlive(2 * time.Minute).SetOrderMatters(false).SetProtocolVersion(4).SetConnectTimeout(patience)
	o.SetOnConnectHandler(func(c paho.Client) {
		c.Subscribe(t.topic("dn/#"), 1, func(_ paho.Client, m paho.Message) { t.told(m.Topic(), m.Payload()) })
	})
	t.client = paho.NewClient(o)
	t.client.Connect() // it goes on trying
	go t.publish(ctx)
}

// publish sends the queue. What is not acknowledged is sent again, whatever became of
// the connection: the server knows it by its id.
func (t *thing) publish(ctx context.Context) {
	defer t.client.Disconnect(250)
	for {
		select {
		case <-ctx.Done():
			return
		case m := <-t.queue:
			for {
				token := t.client.Publish(m.topic, 1, false, m.body)
				select {
				case <-token.Done():
				case <-t.clock.After(patience):
				case <-ctx.Done():
					return
				}
				if ok := token.WaitTimeout(time.Millisecond); ok && token.Error() == nil {
					break
				}
				select {
				case <-t.clock.After(200 * time.Millisecond):
				case <-ctx.Done():
					return
				}
			}
			t.sent(m.n)
		}
	}
}

// put queues a message; false when ctx ends first.
func (t *thing) put(ctx context.Context, rest string, body any, n int) bool {
	data, err := json.Marshal(body)
	if err != nil {
		return true // it is made here, of plain values
	}
	select {
	case t.queue <- message{t.topic(rest), data, n}:
		return true
	case <-ctx.Done():
		return false
	}
}

type event struct {
	ID   string         `json:"id"`
	Type string         `json:"type"`
	T    string         `json:"t"`
	Data map[string]any `json:"data"`
}

// tell sends acts as events, some of a session in one message.
func (t *thing) tell(ctx context.Context, at time.Time, values map[string]any) bool {
	t.mu.Lock()
	t.worldT = at
	values = maps.Clone(values)
	if km, ok := values["km"].(float64); ok { // what a car drives adds up
		delete(values, "km")
		t.km += km
		values["odometer"], values["charge"] = float64(int(t.km*10))/10, float64(100-int(t.km/3)%85)
	}
	maps.Copy(t.state, values)
	t.seq++
	e := event{ID: fmt.Sprintf("%d-%d", t.boot, t.seq), Type: "tl." + t.kind + ".reading.v1", T: at.UTC().Format(time.RFC3339Nano), Data: values}
	t.mu.Unlock()
	return t.put(ctx, "up/ev", e, 1)
}

// report sends the whole state, as things do when they are switched on.
func (t *thing) report(ctx context.Context) bool {
	t.mu.Lock()
	t.rv++
	patch := maps.Clone(t.state)
	patch["fw"] = fmt.Sprintf("1.4.%d", len(t.name)%3)
	patch["battery"] = 30 + float64((t.boot+int64(len(t.name))*13)%70)
	body := map[string]any{"rv": t.rv, "boot": t.boot, "t": t.worldT.UTC().Format(time.RFC3339Nano), "patch": patch, "full": true}
	t.mu.Unlock()
	return t.put(ctx, "up/rep", body, 1)
}

// told is what the server sends.
func (t *thing) told(topic string, payload []byte) {
	switch topic {
	case t.topic("dn/des"):
		var m struct {
			DV    int64          `json:"dv"`
			Delta map[string]any `json:"delta"`
		}
		if json.Unmarshal(payload, &m) != nil {
			return
		}
		t.mu.Lock()
		t.dv = max(t.dv, m.DV)
		maps.Copy(t.state, m.Delta)
		t.mu.Unlock()
		go t.reportNow(m.Delta)
	case t.topic("dn/cmd"):
		var m struct {
			Cmd  string         `json:"cmd"`
			Name string         `json:"name"`
			Args map[string]any `json:"args"`
			TTL  int64          `json:"ttl_ms"`
		}
		if json.Unmarshal(payload, &m) != nil || m.TTL <= 0 {
			return
		}
		go t.carryOut(m.Cmd, m.Name, m.Args)
	}
}

// reportNow tells a change that happens now.
func (t *thing) reportNow(patch map[string]any) {
	t.mu.Lock()
	t.rv++
	body := map[string]any{"rv": t.rv, "boot": t.boot, "dv_seen": t.dv, "patch": patch}
	t.mu.Unlock()
	t.put(context.Background(), "up/rep", body, 1)
}

// carryOut does what a command says, once.
func (t *thing) carryOut(id, name string, args map[string]any) {
	ack := func(st string) {
		t.put(context.Background(), "up/ack", map[string]any{"cmd": id, "st": st}, 0)
	}
	t.mu.Lock()
	if was, known := t.done[id]; known {
		t.mu.Unlock()
		ack(was)
		return
	}
	change, ok := t.effect(name, args)
	result := "succeeded"
	if !ok {
		result = "refused"
	}
	t.done[id] = result
	if t.order = append(t.order, id); len(t.order) > remembered {
		delete(t.done, t.order[0])
		t.order = t.order[1:]
	}
	maps.Copy(t.state, change)
	t.mu.Unlock()
	ack("accepted")
	if len(change) > 0 {
		t.reportNow(change)
	}
	ack(result)
}

// effect is what a command changes; false when the thing will not.
func (t *thing) effect(name string, args map[string]any) (map[string]any, bool) {
	switch t.kind + " " + name {
	case "lock lock":
		if t.state["door"] == "open" {
			return nil, false
		}
		return map[string]any{"lock": "locked"}, true
	case "lock unlock":
		return map[string]any{"lock": "unlocked", "by": "app"}, true
	case "garage-door open":
		return map[string]any{"door": "open"}, true
	case "garage-door close":
		if t.state["obstacle"] == true {
			return nil, false
		}
		return map[string]any{"door": "closed"}, true
	case "car lock":
		return map[string]any{"doors": "locked"}, true
	case "car unlock":
		return map[string]any{"doors": "unlocked"}, true
	case "home-security arm":
		return map[string]any{"mode": args["mode"]}, true
	case "home-security disarm":
		return map[string]any{"mode": "off"}, true
	}
	return nil, slices.Contains([]string{"identify", "find-me", "flash"}, name)
}

// settings is the state in which a thing is bought.
func settings(kind string) map[string]any {
	switch kind {
	case thermostat:
		return map[string]any{"target": 20.0, "mode": "heat", "temperature": 19.0, "humidity": 45.0, "do_not_disturb": false}
	case lock:
		return map[string]any{"lock": "locked", "door": "closed"}
	case garage:
		return map[string]any{"door": "closed", "obstacle": false}
	case television:
		return map[string]any{"power": false, "volume": 25.0, "do_not_disturb": false}
	case fridge:
		return map[string]any{"door": "closed", "temperature": 4.2, "target": 4.0, "do_not_disturb": false}
	case cooler:
		return map[string]any{"power": false, "target": 24.0, "do_not_disturb": false}
	case security:
		return map[string]any{"mode": "off", "motion": false, "window": "closed", "siren": false}
	case cableBox:
		return map[string]any{"power": false}
	case car:
		return map[string]any{"ignition": false, "doors": "locked", "charge": 80.0}
	}
	return map[string]any{"motion": false, "do_not_disturb": false}
}
