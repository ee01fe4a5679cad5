package place

import (
	"math"
	"strconv"
	"strings"
)

// Point is a place on the globe, with how far what is meant may be from it.
type Point struct {
	Lat, Lng float64 // degrees
	Radius   float64 // km
}

// Distance gives the great-circle distance in km between the nearest edges of two
// points, 0 when they overlap.
func Distance(a, b Point) float64 {
	const earth, degree = 6371, math.Pi / 180
	sin := func(d float64) float64 { return math.Sin(d * degree / 2) }
	h := sin(b.Lat-a.Lat)*sin(b.Lat-a.Lat) + math.Cos(a.Lat*degree)*math.Cos(b.Lat*degree)*sin(b.Lng-a.Lng)*sin(b.Lng-a.Lng)
	return max(0, 2*earth*math.Asin(math.Sqrt(min(1, h)))-a.Radius-b.Radius)
}

// Country gives the middle of a country, by its two letters of ISO 3166-1, with the
// radius of a circle of its size; false for a code that is none.
func Country(code string) (Point, bool) {
	at := max(strings.Index(countries, ";"+code+" "), strings.Index(countries, "\n"+code+" "))
	if len(code) != 2 || at < 0 {
		return Point{}, false
	}
	text, _, _ := strings.Cut(countries[at+4:], ";")
	fields := strings.Fields(text)
	var p Point
	for i, into := range []*float64{&p.Lat, &p.Lng, &p.Radius} {
		v, err := strconv.ParseFloat(fields[i], 64)
		if err != nil {
			return Point{}, false
		}
		*into = v
	}
	return p, true
}

