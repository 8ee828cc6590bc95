package paper

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"
)

// ErrBrowser says that no PDF could be printed. The HTML is the original and needs none.
var ErrBrowser = errors.New("no PDF: Chromium is needed to print one (Debian: apt-get install chromium), or print the HTML from any browser")

// printing is how long a browser may take.
const printing = 2 * time.Minute

// ErrSheets says that a page is more than one sheet of paper.
var ErrSheets = errors.New("a numbered page does not fit on its sheet: print the HTML from a browser, and say this to who keeps the program")

// mark is that of each sheet in a PDF.
var mark = regexp.MustCompile(`/Type\s*/Page\b`)

// Print prints a paper of so many pages as a tagged PDF, each page on a sheet of its own, by the Chromium at a path, without a network and with a
// profile that is thrown away. Its bytes are the browser's, and may differ from one time to the next.
func Print(ctx context.Context, browser string, html []byte, pages int) ([]byte, error) {
	dir, err := os.MkdirTemp("", "paper")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	in, out := filepath.Join(dir, "paper.html"), filepath.Join(dir, "paper.pdf")
	if err := os.WriteFile(in, html, 0o600); err != nil {
		return nil, err
	}
	ctx, stop := context.WithTimeout(ctx, printing)
	defer stop()
	arguments := []string{"--headless", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run",
		"--user-data-dir=" + filepath.Join(dir, "profile"), "--host-resolver-rules=MAP * ~NOTFOUND",
		"--no-pdf-header-footer", "--generate-pdf-document-outline", "--print-to-pdf=" + out}
	if os.Geteuid() == 0 {
		arguments = append(arguments, "--no-sandbox") // Chromium refuses its sandbox to root
	}
	if said, err := exec.CommandContext(ctx, browser, append(arguments, "file://"+in)...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s: %w: %.300s", ErrBrowser, browser, err, said)
	}
	pdf, err := os.ReadFile(out)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBrowser, err)
	}
	if n := len(mark.FindAll(pdf, -1)); n != pages {
		return nil, fmt.Errorf("%w: %d sheets for %d pages", ErrSheets, n, pages)
	}
	return pdf, nil
}
