package qr

// place draws the patterns, the words and the best mask.
func place(version int, level Level, words []byte) *Code {
	size := 17 + 4*version
	c := &Code{Size: size, Version: version, dark: make([]bool, size*size), fixed: make([]bool, size*size)}
	c.patterns(level)
	c.words(words)
	least := -1
	plain := append([]bool(nil), c.dark...)
	chosen := make([]bool, len(plain))
	for mask := range 8 {
		copy(c.dark, plain)
		c.mask(mask)
		c.format(level, mask)
		if p := c.penalty(); least < 0 || p < least {
			least = p
			copy(chosen, c.dark)
		}
	}
	c.dark = chosen
	return c
}

// set fixes a module.
func (c *Code) set(x, y int, dark bool) {
	c.dark[y*c.Size+x], c.fixed[y*c.Size+x] = dark, true
}

// patterns draws what does not depend on the data.
func (c *Code) patterns(level Level) {
	for i := range c.Size {
		c.set(6, i, i%2 == 0)
		c.set(i, 6, i%2 == 0)
	}
	for _, corner := range [3][2]int{{3, 3}, {c.Size - 4, 3}, {3, c.Size - 4}} {
		for dy := -4; dy <= 4; dy++ {
			for dx := -4; dx <= 4; dx++ {
				x, y := corner[0]+dx, corner[1]+dy
				if x >= 0 && y >= 0 && x < c.Size && y < c.Size {
					ring := max(dx, -dx, dy, -dy)
					c.set(x, y, ring != 2 && ring != 4)
				}
			}
		}
	}
	centres := alignment(c.Version)
	for i, y := range centres {
		for j, x := range centres {
			last := len(centres) - 1
			if i == 0 && (j == 0 || j == last) || i == last && j == 0 {
				continue // a finder stands there
			}
			for dy := -2; dy <= 2; dy++ {
				for dx := -2; dx <= 2; dx++ {
					c.set(x+dx, y+dy, max(dx, -dx, dy, -dy) != 1)
				}
			}
		}
	}
	c.format(level, 0) // holds the places
	c.version()
}

// alignment are the rows and columns of alignment patterns, by annex E: the first
// is 6, the last seven from the edge, the others evenly spaced from the end.
func alignment(version int) []int {
	if version == 1 {
		return nil
	}
	count, size := version/7+2, 17+4*version
	step := (version*8 + count*3 + 5) / (count*4 - 4) * 2
	out := make([]int, count)
	out[0] = 6
	for i, at := count-1, size-7; i > 0; i, at = i-1, at-step {
		out[i] = at
	}
	return out
}

// format writes level and mask, with ten check bits, twice.
func (c *Code) format(level Level, mask int) {
	data := [4]int{1, 0, 3, 2}[level]<<3 | mask
	rest := data
	for range 10 {
		rest = rest<<1 ^ (rest>>9)*0x537
	}
	bits := (data<<10 | rest) ^ 0x5412
	bit := func(i int) bool { return bits>>i&1 == 1 }
	for i := range 6 {
		c.set(8, i, bit(i))
	}
	c.set(8, 7, bit(6))
	c.set(8, 8, bit(7))
	c.set(7, 8, bit(8))
	for i := 9; i < 15; i++ {
		c.set(14-i, 8, bit(i))
	}
	for i := range 8 {
		c.set(c.Size-1-i, 8, bit(i))
	}
	for i := 8; i < 15; i++ {
		c.set(8, c.Size-15+i, bit(i))
	}
	c.set(8, c.Size-8, true)
}

// version writes the version with twelve check bits, twice, from version 7 on.
func (c *Code) version() {
	if c.Version < 7 {
		return
	}
	rest := c.Version
	for range 12 {
		rest = rest<<1 ^ (rest>>11)*0x1f25
	}
	bits := c.Version<<12 | rest
	for i := range 18 {
		a, b := c.Size-11+i%3, i/3
		c.set(a, b, bits>>i&1 == 1)
		c.set(b, a, bits>>i&1 == 1)
	}
}

// words lays the bits in pairs of columns from the right, up and down in turn.
func (c *Code) words(words []byte) {
	i := 0
	for right := c.Size - 1; right >= 1; right -= 2 {
		if right == 6 {
			right = 5
		}
		for step := range c.Size {
			y := step
			if (right+1)&2 == 0 {
				y = c.Size - 1 - step
			}
			for _, x := range [2]int{right, right - 1} {
				if at := y*c.Size + x; !c.fixed[at] && i < 8*len(words) {
					c.dark[at] = words[i/8]>>(7-i%8)&1 == 1
					i++
				}
			}
		}
	}
}

// mask turns the modules over that a pattern covers.
func (c *Code) mask(mask int) {
	for y := range c.Size {
		for x := range c.Size {
			var over bool
			switch mask {
			case 0:
				over = (x+y)%2 == 0
			case 1:
				over = y%2 == 0
			case 2:
				over = x%3 == 0
			case 3:
				over = (x+y)%3 == 0
			case 4:
				over = (x/3+y/2)%2 == 0
			case 5:
				over = x*y%2+x*y%3 == 0
			case 6:
				over = (x*y%2+x*y%3)%2 == 0
			case 7:
				over = ((x+y)%2+x*y%3)%2 == 0
			}
			if at := y*c.Size + x; over && !c.fixed[at] {
				c.dark[at] = !c.dark[at]
			}
		}
	}
}

// penalty counts what makes a symbol hard to read, by 7.8.3: long runs, squares,
// what looks like a finder, and an uneven share of dark.
func (c *Code) penalty() int {
	sum, darks := 0, 0
	for _, d := range c.dark {
		if d {
			darks++
		}
	}
	for i := range c.Size {
		sum += c.line(i*c.Size, 1) + c.line(i, c.Size)
	}
	for y := range c.Size - 1 {
		for x := range c.Size - 1 {
			at := y*c.Size + x
			if d := c.dark[at]; d == c.dark[at+1] && d == c.dark[at+c.Size] && d == c.dark[at+c.Size+1] {
				sum += 3
			}
		}
	}
	away := 20*darks - 10*c.Size*c.Size
	return sum + max(away, -away)/(c.Size*c.Size)*10
}

// line counts the penalty of a row or column.
func (c *Code) line(from, step int) int {
	sum, run, last, window := 0, 0, false, 0
	for i := range c.Size {
		d := c.dark[from+i*step]
		if i == 0 || d != last {
			run, last = 0, d
		}
		switch run++; {
		case run == 5:
			sum += 3
		case run > 5:
			sum++
		}
		window = window << 1 & 0x7ff
		if d {
			window |= 1
		}
		if i >= 10 && (window == 0b10111010000 || window == 0b00001011101) {
			sum += 40
		}
	}
	return sum
}
