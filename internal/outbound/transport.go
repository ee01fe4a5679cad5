package outbound

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"syscall"
	"time"
)

// maxHeader bounds the header of an answer in bytes.
const maxHeader = 64 << 10

// Transport gives a transport that connects where the guard allows. Connections
// are not kept: the next answer of a name is looked at anew. roots are the
// authorities that are trusted; nil is those of the machine.
func (g Guard) Transport(timeout time.Duration, roots *x509.CertPool) *http.Transport {
	dialer := &net.Dialer{
		Timeout: timeout,
		// After the name was resolved: a name that answers otherwise the second time
		// gains nothing.
		Control: func(_, address string, _ syscall.RawConn) error { return g.Allow(address) },
	}
	return &http.Transport{ // no proxy
		DialContext: dialer.DialContext, DisableCompression: true, DisableKeepAlives: true,
		MaxResponseHeaderBytes: maxHeader, TLSHandshakeTimeout: timeout, ForceAttemptHTTP2: true,
		TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
	}
}

// Private is what Words says of ErrPrivate.
const Private = "it leads into a network that is not public"

// Words says in plain English why there was no answer. Addresses and texts of
// others do not stand in it.
func Words(err error) string {
	var (
		name    *net.DNSError
		timeout interface{ Timeout() bool }
		unknown x509.UnknownAuthorityError
		host    x509.HostnameError
		invalid x509.CertificateInvalidError
		verify  *tls.CertificateVerificationError
		record  tls.RecordHeaderError
	)
	switch {
	case errors.Is(err, ErrPrivate):
		return Private
	case errors.As(err, &name) && name.IsNotFound:
		return "the host has no address"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "it took too long"
	case errors.As(err, &name):
		return "the host's address could not be found out"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing answers there"
	case errors.As(err, &host):
		return "its certificate is for another host"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "its certificate has expired"
	case errors.As(err, &unknown), errors.As(err, &invalid), errors.As(err, &verify):
		return "its certificate is not trusted"
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return "it does not speak https"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "it broke the connection off"
	}
	return "it could not be asked"
}
