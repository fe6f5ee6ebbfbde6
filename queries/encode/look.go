package encode

import "fmt"

// look is how every format that draws shows a type.
type look struct {
	fill  rgb
	text  string // #RRGGBB, to be read on the fill
	yed   string // yEd's name of the shape
	shape string // graphviz's name of it
}

type rgb [3]uint8

func (c rgb) String() string { return fmt.Sprintf("#%02X%02X%02X", c[0], c[1], c[2]) }

// lookOf gives a type's look. The colours are Okabe and Ito's, which the colour-blind can tell apart too.
func lookOf(entityType string) look {
	const white, black = "#FFFFFF", "#000000"
	switch entityType {
	case "Person":
		return look{fill: rgb{0x00, 0x72, 0xB2}, text: white, yed: "ellipse", shape: "ellipse"}
	case "Unit":
		return look{fill: rgb{0xD5, 0x5E, 0x00}, text: white, yed: "rectangle", shape: "box"}
	case "Organisation":
		return look{fill: rgb{0xCC, 0x79, 0xA7}, text: black, yed: "roundrectangle", shape: "component"}
	case "Equipment":
		return look{fill: rgb{0x00, 0x9E, 0x73}, text: black, yed: "hexagon", shape: "hexagon"}
	case "Location":
		return look{fill: rgb{0x56, 0xB4, 0xE9}, text: black, yed: "trapezoid", shape: "house"}
	case "Event":
		return look{fill: rgb{0xE6, 0x9F, 0x00}, text: black, yed: "octagon", shape: "octagon"}
	case "Source":
		return look{fill: rgb{0x6B, 0x72, 0x80}, text: white, yed: "parallelogram", shape: "note"}
	default:
		return look{fill: rgb{0xF0, 0xE4, 0x42}, text: black, yed: "roundrectangle", shape: "box"}
	}
}
