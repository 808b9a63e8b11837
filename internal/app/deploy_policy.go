package app

import (
	"strings"

	"ferry/internal/deploy"
	"ferry/internal/gitignore"
	"ferry/manifest"
)

// policy returns what the pair and the options say about a deploy.
func (d *Deployment) policy() deploy.Policy {
	c := d.pair.Deploy
	limits := d.pair.Limits
	limits.AllowDeletes = d.opts.AllowDeletes
	policy := deploy.Policy{
		Drift: c.Drift, DriftKeep: c.DriftKeep, First: c.First, Keep: c.Keep, DeleteAfter: c.DeleteAfter,
		AcceptEmpty: d.opts.AcceptEmpty, Audit: d.opts.Audit, KeepModes: c.KeepModes,
		Skip: d.pair.ignored, MostDeletions: limits.Most,
	}
	if len(c.Order) > 0 {
		var lines []string
		for _, patterns := range c.Order {
			lines = append(lines, strings.Join(patterns, " "))
		}
		policy.Class = deploy.ParseOrder(strings.Join(lines, "\n")).Class
	}
	if len(c.Modes) > 0 {
		policy.Mode = modeOf(c.Modes)
	}
	return policy
}
