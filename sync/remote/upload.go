package remote

import (
	"fmt"
	"sync/atomic"
	"time"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/remote/temporary"
)

// An uploader carries out Put steps. A file is written to a temporary beside its place,
// the server is asked what it holds now, and then the temporary is renamed.
type uploader struct {
	*server
	renamer *renamer
	trash   *trash
	temps   *temporary.Files

	groupTime time.Duration
	newMode   atomic.Uint32 // the permission bits of new files; 0: unknown
	dotStored atomic.Bool   // a temporary with a leading dot was stored
}

// An upload is one Put step under way.
type upload struct {
	step   sync.Step
	out    sync.Outcome
	target place
	size   int64 // bytes that the temporary must hold

	temp          place // of the current attempt; zero: none
	own           place // what an attempt of this upload left; zero: nothing
	proofFailures int   // times that the end of a part could not be read

	discarded []place // temporaries of attempts that are over
	plainName bool    // the temporary's name has no leading dot
	deflated  bool    // the last attempt went in MODE Z
	lost      error   // the final reply of the last attempt did not come, for this reason
	fromStart bool    // this attempt does not resume an earlier one
	throughUs bool    // it did not arrive when the other server sent it directly
	resumable bool    // a later attempt can go on with the temporary

	smallFollows bool // another small file is sent right after this one

	tempStat, targetStat stat
	modeSet              bool  // the temporary was given the mode of the old version
	timeSet              bool  // the server set its time; setting it again could hide it again for a moment
	aside                place // where the old version was renamed to; zero: nowhere
}

// prepare makes an upload of a step. A step that cannot be one fails at once.
func (up *uploader) prepare(step sync.Step) *upload {
	u := &upload{step: step}
	if step.Expect.Exists() {
		u.target = up.names.At(step.Path, step.Expect)
	} else {
		u.target = up.names.Place(step.Path, up.newName(step))
	}
	if err := up.checkNew(u.target); err != nil {
		u.fail(err)
	}
	if step.Expect.Exists() && !step.Expect.IsFile() {
		u.fail(fmt.Errorf("a file in the place of a %v: %w", step.Expect.Kind, sync.ErrUnsupported))
	}
	return u
}

// fail records the first error.
func (u *upload) fail(err error) {
	if u.out.Err == nil {
		err = withName(err, u.temp, u.target)
		u.out.Err, u.out.Entry, u.out.Ambiguous = err, manifest.Entry{}, isAmbiguous(err)
	}
}

func (u *upload) failed() bool { return u.out.Err != nil }

// isLarge reports whether the upload is worth resuming, and can be.
func (u *upload) isLarge() bool {
	return u.step.Want.Size >= sync.ResumeFrom && u.step.Want.Precision != manifest.NoTime
}

func (u *upload) canResume() bool { return u.isLarge() && u.temp != place{} }

// isIncomplete reports whether the server holds another number of bytes than were sent.
// Uploads that were cut are acknowledged like complete ones.
func (u *upload) isIncomplete() bool {
	now := u.tempStat.entry
	return !u.failed() && u.tempStat.err == nil && (now.Size != u.size || !now.Exists())
}

// discardTemp gives up the temporary of an attempt.
func (u *upload) discardTemp() {
	if u.temp != (place{}) {
		u.discarded = append(u.discarded, u.temp)
		u.temp = place{}
	}
}

// replacesFile reports whether a file stands in the way of the rename.
func (u *upload) replacesFile() bool { return u.targetStat.entry.Exists() && u.aside == place{} }
