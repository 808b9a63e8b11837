package ftp

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// capabilities is what is remembered of one server: what had to be found out by
// trial. It is a saving of time only; all of it is found out again where it is
// missing or has stopped being true.
type Capabilities struct {
	Format int            `json:"format"`
	Server string         `json:"server"`
	Mode   string         `json:"mode,omitempty"` // data mode that works: EPSV, PASV, EPRT, PORT
	List   string         `json:"list,omitempty"` // command to list with
	Dots   bool           `json:"dots,omitempty"` // the listing shows the directory itself
	Seen   map[Quirk]bool `json:"seen,omitempty"`
	// Features is a digest of what FEAT said when this was written; other features
	// mean another server, or another version of it.
	Features string    `json:"features,omitempty"`
	Updated  time.Time `json:"updated"`
}

const capabilitiesFormat = 1

// serverFile returns the file that holds what is remembered of a server, ""
// where nothing is to be.
func (o Options) serverFile() string {
	if o.StateDir == "" {
		return ""
	}
	name := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '-' {
			return c
		}
		return '_'
	}, strings.ToLower(o.Host))
	o = o.WithDefaults()
	return filepath.Join(o.StateDir, "servers", fmt.Sprintf("%s-%d-%s.json", name, o.Port, o.Security.Scheme()))
}

// recall returns what is remembered of the server; what cannot be read counts as
// nothing.
func Recall(o Options) Capabilities {
	var c Capabilities
	file := o.serverFile()
	if file == "" {
		return c
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return c
	}
	if json.Unmarshal(data, &c) != nil || c.Format != capabilitiesFormat || c.Server != o.Address() {
		return Capabilities{}
	}
	return c
}

// remember writes what is known of the server, whole or not at all.
func remember(o Options, c Capabilities) error {
	file := o.serverFile()
	if file == "" {
		return nil
	}
	c.Format, c.Server, c.Updated = capabilitiesFormat, o.Address(), time.Now().UTC().Truncate(time.Second)
	data, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(file), ".server-*")
	if err != nil {
		return err
	}
	_, err = temp.Write(append(data, '\n'))
	if err = errors.Join(err, temp.Close()); err == nil {
		err = os.Rename(temp.Name(), file)
	}
	if err != nil {
		os.Remove(temp.Name())
	}
	return err
}

// Forget drops what is remembered of the server of o: the next connection finds
// out everything anew.
func Forget(o Options) error {
	file := o.serverFile()
	if file == "" {
		return nil
	}
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("forgetting what is known of %s: %w", o.Address(), err)
	}
	return nil
}

// digest returns the words of FEAT on one line.
func (f *Features) digest() string { return strings.Join(f.words(), " ") }

// adopt takes over what is remembered, if it is of the same server still.
func (f *Features) restore(c Capabilities) bool {
	if c.List == "" || c.Features != f.digest() {
		return false
	}
	for form, command := range listCommands {
		if command == c.List {
			f.ListForm, f.ShowsSelf = ListForm(form), c.Dots
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for quirk, holds := range c.Seen {
		if rowOf[quirk] != nil { // another version of ferry may know others
			f.observed[quirk] = holds
		}
	}
	return true
}
