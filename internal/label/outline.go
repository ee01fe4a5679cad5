package label

// point is a corner of modules.
type point struct{ x, y int }

// outline traces the borders of the dark modules as closed polygons with right
// angles, to be filled by the even-odd rule. One path of outlines has no hairlines
// between modules, which rectangles side by side show on screens and in print.
// Each polygon lists its corners once; the first edge is horizontal.
func outline(m Matrix) [][]point {
	n := m.Size
	side := n + 1
	across := make([]bool, side*side) // the edge from a corner to the right
	down := make([]bool, side*side)   // the edge from a corner downwards
	for y := range side {
		for x := range side {
			across[y*side+x] = x < n && m.Dark(x, y) != m.Dark(x, y-1)
			down[y*side+x] = y < n && m.Dark(x, y) != m.Dark(x-1, y)
		}
	}
	step := [4]point{{1, 0}, {0, 1}, {-1, 0}, {0, -1}} // right, down, left, up
	// take consumes the edge that leaves p in a direction, if there is one left.
	take := func(p point, direction int) bool {
		edges, at := across, p
		if direction%2 == 1 {
			edges = down
		}
		if direction >= 2 {
			at = point{p.x + step[direction].x, p.y + step[direction].y}
		}
		if at.x < 0 || at.y < 0 || at.x >= side || at.y >= side || !edges[at.y*side+at.x] {
			return false
		}
		edges[at.y*side+at.x] = false
		return true
	}
	var polygons [][]point
	for y := range side {
		for x := range side {
			start := point{x, y}
			if !take(start, 0) {
				continue
			}
			polygon, at, direction := []point{start}, point{x + 1, y}, 0
			// Every corner has an even number of edges: a walk ends where it began.
			for at != start {
				for _, turn := range [3]int{1, 0, 3} { // right, on, left
					next := (direction + turn) % 4
					if !take(at, next) {
						continue
					}
					if turn != 0 {
						polygon = append(polygon, at)
					}
					direction = next
					at = point{at.x + step[next].x, at.y + step[next].y}
					break
				}
			}
			polygons = append(polygons, polygon)
		}
	}
	return polygons
}
