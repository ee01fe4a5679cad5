package gs1

// Error says what is wrong with an input, and where.
type Error struct {
	// Code names the broken rule, such as INCORRECT_CHECK_DIGIT; programs
	// switch on it.
	Code string

	// Message is an English sentence for people, in the words of the GS1
	// Barcode Syntax Engine.
	Message string

	// AI is the application identifier concerned, or empty.
	AI string

	// Position is the byte offset of the fault in the input, or -1 where no
	// single place is at fault. In a value that was percent-escaped it is the
	// place where the value begins.
	Position int

	// Markup shows the faulty part of a value between bars, "(01)123|4|", or is
	// empty where no value is at fault.
	Markup string
}

func (e *Error) Error() string { return "gs1: " + e.Message }
