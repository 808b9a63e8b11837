package config

import (
	"errors"
	"strings"
	"time"

	"ferry/internal/deploy"
	"ferry/internal/deploy/pointer"
	"ferry/manifest"
)

// A Deploy says how a profile is deployed. A profile that has one is brought to the
// server by "ferry deploy" only, and passes leave it out.
type Deploy struct {
	// Work is the directory on the server in which ferry keeps what it needs. It is
	// relative to the root, slash-separated and clean, and is the only path that may
	// begin with "../"; "": ferry's own directory at the root.
	Work   string
	Switch DeploySwitch
	// Keep is how many releases can be gone back to.
	Keep int
	// DeleteAfter is how long files stay on the server that the new release does not
	// have; 0: they go at once.
	DeleteAfter time.Duration
	Drift       deploy.DriftRule
	// DriftKeep is how long saved versions of other people's changes are kept; 0: for
	// ever.
	DriftKeep time.Duration
	First     deploy.FirstRule
	// Order has the patterns of order:, one line after another, in the syntax of
	// .gitignore. Files that match a later line go live later, and the last line that
	// matches counts; nil: the usual order.
	Order [][]string
	// KeepModes keeps the mode of a file that is replaced.
	KeepModes bool
	// Modes are the modes of files, in the order of the file; the last one that matches
	// counts.
	Modes       []DeployMode
	Maintenance Maintenance
	Check       DeployCheck
	// StateKey encrypts and authenticates what is kept on the server, see
	// [Finder.StateKey]; zero: nothing does.
	StateKey Secret
	// Shared are directories of the server that all releases share, for [SwitchDirectory] and
	// [SwitchPointer].
	Shared []manifest.Path
	// Pointer is the file that says which release is live, for [SwitchPointer].
	Pointer DeployPointer
}

// A DeployPointer is the file on the server that says which release is live. The zero one is the
// .htaccess of the site.
type DeployPointer struct {
	File     manifest.Path // in the site; "": .htaccess
	Template string        // the absolute path of a local file; "": none
}

// A DeploySwitch is how a new release takes the place of the old one.
type DeploySwitch uint8

// The switches.
const (
	SwitchFiles     DeploySwitch = iota // file by file, in one burst of renames
	SwitchDirectory                     // the root is renamed
	SwitchPointer                       // a file of the web server names the live directory
)

// String returns the word for the switch in ferry.yaml.
func (s DeploySwitch) String() string { return wordOf(deploySwitches, s) }

// A DeployMode is the mode of the files that match a pattern in the syntax of .gitignore.
type DeployMode struct {
	Pattern string
	Mode    uint16 // permission bits, with setuid, setgid and sticky
}

// A Maintenance is a file that stands on the server while a release goes live. The zero
// Maintenance is none.
type Maintenance struct {
	Put string        // the absolute path of a local file
	As  manifest.Path // where it is put on the server
}

// A DeployCheck is what is asked of the web server when a release has gone live.
type DeployCheck struct {
	URL   string // of the site, which may hold a password; "": nothing is asked
	Paths []string
	// Rollback goes back to the release before if the check fails.
	Rollback bool
}

// NewDeploy returns a Deploy with the defaults set.
func NewDeploy() *Deploy { return &Deploy{KeepModes: true, DriftKeep: 30 * 24 * time.Hour} }

// A contradiction is a key of deploy that does not go with another one.
type contradiction struct{ key, text, hint string }

// contradictions returns the keys that do not go together.
func (v *Deploy) contradictions() []contradiction {
	var found []contradiction
	for _, c := range []struct {
		holds bool
		contradiction
	}{
		{v.Check.Rollback && v.Keep == 0 && v.Switch == SwitchFiles, contradiction{"check.rollback", "there is no release to go back to, since keep is 0", "set keep: 1 or more, or rollback: false"}},
		{v.Check.Rollback && v.Check.URL == "", contradiction{"check.rollback", "nothing is checked, since check has no url", "set url: to the address of the site, as https://example.com/"}},
		{len(v.Check.Paths) > 0 && v.Check.URL == "", contradiction{"check.paths", "nothing is checked, since check has no url", "set url: to the address of the site, as https://example.com/"}},
		{v.Switch == SwitchPointer && v.Check.URL == "", contradiction{"switch", "pointer needs check.url: only the web server can say that its rule works", "write check: {url: ...} with the address of the site, as https://example.com/"}},
		{v.Switch != SwitchPointer && v.Pointer != DeployPointer{}, contradiction{"pointer", "has an effect only with switch: pointer", "write switch: pointer, or remove it"}},
		{v.Pointer.Template == "" && v.Pointer.File != "" && v.Pointer.File != pointer.Htaccess, contradiction{"pointer", "does not say what to write into its file", "set template: to a local file, as pointer.php; it has " + pointer.Mark + " where the directory of the release stands"}},
		{v.Pointer.Template != "" && (v.Pointer.File == "" || v.Pointer.File.Base() == pointer.Htaccess), contradiction{"pointer", "does not say which file is made of the template", "set file: to its name on the server, as index.php"}},
		{v.Pointer.File.Within(pointer.Dir), contradiction{"pointer", "names a file in " + pointer.Dir + ", where the releases are", "put it elsewhere, as index.php"}},
		{v.Pointer.Template != "" && len(v.Shared) > 0, contradiction{"shared", "has no effect with a pointer of one's own", "remove it; what is outside of " + pointer.Dir + " stays as it is anyway"}},
		{len(v.Shared) > 0 && v.Switch == SwitchFiles, contradiction{"shared", "has an effect only with switch: directory and pointer", "remove it; otherwise all releases have one and the same directory anyway"}},
		{v.Switch == SwitchDirectory && v.Work != "" && !strings.HasPrefix(v.Work, "../"), contradiction{"work", "is inside the site, which switch: directory renames", "put it beside the site, as ../.ferry-site, or leave it out"}},
		{v.Switch != SwitchFiles && v.Drift == deploy.KeepDrift, contradiction{"drift", "keep cannot be, since switch: " + v.Switch.String() + " replaces the whole site", "write drift: save, which keeps what others changed in the directory of the old release, or stop"}},
		{v.Switch != SwitchFiles && v.DeleteAfter > 0, contradiction{"delete-after", "has no effect with switch: " + v.Switch.String() + ", where a release has its own files only", "remove it, or use switch: files"}},
		{v.Switch != SwitchFiles && v.Maintenance.As != "", contradiction{"maintenance", "has no effect with switch: " + v.Switch.String() + ", where the site changes in one moment", "remove it, or use switch: files"}},
		{v.Maintenance.Put == "" && v.Maintenance.As != "", contradiction{"maintenance", "does not say what to put there", "set put: to a local file, as maintenance.html"}},
		{v.Maintenance.Put != "" && v.Maintenance.As == "", contradiction{"maintenance", "does not say where to put the file", "set as: to a name on the server, as .maintenance"}},
	} {
		if c.holds {
			found = append(found, c.contradiction)
		}
	}
	return found
}

// Validate returns an error if settings do not go together, as after options have
// replaced some of them. The way out is in [Hint].
func (v *Deploy) Validate() error {
	for _, c := range v.contradictions() {
		return withHint(errors.New(c.key+": "+c.text), c.hint)
	}
	return nil
}

// Secrets returns the secrets that a profile names.
func (p *Profile) Secrets() []Secret {
	secrets := []Secret{p.Password}
	if p.Deploy != nil {
		secrets = append(secrets, p.Deploy.StateKey)
	}
	return secrets
}
