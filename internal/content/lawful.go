package content

// lawful is the age of purchase of spirits to take away, by country. Where the
// provinces or sources of a country differ, it holds the highest age; where spirits
// may be sold to nobody, or not to most people, the country is banned.
//
// General knowledge in the spirit of the tables that the WHO (Global Information
// System on Alcohol and Health) and the IARD ("Minimum legal age limits") publish,
// not a copy of them: not every row was compared. It is a safeguard that leans to
// the strict side, no legal advice: who sells in a country checks its row.
var lawful = []struct {
	years     int
	banned    bool
	countries string // ISO 3166-1 alpha-2, each between spaces
}{
	{years: 25, countries: " ER IN "},
	{years: 21, countries: " AE AS BH CI CM EG ET FM GU HN ID KH KI KZ LK MH MN MP MY NP NR OM PW QA SB TM TO US UZ WS "},
	{years: 20, countries: " AX BF FI IS JP LT LV NO PY SE SJ TH TJ TN "},
	{years: 19, countries: " CA KR "},
	{years: 18, countries: " AD AG AI AL AM AO AR AT AU AW AZ BA BB BE BG BI BJ BL BM BO BQ BR BS BT BW BY BZ CC CD CF CG CH CK CL CN CO CR CU CV CW CX CY CZ " +
		"DE DJ DK DM DO DZ EC EE ES FJ FK FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GW GY HK HR HT HU IE IL IM IT JE JM JO " +
		"KE KG KM KN KP KY LA LB LC LI LR LS LU MA MC MD ME MF MG MK ML MM MO MQ MS MT MU MW MX MZ NA NC NE NF NG NI NL NU NZ " +
		"PA PE PF PG PH PL PM PN PR PS PT RE RO RS RU RW SC SG SH SI SK SL SM SN SR SS ST SV SX SY SZ TC TD TG TK TL TR TT TV TW TZ " +
		"UA UG UY VA VC VE VG VI VN VU WF XK YT ZA ZM ZW "},
	{years: 25, banned: true, countries: " AF BD BN EH IQ IR KW LY MR MV PK SA SD SO YE "},
}
