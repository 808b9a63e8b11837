package app

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ferry/internal/config"
	"ferry/internal/text"
)

// A trustVerdict says what is known about the content of a configuration file that was
// found by searching.
type trustVerdict int

const (
	trustNever    trustVerdict = iota // nobody has said anything about the file
	trustChanged                      // another content of it is trusted
	trustRevoked                      // none is, though the user was asked
	trustGiven                        // this content is trusted
	trustTakeOver                     // ferry has obeyed the file since before there was trust
)

// judgeTrust decides whether the content with this sum may be obeyed. record is the one
// about its path, if known is set. before says that ferry has obeyed the file before
// there was trust.
func judgeTrust(record TrustRecord, known bool, sum string, before bool) trustVerdict {
	switch {
	case known && record.Sum == sum && sum != "":
		return trustGiven
	case known && record.Sum == "":
		return trustRevoked
	case known:
		return trustChanged
	case before:
		return trustTakeOver
	}
	return trustNever
}

// Trust returns what is remembered in the state directory about trust.
func (w Workspace) Trust() TrustStore { return TrustStore{Dir: filepath.Join(w.StateDir(), "trust")} }

// requireTrust returns nil if the user trusts the content of a configuration that was
// found by searching. Where somebody can be asked, it asks.
func (w Workspace) requireTrust(source *config.Source, file *config.File) error {
	store, sum := w.Trust(), source.Sum()
	record, known, err := store.Lookup(source.Path)
	if err != nil {
		return err
	}
	verdict := judgeTrust(record, known, sum, !known && obeyedBefore(w.StateDir(), file))
	switch verdict {
	case trustGiven:
		return nil
	case trustTakeOver:
		if err := store.Set(source.Path, sum, time.Now()); err != nil {
			return err
		}
		w.note("%s is trusted from now on as it is, since ferry has used it before; \"ferry trust --revoke\" takes that back", source.Path)
		return nil
	}
	why := map[trustVerdict]string{
		trustNever: "is not trusted yet", trustRevoked: "is not trusted", trustChanged: "has changed since you trusted it",
	}[verdict]
	if w.Confirm != nil {
		yes, err := w.Confirm(fmt.Sprintf("%s %s. It %s. Trust it? [y/N] ", text.Clean(source.Path), why, text.Clean(whatConfigDoes(file))))
		if err != nil {
			return err
		}
		if yes {
			return store.Set(source.Path, sum, time.Now())
		}
	}
	return Usage(fmt.Errorf("%s %s", source.Path, why), "look at it, then type: "+w.trustCommand(source.Path))
}

func (w Workspace) note(format string, args ...any) {
	if w.Talk != nil {
		w.Talk.Note(format, args...)
	}
}

// trustCommand returns the command that makes the file at path trusted.
func (w Workspace) trustCommand(path string) string {
	command := "ferry trust "
	if w.StateOption != "" {
		command += "--state-dir " + text.ShellWord(w.StateDir()) + " "
	}
	return command + text.ShellWord(path)
}

// whatConfigDoes says in a few words what obeying a configuration means.
func whatConfigDoes(file *config.File) string {
	var hosts []string
	runs := false
	for _, p := range file.Profiles {
		if !slices.Contains(hosts, p.Remote.Host) {
			hosts = append(hosts, p.Remote.Host)
		}
		runs = runs || RunsCommands(p) || p.MergeTool != ""
	}
	if len(hosts) > 3 {
		hosts = append(hosts[:3], "...")
	}
	does := "connects to " + strings.Join(hosts, ", ")
	if runs {
		does += " and runs commands"
	}
	return does
}

// TrustFile trusts what the configuration at path contains now, "" for the one that
// would be found, and returns it.
func (w Workspace) TrustFile(path string) (*config.File, error) {
	source, err := w.sourceToTrust(path)
	if err != nil {
		return nil, err
	}
	file, err := source.Parse(w.Home)
	if err != nil {
		return nil, Usage(err, config.Hint(err))
	}
	return file, w.Trust().Set(source.Path, source.Sum(), time.Now())
}

// TrustText trusts the content text of the configuration at path, which ferry itself has
// written.
func (w Workspace) TrustText(path, text string) error {
	source := config.Source{Path: path, Text: []byte(text)}
	return w.Trust().Set(path, source.Sum(), time.Now())
}

// RevokeTrust takes trust back from the configuration at path, "" for the one that would
// be found, and returns its path. was says whether any content of it was trusted. The
// file need not be there any more.
func (w Workspace) RevokeTrust(path string) (file string, was bool, err error) {
	if path == "" {
		if path, _, err = w.locate(); err != nil {
			return "", false, err
		}
	}
	path = w.Absolute(path)
	record, _, err := w.Trust().Lookup(path)
	if err != nil {
		return path, false, err
	}
	return path, record.Sum != "", w.Trust().Set(path, "", time.Now())
}

// sourceToTrust reads the configuration that is to be trusted. One that others can write
// to is refused: trust would not help it.
func (w Workspace) sourceToTrust(path string) (*config.Source, error) {
	if path == "" {
		var err error
		if path, _, err = w.locate(); err != nil {
			return nil, err
		}
	}
	source, err := config.ReadFound(w.Absolute(path))
	if err != nil {
		return nil, Usage(err, config.Hint(err))
	}
	return source, nil
}
