package config

import (
	"encoding"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// keyKind says what a key of a profile holds.
type keyKind uint8

const (
	textKey     keyKind = iota // one piece of text
	blockKey                   // lines, or a list
	passwordKey                // text, or one of the keys of a secret
	hooksKey                   // commands by name
	deployKey                  // the keys of a deploy
)

// A key is one key of a profile and how its value is set. Only text keys have a
// set.
type key struct {
	kind keyKind
	set  func(d *decoder, p *draft, text string) error
	// pairOnly keys belong to one pair and are not allowed in defaults.
	pairOnly bool
}

// keys are all keys of a profile.
var keys = map[string]key{
	"id":             {set: setID, pairOnly: true},
	"local":          {set: setLocal, pairOnly: true},
	"remote":         {set: setRemote, pairOnly: true},
	"user":           {set: setUser},
	"password":       {kind: passwordKey},
	"direction":      choice(func(p *Profile) encoding.TextUnmarshaler { return &p.Direction }, "both", "push", "pull"),
	"conflict":       choice(func(p *Profile) encoding.TextUnmarshaler { return &p.Conflict }, "keep-both", "newer", "local", "remote", "skip"),
	"mode":           choice(func(p *Profile) encoding.TextUnmarshaler { return &p.Mode }, "auto", "passive", "active"),
	"pipeline":       {set: setPipeline},
	"compress":       {set: setCompress},
	"ignore":         {kind: blockKey},
	"ignore-file":    path(func(p *Profile) *string { return &p.IgnoreFile }),
	"ca":             path(func(p *Profile) *string { return &p.CA }),
	"exact":          flag(func(p *Profile) *bool { return &p.Exact }),
	"adopt":          flag(func(p *Profile) *bool { return &p.Adopt }),
	"checksum":       flag(func(p *Profile) *bool { return &p.Checksum }),
	"verify":         flag(func(p *Profile) *bool { return &p.Verify }),
	"blind":          flag(func(p *Profile) *bool { return &p.Blind }),
	"max-size":       {set: setMaxSize},
	"min-age":        {set: setMinAge},
	"trash":          {set: setTrash},
	"trash-keep":     {set: setTrashKeep},
	"trash-size":     {set: setTrashSize},
	"log-keep":       {set: setLogKeep},
	"follow-links":   {set: setFollowLinks},
	"links":          {set: setLinks},
	"permissions":    {set: setPermissions},
	"trust-pasv":     flag(func(p *Profile) *bool { return &p.TrustPASV }),
	"insecure":       flag(func(p *Profile) *bool { return &p.Insecure }),
	"timeout":        duration(func(p *Profile) *time.Duration { return &p.Timeout }),
	"poll":           duration(func(p *Profile) *time.Duration { return &p.Poll }),
	"connections":    {set: setConnections},
	"segments":       {set: setSegments},
	"retries":        {set: setRetries},
	"max-entries":    {set: count(func(p *Profile) *int { return &p.Limits.MaxEntries })},
	"list-format":    {set: setListFormat},
	"max-listing":    {set: count(func(p *Profile) *int { return &p.MaxListing })},
	"max-delete":     {set: setMaxDelete},
	"active-ports":   {set: setActivePorts},
	"active-address": {set: setActiveAddress},
	"fingerprint":    {set: setFingerprint},
	"server-name":    {set: setServerName},
	"encoding":       {set: setEncoding},
	"bwlimit":        {set: setRates},
	"machine":        {set: setMachine},
	"hooks":          {kind: hooksKey},
	"merge-tool":     {set: setMergeTool},
	"deploy":         {kind: deployKey, pairOnly: true},
}

// elsewhere says what to write instead of keys that people try.
var elsewhere = map[string]string{
	"<<":       "what all profiles share goes under defaults",
	"mode-z":   "did you mean compress?",
	"charset":  "did you mean encoding?",
	"exclude":  "did you mean ignore?",
	"excludes": "did you mean ignore?",
	"chmod":    "did you mean permissions: keep?",
	"modes":    "did you mean permissions: keep?",
	"symlinks": "did you mean links?",
	"host":     "it is part of remote, as in ftpes://user@host/path",
	"include":  `did you mean ignore? a pattern that starts with "!" takes back in`,
	"parallel": "did you mean connections?",
	"passive":  "did you mean mode: passive?",
	"active":   "did you mean mode: active?",
	"path":     "it is part of remote, as in ftpes://user@host/path",
	"port":     "it is part of remote, as in ftpes://user@host:2121/path",
	"server":   "did you mean remote?",
	"threads":  "did you mean connections?",
	"tls":      "it is part of remote: ftpes:// is TLS on port 21",
	"username": "did you mean user?",
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func flag(field func(*Profile) *bool) key {
	return key{set: func(_ *decoder, p *draft, text string) (err error) {
		*field(&p.Profile), err = ParseSwitch(text)
		return err
	}}
}

func duration(field func(*Profile) *time.Duration) key {
	return key{set: func(_ *decoder, p *draft, text string) (err error) {
		*field(&p.Profile), err = ParseDuration(text)
		return err
	}}
}

// path is a key for a path relative to the configuration file.
func path(field func(*Profile) *string) key {
	return key{set: func(d *decoder, p *draft, text string) (err error) {
		*field(&p.Profile), err = d.localPath(text)
		return err
	}}
}

func choice(field func(*Profile) encoding.TextUnmarshaler, choices ...string) key {
	set := func(_ *decoder, p *draft, text string) error {
		if slices.Contains(choices, text) {
			return field(&p.Profile).UnmarshalText([]byte(text))
		}
		return notOneOf(text, choices)
	}
	return key{set: set}
}

func notOneOf(text string, choices []string) error {
	err := fmt.Errorf("%q is not one of %s", text, strings.Join(choices, ", "))
	if near := Suggest(text, choices); near != "" {
		return withHint(err, "did you mean "+near+"?")
	}
	return err
}
