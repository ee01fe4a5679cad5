package app

import (
	"crypto/tls"
	"fmt"
	"os"
	"sync"
	"time"

	"tagline/internal/clock"
	"tagline/internal/fault"
)

// certificates serve a certificate from two files, and read them again when they
// were renewed: nobody has to restart the server for that.
type certificates struct {
	cert, key string
	clock     clock.Clock

	mu      sync.Mutex
	current *tls.Certificate
	written time.Time // of the certificate's file
	looked  time.Time
}

// lookEvery is how often the files are looked at.
const lookEvery = time.Minute

// openCertificates reads both files. Errors: Invalid, in words.
func openCertificates(cert, key string, c clock.Clock) (*certificates, error) {
	s := &certificates{cert: cert, key: key, clock: c}
	if err := s.read(); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *certificates) read() error {
	info, err := os.Stat(s.cert)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, fmt.Sprintf("the certificate %s cannot be read", s.cert), "Give --tls-cert a file in PEM format.")
	}
	pair, err := tls.LoadX509KeyPair(s.cert, s.key)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, fmt.Sprintf("the certificate %s and the key %s do not work together", s.cert, s.key),
			"Give --tls-cert the whole chain and --tls-key its private key, both in PEM format.")
	}
	s.current, s.written = &pair, info.ModTime()
	return nil
}

// get is tls.Config.GetCertificate. Files that cannot be read right now, in the
// middle of a renewal, leave the certificate that is there.
func (s *certificates) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.clock.Now(); now.Sub(s.looked) >= lookEvery {
		s.looked = now
		if info, err := os.Stat(s.cert); err == nil && !info.ModTime().Equal(s.written) {
			_ = s.read() // as said above: the old one still serves
		}
	}
	return s.current, nil
}
