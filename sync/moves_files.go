package sync

import (
	"slices"

	"ferry/manifest"
)

// pairFiles pairs single files by identity and stamp. On the local side it also
// pairs by content, on a remote side without identities by size and time. A pair
// that is the only one possible is proposed; the content decides.
func (p *planner) pairFiles(s Side) {
	gone := p.pick(manifest.Root, func(st *pathState) bool { return st.vanished(s, manifest.File) && !p.isHeld(st.path) })
	if len(gone) == 0 {
		return
	}
	sizes, ids := make(map[int64]bool), make(map[uint64]bool)
	for _, st := range gone {
		sizes[st.was(s).Size], ids[st.was(s).ID] = true, true
	}
	here := p.pick(manifest.Root, func(st *pathState) bool {
		return st.appeared(s, manifest.File) && (sizes[st.now[s].Size] || ids[st.now[s].ID]) && !p.isHeld(st.path)
	})
	here = p.pairByStamp(gone, here, s, func(e manifest.Entry) (any, bool) {
		return e.ID, e.ID != 0
	})
	gone = p.stillVanished(gone, s)
	if s == Local {
		p.pairByContent(gone, here)
		return
	}
	if !p.policy.partial && p.policy.only == nil {
		p.pairByStamp(gone, here, s, p.rareStamp(here, s))
	}
}

type sizeTime struct{ size, time int64 }

// rareStamp returns a key made of size and time, for files without identities.
// Small files that a program writes within one second have both in common, so a
// key that any other file shares proves nothing. Nor does a recent time: the new
// file may have been written then.
func (p *planner) rareStamp(here []*pathState, s Side) func(manifest.Entry) (any, bool) {
	recentAfter := p.policy.RecentAfter
	fits := func(e manifest.Entry) bool {
		return e.IsFile() && e.ID == 0 && e.Size > 0 && e.Precision <= manifest.Second && e.Time().Before(recentAfter)
	}
	seen := make(map[sizeTime]int)
	for _, st := range here {
		if e := st.now[s]; fits(e) {
			seen[sizeTime{e.Size, e.ModTime}] = 0
		}
	}
	if len(seen) > 0 {
		count := func(e manifest.Entry) {
			k := sizeTime{e.Size, e.ModTime}
			if n, is := seen[k]; is && e.IsFile() {
				seen[k] = n + 1
			}
		}
		for _, pair := range p.threeWay.base.All() {
			count(entryOn(pair, s))
		}
		for path, e := range p.threeWay.trees[s].All() {
			if _, based := p.threeWay.base.At(path); !based {
				count(e)
			}
		}
	}
	return func(e manifest.Entry) (any, bool) {
		k := sizeTime{e.Size, e.ModTime}
		return k, fits(e) && seen[k] == 2 // the vanished file and the new one
	}
}

func (p *planner) stillVanished(states []*pathState, s Side) []*pathState {
	return slices.DeleteFunc(states, func(st *pathState) bool { return !st.vanished(s, manifest.File) || p.isHeld(st.path) })
}

// pairByStamp pairs files whose key occurs exactly once in each list, whose stamp is
// unchanged, and whose content is the same. It returns the new files that are left.
func (p *planner) pairByStamp(gone, here []*pathState, s Side, key func(manifest.Entry) (any, bool)) []*pathState {
	from, to := make(map[any][]*pathState), make(map[any][]*pathState)
	for _, st := range gone {
		if k, ok := key(st.was(s)); ok {
			from[k] = append(from[k], st)
		}
	}
	for _, st := range here {
		if k, ok := key(st.now[s]); ok {
			to[k] = append(to[k], st)
		}
	}
	var left []*pathState
	for _, st := range here {
		k, ok := key(st.now[s])
		if ok && len(from[k]) == 1 && len(to[k]) == 1 && manifest.Unchanged(from[k][0].was(s), st.now[s]) {
			if pair := (movePair{from[k][0].path, st.path}); p.canMove(pair, s) {
				switch p.proveFile(pair, s) {
				case proven:
					p.move(pair, s, renamedOn(s))
					continue
				case pending:
					continue
				}
			}
		}
		left = append(left, st)
	}
	return left
}

// pairByContent pairs new local files with vanished ones of the same content; of
// several, it takes any. It asks for the content of a new file if a vanished one
// has its size.
func (p *planner) pairByContent(gone, here []*pathState) {
	bySize := make(map[int64][]*pathState)
	for _, st := range gone {
		if st.base.Sum != "" && st.was(Local).Size > 0 {
			bySize[st.was(Local).Size] = append(bySize[st.was(Local).Size], st)
		}
	}
	for _, st := range here {
		for i, from := range bySize[st.now[Local].Size] {
			if from == nil {
				continue
			}
			if st.now[Local].Sum == "" {
				st.ask[Local] = true
				break
			}
			pair := movePair{from.path, st.path}
			if from.base.Sum == st.now[Local].Sum && p.canMove(pair, Local) {
				p.move(pair, Local, renamedOn(Local))
				bySize[st.now[Local].Size][i] = nil
				break
			}
		}
	}
}
