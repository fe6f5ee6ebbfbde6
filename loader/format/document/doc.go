// Package document reads documents: plain texts, Markdown, pages, PDFs and mails, of which a file holds one each.
//
//	d, err := document.Parse(ctx, content, "html", "")
//
// A [Document] has the text that is kept, and what the document says of itself: a title, when it was published, by
// whom, its address. What it does not say, or not without doubt, is absent. The text is the body alone: captions,
// credits and menus are [Aside]s. [Document.Locate] tells where a character of the text stands in the original, and in
// which paragraph.
//
// [Document.Records] makes the records that a load takes: the text in pieces, then a Source. [PlainText], [Markdown],
// [HTML], [PDF] and [Mail] are the readers of the list of formats. Each has bounds, and ends with its context.
//
// Which part of a page is its article go-readability says, of the texts as they were parsed; page.go puts right what it
// knows nothing of: tables of data beside the article, headlines, captions, lines of names and dates, lists of links.
// No script is run, and nothing is fetched. A PDF says where characters stand; pdfpage.go makes paragraphs of that. The
// build tag nopdf leaves it out.
package document
