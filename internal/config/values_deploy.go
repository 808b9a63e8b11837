package config

import (
	"errors"
	"fmt"
	"net/url"
	urlpath "path"
	"strconv"
	"strings"
	"time"

	"ferry/internal/deploy"
	"ferry/manifest"
)

// A word is a choice as it is written, and what it stands for.
type word[T comparable] struct {
	text  string
	value T
}

var (
	deploySwitches = []word[DeploySwitch]{{"files", SwitchFiles}, {"directory", SwitchDirectory}, {"pointer", SwitchPointer}}
	driftRules     = []word[deploy.DriftRule]{{"save", deploy.SaveDrift}, {"stop", deploy.StopAtDrift}, {"keep", deploy.KeepDrift}, {"restore", deploy.RestoreDrift}}
	firstRules     = []word[deploy.FirstRule]{{"compare", deploy.CompareFirst}, {"trust", deploy.TrustFirst}, {"overwrite", deploy.OverwriteFirst}}
)

func wordOf[T comparable](words []word[T], value T) string {
	for _, w := range words {
		if w.value == value {
			return w.text
		}
	}
	return ""
}

// chosen returns what one of words stands for.
func chosen[T comparable](words []word[T], s string) (none T, err error) {
	var texts []string
	for _, w := range words {
		if w.text == s {
			return w.value, nil
		}
		texts = append(texts, w.text)
	}
	return none, notOneOf(s, texts)
}

// ParseDrift reads what happens to what somebody else changed on the server: save, stop,
// keep or restore.
func ParseDrift(s string) (deploy.DriftRule, error) { return chosen(driftRules, s) }

// ParseFirst reads how a first deploy meets what is on the server: compare, trust or
// overwrite.
func ParseFirst(s string) (deploy.FirstRule, error) { return chosen(firstRules, s) }

// ParseDeploySwitch reads files, directory or pointer.
func ParseDeploySwitch(s string) (DeploySwitch, error) { return chosen(deploySwitches, s) }

// mostKept is the largest number of releases that can be kept.
const mostKept = 1000

// ParseKeep reads how many releases can be gone back to.
func ParseKeep(s string) (int, error) { return number(s, 0, mostKept) }

// ParseDeleteAfter reads a duration, or 0 or off for none.
func ParseDeleteAfter(s string) (time.Duration, error) {
	if s == "0" || s == "off" {
		return 0, nil
	}
	return ParseAge(s)
}

// ParseCheckURL reads the address of a site. No error quotes it, since it may contain a
// password.
func ParseCheckURL(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return "", withHint(errors.New("is not the address of a site"), "write it as https://example.com/")
	}
	if u.RawQuery != "" || u.Fragment != "" || u.ForceQuery {
		return "", withHint(errors.New(`must not contain "?" or "#"`), "name the pages to be asked for in paths")
	}
	return s, nil
}

// parseMode reads a mode of three or four octal digits.
func parseMode(s string) (uint16, error) {
	n, err := strconv.ParseUint(s, 8, 16)
	switch {
	case err != nil || len(s) < 3 || len(s) > 4:
		return 0, withHint(fmt.Errorf("%q is not a mode of three or four octal digits", s), "write it as for chmod: 644, 755 or 0600")
	case n&0o400 == 0:
		return 0, withHint(fmt.Errorf("with mode %s the user on the server could not read the file any more", s), "the first of the last three digits must be 4 or more, as in 600")
	}
	return uint16(n), nil
}

// parsePatterns reads a line of patterns with spaces between them. A space that belongs
// to a pattern has a backslash before it, as in .gitignore. A line that starts with # is
// a comment.
func parsePatterns(line string) (patterns []string, err error) {
	line = strings.TrimSpace(line)
	if strings.HasPrefix(line, "#") {
		return nil, nil
	}
	var b strings.Builder
	end := func() {
		if b.Len() > 0 {
			patterns = append(patterns, b.String())
			b.Reset()
		}
	}
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\' && i+1 < len(line):
			b.WriteString(line[i : i+2])
			i++
		case c == ' ' || c == '\t':
			end()
		default:
			b.WriteByte(c)
		}
	}
	end()
	for _, p := range patterns {
		if err := checkPattern(p); err != nil {
			return nil, err
		}
	}
	return patterns, nil
}

// checkPattern refuses patterns that cannot match a file.
func checkPattern(p string) error {
	switch {
	case strings.HasPrefix(p, "!"):
		return withHint(fmt.Errorf("%q: a pattern cannot be taken back here", p), `the last one that matches counts; for a name that starts with "!" write \!`)
	case strings.Trim(p, "/ ") == "":
		return fmt.Errorf("%q matches no file", p)
	case strings.ContainsAny(p, "\r\n\x00"):
		return fmt.Errorf("%q is not one pattern", p)
	}
	return nil
}

// parseWork reads the place of the work directory, relative to the root.
func parseWork(s string) (string, error) {
	const example = "write it relative to the root, as ../.ferry-site"
	work := urlpath.Clean(s)
	last := work[strings.LastIndexByte(work, '/')+1:]
	switch {
	case strings.HasPrefix(s, "/"):
		return "", withHint(fmt.Errorf("%q is absolute", s), example)
	case IsURL(s), strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' }):
		return "", withHint(fmt.Errorf("%q is not a path on the server", s), example)
	case s == "" || last == "." || last == "..":
		return "", withHint(fmt.Errorf("%q is not a directory of ferry's own", s), example)
	}
	below := work
	for strings.HasPrefix(below, "../") {
		below = below[len("../"):]
	}
	if _, err := manifest.ParsePath(below); err != nil {
		return "", withHint(fmt.Errorf("%q is not a path on the server", s), example)
	}
	return work, nil
}

// parseSitePath reads a path below the root on the server.
func parseSitePath(s string) (manifest.Path, error) {
	p, err := manifest.ParsePath(strings.TrimSuffix(s, "/"))
	if err != nil || p == manifest.Root {
		return "", withHint(fmt.Errorf("%q is not a path below the root", s), "write it with slashes, relative to the root on the server")
	}
	return p, nil
}

// parseCheckPath reads the path of a page, relative to the address of the site.
func parseCheckPath(s string) (string, error) {
	if s == "" || strings.ContainsAny(s, "?#") || strings.Contains(s, "://") || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", withHint(fmt.Errorf("%q is not the path of a page", s), "write it relative to url, as css/site.css")
	}
	return strings.TrimPrefix(s, "/"), nil
}

// ParseServerName reads the name that the certificate of a server is for.
func ParseServerName(s string) (string, error) {
	name := strings.TrimSuffix(s, ".")
	if name == "" || len(name) > 253 || strings.ContainsFunc(name, func(r rune) bool {
		return r != '.' && r != '-' && r != '_' && r != ':' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) {
		return "", withHint(fmt.Errorf("%q is not the name of a host", s), "write the name in the certificate alone, as ftp.example.net")
	}
	return name, nil
}