// countries has latitude and longitude of the middle, and the radius in km.
const countries = `;AD 42.5 1.6 20;AE 23.9 54.3 150;AF 33.8 66.0 450;AG 17.1 -61.8 20;AL 41.1 20.0 90;AM 40.3 44.9 100;AO -12.3 17.5 630;AR -35.3 -65.2 940;
AT 47.6 14.1 160;AU -25.7 134.4 1570;AW 12.5 -70.0 20;AZ 40.3 47.5 170;BA 44.2 17.8 130;BB 13.2 -59.5 20;BD 23.9 90.2 210;BE 50.6 4.6 100;
BF 12.3 -1.8 300;BG 42.8 25.2 190;BH 26.0 50.5 20;BI -3.4 29.9 90;BJ 9.6 2.3 190;BM 32.3 -64.8 20;BN 4.5 114.7 40;BO -16.7 -64.7 590;
BR -10.8 -53.1 1640;BS 24.3 -76.6 60;BT 27.4 90.4 110;BW -22.2 23.8 430;BY 53.5 28.0 260;BZ 17.2 -88.7 90;CA 59.9 -99.6 1770;CD -2.9 23.6 860;
CF 6.6 20.5 440;CG -0.8 15.2 330;CH 46.8 8.2 110;CI 7.6 -5.6 320;CL -37.3 -71.4 480;CM 5.7 12.7 390;CN 36.6 103.8 1730;CO 3.9 -73.1 600;
CR 10.0 -84.2 130;CU 21.6 -79.0 190;CV 15.1 -23.6 20;CW 12.2 -69.0 20;CY 34.9 33.0 40;CZ 49.7 15.3 160;DE 51.1 10.4 340;DJ 11.7 42.6 80;
DK 56.0 10.0 120;DM 15.4 -61.4 20;DO 18.9 -70.5 120;DZ 28.2 2.6 860;EC -1.4 -78.7 290;EE 58.7 25.5 120;EG 26.5 29.9 570;EH 24.2 -12.2 170;
ER 15.4 38.8 200;ES 40.2 -3.7 400;ET 8.6 39.6 600;FI 64.5 26.3 320;FJ -20.7 -33.0 230;FK -51.7 -59.4 60;FM 6.9 158.2 20;FO 62.0 -6.9 20;
FR 43.0 -6.7 450;GA -0.6 11.8 290;GB 54.1 -2.8 280;GD 12.1 -61.7 20;GE 42.2 43.5 150;GG 49.5 -2.6 20;GH 8.0 -1.2 280;GI 36.1 -5.4 20;
GL 74.7 -41.4 830;GM 13.4 -15.4 60;GN 10.4 -10.9 280;GP 16.2 -61.6 20;GQ 1.7 10.3 90;GR 39.1 23.0 200;GT 15.7 -90.4 190;GU 13.4 144.8 20;
GW 12.0 -14.9 100;GY 4.8 -59.0 260;HK 22.3 114.2 20;HN 14.8 -86.6 190;HR 45.1 16.4 130;HT 18.9 -72.7 90;HU 47.2 19.4 170;ID -2.3 117.2 770;
IE 53.2 -8.1 150;IL 31.5 35.0 80;IM 54.2 -4.5 20;IN 22.9 79.6 1000;IQ 33.0 43.7 370;IR 32.6 54.3 720;IS 65.0 -18.6 180;IT 42.8 12.1 310;
JE 49.2 -2.1 20;JM 18.2 -77.3 60;JO 31.2 36.8 170;JP 37.5 137.7 340;KE 0.6 37.8 440;KG 41.5 74.5 250;KH 12.7 104.9 240;KI 1.4 173.0 20;
KM -11.7 43.3 20;KN 17.3 -62.7 20;KP 40.2 127.2 200;KR 36.4 127.8 180;KW 29.3 47.6 70;KY 19.3 -81.2 20;KZ 48.2 67.3 930;LA 18.5 103.7 270;
LB 33.9 35.9 60;LC 13.9 -61.0 20;LI 47.2 9.5 20;LK 7.6 80.7 140;LR 6.5 -9.3 170;LS -29.6 28.2 100;LT 55.3 23.9 140;LU 49.8 6.1 30;
LV 56.9 24.9 140;LY 27.0 18.0 720;MA 29.8 -8.5 430;MC 43.7 7.4 20;MD 47.2 28.5 100;ME 42.8 19.2 70;MG -19.4 46.7 440;MH 7.1 171.2 20;
MK 41.6 21.7 90;ML 17.3 -3.5 630;MM 21.2 96.5 460;MN 46.8 103.1 700;MO 22.2 113.5 20;MQ 14.7 -61.0 20;MR 20.3 -10.3 570;MT 35.9 14.4 20;
MU -20.3 57.6 20;MV 4.2 73.5 20;MW -13.2 34.3 200;MX 23.9 -102.5 790;MY 3.8 109.7 320;MZ -17.3 35.5 500;NA -22.1 17.2 510;NC -21.3 165.7 80;
NE 17.4 9.4 610;NG 9.6 8.1 540;NI 12.8 -85.0 200;NL 52.2 5.0 110;NO 66.7 14.3 350;NP 28.2 83.9 220;NR -0.5 166.9 20;NZ -41.7 172.9 290;
OM 20.6 56.1 320;PA 8.5 -80.1 150;PE -9.2 -74.4 640;PF -17.7 -149.4 20;PG -6.5 145.2 380;PH 11.7 122.9 300;PK 29.9 69.3 530;PL 52.1 19.4 320;
PR 18.2 -66.5 50;PS 31.9 35.2 40;PT 39.6 -8.5 170;PW 7.5 134.6 20;PY -23.2 -58.4 360;QA 25.3 51.2 60;RE -21.1 55.5 20;RO 45.9 25.0 270;
RS 44.2 20.8 160;RU 60.6 -167.2 1850;RW -2.0 29.9 90;SA 24.1 44.5 780;SB -8.9 159.6 90;SC -4.7 55.5 20;SD 16.0 29.9 770;SE 62.8 16.7 380;
SG 1.4 103.8 20;SI 46.1 14.8 80;SK 48.7 19.5 120;SL 8.6 -11.8 150;SM 43.9 12.5 20;SN 14.4 -14.5 250;SO 4.8 45.7 390;SR 4.1 -55.9 220;
SS 7.3 30.2 450;ST 0.3 6.7 20;SV 13.7 -88.9 80;SY 35.0 38.5 240;SZ -26.6 31.5 70;TC 21.8 -71.8 20;TD 15.3 18.6 640;TF -49.3 69.2 50;
TG 8.5 1.0 130;TH 15.1 101.0 410;TJ 38.5 71.0 210;TL -8.8 125.8 70;TM 39.1 59.4 390;TN 34.1 9.6 220;TO -21.2 -175.2 20;TR 39.1 35.2 500;
TT 10.5 -61.3 40;TV -8.5 179.2 20;TW 23.8 121.0 110;TZ -6.3 34.8 550;UA 49.2 31.3 430;UG 1.3 32.4 280;US 44.4 -103.8 1730;UY -32.8 -56.0 240;
UZ 41.8 63.1 380;VA 41.9 12.4 20;VC 13.2 -61.2 20;VE 7.1 -66.2 540;VG 18.4 -64.6 20;VI 17.7 -64.8 20;VN 16.6 106.3 320;VU -16.2 167.7 60;
WS -13.8 -172.1 20;XK 42.6 20.9 60;YE 15.9 47.6 380;ZA -29.0 25.2 630;ZM -13.5 27.8 490;ZW -19.0 29.9 350;`
