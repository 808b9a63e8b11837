package config

import "errors"

// ParseLinks reads what becomes of symbolic links: skip or follow. It reports whether they
// are followed.
func ParseLinks(s string) (follow bool, err error) {
	switch s {
	case "skip", "follow":
		return s == "follow", nil
	case "copy":
		return false, withHint(errors.New("links cannot be copied as links"), "links: follow sends what a link inside the directory points to, links: skip leaves it out")
	}
	return false, notOneOf(s, []string{"skip", "follow"})
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
	p.FollowLinks, err = ParseLinks(text)
	return err
}

func setPermissions(_ *decoder, p *draft, text string) (err error) {
	p.Permissions, err = ParsePermissions(text)
	return err
}
