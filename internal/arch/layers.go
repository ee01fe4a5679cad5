package arch

// Layer is one storey of the house. Inside it, a package may import those that
// stand before it in the same row, and none of another row.
type Layer struct {
	Name string
	Rows [][]string
}

// Layers lists the house from the ground up, by import path below the module.
func Layers() []Layer {
	return []Layer{
		{"protocols", [][]string{{"gs1/internal/dictionary", "gs1", "gs1/scan", "gs1/compression", "gs1/epc", "epcis/unit", "epcis/identifier", "epcis", "epcis/jsondoc", "epcis/jsonout", "epcis/eventhash", "epcis/xmldoc", "epcis/xmlout", "epcis/query"}, {"ntag424/internal/sdm", "ntag424/sun", "ntag424"}}},
		{"ground", [][]string{{"internal/outbound", "internal/fault", "internal/clock", "internal/ident", "internal/manifest", "internal/rule", "internal/model", "internal/model/describe", "internal/detect", "internal/twin", "internal/habit", "demo"}}},
		{"engine", [][]string{{"internal/bus", "internal/sqldb/value", "internal/sqldb/migrations", "internal/sqldb/lite", "internal/sqldb/folder", "internal/sqldb/strain", "internal/sqldb", "internal/sqldb/sqldbtest", "internal/ledger", "internal/timer", "internal/vault"}}},
		{"gate", [][]string{{"internal/access/password", "internal/access"}}},
		{"domains", [][]string{{"internal/product", "internal/keyset", "internal/tag", "internal/life", "internal/thing/flood", "internal/thing", "internal/replay", "internal/thing/thingtest", "internal/story", "internal/personalise", "internal/device/authority", "internal/device", "internal/reading", "internal/command", "internal/device/devicetest", "internal/link/anchor", "internal/link/negotiate", "internal/link/linkset", "internal/link", "internal/link/entryfile", "internal/link/check", "internal/channel/webhook", "internal/place/listfile", "internal/place", "internal/place/intake", "internal/trace/repository", "internal/trace/capture", "internal/trace/standing", "internal/trace/answer", "internal/trace/subscription", "internal/trace/chain", "internal/trace/suspicion", "internal/trace/alarm", "internal/trace/journey"}, {"internal/label/pdf", "internal/label/qr", "internal/label", "internal/label/labeltest", "internal/label/batch"}, {"internal/passport/sheet", "internal/passport/copyfile", "internal/passport/history", "internal/passport"}}},
		{"decisions", [][]string{{"internal/score", "internal/content"}}},
		{"work", [][]string{{"internal/brand"}, {"internal/intake"}}},
		{"surfaces", [][]string{{"internal/pages", "internal/passportweb", "internal/visitor", "internal/digital", "internal/resolver"}, {"internal/api/wire", "internal/api/wire/supply", "internal/api/wire/connected", "internal/client", "internal/api/frame", "internal/api/people", "internal/api/goods", "internal/api/items", "internal/api/labels", "internal/api/links", "internal/api/ce", "internal/api/watch", "internal/api/passports", "internal/api/places", "internal/api/traces", "internal/api/devices", "internal/api", "internal/epcisapi/accept", "internal/epcisapi/socket", "internal/epcisapi"}, {"internal/console"}, {"internal/inspect"}, {"internal/mqtt/frame", "internal/mqtt"}, {"internal/deviceweb"}}},
		{"whole", [][]string{{"internal/app"}, {"internal/bench/process", "internal/bench", "internal/bench/fleet", "internal/simulate", "internal/simulate/home", "internal/benchcmd"}, {"internal/linkcmd"}, {"internal/placecmd"}, {"internal/epciscmd"}}},
		{"command", [][]string{{"cmd/tagline"}}},
	}
}

// Beside lists the packages that stand outside the layers: tests of the house and
// generators. Nothing may import them.
func Beside() []string {
	return []string{"internal/arch", "gs1/internal/aigen"}
}

// LongestChain is the most packages that may stand on one another.
const LongestChain = 12

// The sizes of the house: a file in lines, a package in lines of code, without
// comments, blank lines, tests and generated files.
const (
	MaxFileLines    = 600
	MaxPackageLines = 1500
)

// ForbiddenNames are names that say nothing about what a package knows.
func ForbiddenNames() []string {
	return []string{"util", "utils", "common", "types", "models", "helpers", "helper", "misc", "base"}
}

// MayReadTimeAndChance lists the packages that may call time.Now, time.Sleep and
// the like, or draw random numbers: everything else is handed a clock and a source.
func MayReadTimeAndChance() []string {
	return []string{"internal/clock", "internal/ident", "internal/app"}
}
