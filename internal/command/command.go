package command

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/model"
	"tagline/internal/sqldb"
	"tagline/internal/twin"
)

// State is how far a command has come.
type State string

// The states. The last six are ends.
const (
	Awaiting  State = "awaiting-confirmation"
	Queued    State = "queued"
	Sent      State = "sent"
	Delivered State = "delivered" // the device has it
	Accepted  State = "accepted"  // it will do it
	Running   State = "in-progress"
	Succeeded State = "succeeded"
	Failed    State = "failed"
	Rejected  State = "rejected" // the device will not
	Expired   State = "expired"
	Cancelled State = "cancelled"
	Unknown   State = "unknown" // no answer: it may have been done
)

// rank orders the states as a command passes through them.
func (s State) rank() int {
	switch s {
	case Awaiting:
		return 1
	case Queued:
		return 2
	case Sent:
		return 3
	case Delivered:
		return 4
	case Accepted:
		return 5
	case Running:
		return 6
	case Unknown:
		return 7
	}
	return 8
}

// Ended reports whether nothing more is expected. Unknown is an end that a late answer
// can still change.
func (s State) Ended() bool { return s.rank() >= 7 }

// Next gives the state after a device's answer: answers may come late, twice, and in
// any order, and never lead back. False leaves the state as it is.
func Next(now State, answer string) (State, bool) {
	to, ok := map[string]State{
		"delivered": Delivered, "accepted": Accepted, "running": Running, "in-progress": Running,
		"succeeded": Succeeded, "failed": Failed, "refused": Rejected, "rejected": Rejected, "expired": Expired,
	}[answer]
	if !ok || now.rank() < Sent.rank() || to.rank() <= now.rank() {
		return now, false
	}
	return to, true
}

// By is who orders something.
type By struct {
	Kind string // "member", "key", "campaign", "rule", "job", "demo"
	ID   string
}

// String writes the two parts as they are kept.
func (b By) String() string { return b.Kind + ":" + b.ID }

// person reports whether a human being stands behind it, signed in.
func (b By) person() bool { return b.Kind == "member" }

// mayMove reports whether this one may set anything in motion.
func (b By) mayMove() bool { return b.Kind == "member" || b.Kind == "key" || b.Kind == "demo" }

// Command is something that a device is told to do once.
type Command struct {
	ID        ident.Command
	Device    int64
	Name      string
	Args      json.RawMessage
	State     State
	Class     model.Class
	Guarded   bool
	By        string
	Confirmed string // by whom
	Job       ident.Job
	Code      string // the device's own, or why it ended
	Result    json.RawMessage
	Created   time.Time
	Expires   time.Time
	Sent      time.Time
	Changed   time.Time
}

const commandColumns = `id, device, name, args, state, class, guarded, ordered_by, confirmed_by, job, code, result, created_us, expires_us, sent_us, changed_us`

func scanCommand(scan func(...any) error) (c Command, err error) {
	var guarded, created, expires, sent, changed int64
	var args, result string
	err = scan(&c.ID, &c.Device, &c.Name, &args, &c.State, &c.Class, &guarded, &c.By, &c.Confirmed, &c.Job, &c.Code, &result, &created, &expires, &sent, &changed)
	c.Guarded, c.Args = guarded != 0, json.RawMessage(args)
	if result != "" {
		c.Result = json.RawMessage(result)
	}
	c.Created, c.Expires, c.Sent, c.Changed = sqldb.Time(created), sqldb.Time(expires), sqldb.Time(sent), sqldb.Time(changed)
	return c, err
}

// message is dn/cmd.
type message struct {
	Cmd  ident.Command   `json:"cmd"`
	Name string          `json:"name"`
	Args json.RawMessage `json:"args"`
	NBF  int64           `json:"nbf"` // milliseconds since 1970
	Exp  int64           `json:"exp"`
	TTL  int64           `json:"ttl_ms"` // for a device without a clock: from its receipt
	If   json.RawMessage `json:"if,omitempty"`
	By   string          `json:"by"`
	Sig  string          `json:"sig"`
}

// Signed is what the signature of a command covers. The device checks it with the key
// of its brand.
func Signed(brand, device string, id ident.Command, name string, args []byte, nbf, exp int64) []byte {
	sum := sha256.Sum256(args)
	return fmt.Appendf(nil, "tl1cmd\n%s\n%s\n%s\n%s\n%s\n%d\n%d", brand, device, id, name, hex.EncodeToString(sum[:]), nbf, exp)
}

func (c Command) message(key ed25519.PrivateKey, brand, device string, m model.Command, now time.Time) ([]byte, error) {
	out := message{Cmd: c.ID, Name: c.Name, Args: c.Args, NBF: c.Created.UnixMilli(), Exp: c.Expires.UnixMilli(), TTL: max(c.Expires.Sub(now).Milliseconds(), 1), By: c.By}
	if !m.If.IsZero() {
		cond, err := json.Marshal(m.If)
		if err != nil {
			return nil, err
		}
		out.If = cond
	}
	out.Sig = base64.RawURLEncoding.EncodeToString(ed25519.Sign(key, Signed(brand, device, c.ID, c.Name, c.Args, out.NBF, out.Exp)))
	return json.Marshal(out)
}

// checkArgs reads the arguments of a command by its model, and writes them in one form.
func checkArgs(m model.Command, raw map[string]json.RawMessage) (json.RawMessage, error) {
	wrong := fault.New(fault.Invalid, "the command's arguments are not right", "Correct the fields that are named.")
	out := map[string]any{}
	for name, v := range raw {
		p, ok := m.Args[name]
		if !ok {
			wrong = wrong.At("body.args."+name, "the command has no such argument")
			continue
		}
		value, err := twin.Value(name, p, v)
		if err != nil {
			wrong = wrong.At("body.args."+name, err.Error())
			continue
		}
		out[name] = value
	}
	for name := range m.Args {
		if _, ok := raw[name]; !ok {
			wrong = wrong.At("body.args."+name, "is missing")
		}
	}
	if len(wrong.Fields) > 0 {
		return nil, wrong
	}
	return json.Marshal(out) // a map is written in the order of its keys
}

// Challenge binds a confirmation to one command, its arguments, and who confirms it.
func Challenge(c Command, who string) string {
	sum := sha256.Sum256([]byte(string(c.ID) + "\n" + strconv.FormatInt(c.Device, 10) + "\n" + c.Name + "\n" + string(c.Args) + "\n" + who))
	return hex.EncodeToString(sum[:16])
}
