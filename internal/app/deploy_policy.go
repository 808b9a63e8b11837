package app

import (
	"io"
	"strings"

	"ferry/internal/config"
	"ferry/internal/deploy"
	"ferry/internal/deploy/order"
	"ferry/internal/deploy/sensitive"
	"ferry/internal/gitignore"
	"ferry/internal/text"
	"ferry/manifest"
	"ferry/sync"
)

// policy returns what the pair and the options say about a deploy.
func (d *Deployment) policy() deploy.Policy {
	c := d.pair.Deploy
	limits := d.pair.Limits
	limits.AllowDeletes = d.opts.AllowDeletes
	policy := deploy.Policy{
		Drift: c.Drift, DriftKeep: c.DriftKeep, First: c.First, Keep: c.Keep, DeleteAfter: c.DeleteAfter,
		AcceptEmpty: d.opts.AcceptEmpty, Audit: d.opts.Audit, KeepModes: c.KeepModes, IgnoreExec: !knowsExecutables,
		Skip: d.pair.ignored, MostDeletions: deploy.MostDeletions(limits), Mode: modes(c.Modes),
	}
	if len(c.Order) > 0 {
		var lines []string
		for _, patterns := range c.Order {
			lines = append(lines, strings.Join(patterns, " "))
		}
		policy.Class = order.Parse(strings.Join(lines, "\n")).Class
	}
	return policy
}

// modes returns the mode that a profile sets for a file; the last line that matches counts.
func modes(set []config.DeployMode) func(manifest.Path) uint16 {
	if len(set) == 0 {
		return nil
	}
	rules := make([]*gitignore.Rules, len(set))
	for i, m := range set {
		rules[i] = gitignore.Parse(m.Pattern)
	}
	return func(p manifest.Path) uint16 {
		for i := len(rules) - 1; i >= 0; i-- {
			if rules[i].Match(string(p), false) {
				return set[i].Mode
			}
		}
		return 0
	}
}

// checkSecrets warns of files that look like secrets, and refuses them where that is asked for.
func (d *Deployment) checkSecrets(files []deploy.LocalFile) error {
	found := sensitive.Secrets(files, d.source.head, modes(d.pair.Deploy.Modes))
	if len(found) == 0 {
		return nil
	}
	first := found[0]
	what := text.Clean(string(first.Path)) + " " + first.Why
	if more := len(found) - 1; more > 0 {
		what += " (and " + text.Count(more, "more file") + " like it)"
	}
	if d.opts.Strict {
		return &sync.UnsafeError{What: "the site would show " + what, Hint: "leave it out with ignore:, or deploy without --strict"}
	}
	d.opts.Observer(deploy.Warned{Text: "the site shows " + what + "; ignore: leaves it out"})
	return nil
}

// headBytes is how much of a file is looked at for a private key.
const headBytes = 4 << 10

// head returns the beginning of a file.
func (s *deploySource) head(p manifest.Path) []byte {
	content, err := s.Open(p, 0)
	if err != nil {
		return nil
	}
	defer content.Close()
	b, _ := io.ReadAll(io.LimitReader(content, headBytes))
	return b
}
