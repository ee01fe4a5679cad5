package dictionary

import "strings"

// coupon walks through the digits of a North American coupon code (AI 8110, 8112)
// field by field and stops at the first flaw. Many fields are led by a VLI, one
// digit that tells their length.
type coupon struct {
	s    string
	at   int
	flaw *Flaw
}

// subject is a field of a coupon, as it stands in codes and in texts.
type subject struct{ code, text string }

// fail finds fault with n bytes from where the walk stands; with the whole code if
// the digits have run out.
func (c *coupon) fail(code, text string, n int) bool {
	c.flaw = &Flaw{code, "The coupon's " + text, c.at, n}
	if c.at == len(c.s) {
		c.flaw.At, c.flaw.N = 0, len(c.s)
	}
	return false
}

// sign reads one digit that must be among the allowed ones.
func (c *coupon) sign(allowed, missing, missingText, invalid, invalidText string) (byte, bool) {
	if c.at == len(c.s) {
		return 0, c.fail("COUPON_MISSING_"+missing, missingText+" is missing.", 0)
	}
	d := c.s[c.at]
	if strings.IndexByte(allowed, d) < 0 {
		return 0, c.fail("COUPON_INVALID_"+invalid, invalidText+" must be "+spell(allowed)+".", 1)
	}
	c.at++
	return d, true
}

