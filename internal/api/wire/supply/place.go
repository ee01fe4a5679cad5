package supply

// Place is a location or a party of the supply chain.
type Place struct {
	Key       string   `json:"key" maxLength:"500" example:"414/9506000134345" doc:"A GLN, or a key such as 414/9506000134345, a URN, a Digital Link or another URI; canonical in answers"`
	Class     string   `json:"class,omitempty" enum:"location,party" default:"location"`
	Name      string   `json:"name" minLength:"1" maxLength:"200" example:"Halden works"`
	Kind      string   `json:"kind,omitempty" enum:"plant,warehouse,port,customs,distributor,shop,outlet,own,retailer,carrier,authority,other" default:"other"`
	Country   string   `json:"country,omitempty" pattern:"^[A-Z]{2}$" example:"NO" doc:"ISO 3166-1 alpha-2"`
	Latitude  *float64 `json:"latitude,omitempty" minimum:"-90" maximum:"90"`
	Longitude *float64 `json:"longitude,omitempty" minimum:"-180" maximum:"180"`
	RadiusKM  float64  `json:"radiusKm,omitempty" minimum:"0" maximum:"5000" doc:"How far from its middle something there may be"`
	FreeZone  bool     `json:"freeZone,omitempty" doc:"Goods of any market may be there"`
	Parent    string   `json:"parent,omitempty" maxLength:"500" doc:"The location of which it is a part"`
	Operator  string   `json:"operator,omitempty" maxLength:"500" doc:"The party that runs it"`
}

// PlaceImport is what became, or would become, of a file of locations and parties.
type PlaceImport struct {
	DryRun   bool           `json:"dryRun"`
	Entries  int            `json:"entries"`
	Created  int            `json:"created"`
	Changed  int            `json:"changed"`
	Same     int            `json:"same"`
	Problems []PlaceProblem `json:"problems" nullable:"false"`
}

// PlaceProblem is one thing that is wrong with a file.
type PlaceProblem struct {
	Where string `json:"where" example:"line 4"`
	Says  string `json:"says"`
}

// PlaceKey is the public key by which signed lists of this server are checked.
type PlaceKey struct {
	Key string `json:"key" example:"id.example+1a2b3c4d+Ad7..." doc:"A verifier key of the signed note format: name, hash and Ed25519 key"`
}
