package blind

import (
	"iter"

	"ferry/manifest"
	"ferry/sync"
)

// A Record is the base as a blind pass uses it. Of a pair that such a pass has written only
// the local half is stored: nobody has seen the remote one. Everything else works as with
// the record that it wraps.
type Record struct{ sync.Recorder }

// NewRecord returns the base for a blind pass.
func NewRecord(r sync.Recorder) *Record { return &Record{r} }

// sent returns a pair as a blind pass sees it: the server has what was sent to it, without
// a time or anything else that could look changed.
func sent(p manifest.Pair) manifest.Pair {
	name := p.Local.Name
	if p.Remote.Exists() {
		name = p.Remote.Name
	}
	p.Remote = manifest.Entry{Kind: p.Local.Kind, Size: p.Local.Size, Precision: manifest.NoTime, Name: name}
	return p
}

// At implements [manifest.Base].
func (r *Record) At(p manifest.Path) (manifest.Pair, bool) {
	pair, ok := r.Recorder.At(p)
	if !ok {
		return manifest.Pair{}, false
	}
	return sent(pair), true
}

// All implements [manifest.Base].
func (r *Record) All() iter.Seq2[manifest.Path, manifest.Pair] { return allSent(r.Recorder.All()) }

// Below implements [manifest.Base].
func (r *Record) Below(dir manifest.Path) iter.Seq2[manifest.Path, manifest.Pair] {
	return allSent(r.Recorder.Below(dir))
}

// Children implements [manifest.Base].
func (r *Record) Children(dir manifest.Path) iter.Seq2[manifest.Path, manifest.Pair] {
	return allSent(r.Recorder.Children(dir))
}

func allSent(pairs iter.Seq2[manifest.Path, manifest.Pair]) iter.Seq2[manifest.Path, manifest.Pair] {
	return func(yield func(manifest.Path, manifest.Pair) bool) {
		for p, pair := range pairs {
			if !yield(p, sent(pair)) {
				return
			}
		}
	}
}

// Set implements [sync.Recorder]. The remote half stays as it was stored: seen, or not.
func (r *Record) Set(p manifest.Path, pair manifest.Pair) error {
	old, _ := r.Recorder.At(p)
	name := pair.Remote.Name
	if pair.Remote = old.Remote; old.Remote.Kind != pair.Local.Kind {
		pair.Remote = manifest.Entry{}
	}
	if !pair.Remote.Exists() {
		pair.Local.Name = name
	}
	return r.Recorder.Set(p, pair)
}

// SetRoots implements [sync.Recorder]. Nothing is known of the remote root, so what was
// recorded of it stays.
func (r *Record) SetRoots(local, _ string) error {
	_, remote := r.Roots()
	return r.Recorder.SetRoots(local, remote)
}

// doubt records, before steps are begun, what they touch: whatever happens, nobody knows what
// the server has there until the results are recorded. A later pass sends such files again,
// or deletes them again. A directory counts as made. (If ferry is killed before it asks for
// that, files in it are refused, and have it made then.)
func (r *Record) doubt(steps []sync.Step) error {
	for _, step := range steps {
		pair := manifest.Pair{Local: manifest.Entry{Kind: manifest.File, Precision: manifest.NoTime, ModTime: 1, Name: nameIn(step)}}
		switch step.Op {
		case sync.Put, sync.Remove: // every file that shows a time differs from this one
		case sync.MkDir:
			pair.Local.Kind = manifest.Dir
		default:
			continue
		}
		if err := r.Recorder.Set(step.Path, pair); err != nil {
			return err
		}
	}
	return r.Flush()
}

// notMade takes back what doubt has recorded of a directory that was not made.
func (r *Record) notMade(p manifest.Path) error { return r.Recorder.Forget(p) }

// nameIn returns how the server spells the last component, "" if that is the path's spelling.
func nameIn(step sync.Step) string {
	if step.Expect.Exists() {
		return step.Expect.Name
	}
	return step.Want.Name
}
