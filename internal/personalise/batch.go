package personalise

import (
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tagline/gs1"
	"tagline/internal/fault"
	"tagline/internal/ident"
	"tagline/internal/keyset"
	"tagline/internal/product"
	"tagline/ntag424"
)

// The bounds of one personalisation file.
const (
	MaxBatchBytes = 8 << 20
	MaxBatchRows  = 50_000
	maxRowErrors  = 100
	maxCounter    = 0xFFFFFF // at which a chip falls silent
)

// Row is one chip of a personalisation file.
type Row struct {
	Line    int // in the file, counted from 1; the header is 1
	Set     string
	Epoch   int64 // 0: the newest of the set
	UID     string
	Item    keyset.Ref
	Lot     string // of an item that is yet to be made, as Market; may be empty
	Market  string // ISO 3166-1 alpha-2
	Counter int64  // -1 if the file has none
	NoLoop  bool   // the file says that the chip has no tamper loop

	column string // that named the product, as it is written in the file
}

// Column says what a column of the file was taken for; Field is empty if it was
// passed over.
type Column struct{ Header, Field string }

// RowError is one wrong cell. It names the place and never the UID.
type RowError struct {
	Row     int
	Column  string
	Code    string
	Message string
}

// Report is what became of a personalisation file.
type Report struct {
	DryRun    bool
	Batch     ident.Batch
	Rows      int
	Created   int
	Unchanged int
	Refused   int
	Columns   []Column
	Errors    []RowError // the first hundred
	Warnings  []RowError // what is imported all the same, but should be looked at; the first hundred
}

// refuse notes a wrong cell.
func (r *Report) refuse(row int, column, code, message string) {
	r.Refused++
	if len(r.Errors) < maxRowErrors {
		r.Errors = append(r.Errors, RowError{row, column, code, message})
	}
}

// fields maps the spellings of the field's tools, folded by fold, to our fields.
// A header is looked up whole and then by its last part.
var fields = map[string]string{
	"uid": "uid", "taguid": "uid", "chipuid": "uid", "chipid": "uid", "serialnumber": "uid", "nfcuid": "uid",
	"gtin": "gtin", "gtin14": "gtin", "01": "gtin",
	"serial": "serial", "itemserial": "serial", "21": "serial",
	"item": "item", "itemid": "item", "digitallink": "item", "correlationid": "item",
	"url": "url", "ndefrecords0url": "url", "ndefurl": "url",
	"set": "set", "keyset": "set", "epoch": "epoch",
	"lot": "lot", "batchlot": "lot", "lotnumber": "lot", "10": "lot", "market": "market", "country": "market",
	"counter": "counter", "firstcounter": "counter", "readcounter": "counter", "sdmcounter": "counter",
	"originality": "originality", "originalitysignature": "originality", "signature": "originality", "readsig": "originality",
	"hwsubtype": "subtype", "tt": "tt", "ttenabled": "tt", "tamperenabled": "tt",
	"operator": "operator", "time": "time", "encodedat": "time",
}

// fold brings a header's spelling down to letters and digits.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return -1
	}, s)
}

func fieldOf(header string) string {
	if strings.Contains(strings.ToLower(header), "sdmsettings") || strings.Contains(strings.ToLower(header), "newkeys") {
		return "" // options.readCounter and keys are settings, not data
	}
	if f, ok := fields[fold(header)]; ok {
		return f
	}
	return fields[fold(header[strings.LastIndexByte(header, '.')+1:])]
}

