package intake_test

import (
	"crypto/rand"
	"testing"
	"time"

	"tagline/internal/bus"
	"tagline/internal/clock"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/ledger"
	"tagline/internal/place"
	"tagline/internal/place/intake"
	"tagline/internal/place/listfile"
	"tagline/internal/sqldb"
	"tagline/internal/sqldb/sqldbtest"
	"tagline/internal/vault"
)

func service(t *testing.T, db *sqldb.DB) *place.Service {
	t.Helper()
	c := clock.NewManual(time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC))
	v, err := vault.Open(t.Context(), vault.Config{DB: db, Dir: t.TempDir(), Chance: rand.Reader, Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	return place.New(place.Config{DB: db, Ledger: ledger.New(db, c, bus.New()), Vault: v, Clock: c, IDs: ident.NewSource(c, rand.Reader), Chance: rand.Reader, Signer: "id.example"})
}

func TestASignedListIsReadByItsKeyOnly(t *testing.T) {
	sqldbtest.Run(t, func(t *testing.T, db *sqldb.DB) {
		s := service(t, db)
		if _, err := s.Put(t.Context(), place.Place{Key: "9506000134352", Name: "Works", Country: "NO", Located: true, Lat: 59.1, Lng: 11.4, Free: true}, ""); err != nil {
			t.Fatal(err)
		}
		signed, err := s.SignedList(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		public, err := s.PublicKey(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if again, err := s.PublicKey(t.Context()); err != nil || again != public {
			t.Errorf("the key changes from %s to %s (%v)", public, again, err)
		}
		got, problems, err := intake.Read(signed, public)
		all, _ := s.All(t.Context())
		if err != nil || len(problems) != 0 || len(got) != 1 || got[0] != all[0] {
			t.Errorf("%+v %v %v, want %+v", got, problems, err, all)
		}
		_, other, err := listfile.NewKey(rand.Reader, "id.example")
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"", other, "nonsense"} {
			if _, _, err := intake.Read(signed, key); !fault.Is(err, fault.Invalid) {
				t.Errorf("with the key %q: %v", key, err)
			}
		}
		if _, _, err := intake.Read([]byte("key,name\n9506000134352,Works\n"), public); !fault.Is(err, fault.Invalid) {
			t.Errorf("a plain file with a key: %v", err)
		}
	})
}

func TestMasterDataBecomesPlaces(t *testing.T) {
	doc := `<?xml version="1.0"?><epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0" creationDate="2026-01-01T00:00:00Z"><EPCISHeader><extension><EPCISMasterData><VocabularyList>
<Vocabulary type="urn:epcglobal:epcis:vtype:BusinessLocation"><VocabularyElementList>
<VocabularyElement id="urn:epc:id:sgln:9506000.13435.0"><attribute id="urn:epcglobal:cbv:mda:name">Works</attribute><attribute id="urn:epcglobal:cbv:mda:latitude">+59.12</attribute><attribute id="urn:epcglobal:cbv:mda:longitude">11.39</attribute><attribute id="urn:epcglobal:cbv:mda:countryCode">NO</attribute><children><id>urn:epc:id:sgln:9506000.13435.7</id></children></VocabularyElement>
<VocabularyElement id="urn:epc:id:sgln:9506000.13435.7"><attribute id="urn:epcglobal:cbv:mda:countryCode">Norway</attribute></VocabularyElement>
<VocabularyElement id="urn:epc:id:sgln:9506000.13435.8"/>
</VocabularyElementList></Vocabulary>
<Vocabulary type="urn:epcglobal:epcis:vtype:EPCClass"><VocabularyElementList><VocabularyElement id="urn:epc:idpat:sgtin:9506000.013435.*"><attribute id="urn:epcglobal:cbv:mda:descriptionShort">Gin</attribute></VocabularyElement></VocabularyElementList></Vocabulary>
</VocabularyList></EPCISMasterData></extension></EPCISHeader><EPCISBody><EventList/></EPCISBody></epcis:EPCISDocument>`
	list, problems, err := intake.Read([]byte(doc), "")
	if err != nil || len(list) != 2 || len(problems) != 1 || problems[0].Where != "urn:epc:id:sgln:9506000.13435.7" {
		t.Fatalf("%+v %+v %v", list, problems, err)
	}
	want := place.Place{Key: "414/9506000134352", Class: place.Location, Name: "Works", Kind: "other", Country: "NO", Located: true, Lat: 59.12, Lng: 11.39}
	if list[0] != want || list[1].Key != "414/9506000134352/254/8" {
		t.Errorf("%+v", list)
	}
	if _, _, err := intake.Read([]byte("{}"), ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("half a document: %v", err)
	}
}
