package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
)

// compressionTables is the part of compression-tables.json that is needed.
type compressionTables struct {
	Lengths map[string]int `json:"tableP"`
	Formats map[string][]struct {
		Set     string `json:"E"`
		Fixed   int    `json:"L"`
		Maximum int    `json:"M"`
	} `json:"tableF"`
	Codes   map[string][]string `json:"tableOpt"`
	Written map[string][]string `json:"tableOptAsWritten"`
}

func runCompression(from, to string) error {
	var c compressionTables
	if there, err := load(from, "compression-tables.json", &c); err != nil || !there {
		return err
	}
	source, err := c.source()
	if err != nil {
		return err
	}
	return write(filepath.Join(to, "table.go"), source)
}

// source writes the tables, sorted. The rows of the codes stand in the table of the
// standard in the order of their codes, so that sorting them keeps it.
func (c compressionTables) source() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(generated + "package compression\n\n")
	b.WriteString("// formats says how the value of an AI is written, sorted by AI.\nvar formats = [...]format{\n")
	for _, ai := range sorted(c.Formats) {
		if c.Lengths[ai[:2]] != len(ai) {
			return nil, fmt.Errorf("AI %s has a length of %d by its leading digits", ai, c.Lengths[ai[:2]])
		}
		fmt.Fprintf(&b, "{%q, []part{", ai)
		for _, p := range c.Formats[ai] {
			if p.Set != "N" && p.Set != "X" || (p.Fixed == 0) == (p.Maximum == 0) {
				return nil, fmt.Errorf("AI %s: a component is not understood", ai)
			}
			fmt.Fprintf(&b, "{'%s', %d, %d},", p.Set, p.Fixed, p.Maximum)
		}
		b.WriteString("}},\n")
	}
	b.WriteString("}\n\n// lengths holds the length of AIs by their two leading digits, 0 for none.\nvar lengths = [100]uint8{")
	lengths := make([]int, 100)
	for prefix, n := range c.Lengths {
		lengths[int(prefix[0]-'0')*10+int(prefix[1]-'0')] = n
	}
	numbers(&b, lengths)
	b.WriteString("}\n\n// codes are the optimisation codes, in the order of the standard's table.\nvar codes = [...]code{\n")
	for _, code := range sorted(c.Codes) {
		fmt.Fprintf(&b, "{0x%s, %#v, %#v},\n", code, c.Codes[code], c.Written[code])
	}
	b.WriteString("}\n")
	return b.Bytes(), nil
}

func sorted[T any](m map[string]T) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