// ReadBatch reads a personalisation file: CSV with a header line, separated by
// comma, semicolon or tab. It needs the columns uid and one that names the item
// (a Digital Link, or gtin and serial); set is for rows that name none.
// Wrong rows are in the report; the error means that the file itself cannot be
// read.
func ReadBatch(r io.Reader, set string) ([]Row, Report, error) {
	var report Report
	text, err := io.ReadAll(io.LimitReader(r, MaxBatchBytes+1))
	if err != nil {
		return nil, report, err
	}
	if len(text) > MaxBatchBytes {
		return nil, report, fault.Newf(fault.TooLarge, "the file is larger than %d MB", MaxBatchBytes>>20).WithHint("Split it.")
	}
	body := strings.TrimPrefix(string(text), "\ufeff")
	c := csv.NewReader(strings.NewReader(body))
	c.FieldsPerRecord, c.TrimLeadingSpace, c.ReuseRecord = -1, true, true
	head, _, _ := strings.Cut(body, "\n")
	for _, sep := range ";\t" {
		if strings.Count(head, string(sep)) > strings.Count(head, string(c.Comma)) {
			c.Comma = sep
		}
	}
	header, err := c.Read()
	if err != nil {
		return nil, report, fault.New(fault.Invalid, "the file has no header line", "The first line names the columns: uid,gtin,serial")
	}
	header = slices.Clone(header) // the reader uses its record again
	at := map[string]int{}
	for i, h := range header {
		h = strings.TrimSpace(h)
		f := fieldOf(h)
		if _, twice := at[f]; twice || f == "" {
			f = ""
		} else {
			at[f] = i
		}
		report.Columns = append(report.Columns, Column{h, f})
	}
	_, hasItem := at["item"]
	_, hasURL := at["url"]
	_, hasSerial := at["serial"]
	if _, ok := at["uid"]; !ok || !hasItem && !hasURL && !hasSerial {
		return nil, report, fault.New(fault.Invalid, "the file lacks the columns uid and item, url or serial",
			"Name the columns in the first line, for example: uid,gtin,serial,counter").At("row 1", "columns are missing")
	}
	p := rowReader{report: &report, at: at, header: header, set: set, seen: map[string]int{}}
	var rows []Row
	for {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			report.Rows++
			report.refuse(bad.Line, "", "csv", "this line is not CSV: "+bad.Err.Error())
			if bad.Err == csv.ErrQuote || bad.Err == csv.ErrBareQuote {
				continue
			}
			break
		}
		if err != nil {
			return nil, report, err
		}
		if len(record) == 1 && strings.TrimSpace(record[0]) == "" {
			continue
		}
		line, _ := c.FieldPos(0)
		if report.Rows++; report.Rows > MaxBatchRows {
			return nil, report, fault.Newf(fault.TooLarge, "the file has more than %d rows", MaxBatchRows).WithHint("Split it.")
		}
		if row, ok := p.row(line, record); ok {
			rows = append(rows, row)
		}
	}
	return rows, report, nil
}

// rowReader reads the rows of one file.
type rowReader struct {
	report *Report
	at     map[string]int
	header []string
	set    string
	seen   map[string]int // UID and set to line
	record []string
	line   int
}

func (p *rowReader) cell(field string) string {
	i, ok := p.at[field]
	if !ok || i >= len(p.record) {
		return ""
	}
	return strings.TrimSpace(p.record[i])
}

func (p *rowReader) refuse(field, code, message string) (Row, bool) {
	p.report.refuse(p.line, p.column(field), code, message)
	return Row{}, false
}

// column gives the header of a field's column as the file writes it.
func (p *rowReader) column(field string) string {
	if i, ok := p.at[field]; ok {
		return strings.TrimSpace(p.header[i])
	}
	return field
}

