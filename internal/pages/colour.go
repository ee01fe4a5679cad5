package pages

import (
	"math"
	"strconv"
)

// accents are a brand's colour made fit for text and buttons in both schemes.
type accents struct {
	Light, OnLight string // on paper, and the text on a button of that colour
	Dark, OnDark   string
}

// The grounds that an accent must be readable on: the darkest of the light
// scheme and the lightest of the dark one.
const (
	houseAccent     = "#1A5C4A"
	lightGround     = "#EFEDE6"
	darkGround      = "#222724"
	onLightAccent   = "#FFFFFF"
	onDarkAccent    = "#0D1F19"
	contrastForText = 4.5 // WCAG 2.2, 1.4.3
)

// fit darkens a brand's colour for the light scheme and lightens it for the dark
// one, in small steps and in its own hue, until text in it is readable on every
// ground of the page.
func fit(brand string) accents {
	c, ok := parseColour(brand)
	if !ok {
		c, _ = parseColour(houseAccent)
	}
	light, _ := parseColour(lightGround)
	dark, _ := parseColour(darkGround)
	return accents{
		Light: toward(c, -0.01, light).String(), OnLight: onLightAccent,
		Dark: toward(c, 0.01, dark).String(), OnDark: onDarkAccent,
	}
}

type rgb [3]float64 // 0 to 255

// toward moves a colour's lightness by steps until it is readable on a ground.
func toward(c rgb, step float64, ground rgb) rgb {
	hue, saturation, lightness := c.hsl()
	for contrast(c, ground) < contrastForText && lightness+step >= 0 && lightness+step <= 1 {
		lightness += step
		c = fromHSL(hue, saturation, lightness)
	}
	return c
}

// hsl gives hue in sixths of the circle, saturation and lightness from 0 to 1.
func (c rgb) hsl() (hue, saturation, lightness float64) {
	r, g, b := c[0]/255, c[1]/255, c[2]/255
	high, low := max(r, g, b), min(r, g, b)
	lightness = (high + low) / 2
	if high == low {
		return 0, 0, lightness
	}
	span := high - low
	saturation = span / (1 - math.Abs(2*lightness-1))
	switch high {
	case r:
		hue = math.Mod((g-b)/span+6, 6)
	case g:
		hue = (b-r)/span + 2
	default:
		hue = (r-g)/span + 4
	}
	return hue, saturation, lightness
}

func fromHSL(hue, saturation, lightness float64) rgb {
	var c rgb
	reach := saturation * min(lightness, 1-lightness)
	for i, shift := range [3]float64{0, 8, 4} {
		k := math.Mod(shift+2*hue, 12)
		c[i] = math.Round(255 * (lightness - reach*max(-1, min(k-3, 9-k, 1))))
	}
	return c
}

func parseColour(s string) (rgb, bool) {
	if len(s) != 7 || s[0] != '#' {
		return rgb{}, false
	}
	n, err := strconv.ParseUint(s[1:], 16, 32)
	if err != nil {
		return rgb{}, false
	}
	return rgb{float64(n >> 16), float64(n >> 8 & 255), float64(n & 255)}, true
}

func (c rgb) String() string {
	n := uint64(c[0])<<16 | uint64(c[1])<<8 | uint64(c[2])
	return "#" + strconv.FormatUint(1<<24|n, 16)[1:]
}

// contrast is the ratio of WCAG 2.2, from 1 to 21.
func contrast(a, b rgb) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(c rgb) float64 {
	sum := 0.0
	for i, weight := range [3]float64{0.2126, 0.7152, 0.0722} {
		v := c[i] / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		sum += weight * v
	}
	return sum
}
