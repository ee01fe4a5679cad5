package wire

import "time"

// Passport is a digital product passport as it is kept.
type Passport struct {
	GTIN        string            `json:"gtin" example:"09506000134352"`
	Lot         string            `json:"lot,omitempty"`
	Serial      string            `json:"serial,omitempty"`
	Level       string            `json:"level" enum:"model,batch,item"`
	Status      string            `json:"status" enum:"draft,published,withdrawn"`
	Rev         int64             `json:"rev" doc:"Counts the changes; also the ETag"`
	Version     int64             `json:"version" doc:"The newest published one, 0 before the first"`
	Name        map[string]string `json:"name,omitempty" doc:"By locale"`
	Reason      string            `json:"reason,omitempty" doc:"Of a withdrawal"`
	DigitalLink string            `json:"digitalLink" doc:"Its persistent identifier"`
	Page        string            `json:"page" doc:"Where it is read"`
	UpdatedAt   time.Time         `json:"updatedAt"`
	WithdrawnAt *time.Time        `json:"withdrawnAt,omitempty"`
	Draft       *PassportDocument `json:"draft,omitempty" doc:"Not in lists"`
}

// PassportDocument is what a passport says.
type PassportDocument struct {
	GTIN        string             `json:"gtin" pattern:"^[0-9]{8,14}$" example:"09506000134352"`
	Lot         string             `json:"lot,omitempty" maxLength:"20" doc:"Of the passport of a lot"`
	Serial      string             `json:"serial,omitempty" maxLength:"20" doc:"Of the passport of an item"`
	OfLot       string             `json:"ofLot,omitempty" maxLength:"20" doc:"The lot from which an item inherits"`
	ValidFrom   *time.Time         `json:"validFrom,omitempty" doc:"Not shown before"`
	Name        map[string]string  `json:"name,omitempty" doc:"By locale"`
	Description map[string]string  `json:"description,omitempty" doc:"By locale"`
	Operator    *PassportOperator  `json:"operator,omitempty" doc:"The responsible economic operator"`
	Facility    *PassportFacility  `json:"facility,omitempty" doc:"Where it was made"`
	Sections    []PassportSection  `json:"sections,omitempty" nullable:"false"`
	Documents   []PassportFileInfo `json:"documents,omitempty" nullable:"false" doc:"Of files that were uploaded before"`
}

// PassportOperator is an organisation, never a person.
type PassportOperator struct {
	Name    string `json:"name" example:"Halden Spirits AS"`
	GLN     string `json:"gln,omitempty" doc:"13 digits"`
	EORI    string `json:"eori,omitempty"`
	Address string `json:"address,omitempty"`
	Country string `json:"country,omitempty" example:"NO"`
	Email   string `json:"email,omitempty"`
	Phone   string `json:"phone,omitempty"`
	URL     string `json:"url,omitempty" doc:"https"`
}

// PassportFacility is a place of manufacture.
type PassportFacility struct {
	Name    string `json:"name,omitempty"`
	GLN     string `json:"gln,omitempty" doc:"13 digits"`
	Country string `json:"country,omitempty"`
}

// PassportSection groups attributes.
type PassportSection struct {
	Name       string              `json:"name" example:"packaging"`
	Label      map[string]string   `json:"label" doc:"By locale"`
	Attributes []PassportAttribute `json:"attributes" nullable:"false"`
}

// PassportAttribute is one value: a text, a number, a list or a link.
type PassportAttribute struct {
	Name   string              `json:"name" example:"recycled-glass" doc:"Once in a passport; an item's replaces its lot's of this name"`
	Label  map[string]string   `json:"label" doc:"By locale"`
	Tier   string              `json:"tier,omitempty" enum:"public,legitimate,authority" doc:"Who sees it; public when absent"`
	Term   string              `json:"term,omitempty" example:"gs1:ingredientStatement" doc:"Its property in a vocabulary"`
	Text   map[string]string   `json:"text,omitempty" doc:"By locale"`
	Number *float64            `json:"number,omitempty"`
	Unit   string              `json:"unit,omitempty" example:"GRM" doc:"Of the number: UN/ECE Recommendation 20, or a sign"`
	List   []map[string]string `json:"list,omitempty" nullable:"false" doc:"Texts by locale"`
	Link   string              `json:"link,omitempty" doc:"https"`
}

