package gs1

// Error says what is wrong with an input, and where.
type Error struct {
	// Code names the broken rule, such as INCORRECT_CHECK_DIGIT; programs
	// switch on it. Faults of a value have the codes of the Barcode Syntax
	// Dictionary, all others those of the Barcode Syntax Engine.
	Code string

	// Message is an English sentence for people, in the words of the GS1
	// Barcode Syntax Engine.
	Message string

	// AI is the application identifier concerned, or empty.
	AI string

	// Position is the byte offset of the fault in the input, or -1 where no
	// single place is at fault. In what [ParseLinkPath] reads, path and query
	// count as joined by a question mark.
	Position int

	// Markup shows the faulty part of a value between bars, "(01)123|4|", or is
	// empty where the value as a whole is at fault, or none.
	Markup string
}

func (e *Error) Error() string { return "gs1: " + e.Message }

// about fills in the AI where a message has a %.
func about(code, before, ai, after string, position int) *Error {
	return &Error{Code: code, Message: before + ai + after, AI: ai, Position: position}
}
