//go:build !nopdf

package document

import (
	"fmt"
	"strings"
	"testing"
)

// printedPage is a page of the press as a browser prints it: with its menu, a box beside the text, which the file has
// first, a caption, and what stands below the article.
func printedPage() *pdfMaker {
	m := newPDF()
	lines := []pdfTestLine{
		{9, 372, 330, "Also in this section"},
		{9, 372, 319, "Admiral Brandt leads a fleet"},
		{9, 372, 308, "without ships, critics say"},
		{9, 24, 800, "11/30/26, 3:59 PM"},
		{9, 200, 800, "Brigade moves to Corrin in the night - The Courier"},
		{9, 34, 770, "This website uses cookies to improve your experience. Accept Settings"},
		{12, 34, 745, "The Courier"},
		{12, 34, 731, "News Defence Opinion Subscribe"},
		{24, 66, 690, "Brigade moves to Corrin"},
		{24, 66, 663, "in the night"},
		{10, 66, 636, "By Ann Lee, defence correspondent"},
		{10, 66, 625, "Published 21 May 2024, 6:30 am, updated 22 May 2024"},
		{9, 74, 560, "Lorries of the brigade at the bridge of Corrin. Photo: Army Press Office"},
	}
	y := 530
	for _, text := range []string{
		"The 9th Brigade moved to Corrin in the night to Monday, its commander told the press on the",
		"way there, and left its old barracks on the coast to a guard company of the 71st Battalion.",
		"",
		"The brigade, which belonged to the Southern District, was led by Colonel Varga until April, and",
		"has since been led by Brigadier Roe, who came from the School of Signals in the year before.",
	} {
		if text != "" {
			lines = append(lines, pdfTestLine{12, 66, y, text})
		}
		y -= 13
	}
	y = 350
	for _, text := range []string{
		"Major General Gunnar Holt, the commander of the", "Southern District, said that the move had been long in",
		"preparation, and that the coast was as safe as it had", "ever been, since the fleet was there.",
	} {
		lines = append(lines, pdfTestLine{12, 66, y, text})
		y -= 13
	}
	lines = append(lines,
		pdfTestLine{14, 66, 250, "Related articles"}, pdfTestLine{12, 66, 230, "Navy to buy six boats"},
		pdfTestLine{12, 66, 216, "Trawler rams pier, 2 May 2024"}, pdfTestLine{9, 66, 120, "\xa9 2024 The Courier - Imprint - Privacy"},
		pdfTestLine{9, 24, 17, "https://courier.example/2024/05/moves.html 1/1"},
	)
	m.page(lines...)
	info := m.add("<</Title(Brigade moves to Corrin in the night - The Courier)/Creator(Mozilla/5.0 HeadlessChrome)" +
		"/Producer(Skia/PDF m156)/CreationDate(D:20261130155925+00'00')>>")
	m.trailer = fmt.Sprintf("/Info %d 0 R", info)
	return m
}

// Of a printed page the article is kept, and what the page says of it; the rest is beside it.
func TestPrintedPage(t *testing.T) {
	content := printedPage().bytes()
	d, err := Parse(t.Context(), content, "pdf", "")
	if err != nil {
		t.Fatal(err)
	}
	checkMap(t, d, content)
	if d.Title != "Brigade moves to Corrin in the night" || d.Date != "2024-05-21" || d.Author != "Ann Lee" ||
		d.Publisher != "The Courier" {
		t.Errorf("title %q, date %q, author %q, publisher %q", d.Title, d.Date, d.Author, d.Publisher)
	}
	want := []string{
		"Brigade moves to Corrin in the night",
		"The 9th Brigade moved to Corrin in the night to Monday, its commander told the press on the way there, and left its old " +
			"barracks on the coast to a guard company of the 71st Battalion.",
		"The brigade, which belonged to the Southern District, was led by Colonel Varga until April, and has since been led by " +
			"Brigadier Roe, who came from the School of Signals in the year before.",
		"Major General Gunnar Holt, the commander of the Southern District, said that the move had been long in preparation, and " +
			"that the coast was as safe as it had ever been, since the fleet was there.",
	}
	if text := strings.Join(want, "\n\n"); d.Text != text {
		t.Errorf("got\n%s\nwant\n%s", d.Text, text)
	}
	if have := d.asides(Caption); len(have) != 1 || !strings.HasPrefix(have[0], "Lorries of the brigade") {
		t.Errorf("captions %q", have)
	}
}

// Of a scan that a browser printed only what stands at its edges is text: it has none.
func TestPrintedScan(t *testing.T) {
	m := newPDF()
	for page := range 2 {
		m.page(pdfTestLine{9, 24, 800, "11/30/26, 4:09 PM"}, pdfTestLine{9, 24, 17, fmt.Sprintf("file:///scan.html %d/2", page+1)})
	}
	if reason := refusedPDF(t, m.bytes()); !strings.Contains(reason, "without text") {
		t.Error(reason)
	}
}
