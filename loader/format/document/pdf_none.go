//go:build nopdf

package document

import "context"

// pdf refuses PDFs: the program that was built with this file does without the 11 MB that reading them takes.
func pdf(context.Context, []byte, string) (*Document, error) {
	return nil, fail("a PDF, which this build of orbat does not read (nopdf)", "use one that does, or extract its text first: pdftotext FILE")
}