// PassportFileInfo describes a document that is kept with a passport.
type PassportFileInfo struct {
	Name     string            `json:"name" example:"declaration.pdf"`
	Title    map[string]string `json:"title" doc:"By locale"`
	Language string            `json:"language,omitempty" example:"en"`
	Type     string            `json:"type" example:"application/pdf"`
	Tier     string            `json:"tier,omitempty" enum:"public,legitimate,authority"`
	SHA256   string            `json:"sha256" pattern:"^[0-9a-f]{64}$"`
	Bytes    int64             `json:"bytes"`
}

// PassportUpload is a document to be added to a draft.
type PassportUpload struct {
	Name     string            `json:"name" minLength:"1" maxLength:"100" example:"declaration.pdf"`
	Title    map[string]string `json:"title" doc:"By locale"`
	Language string            `json:"language,omitempty" maxLength:"35" example:"en"`
	Type     string            `json:"type" minLength:"1" maxLength:"100" example:"application/pdf"`
	Tier     string            `json:"tier,omitempty" enum:"public,legitimate,authority" doc:"public when absent"`
	Data     []byte            `json:"data" doc:"In base64; 5 MiB at most"`
}

// PassportVersion is a version that was published and never changes.
type PassportVersion struct {
	Version     int64     `json:"version"`
	SHA256      string    `json:"sha256" doc:"Of the canonical JSON (RFC 8785) of what it says"`
	ValidFrom   time.Time `json:"validFrom"`
	PublishedAt time.Time `json:"publishedAt"`
	By          string    `json:"by,omitempty" doc:"Id of the member or key"`
	Page        string    `json:"page" doc:"Where it is read"`
}

// PassportWithdrawal says why a passport goes.
type PassportWithdrawal struct {
	Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"Shown to everybody in place of the passport"`
}

// PassportPending is what publishing would change.
type PassportPending struct {
	Changes []FieldChange `json:"changes" nullable:"false"`
}

// PassportGrantRequest asks for access for an organisation.
type PassportGrantRequest struct {
	Tier      string    `json:"tier" enum:"legitimate,authority"`
	Holder    string    `json:"holder" minLength:"1" maxLength:"200" doc:"An organisation, never a consumer"`
	Purpose   string    `json:"purpose" minLength:"1" maxLength:"500"`
	GTINs     []string  `json:"gtins,omitempty" nullable:"false" maxItems:"200" doc:"All passports when empty"`
	ExpiresAt time.Time `json:"expiresAt" doc:"Within three years"`
}

// PassportGrant is access of an organisation to closed parts of passports.
type PassportGrant struct {
	ID        string     `json:"id"`
	Tier      string     `json:"tier" enum:"legitimate,authority"`
	Holder    string     `json:"holder"`
	Purpose   string     `json:"purpose"`
	GTINs     []string   `json:"gtins" nullable:"false" doc:"All passports when empty"`
	State     string     `json:"state" enum:"active,expired,revoked"`
	By        string     `json:"by,omitempty"`
	CreatedAt time.Time  `json:"createdAt"`
	ExpiresAt time.Time  `json:"expiresAt"`
	RevokedAt *time.Time `json:"revokedAt,omitempty"`
}

// PassportGrantMade is a new grant with its token.
type PassportGrantMade struct {
	Grant PassportGrant `json:"grant"`
	Token string        `json:"token" doc:"Shown this once"`
}

// PassportAccess is one use of a grant.
type PassportAccess struct {
	ID      string    `json:"id"`
	Grant   string    `json:"grant"`
	Path    string    `json:"path" doc:"Of the passport's Digital Link"`
	Version int64     `json:"version"`
	Form    string    `json:"form" example:"page" doc:"page, jsonld, document or copy"`
	At      time.Time `json:"at"`
}
