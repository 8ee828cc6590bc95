// Package axe tries the pages of a test with axe-core 4.14.1: the rules for WCAG 2.0
// to 2.2, levels A and AA, and its best practices. axe.min.js and the licences
// beside it are those of the npm package, unchanged.
//
// What it promises: a page without what axe finds; which is a part of what a person
// would find, and no proof of conformity.
package axe

import (
	"context"
	_ "embed"
	"fmt"
	"strings"

	"github.com/chromedp/chromedp"
)

//go:embed axe.min.js
var script string

// A Violation is a rule that a page breaks.
type Violation struct {
	ID    string   `json:"id"`
	Help  string   `json:"help"`
	Nodes []string `json:"nodes"` // where, as selectors with what is wrong there
}

// String says the rule and the places.
func (v Violation) String() string {
	return fmt.Sprintf("%s (%s): %s", v.ID, v.Help, strings.Join(v.Nodes, "; "))
}

// Check tries the page that a tab (web/chrome) shows as it stands now: by these rules
// alone, or for none by all, that of the size of targets too (WCAG 2.2, 2.5.8).
func Check(tab context.Context, rules ...string) ([]Violation, error) {
	loaded, err := chromedp.Run(tab, chromedp.Evaluate[bool](`typeof axe === "object"`))
	if err != nil {
		return nil, err
	}
	if !loaded {
		if _, err := chromedp.Run(tab, chromedp.Evaluate[bool](script+"\ntrue")); err != nil {
			return nil, fmt.Errorf("axe-core: %w", err)
		}
	}
	options := `{resultTypes: ["violations"], rules: {"target-size": {enabled: true}}}`
	if len(rules) > 0 {
		options = fmt.Sprintf(`{resultTypes: ["violations"], runOnly: "%s".split(" ")}`, strings.Join(rules, " "))
	}
	return chromedp.Run(tab, chromedp.Evaluate[[]Violation](fmt.Sprintf(run, options), chromedp.EvalAwaitPromise))
}

// run has axe try the page with options.
const run = `axe.run(document, %s).then(found => found.violations.map(v =>
	({id: v.id, help: v.help, nodes: v.nodes.map(n => n.target.join(" ") + " – " + n.failureSummary)})))`
