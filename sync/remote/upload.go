package remote

import (
	"fmt"

	"ferry/manifest"
	"ferry/sync"
)

// An upload is one Put under way.
type upload struct {
	step   sync.Step
	out    sync.Outcome
	target place
	temp   place   // of the current attempt; the zero place: none
	spent  []place // temporaries of attempts that are over
	size   int64   // bytes the temporary must hold
	plain  bool    // the temporary's name has no leading dot
	again  bool    // from the beginning, with nothing to go on with
	keep   bool    // the temporary is worth going on with
	onward bool    // another small file is to be sent right behind it
	stamp  looked  // what the server says of the temporary
	there  looked  // and of the target
	aside  place   // where the old version was renamed to
}

func (u *upload) fail(err error) {
	if u.out.Err == nil {
		u.out.Err, u.out.Entry = err, manifest.Entry{}
	}
}

func (u *upload) failed() bool { return u.out.Err != nil }

// newUpload prepares a Put. A name that cannot be sent fails at once.
func (d *Directory) newUpload(step sync.Step) *upload {
	u := &upload{step: step}
	if step.Expect.Exists() {
		u.target = d.names.at(step.Path, step.Expect)
	} else {
		u.target = d.names.place(step.Path, step.Want.Spelled(step.Path))
	}
	if err := d.makes(u.target); err != nil {
		u.fail(err)
	}
	if step.Expect.Exists() && !step.Expect.IsFile() {
		u.fail(fmt.Errorf("a file in the place of a %v: %w", step.Expect.Kind, sync.ErrUnsupported))
	}
	return u
}

// checkPlace refuses what no command can hold or no name can be.
func checkPlace(at place) error {
	if err := manifest.CheckName(at.name); err != nil {
		return err
	}
	return sendable(at.String())
}

// short reports whether the server holds another number of bytes than were
// sent: uploads that were cut are acknowledged like whole ones.
func (u *upload) short() bool {
	return !u.failed() && u.stamp.err == nil && u.stamp.entry.Size != u.size
}

// spend gives up the temporary of an attempt.
func (u *upload) spend() {
	if u.temp.name != "" {
		u.spent = append(u.spent, u.temp)
		u.temp = place{}
	}
}

// named returns e with the spelling of p noted where it differs.
func named(e manifest.Entry, p manifest.Path, name string) manifest.Entry {
	e.Name = ""
	if name != p.Base() {
		e.Name = name
	}
	if e.Kind == manifest.Dir {
		return manifest.Entry{Kind: manifest.Dir, ID: e.ID, Name: e.Name, Precision: manifest.NoTime}
	}
	return e
}

// worthKeeping reports whether a later attempt may go on with the temporary.
func (u *upload) worthKeeping() bool {
	return u.worth() && u.temp.name != ""
}

// resumeOwn makes the temporary of an attempt that broke off one to go on with.
func (u *upload) resumeOwn(d *Directory) {
	if u.worthKeeping() && !u.again {
		d.temps.keep(u.temp, 1)
		u.temp = place{}
		return
	}
	u.spend()
}

// worth reports whether the file is large enough to go on with.
func (u *upload) worth() bool {
	return u.step.Want.Size >= resumeFrom && u.step.Want.Precision != manifest.NoTime
}
