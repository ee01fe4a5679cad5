package gs1

// CheckRule applies one rule about which AIs stand together to a bracketed element
// string that is valid otherwise.
func (d Dialect) CheckRule(name, bracketed string) error {
	var m marks
	elements, err := d.parseElements(bracketed, &m)
	if err != nil {
		return err
	}
	s := sorted{table: d.table(), elements: elements, marks: &m}
	s.sort()
	switch name {
	case "mutex":
		err = s.exclusive()
	case "requisites":
		err = s.required()
	case "repeats":
		err = s.repeated()
	case "validateDigSigRequiresSerialisedKey":
		err = s.signed()
	default:
		panic("no rule is called " + name)
	}
	if err != nil {
		return err
	}
	return nil
}

// Unescape and Escape are what links do to the parts of a URI.
func Unescape(s string, query bool) string { return unescape(s, query) }
func Escape(s string, query bool) string   { return string(appendEscaped(nil, s, query)) }
