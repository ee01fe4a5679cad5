package device_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"tagline/internal/device"
	"tagline/internal/device/authority"
	"tagline/internal/device/devicetest"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
)

var here = netip.MustParseAddr("127.0.0.1")

// request makes a key and a certificate request that asks for a name of its own.
func request(t testing.TB) (*ecdsa.PrivateKey, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "halden_admin"}}, key)
	if err != nil {
		t.Fatal(err)
	}
	return key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der})
}

func certificate(t testing.TB, text string) *x509.Certificate {
	t.Helper()
	block, _ := pem.Decode([]byte(text))
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func enters(w *devicetest.World, s device.Shown) error {
	w.T.Helper()
	if !s.Remote.IsValid() {
		s.Remote = here
	}
	_, err := w.Devices.Authenticate(w.T.Context(), s)
	return err
}

func TestDevicesAreRegisteredAllOrNone(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := devicetest.New(t, db)
		ok := device.Wish{Brand: "halden", Name: "a", Model: "thermostat"}
		for name, spoil := range map[string]func(*device.Wish){
			"devices[1].name":   func(x *device.Wish) { x.Name = "A b" },
			"devices[1].brand":  func(x *device.Wish) { x.Brand = "none" },
			"devices[1].model":  func(x *device.Wish) { x.Model = "none" },
			"devices[1].zone":   func(x *device.Wish) { x.Zone = "Mars/Base" },
			"devices[1].lat":    func(x *device.Wish) { x.Lat = 91 },
			"devices[1].gtin":   func(x *device.Wish) { x.GTIN = "123" },
			"devices[1].serial": func(x *device.Wish) { x.Serial = "1" },
		} {
			bad := device.Wish{Brand: "halden", Name: "b", Model: "thermostat"}
			spoil(&bad)
			_, err := w.Devices.Register(t.Context(), "test", []device.Wish{ok, bad})
			if f := fault.From(err); !fault.Is(err, fault.Invalid) || f.Fields[0].Location != "body."+name {
				t.Errorf("%s: %v %+v", name, err, f.Fields)
			}
		}
		claim := device.Wish{Brand: "halden", Name: "claim-1", Model: "thermostat"}
		if _, err := w.Devices.Register(t.Context(), "test", []device.Wish{claim}); !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
		if _, err := w.Devices.Register(t.Context(), "test", []device.Wish{ok, ok}); !fault.Is(err, fault.Conflict) {
			t.Errorf("twice: %v", err)
		}
		if all, err := w.Devices.List(t.Context(), device.Filter{}); err != nil || len(all) != 0 {
			t.Errorf("something was made: %+v %v", all, err)
		}
		d := w.Device("thermostat", "a")
		if d.No != 1 || d.Thing == "" || w.Count(ledger.Filter{Types: []string{device.TypeRegistered}}) != 1 {
			t.Errorf("%+v", d)
		}
		for q, want := range map[device.Filter]int{{Query: "a"}: 1, {Query: "b"}: 0, {Model: "lock"}: 0, {Thing: d.Thing}: 1, {State: device.Frozen}: 0} {
			if all, err := w.Devices.List(t.Context(), q); err != nil || len(all) != want {
				t.Errorf("%+v: %d %v", q, len(all), err)
			}
		}
	})
}