// spell writes the allowed digits: "0" to "6" or "9".
func spell(digits string) string {
	run := 1
	for run < len(digits) && digits[run] == digits[0]+byte(run) {
		run++
	}
	var words []string
	if run > 2 && len(digits)-run <= 1 {
		words, digits = append(words, `"`+digits[:1]+`" to "`+digits[run-1:run]+`"`), digits[run:]
	}
	for i := range len(digits) {
		words = append(words, `"`+digits[i:i+1]+`"`)
	}
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// field reads a VLI and so many digits more than base; a VLI of 9 in none stands
// for no field at all.
func (c *coupon) field(f subject, allowed string, base int, none string) bool {
	vli, ok := c.sign(allowed, f.code+"_VLI", f.text+" VLI", f.code+"_LENGTH", f.text+" VLI")
	if !ok {
		return false
	}
	if none != "" && vli == none[0] {
		return true
	}
	return c.digits(base+int(vli-'0'), "COUPON_TRUNCATED_"+f.code, f.text+" is shorter than what is indicated by its VLI.")
}

// digits reads n digits.
func (c *coupon) digits(n int, code, text string) bool {
	if rest := len(c.s) - c.at; rest < n {
		return c.fail(code, text, rest)
	}
	c.at += n
	return true
}

func (c *coupon) offerCode() bool {
	return c.digits(6, "COUPON_TRUNCATED_OFFER_CODE", "Offer Code is shorter than the required six digits.")
}

func (c *coupon) serial() bool {
	return c.field(subject{"SERIAL_NUMBER", "Serial Number"}, "0123456789", 6, "")
}

// purchase reads what has to be bought: how much, of what kind, of which family.
func (c *coupon) purchase(ordinal subject) bool {
	requirement := subject{ordinal.code + "_PURCHASE_REQUIREMENT", ordinal.text + " purchase Requirement"}
	if !c.field(requirement, "12345", 0, "") {
		return false
	}
	code, text := requirement.code+"_CODE", requirement.text+" Code"
	if _, ok := c.sign("012349", code, text, code, text); !ok {
		return false
	}
	return c.digits(3, "COUPON_TRUNCATED_"+ordinal.code+"_PURCHASE_FAMILY_CODE", ordinal.text+" purchase Family Code is shorter than the required three digits.")
}

// company reads the company prefix of another purchase.
func (c *coupon) company(ordinal subject) bool {
	return c.field(subject{ordinal.code + "_PURCHASE_GCP", ordinal.text + " purchase GS1 Company Prefix"}, "01234569", 6, "9")
}

// day reads a date.
func (c *coupon) day(code, invalid, text, to string) (string, bool) {
	if !c.digits(6, "COUPON_TOO_SHORT_FOR_"+code, text+" is too short "+to+" YYMMDD format.") {
		return "", false
	}
	day := c.s[c.at-6 : c.at]
	if date(day, 2, false) != nil {
		c.at -= 6
		return "", c.fail("COUPON_INVALID_"+invalid, text+" is invalid.", 6)
	}
	return day, true
}

// optional looks for the tag of an optional field and steps over it.
func (c *coupon) optional(tag byte) bool {
	if c.flaw != nil || c.at == len(c.s) || c.s[c.at] != tag {
		return false
	}
	c.at++
	return true
}

// end gives the flaw found, if any, and lets no digits be left over.
func (c *coupon) end() *Flaw {
	if c.flaw == nil && c.at < len(c.s) {
		c.fail("COUPON_EXCESS_DATA", "contains excess data after the recognised optional fields.", len(c.s)-c.at)
		c.flaw.Text = "The coupon" + strings.TrimPrefix(c.flaw.Text, "The coupon's")
	}
	return c.flaw
}

// couponCode checks a coupon code (AI 8110).
func couponCode(s string) *Flaw {
	if at := Outside(s, Digits); at >= 0 {
		return nonDigit(at)
	}
	second, third := subject{"2ND", "second"}, subject{"3RD", "third"}
	c := &coupon{s: s}
	if !c.field(subject{"GCP", "primary GS1 Company Prefix"}, "0123456", 6, "") || !c.offerCode() ||
		!c.field(subject{"SAVE_VALUE", "Save Value"}, "12345", 0, "") || !c.purchase(subject{"1ST", "primary"}) {
		return c.flaw
	}
	if c.optional('1') {
		const code, text = "ADDITIONAL_PURCHASE_RULES_CODE", "Additional Purchase Rules Code"
		if _, ok := c.sign("0123", code, text, code, text); ok && c.purchase(second) {
			c.company(second)
		}
	}
	if c.optional('2') && c.purchase(third) {
		c.company(third)
	}
	couponDates(c)
	if c.optional('5') {
		c.serial()
	}
	if c.optional('6') {
		c.field(subject{"RETAILER_GCP_OR_GLN", "Retailer GCP/GLN"}, "1234567", 6, "")
	}
	if c.optional('9') {
		couponFlags(c)
	}
	return c.end()
}

// couponDates reads the last and the first day, which are flagged together if the
// wrong way round. Years 72 to 99 are of the last century.
func couponDates(c *coupon) {
	begin, expiry, start := c.at, "", ""
	if c.optional('3') {
		expiry, _ = c.day("EXPIRATION_DATE", "EXIPIRATION_DATE", "expiration date", "for")
	}
	if c.optional('4') {
		start, _ = c.day("START_DATE", "START_DATE", "start date", "to")
	}
	if expiry != "" && start != "" && c.flaw == nil && century(expiry)+expiry < century(start)+start {
		n := c.at - begin
		c.at = begin
		c.fail("COUPON_EXPIRATION_BEFORE_START", "expiration date preceed the start date.", n)
	}
}

func century(yymmdd string) string {
	if yymmdd >= "72" {
		return "19"
	}
	return "20"
}

// couponFlags reads the four digits behind tag 9.
func couponFlags(c *coupon) {
	const save, applies, multiply = "SAVE_VALUE_CODE", "SAVE_VALUE_APPLIES_TO_ITEM", "DONT_MULTIPLY_FLAG"
	if _, ok := c.sign("01256", save, "Save Value Code", save, "Save Value Code"); !ok {
		return
	}
	if _, ok := c.sign("012", applies, "Save Value Applies to Item", applies, "Save Value Applies to Item"); !ok {
		return
	}
	if !c.digits(1, "COUPON_MISSING_STORE_COUPON_FLAG", "Store Coupon Flag is missing.") {
		return
	}
	c.sign("01", multiply, "Don't Multiply Flag", multiply, "Don't Multiply Flag")
}

// couponPositiveOffer checks a positive offer file coupon code (AI 8112).
func couponPositiveOffer(s string) *Flaw {
	if at := Outside(s, Digits); at >= 0 {
		return nonDigit(at)
	}
	c := &coupon{s: s}
	if _, ok := c.sign("01", "FORMAT_CODE", "Format Code", "FORMAT_CODE", "Format Code"); ok &&
		c.field(subject{"FUNDER", "Funder"}, "0123456", 6, "") && c.offerCode() {
		c.serial()
	}
	return c.end()
}
