package service

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// A Spec is what is to be kept running.
type Spec struct {
	// Name of the service, as [Name] makes it.
	Name string
	// About says in a few words what the service does.
	About string
	// Program is the absolute path of the program, and Args what follows it.
	Program string
	Args    []string
	// For is the absolute path of the configuration that the service is for. A
	// service of the same name for another one is not replaced.
	For string
	// Privileges leaves it to what the program runs to change the user, as sudo
	// does.
	Privileges bool
}

// mark stands in everything that this package writes, before the path that the
// service is for.
const mark = `Written by "ferry service install" for `

// Name makes the name of a service from that of a profile; "" is for all of
// them. Characters that not every manager takes are replaced, with a mark that
// keeps two such names apart.
func Name(profile string) string {
	if profile == "" {
		return "ferry"
	}
	changed := false
	name := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '_', r == '-', r == '.':
			return r
		}
		changed = true
		return '_'
	}, profile)
	if changed {
		sum := sha256.Sum256([]byte(profile))
		name += "-" + hex.EncodeToString(sum[:3])
	}
	return "ferry-" + name
}

// check refuses what no manager can run.
func (s Spec) check() error {
	if !filepath.IsAbs(s.Program) && !strings.HasPrefix(s.Program, "/") && !strings.Contains(s.Program, `:\`) {
		return fmt.Errorf("the program %q has no absolute path", s.Program)
	}
	for _, arg := range append([]string{s.Program, s.For, s.About}, s.Args...) {
		if strings.ContainsAny(arg, "\x00\r\n") {
			return errors.New("a path or an argument holds a line end")
		}
	}
	return nil
}

// markedFor returns what a definition is for, and reports whether this package
// wrote it.
func markedFor(text string) (path string, ours bool) {
	_, rest, ours := strings.Cut(text, mark)
	path, _, _ = strings.Cut(rest, "\n")
	return strings.TrimRight(path, "\r"), ours
}

// A Problem is an error with the way out.
type Problem struct {
	Err  error
	Hint string
}

func (p *Problem) Error() string { return p.Err.Error() }

func (p *Problem) Unwrap() error { return p.Err }

// A State is how a service is doing.
type State struct {
	Name string `json:"name"`
	// File is where its definition is.
	File string `json:"file"`
	// For is the configuration that it is for.
	For       string `json:"for,omitempty"`
	Installed bool   `json:"installed"`
	// Enabled says that it starts by itself.
	Enabled bool `json:"enabled"`
	Running bool `json:"running"`
	PID     int  `json:"pid,omitempty"`
	// Detail is what the manager says of it.
	Detail string `json:"detail,omitempty"`
	// Log says where its output is: a command or a file.
	Log string `json:"log,omitempty"`
}
