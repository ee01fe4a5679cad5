package pages

import (
	"slices"
	"strings"
)

// option is a country of the age question.
type option struct {
	Code, Name string
	Chosen     bool
}

// Countries lists the countries in the order of the page's language.
func (d *data) Countries() []option {
	all := make([]option, len(d.words.countries))
	for i, c := range d.words.countries {
		all[i] = option{c.code, c.name, c.code == d.Age.Country}
	}
	return all
}

// AgeWrong says whether an answer must be given again.
func (d *data) AgeWrong(what string) bool { return slices.Contains(d.Age.Wrong, what) }

type dateField struct {
	ID, Name, Label, Value string
	Size                   int
	Wrong                  bool
}

// DateFields are day, month and year in the order that the language writes them.
// The first one takes the id that the error summary links to.
func (d *data) DateFields() ([]dateField, error) {
	order, err := d.T("age.order")
	if err != nil {
		return nil, err
	}
	var fields []dateField
	for i, name := range strings.Fields(order) {
		label, err := d.T("age." + name)
		if err != nil {
			return nil, err
		}
		f := dateField{ID: name, Name: name, Label: label, Size: 2, Wrong: d.AgeWrong(AgeDate)}
		if i == 0 {
			f.ID = AgeDate
		}
		switch name {
		case "day":
			f.Value = d.Age.Day
		case "month":
			f.Value = d.Age.Month
		case "year":
			f.Value, f.Size = d.Age.Year, 4
		}
		fields = append(fields, f)
	}
	return fields, nil
}
