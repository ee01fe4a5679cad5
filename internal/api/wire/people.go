package wire

import "time"

// Actor is who is signed in.
type Actor struct {
	Kind    string   `json:"kind" enum:"member,key"`
	ID      string   `json:"id" example:"mem_01jx8m3h6w0000000000000000"`
	Name    string   `json:"name"`
	Role    string   `json:"role" enum:"owner,marketer,pr,engineer,privacy,auditor,partner"`
	Actions []string `json:"actions" nullable:"false" doc:"What this sign-in may do, as subject.verb"`
}

// Session is a sign-in.
type Session struct {
	Actor     Actor      `json:"actor"`
	Member    *Member    `json:"member,omitempty"`
	ExpiresAt *time.Time `json:"expiresAt,omitempty"`
	Server    Server     `json:"server"`
}

// Server says which server this is.
type Server struct {
	Version string `json:"version" example:"0.1.0"`
	Demo    bool   `json:"demo" doc:"True when it shows made-up data"`
	BaseURL string `json:"baseUrl" example:"https://tagline.example"`
}

// Welcome is what the sign-in screen needs to know before anybody signed in.
type Welcome struct {
	Server     Server   `json:"server"`
	FirstStart bool     `json:"firstStart" doc:"Nobody ever signed in: the server printed a one-time link when it started"`
	Methods    []string `json:"methods" nullable:"false" enum:"link,password,key"`
}

// SignIn is one of three ways to sign in.
type SignIn struct {
	Token    string `json:"token,omitempty" maxLength:"200" doc:"The token of a one-time link"`
	Email    string `json:"email,omitempty" maxLength:"254" example:"ada@example.com"`
	Password string `json:"password,omitempty" maxLength:"1000"`
	Key      string `json:"key,omitempty" maxLength:"500" doc:"An API key"`
}

// Member is a person who may sign in.
type Member struct {
	ID          string     `json:"id" example:"mem_01jx8m3h6w0000000000000000"`
	Name        string     `json:"name" example:"Ada"`
	Email       string     `json:"email,omitempty"`
	Role        string     `json:"role" enum:"owner,marketer,pr,engineer,privacy,auditor,partner"`
	State       string     `json:"state" enum:"invited,active,disabled"`
	HasPassword bool       `json:"hasPassword"`
	CreatedAt   time.Time  `json:"createdAt"`
	Parties     []string   `json:"parties,omitempty" nullable:"false" doc:"The companies and locations for which a partner acts, by canonical keys"`
	LastSeenAt  *time.Time `json:"lastSeenAt,omitempty"`
}

// Link is a one-time sign-in link. The token stands in the fragment, which
// browsers do not send, so it reaches no access log.
type Link struct {
	URL       string    `json:"url" example:"https://tagline.example/console/sign-in#token=..."`
	ExpiresAt time.Time `json:"expiresAt"`
}

// Invitation asks for a new member.
type Invitation struct {
	Name    string   `json:"name" minLength:"1" maxLength:"200" example:"Ada"`
	Email   string   `json:"email,omitempty" maxLength:"254" example:"ada@example.com"`
	Role    string   `json:"role" enum:"owner,marketer,pr,engineer,privacy,auditor,partner"`
	Parties []string `json:"parties,omitempty" nullable:"false" maxItems:"100" doc:"Of a partner: the GLNs of the companies and locations whose supply-chain events it sees" example:"[\"9506000134345\"]"`
}

// Invited is a new member with the link to hand over.
type Invited struct {
	Member Member `json:"member"`
	Link   Link   `json:"link" doc:"Shown this once"`
}

// MemberChange changes what is given and leaves the rest.
type MemberChange struct {
	Name     *string   `json:"name,omitempty" minLength:"1" maxLength:"200"`
	Role     *string   `json:"role,omitempty" enum:"owner,marketer,pr,engineer,privacy,auditor,partner"`
	Disabled *bool     `json:"disabled,omitempty"`
	Parties  *[]string `json:"parties,omitempty" nullable:"false" maxItems:"100" doc:"Of a partner: GLNs"`
}

// SelfChange changes the own name or e-mail address.
type SelfChange struct {
	Name  *string `json:"name,omitempty" minLength:"1" maxLength:"200"`
	Email *string `json:"email,omitempty" maxLength:"254" doc:"Empty removes it"`
}

// Password sets the own password.
type Password struct {
	Current  string `json:"current,omitempty" maxLength:"1000" doc:"Needed when a password is set already"`
	Password string `json:"password" minLength:"12" maxLength:"1000"`
}

// Role is a role with what it may do.
type Role struct {
	Role        string   `json:"role" enum:"owner,marketer,pr,engineer,privacy,auditor,partner"`
	Title       string   `json:"title"`
	Description string   `json:"description"`
	Actions     []string `json:"actions" nullable:"false"`
}

// Action is something that may be allowed, in words.
type Action struct {
	Action      string `json:"action" example:"thing.read"`
	Description string `json:"description"`
}

// Roles is the table of who may do what.
type Roles struct {
	Roles   []Role   `json:"roles" nullable:"false"`
	Actions []Action `json:"actions" nullable:"false"`
}

// Key is an API key without its secret.
type Key struct {
	ID         string     `json:"id" example:"key_01jx8m3h6w0000000000000000"`
	Name       string     `json:"name" example:"ERP"`
	Role       string     `json:"role" enum:"owner,marketer,pr,engineer,privacy,auditor,partner"`
	Scopes     []string   `json:"scopes" nullable:"false" doc:"The actions it may take; all of its role when empty"`
	Parties    []string   `json:"parties,omitempty" nullable:"false" doc:"The companies and locations for which a partner acts, by canonical keys"`
	State      string     `json:"state" enum:"active,expired,revoked"`
	CreatedAt  time.Time  `json:"createdAt"`
	CreatedBy  *Ref       `json:"createdBy,omitempty"`
	ExpiresAt  *time.Time `json:"expiresAt,omitempty"`
	LastUsedAt *time.Time `json:"lastUsedAt,omitempty" doc:"To the hour"`
	RevokedAt  *time.Time `json:"revokedAt,omitempty"`
}

// KeyRequest asks for a new key.
type KeyRequest struct {
	Name      string     `json:"name" minLength:"1" maxLength:"200" example:"ERP"`
	Role      string     `json:"role,omitempty" enum:"owner,marketer,pr,engineer,privacy,auditor,partner" doc:"The own role when left out"`
	Scopes    []string   `json:"scopes,omitempty" nullable:"false" maxItems:"50" doc:"Actions of the role; all of them when left out" example:"[\"moment.report\"]"`
	Parties   []string   `json:"parties,omitempty" nullable:"false" maxItems:"100" doc:"Of a partner: the GLNs of the companies and locations whose supply-chain events it sees"`
	ExpiresAt *time.Time `json:"expiresAt,omitempty"`
}

// NewKey is a key with its secret.
type NewKey struct {
	Key    Key    `json:"key"`
	Secret string `json:"secret" doc:"Shown this once" example:"tl_01jx8m3h6w0000000000000000_..."`
}
