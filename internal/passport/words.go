package passport

import "tagline/internal/passport/sheet"

// The words of package sheet, so that who keeps passports needs one import.
type (
	Anchor    = sheet.Anchor
	Document  = sheet.Document
	File      = sheet.File
	Format    = sheet.Format
	Localized = sheet.Localized
	Status    = sheet.Status
	Tier      = sheet.Tier
	View      = sheet.View
	ViewFile  = sheet.ViewFile
)

// The constants of package sheet.
const (
	Draft        = sheet.Draft
	Published    = sheet.Published
	Withdrawn    = sheet.Withdrawn
	Public       = sheet.Public
	Legitimate   = sheet.Legitimate
	Authority    = sheet.Authority
	MaxFiles     = sheet.MaxFiles
	MaxFileBytes = sheet.MaxFileBytes
)
