package config

import "slices"

// Links says what becomes of symbolic links.
type Links uint8

// The rules for links.
const (
	SkipLinks   Links = iota // they are left alone
	FollowLinks              // a local one counts as what it points to
	CopyLinks                // they are made as links on the other side, where it can have them
)

var linkRules = []string{"skip", "follow", "copy"}

// ParseLinks reads what becomes of symbolic links: skip, follow or copy.
func ParseLinks(s string) (Links, error) {
	if i := slices.Index(linkRules, s); i >= 0 {
		return Links(i), nil
	}
	return SkipLinks, notOneOf(s, linkRules)
}

// SetLinks sets what becomes of symbolic links.
func (p *Profile) SetLinks(rule Links) {
	p.FollowLinks, p.CopyLinks = rule == FollowLinks, rule == CopyLinks
}

// SetFollowLinks sets whether links are followed. Without that, what was copied stays so.
func (p *Profile) SetFollowLinks(follow bool) {
	switch {
	case follow:
		p.SetLinks(FollowLinks)
	case p.FollowLinks:
		p.SetLinks(SkipLinks)
	}
}

func setFollowLinks(_ *decoder, p *draft, text string) error {
	follow, err := ParseSwitch(text)
	if err == nil {
		p.SetFollowLinks(follow)
	}
	return err
}

// ParsePermissions reads keep or ignore. It reports whether permissions are kept.
func ParsePermissions(s string) (keep bool, err error) {
	switch s {
	case "keep", "ignore":
		return s == "keep", nil
	}
	return false, notOneOf(s, []string{"keep", "ignore"})
}

func setLinks(_ *decoder, p *draft, text string) (err error) {
	rule, err := ParseLinks(text)
	if err == nil {
		p.SetLinks(rule)
	}
	return err
}

func setPermissions(_ *decoder, p *draft, text string) (err error) {
	p.Permissions, err = ParsePermissions(text)
	return err
}
