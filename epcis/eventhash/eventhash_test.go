package eventhash_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"tagline/epcis"
	"tagline/epcis/eventhash"
	"tagline/epcis/jsondoc"
)

func read(t testing.TB, src string) *epcis.Event {
	t.Helper()
	item, err := jsondoc.ReadEvent([]byte(src), epcis.Limits{})
	if err != nil || item.Refused() {
		t.Fatal(err, item.Problems)
	}
	return item.Event
}

const (
	head = `{"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",{"ex":"https://example.com/","un":"https://example.org/x#"}],"type":"ObjectEvent",`
	one  = head + `"eventTime":"2026-11-26T12:00:00.0005+01:00","eventTimeZoneOffset":"+01:00","eventID":"urn:uuid:4a2b1c3d-0000-4000-8000-000000000001",
	"recordTime":"2026-11-26T13:00:00Z","action":"OBSERVE","epcList":["urn:epc:id:sgtin:0614141.112345.400","https://id.gs1.org/00/106141412345678908"],
	"quantityList":[{"epcClass":"urn:epc:class:lgtin:4012345.012345.998877","quantity":26.0,"uom":"KGM"}],
	"bizStep":"shipping","disposition":"in_transit","readPoint":{"id":"urn:epc:id:sgln:0614141.11111.0","ex:gate":"007","un:dock":"B"},
	"bizTransactionList":[{"type":"po","bizTransaction":"urn:epcglobal:cbv:bt:0614141000005:1"},{"bizTransaction":"https://example.com/bt/2"}],
	"sourceList":[{"type":"owning_party","source":"urn:epc:id:pgln:4012345.00001"}],
	"sensorElementList":[{"sensorMetadata":{"time":"2026-11-26T10:59:59Z"},"sensorReport":[{"type":"Temperature","value":0.00001,"uom":"CEL","booleanValue":false}]}],
	"ex:z":{"ex:b":[3,"x",null],"ex:a":""},"ex:y":true}`
	// The same event, written otherwise.
	two = head + `"ex:y":true,"ex:z":{"ex:a":"","ex:b":["x",3]},"bizStep":"https://ref.gs1.org/cbv/BizStep-shipping","disposition":"urn:epcglobal:cbv:disp:in_transit",
	"eventTime":"2026-11-26T11:00:00.001Z","eventTimeZoneOffset":"+01:00","errorDeclaration":{"declarationTime":"2026-11-27T00:00:00Z","reason":"incorrect_data"},
	"sensorElementList":[{"sensorReport":[{"uom":"CEL","value":1e-5,"type":"gs1:Temperature","booleanValue":false}],"sensorMetadata":{"time":"2026-11-26T11:59:59+01:00"}}],
	"action":"OBSERVE","epcList":["urn:epc:id:sscc:0614141.1234567890","https://brand.example/01/10614141123459/21/400"],
	"quantityList":[{"uom":"KGM","quantity":26,"epcClass":"https://id.gs1.org/01/04012345123456/10/998877"}],
	"readPoint":{"un:dock":"B","ex:gate":7,"id":"https://id.gs1.org/414/0614141111114"},
	"sourceList":[{"source":"https://id.gs1.org/417/4012345000016","type":"owning_party"}],
	"bizTransactionList":[{"bizTransaction":"https://example.com/bt/2"},{"bizTransaction":"urn:epcglobal:cbv:bt:0614141000005:1","type":"po"}]}`
	prehash = "eventType=ObjectEventeventTime=2026-11-26T11:00:00.001ZeventTimeZoneOffset=+01:00" +
		"epcListepc=https://id.gs1.org/00/106141412345678908epc=https://id.gs1.org/01/10614141123459/21/400" +
		"quantityListquantityElementepcClass=https://id.gs1.org/01/04012345123456/10/998877quantity=26uom=KGM" +
		"action=OBSERVEbizStep=https://ref.gs1.org/cbv/BizStep-shippingdisposition=https://ref.gs1.org/cbv/Disp-in_transit" +
		"readPointid=https://id.gs1.org/414/0614141111114{https://example.com/}gate=7" +
		"sensorElementListsensorElementsensorMetadatatime=2026-11-26T10:59:59.000ZsensorReporttype=https://gs1.org/voc/Temperaturevalue=1e-05booleanValue=falseuom=CEL" +
		"bizTransactionListbizTransaction=https://example.com/bt/2type=https://ref.gs1.org/cbv/BTT-pobizTransaction=urn:epcglobal:cbv:bt:0614141000005:1" +
		"readPoint{https://example.org/x#}dock=B" +
		"sourceListtype=https://ref.gs1.org/cbv/SDT-owning_partysource=https://id.gs1.org/417/4012345000016" +
		"{https://example.com/}y=true" +
		"{https://example.com/}z{https://example.com/}a{https://example.com/}b=3{https://example.com/}b=x"
)

func TestTheWayOfWritingDoesNotMatter(t *testing.T) {
	a, b := eventhash.Prehash(read(t, one)), eventhash.Prehash(read(t, two))
	if a != prehash {
		t.Errorf("the pre-hash text is\n%s\nnot\n%s", a, prehash)
	}
	if a != b {
		t.Errorf("two spellings of one event:\n%s\n%s", a, b)
	}
	if got := eventhash.Of(read(t, one)); got != "ni:///sha-256;"+sum(prehash)+"?ver=CBV2.0" {
		t.Errorf("the hash is %s", got)
	}
}

func TestContentMatters(t *testing.T) {
	base := eventhash.Of(read(t, one))
	for _, change := range [][2]string{
		{`"shipping"`, `"receiving"`}, {"112345.400", "112345.401"}, {"26.0", "26.1"}, {"KGM", "GRM"}, {"+01:00\",\n", "+02:00\",\n"}, {"00.0005+", "00.0004+"},
		{`"po"`, `"inv"`}, {"007", "8"}, {`"ex:y":true`, `"ex:y":false`}, {"OBSERVE", "DELETE"}, {`"booleanValue":false`, `"booleanValue":true`}, {`"B"`, `"C"`},
	} {
		src := strings.Replace(one, change[0], change[1], 1)
		if src == one && change[0] != "+01:00\",\n" {
			t.Errorf("%q is not in the event", change[0])
		} else if src != one && eventhash.Of(read(t, src)) == base {
			t.Errorf("%q instead of %q gives the same hash", change[1], change[0])
		}
	}
	if got := eventhash.Of(read(t, one), epcis.Name{Space: "https://example.com/", Local: "y"}); got == base {
		t.Error("an extension that is ignored counts")
	}
}

func BenchmarkOf(b *testing.B) {
	e := read(b, one)
	b.ReportAllocs()
	for b.Loop() {
		eventhash.Of(e)
	}
}

func sum(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}