func (p *rowReader) row(line int, record []string) (Row, bool) {
	p.line, p.record = line, record
	row := Row{Line: line, Set: p.set, Counter: -1}
	for i, h := range p.report.Columns { // in the order of the file
		if h.Field != "" && i < len(record) && !utf8.ValidString(record[i]) {
			return p.refuse(h.Field, "utf8", "this cell is not valid UTF-8 text; save the file as UTF-8")
		}
	}
	uid, err := ntag424.ParseUID(strings.NewReplacer(":", "", " ", "", "-", "").Replace(p.cell("uid")))
	if err != nil {
		return p.refuse("uid", "uid", "a UID is 14 hex digits")
	}
	row.UID = uid.Hex()
	if s := p.cell("set"); s != "" {
		row.Set = s
	}
	link := p.cell("item")
	if !strings.Contains(link, "/") {
		link = p.cell("url")
	}
	m := keyset.ParseURL(link)
	row.Item = m.Item
	if row.Set == "" {
		row.Set = m.Set
	}
	if row.Set == "" {
		return p.refuse("set", "set", "no key set is named, neither here nor for the whole file")
	}
	row.column = p.column("item")
	if _, ok := p.at["item"]; !ok {
		row.column = p.column("url")
	}
	if g := p.cell("gtin"); g != "" {
		row.column = p.column("gtin")
		if row.Item.GTIN, err = gs1.NormalizeGTIN(g); err != nil {
			return p.refuse("gtin", "gtin", "this is not a GTIN: "+reason(err))
		}
	}
	if sr := p.cell("serial"); sr != "" {
		row.Item.Serial = sr
	}
	if _, err := row.Item.Path(); err != nil {
		field := "item"
		if _, ok := p.at["serial"]; ok {
			field = "serial"
		} else if _, ok := p.at["item"]; !ok {
			field = "url"
		}
		return p.refuse(field, "item", "no item is named: give a Digital Link, or gtin and serial")
	}
	if row.Lot = p.cell("lot"); row.Lot != "" {
		if _, err := gs1.NewLink([]gs1.Element{{AI: gs1.AIGTIN, Value: row.Item.GTIN}, {AI: "10", Value: row.Lot}}); err != nil {
			return p.refuse("lot", "lot", "a lot has 1 to 20 characters of GS1's set")
		}
	}
	if row.Market = p.cell("market"); row.Market != "" && !product.IsCountry(row.Market) {
		return p.refuse("market", "market", "a market is a country of ISO 3166-1 in two letters, such as DE")
	}
	if e := p.cell("epoch"); e != "" {
		if row.Epoch, err = strconv.ParseInt(e, 10, 32); err != nil || row.Epoch < 1 {
			return p.refuse("epoch", "epoch", "an epoch is a number from 1 on")
		}
	}
	if n := p.cell("counter"); n != "" {
		if row.Counter, err = strconv.ParseInt(n, 10, 64); err != nil || row.Counter < 0 || row.Counter >= maxCounter {
			return p.refuse("counter", "counter", fmt.Sprintf("a counter is a number from 0 to %d", maxCounter-1))
		}
	}
	if code, message := original(uid, p.cell("originality")); code != "" {
		return p.refuse("originality", code, message)
	}
	if t := p.cell("subtype"); t != "" {
		n, err := strconv.ParseUint(strings.TrimPrefix(strings.ToLower(t), "0x"), 16, 8)
		if err != nil {
			return p.refuse("subtype", "bad_hex", "a hardware subtype is two hex digits, as GetVersion gives them")
		}
		row.NoLoop = n&0xF != 8
	}
	if t := p.cell("tt"); t != "" && no(t) {
		return p.refuse("tt", "tt_invalid", "the tamper feature of this chip was not enabled")
	}
	key := row.UID + " " + row.Set + " " + strconv.FormatInt(row.Epoch, 10)
	if first, twice := p.seen[key]; twice {
		return p.refuse("uid", "duplicate", fmt.Sprintf("the same chip stands in row %d already", first))
	}
	p.seen[key] = line
	return row, true
}

// original checks the originality column: the signature itself, or what the
// encoder found.
func original(uid ntag424.UID, cell string) (code, message string) {
	if len(cell) == 112 {
		sig, err := hex.DecodeString(cell)
		if err != nil {
			return "bad_hex", "the originality signature is not hex"
		}
		if ntag424.VerifyOriginality(uid, sig) != nil {
			return string(ntag424.ErrOriginality), "NXP did not sign this UID: the chip is not what it claims to be"
		}
		return "", ""
	}
	if cell != "" && no(cell) {
		return string(ntag424.ErrOriginality), "the encoder found that the chip is not original"
	}
	return "", ""
}

func no(cell string) bool {
	switch strings.ToLower(cell) {
	case "false", "no", "0", "n", "failed", "invalid", "off":
		return true
	}
	return false
}

func reason(err error) string {
	var e *gs1.Error
	if errors.As(err, &e) {
		return e.Message
	}
	return "see GS1's check digit"
}
