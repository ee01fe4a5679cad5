package ident

import (
	"crypto/rand"
	"encoding/binary"
	"io"
	"strings"
	"sync"

	"tagline/internal/clock"
	"tagline/internal/fault"
)

// The kinds of id.
type (
	// Thing is one physical item.
	Thing string
	// Tag is one chip.
	Tag string
	// Person is one human being, known under a pseudonym.
	Person string
	// Event is one entry of the ledger.
	Event string
	// Operation is one attempt of a caller; a repeat of it gets the same answer.
	Operation string
	// Member is one of the people who sign in to the console.
	Member string
	// Key is one API key (its id, never its secret).
	Key string
	// Batch is one import of tags or things.
	Batch string
	// Access is one grant of access to passports, or one use of it.
	Access string
	// Capture is one document of supply-chain events.
	Capture string
	// Subscription is one subscriber of a named query.
	Subscription string
	// Alarm is something suspicious about a thing.
	Alarm string
	// Credential is how a device proves who it is (its id, never its secret).
	Credential string
	// Claim lets devices of a batch ask for credentials.
	Claim string
	// Command is something that a device is told to do once.
	Command string
	// Job is one change for many devices.
	Job string
)

const (
	thingPrefix      = "thg_"
	tagPrefix        = "tag_"
	personPrefix     = "per_"
	eventPrefix      = "evt_"
	operationPrefix  = "op_"
	memberPrefix     = "mem_"
	keyPrefix        = "key_"
	batchPrefix      = "bat_"
	accessPrefix     = "acc_"
	capturePrefix    = "cap_"
	subscribePrefix  = "sub_"
	alarmPrefix      = "alm_"
	credentialPrefix = "crd_"
	claimPrefix      = "clm_"
	commandPrefix    = "cmd_"
	jobPrefix        = "job_"
)

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// Source makes ids. It may be used by many goroutines.
type Source struct {
	clock  clock.Clock
	chance io.Reader

	mu   sync.Mutex
	last [16]byte
}

// NewSource makes ids from a clock and a source of chance; chance is
// crypto/rand.Reader in the running server and a seeded one in tests.
func NewSource(c clock.Clock, chance io.Reader) *Source {
	return &Source{clock: c, chance: chance}
}

// System is a Source on the machine's clock and its secure chance.
func System() *Source { return NewSource(clock.System{}, Chance()) }

// Chance is the machine's secure source, for commands that hand one on.
func Chance() io.Reader { return rand.Reader }

// Thing makes the id of a thing.
func (s *Source) Thing() Thing { return Thing(s.next(thingPrefix)) }

// Tag makes the id of a tag.
func (s *Source) Tag() Tag { return Tag(s.next(tagPrefix)) }

// Person makes the id of a person.
func (s *Source) Person() Person { return Person(s.next(personPrefix)) }

// Event makes the id of an event.
func (s *Source) Event() Event { return Event(s.next(eventPrefix)) }

// Operation makes the id of an operation.
func (s *Source) Operation() Operation { return Operation(s.next(operationPrefix)) }

// Member makes the id of a member.
func (s *Source) Member() Member { return Member(s.next(memberPrefix)) }

// Key makes the id of an API key.
func (s *Source) Key() Key { return Key(s.next(keyPrefix)) }

// Batch makes the id of a batch.
func (s *Source) Batch() Batch { return Batch(s.next(batchPrefix)) }

// Access makes the id of a grant of access, or of a use of one.
func (s *Source) Access() Access { return Access(s.next(accessPrefix)) }

// Subscription makes the id of a subscription.
func (s *Source) Subscription() Subscription { return Subscription(s.next(subscribePrefix)) }

// Alarm makes the id of an alarm.
func (s *Source) Alarm() Alarm { return Alarm(s.next(alarmPrefix)) }

// Capture makes the id of a capture.
func (s *Source) Capture() Capture { return Capture(s.next(capturePrefix)) }

// Credential makes the id of a device's credential.
func (s *Source) Credential() Credential { return Credential(s.next(credentialPrefix)) }

// Claim makes the id of a claim.
func (s *Source) Claim() Claim { return Claim(s.next(claimPrefix)) }

// Command makes the id of a command.
func (s *Source) Command() Command { return Command(s.next(commandPrefix)) }

// Job makes the id of a job.
func (s *Source) Job() Job { return Job(s.next(jobPrefix)) }

// next draws one id. Within a millisecond, and when the clock is set back, it
// counts the last id up by one, so that ids of one source always grow.
func (s *Source) next(prefix string) string {
	var raw [16]byte
	ms := uint64(s.clock.Now().UnixMilli())
	s.mu.Lock()
	if last := binary.BigEndian.Uint64(s.last[:]) >> 16; ms <= last {
		raw = s.last
		for i := 15; i >= 0; i-- {
			raw[i]++
			if raw[i] != 0 {
				break
			}
		}
	} else {
		binary.BigEndian.PutUint64(raw[:], ms<<16)
		if _, err := io.ReadFull(s.chance, raw[6:]); err != nil {
			// Without chance no id can be told from a guess: there is no way on.
			s.mu.Unlock()
			panic("ident: the source of chance failed: " + err.Error())
		}
		raw[6] &= 0x7f // room to count up without running into the clock's bits
	}
	s.last = raw
	s.mu.Unlock()

	var text [26]byte
	hi, lo := binary.BigEndian.Uint64(raw[:8]), binary.BigEndian.Uint64(raw[8:])
	for i := 25; i >= 0; i-- {
		text[i] = alphabet[lo&31]
		lo = lo>>5 | hi<<59
		hi >>= 5
	}
	return prefix + string(text[:])
}

// ParseThing checks the form of a thing's id. It does not say that it exists.
func ParseThing(s string) (Thing, error) { return parse[Thing](s, thingPrefix, "thing") }

// ParseTag checks the form of a tag's id.
func ParseTag(s string) (Tag, error) { return parse[Tag](s, tagPrefix, "tag") }

// ParseEvent checks the form of an event's id.
func ParseEvent(s string) (Event, error) { return parse[Event](s, eventPrefix, "event") }

// ParseOperation checks the form of an operation's id.
func ParseOperation(s string) (Operation, error) {
	return parse[Operation](s, operationPrefix, "operation")
}

// ParseMember checks the form of a member's id.
func ParseMember(s string) (Member, error) { return parse[Member](s, memberPrefix, "member") }

// ParseKey checks the form of a key's id.
func ParseKey(s string) (Key, error) { return parse[Key](s, keyPrefix, "key") }

func parse[T ~string](s, prefix, kind string) (T, error) {
	body, ok := strings.CutPrefix(s, prefix)
	if !ok || len(body) != 26 || strings.Trim(body, alphabet) != "" || body[0] > '7' {
		return "", fault.New(fault.Invalid, "this is not the id of a "+kind,
			"Such an id is "+prefix+" and 26 characters of 0-9 and a-z without i, l, o and u.")
	}
	return T(s), nil
}
