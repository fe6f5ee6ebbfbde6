package encode

import "fmt"

// typeColor gives a type's colour, red, green and blue: Okabe and Ito's, which the colour-blind can tell apart too.
func typeColor(entityType string) [3]int {
	switch entityType {
	case "Person":
		return [3]int{0x00, 0x72, 0xB2}
	case "Unit":
		return [3]int{0xD5, 0x5E, 0x00}
	case "Organisation":
		return [3]int{0xCC, 0x79, 0xA7}
	case "Equipment":
		return [3]int{0x00, 0x9E, 0x73}
	case "Location":
		return [3]int{0x56, 0xB4, 0xE9}
	case "Event":
		return [3]int{0xE6, 0x9F, 0x00}
	case "Source":
		return [3]int{0x6B, 0x72, 0x80}
	default:
		return [3]int{0xF0, 0xE4, 0x42}
	}
}

// hexColor is typeColor as #RRGGBB.
func hexColor(entityType string) string {
	c := typeColor(entityType)
	return fmt.Sprintf("#%02X%02X%02X", c[0], c[1], c[2])
}

// typeShape gives what DOT calls the shape of a type's nodes.
func typeShape(entityType string) string {
	switch entityType {
	case "Person", "Account":
		return "ellipse"
	case "Location":
		return "hexagon"
	case "Event", "Operation":
		return "diamond"
	case "Equipment":
		return "octagon"
	case "Source":
		return "note"
	default:
		return "box"
	}
}
