package config

import (
	"errors"
	"net/url"
	"strings"
)

// hookKeys are the keys of hooks, and how their values are set.
var hookKeys = map[string]func(h *Hooks, text string) error{
	"before":      hook(func(h *Hooks) *string { return &h.Before }),
	"after":       hook(func(h *Hooks) *string { return &h.After }),
	"on-conflict": hook(func(h *Hooks) *string { return &h.OnConflict }),
	"on-error":    hook(func(h *Hooks) *string { return &h.OnError }),
	"staged":      hook(func(h *Hooks) *string { return &h.Staged }),
	"format": func(h *Hooks, text string) (err error) {
		h.Marked, err = chosen([]word[bool]{{"plain", false}, {"marked", true}}, text)
		return err
	},
	"timeout": func(h *Hooks, text string) (err error) {
		h.Timeout, err = ParseDuration(text)
		return err
	},
}

// hook returns a function that sets a hook: a command, or a URL.
func hook(field func(*Hooks) *string) func(*Hooks, string) error {
	return func(h *Hooks, text string) error {
		text, err := parseHook(text)
		if err == nil {
			*field(h) = text
		}
		return err
	}
}

// parseHook returns a hook without the white space around it. A URL must be valid;
// errors never quote it, since it may contain a password.
func parseHook(text string) (string, error) {
	text = strings.TrimSpace(text)
	if strings.ContainsRune(text, 0) {
		return "", errors.New("contains a NUL character")
	}
	scheme, _, found := strings.Cut(text, "://")
	if !found || !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
		return text, nil
	}
	if strings.ContainsAny(text, " \t\r\n") {
		return "", withHint(errors.New("begins with a URL but does not end there"), "a hook is one URL or one command")
	}
	if u, err := url.Parse(text); err != nil || u.Hostname() == "" {
		return "", withHint(errors.New("is not a valid URL"), `in a user name or password write "/" as %2F, "@" as %40 and "%" as %25`)
	}
	return text, nil
}