func TestCertificatesNameTheDeviceWhateverTheRequestSays(t *testing.T) {
	w := devicetest.New(t, sqldbtest.SQLite(t))
	d, other := w.Device("thermostat", "a"), w.Device("thermostat", "b")
	_, csr := request(t)
	c, err := w.Devices.Certify(t.Context(), "mem_1", d.Brand, d.Name, csr)
	if err != nil {
		t.Fatal(err)
	}
	cert := certificate(t, c.Public)
	if brand, name, ok := authority.Who(cert); !ok || brand != "halden" || name != "a" || cert.IsCA || cert.Subject.CommonName != "halden_a" {
		t.Errorf("%v %s %+v", brand, name, cert.Subject)
	}
	trusted, err := w.Devices.Authorities(t.Context())
	if err != nil || len(trusted) != 1 || cert.CheckSignatureFrom(trusted[0]) != nil {
		t.Errorf("%v %v", trusted, err)
	}
	if err := enters(w, device.Shown{ClientID: "halden_a", Certificate: cert, Secure: true}); err != nil {
		t.Error(err)
	}
	if err := enters(w, device.Shown{ClientID: "halden_b", Certificate: cert, Secure: true}); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("as another: %v", err)
	}
	// Another authority's certificate with the same name, and one shared by two devices.
	foreign, err := authority.New("halden", 1, w.Clock.Now(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	fake, err := foreign.Sign(csr, "halden", "a", w.Clock.Now(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if err := enters(w, device.Shown{ClientID: "halden_a", Certificate: fake, Secure: true}); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("a forged one: %v", err)
	}
	var told []string
	var mu sync.Mutex
	heard := make(chan struct{}, 4)
	w.Devices.OnRevoked(func(brand, name, reason string) {
		mu.Lock()
		told = append(told, brand+"/"+name+" "+reason)
		mu.Unlock()
		heard <- struct{}{}
	})
	if err := w.Devices.Revoke(t.Context(), "mem_1", other.Brand, other.Name, c.ID, ""); !fault.Is(err, fault.NotFound) {
		t.Errorf("another's credential: %v", err)
	}
	if err := w.Devices.Revoke(t.Context(), "mem_1", d.Brand, d.Name, c.ID, "lost"); err != nil {
		t.Fatal(err)
	}
	<-heard
	if err := enters(w, device.Shown{ClientID: "halden_a", Certificate: cert, Secure: true}); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("revoked: %v", err)
	}
	if fmt.Sprint(told) != "[halden/a its credential was revoked]" {
		t.Error(told)
	}
	for _, bad := range []string{"", "nonsense", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: []byte{1, 2, 3}}))} {
		if _, err := w.Devices.Certify(t.Context(), "mem_1", d.Brand, d.Name, []byte(bad)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	// A new authority: what the old one signed stays good, the new one signs.
	_, second := request(t)
	before, err := w.Devices.Certify(t.Context(), "mem_1", other.Brand, other.Name, second)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := w.Devices.RotateAuthority(t.Context(), "halden"); err != nil || n != 2 {
		t.Fatal(n, err)
	}
	_, third := request(t)
	after, err := w.Devices.Certify(t.Context(), "mem_1", other.Brand, other.Name, third)
	if err != nil {
		t.Fatal(err)
	}
	trusted, _ = w.Devices.Authorities(t.Context())
	if len(trusted) != 2 || certificate(t, after.Public).CheckSignatureFrom(trusted[1]) != nil {
		t.Error("the new authority does not sign")
	}
	for _, c := range []device.Credential{before, after} {
		if err := enters(w, device.Shown{ClientID: "halden_b", Certificate: certificate(t, c.Public), Secure: true}); err != nil {
			t.Error(err)
		}
	}
}

func TestTokensAreForDevelopmentAndEnd(t *testing.T) {
	w := devicetest.New(t, sqldbtest.SQLite(t))
	d := w.Device("thermostat", "a")
	c, secret, err := w.Devices.MakeToken(t.Context(), "mem_1", d.Brand, d.Name, 0)
	if err != nil || !strings.HasPrefix(secret, "tld_") || !c.Until.Equal(w.Clock.Now().Add(30*24*time.Hour)) {
		t.Fatalf("%+v %s %v", c, secret, err)
	}
	show := device.Shown{ClientID: "halden_a", Password: []byte(secret)}
	if err := enters(w, show); err != nil {
		t.Error(err)
	}
	far := show
	far.Remote = netip.MustParseAddr("192.0.2.7")
	if err := enters(w, far); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("over an open line: %v", err)
	}
	far.Secure = true
	if err := enters(w, far); err != nil {
		t.Error(err)
	}
	frozen, retired := device.Frozen, device.Retired
	if _, err := w.Devices.Change(t.Context(), "mem_1", d.Brand, d.Name, device.Edit{State: &frozen}); err != nil || enters(w, show) != nil {
		t.Error("a frozen device is heard")
	}
	if _, err := w.Devices.Change(t.Context(), "mem_1", d.Brand, d.Name, device.Edit{State: &retired}); err != nil || !fault.Is(enters(w, show), fault.Forbidden) {
		t.Error("a retired one may not connect")
	}
	active := device.Active
	if _, err := w.Devices.Change(t.Context(), "mem_1", d.Brand, d.Name, device.Edit{State: &active}); err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(31 * 24 * time.Hour)
	if err := enters(w, show); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("after its time: %v", err)
	}
	// The secret is nowhere.
	if err := w.DB.View(t.Context(), func(tx *sqldb.Tx) error {
		var n int64
		for _, table := range []string{"device_credential", "ledger_event"} {
			column := map[string]string{"device_credential": "digest || hint || public", "ledger_event": "body"}[table]
			if err := tx.QueryRow(`SELECT count(*) FROM `+table+` WHERE `+column+` LIKE $1`, "%"+secret[8:]+"%").Scan(&n); err != nil {
				return err
			}
			if n > 0 {
				t.Errorf("%s holds the secret", table)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func signed(t testing.TB, key any, alg string, body map[string]any) string {
	t.Helper()
	enc := base64.RawURLEncoding.EncodeToString
	head, _ := json.Marshal(map[string]string{"alg": alg, "typ": "JWT"})
	claims, _ := json.Marshal(body)
	text := enc(head) + "." + enc(claims)
	switch k := key.(type) {
	case ed25519.PrivateKey:
		return text + "." + enc(ed25519.Sign(k, []byte(text)))
	case *ecdsa.PrivateKey:
		sum := sha256.Sum256([]byte(text))
		r, s, err := ecdsa.Sign(rand.Reader, k, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		return text + "." + enc(append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...))
	}
	return text + "."
}

func TestSignedTokens(t *testing.T) {
	w := devicetest.New(t, sqldbtest.SQLite(t))
	d, other := w.Device("thermostat", "a"), w.Device("thermostat", "b")
	public, private, _ := ed25519.GenerateKey(rand.Reader)
	der, _ := x509.MarshalPKIXPublicKey(public)
	text := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	if _, err := w.Devices.AddKey(t.Context(), "mem_1", d.Brand, d.Name, text); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Devices.AddKey(t.Context(), "mem_1", other.Brand, other.Name, text); !fault.Is(err, fault.Conflict) {
		t.Errorf("one key for two devices: %v", err)
	}
	elliptic256, _ := request(t)
	der, _ = x509.MarshalPKIXPublicKey(elliptic256.Public())
	if _, err := w.Devices.AddKey(t.Context(), "mem_1", d.Brand, d.Name, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Devices.AddKey(t.Context(), "mem_1", d.Brand, d.Name, []byte("-----BEGIN")); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	now := w.Clock.Now().Unix()
	claims := func(change map[string]any) map[string]any {
		c := map[string]any{"aud": "halden", "sub": "a", "iat": now, "exp": now + 3600}
		for k, v := range change {
			c[k] = v
		}
		return c
	}
	_, stranger, _ := ed25519.GenerateKey(rand.Reader)
	for _, c := range []struct {
		name  string
		token string
		good  bool
	}{
		{"Ed25519", signed(t, private, "EdDSA", claims(nil)), true},
		{"P-256", signed(t, elliptic256, "ES256", claims(nil)), true},
		{"a stranger's key", signed(t, stranger, "EdDSA", claims(nil)), false},
		{"no signature", signed(t, nil, "none", claims(nil)), false},
		{"another algorithm's name", signed(t, private, "HS256", claims(nil)), false},
		{"over", signed(t, private, "EdDSA", claims(map[string]any{"iat": now - 7200, "exp": now - 1})), false},
		{"for a week", signed(t, private, "EdDSA", claims(map[string]any{"exp": now + 7*86400})), false},
		{"not begun", signed(t, private, "EdDSA", claims(map[string]any{"nbf": now + 3600, "exp": now + 7200})), false},
		{"no end", signed(t, private, "EdDSA", map[string]any{"aud": "halden", "sub": "a", "iat": now}), false},
		{"no beginning", signed(t, private, "EdDSA", map[string]any{"aud": "halden", "sub": "a", "exp": now + 60}), false},
		{"for another device", signed(t, private, "EdDSA", claims(map[string]any{"sub": "b"})), false},
		{"for nobody", signed(t, private, "EdDSA", claims(map[string]any{"sub": "none"})), false},
		{"garbage", "a.b.c", false},
		{"two parts", "a.b", false},
	} {
		err := enters(w, device.Shown{Username: "jwt", Password: []byte(c.token), Secure: true, Remote: netip.MustParseAddr(fmt.Sprintf("192.0.2.%d", len(c.name)))})
		if c.good != (err == nil) || !c.good && !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestWhoGuessesIsHeldOff(t *testing.T) {
	w := devicetest.New(t, sqldbtest.SQLite(t))
	d := w.Device("thermostat", "a")
	_, secret, err := w.Devices.MakeToken(t.Context(), "mem_1", d.Brand, d.Name, 0)
	if err != nil {
		t.Fatal(err)
	}
	bad := device.Shown{ClientID: "halden_a", Password: []byte("tld_wrong"), Secure: true, Remote: netip.MustParseAddr("2001:db8::1")}
	held := false
	for range 60 {
		held = held || fault.Is(enters(w, bad), fault.RateLimited)
	}
	if !held {
		t.Fatal("nobody was held off")
	}
	near := bad
	near.Remote, near.ClientID = netip.MustParseAddr("2001:db8::2"), "halden_x" // the same network
	if err := enters(w, near); !fault.Is(err, fault.RateLimited) {
		t.Error(err)
	}
	w.Clock.Advance(11 * time.Minute)
	good := device.Shown{ClientID: "halden_a", Password: []byte(secret), Secure: true, Remote: bad.Remote}
	if err := enters(w, good); err != nil {
		t.Error(err)
	}
}

func TestProvisioning(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := devicetest.New(t, db)
		ctx := t.Context()
		list := []device.Expected{
			{Brand: "halden", Name: "x1", Model: "thermostat", Lot: "L1", Secret: "0123456789abcdef-1"}, {Brand: "halden", Name: "x2", Model: "thermostat", Secret: "0123456789abcdef-2"},
			{Brand: "halden", Name: "l1", Model: "lock", Secret: "0123456789abcdef-3"},
		}
		if err := w.Devices.Expect(ctx, "mem_1", list); err != nil {
			t.Fatal(err)
		}
		for name, bad := range map[string][]device.Expected{
			"again":            list[:1],
			"a shared secret":  {{Brand: "halden", Name: "x9", Model: "thermostat", Secret: list[0].Secret}},
			"twice the secret": {{Brand: "halden", Name: "x8", Model: "lock", Secret: "0123456789abcdef-8"}, {Brand: "halden", Name: "x7", Model: "lock", Secret: "0123456789abcdef-8"}},
			"a short secret":   {{Brand: "halden", Name: "x6", Model: "lock", Secret: "0123"}},
		} {
			if err := w.Devices.Expect(ctx, "mem_1", bad); err == nil {
				t.Errorf("%s was taken", name)
			}
		}
		claim, err := w.Devices.MakeClaim(ctx, "mem_1", device.NewClaim{Brand: "halden", Model: "thermostat", Uses: 2})
		if err != nil || !strings.HasPrefix(claim.Token, "tlc_") {
			t.Fatalf("%+v %v", claim, err)
		}
		id, err := w.Devices.Authenticate(ctx, device.Shown{ClientID: "halden_" + device.ClaimName(claim.ID), Password: []byte(claim.Token), Remote: here})
		if err != nil || id.Claim != claim.ID || device.ClaimOf(id.Device.Name) != claim.ID {
			t.Fatalf("%+v %v", id, err)
		}
		_, csr := request(t)
		ask := func(name, secret string) (device.Given, error) {
			return w.Devices.Provision(ctx, claim.ID, device.Asking{Name: name, Request: csr, Nonce: "12345678", Proof: device.Proof([]byte(secret), "12345678", csr)})
		}
		for name, try := range map[string][2]string{"nobody's name": {"x3", list[0].Secret}, "another's secret": {"x1", list[1].Secret}, "another model": {"l1", list[2].Secret}} {
			if _, err := ask(try[0], try[1]); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s: %v", name, err)
			}
		}
		given, err := ask("x1", list[0].Secret)
		if err != nil || given.Device.ID() != "halden/x1" {
			t.Fatalf("%+v %v", given, err)
		}
		// The answer was lost: it asks again, with the key it has.
		_, csr = request(t)
		given, err = w.Devices.Provision(ctx, claim.ID, device.Asking{Name: "x1", Request: csr, Nonce: "87654321", Proof: device.Proof([]byte(list[0].Secret), "87654321", csr)})
		if err != nil {
			t.Fatal(err)
		}
		cert := certificate(t, given.Certificate)
		if err := enters(w, device.Shown{ClientID: "halden_x1", Certificate: cert, Secure: true}); err != nil {
			t.Fatal(err)
		}
		// It is claimed now; and the claim is used up.
		if _, err := ask("x1", list[0].Secret); !fault.Is(err, fault.Forbidden) {
			t.Errorf("claimed twice: %v", err)
		}
		if _, err := ask("x2", list[1].Secret); !fault.Is(err, fault.Forbidden) {
			t.Errorf("used up: %v", err)
		}
		if err := enters(w, device.Shown{Password: []byte(claim.Token)}); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("a claim that is used up: %v", err)
		}
		all, err := w.Devices.Claims(ctx)
		if err != nil || len(all) != 1 || all[0].Used != 2 {
			t.Errorf("%+v %v", all, err)
		}
	})
}

func TestWrongProofsLockASerialForADay(t *testing.T) {
	w := devicetest.New(t, sqldbtest.SQLite(t))
	secret := "0123456789abcdef-1"
	if err := w.Devices.Expect(t.Context(), "mem_1", []device.Expected{{Brand: "halden", Name: "x1", Model: "thermostat", Secret: secret}}); err != nil {
		t.Fatal(err)
	}
	claim, err := w.Devices.MakeClaim(t.Context(), "mem_1", device.NewClaim{Brand: "halden", Model: "thermostat", Uses: 100})
	if err != nil {
		t.Fatal(err)
	}
	_, csr := request(t)
	ask := func(secret string) error {
		_, err := w.Devices.Provision(t.Context(), claim.ID, device.Asking{Name: "x1", Request: csr, Nonce: "12345678", Proof: device.Proof([]byte(secret), "12345678", csr)})
		return err
	}
	for range 5 {
		if err := ask("wrong-wrong-wrong"); !fault.Is(err, fault.Forbidden) {
			t.Fatal(err)
		}
	}
	if err := ask(secret); !fault.Is(err, fault.RateLimited) {
		t.Errorf("the right one, after five wrong ones: %v", err)
	}
	w.Clock.Advance(25 * time.Hour)
	if err := ask(secret); err != nil {
		t.Error(err)
	}
	if err := w.Devices.EndClaim(t.Context(), "mem_1", claim.ID); err != nil {
		t.Fatal(err)
	}
	if err := enters(w, device.Shown{Password: []byte(claim.Token)}); !fault.Is(err, fault.Unauthenticated) {
		t.Error(err)
	}
	if err := w.Devices.EndClaim(t.Context(), "mem_1", ident.Claim("clm_none")); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

func TestACertificateThatIsNotUsedInAnHourNeverCounts(t *testing.T) {
	w := devicetest.New(t, sqldbtest.SQLite(t))
	secret := "0123456789abcdef-1"
	if err := w.Devices.Expect(t.Context(), "mem_1", []device.Expected{{Brand: "halden", Name: "x1", Model: "thermostat", Secret: secret}}); err != nil {
		t.Fatal(err)
	}
	_, claimRequest := request(t)
	claim, err := w.Devices.MakeClaim(t.Context(), "mem_1", device.NewClaim{Brand: "halden", Model: "thermostat", Uses: 9, Request: claimRequest})
	if err != nil || claim.Token != "" {
		t.Fatal(err)
	}
	if err := enters(w, device.Shown{ClientID: "halden_" + device.ClaimName(claim.ID), Certificate: certificate(t, claim.Certificate), Secure: true}); err != nil {
		t.Errorf("a claim by certificate: %v", err)
	}
	_, csr := request(t)
	given, err := w.Devices.Provision(t.Context(), claim.ID, device.Asking{Name: "x1", Request: csr, Nonce: "12345678", Proof: device.Proof([]byte(secret), "12345678", csr)})
	if err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(61 * time.Minute)
	if err := enters(w, device.Shown{ClientID: "halden_x1", Certificate: certificate(t, given.Certificate), Secure: true}); !fault.Is(err, fault.Unauthenticated) {
		t.Error(err)
	}
}

func TestPresenceEndsWithTheSessionThatBeganIt(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		w := devicetest.New(t, db)
		d := w.Device("thermostat", "a")
		step := func(fn func(ctx context.Context) error, online bool, gone string) {
			t.Helper()
			if err := fn(t.Context()); err != nil {
				t.Fatal(err)
			}
			if now, err := w.Devices.Get(t.Context(), d.Brand, d.Name); err != nil || now.Online != online || now.Gone != gone {
				t.Errorf("%+v %v, want %v %q", now.Presence, err, online, gone)
			}
		}
		step(func(ctx context.Context) error { return w.Devices.Connected(ctx, d.No, 10) }, true, "")
		step(func(ctx context.Context) error { return w.Devices.Connected(ctx, d.No, 11) }, true, "")
		step(func(ctx context.Context) error { return w.Devices.Left(ctx, d.No, 10, "taken-over") }, true, "")
		step(func(ctx context.Context) error { return w.Devices.Left(ctx, d.No, 11, "lost") }, false, "lost")
		step(func(ctx context.Context) error { return w.Devices.Connected(ctx, d.No, 9) }, false, "lost") // told late
		counts, err := w.Devices.Counts(t.Context())
		if err != nil || counts.All != 1 || counts.Online != 0 {
			t.Errorf("%+v %v", counts, err)
		}
	})
}
