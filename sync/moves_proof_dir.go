package sync

import (
	"fmt"
	"slices"

	"ferry/manifest"
)

// sampledContents is how many files of a renamed directory are downloaded, on a server that tells no hashes.
const sampledContents = 3

// A dirProof is what is known of a directory that looks renamed.
type dirProof struct {
	proof
	// unproven are the files whose content was not compared. Their evidence is one
	// that a rebuild cannot reproduce.
	unproven []movePair
	compared int
}

// why explains the rename for people.
func (d dirProof) why(s Side) string {
	text := renamedOn(s)
	if n := len(d.unproven); n > 0 {
		text += fmt.Sprintf("; the contents of %d of %d files were compared, the others will be in later passes", d.compared, d.compared+n)
	}
	return text
}

// proveDir decides whether a directory was renamed. Each file in it that looks
// moved must have its old content: a rebuilt directory can have the identities of
// all the old files. One file that does not, and it is another directory.
func (p *planner) proveDir(pair movePair, s Side) dirProof {
	moved := p.likelyMoved(pair, s)
	var open []movePair
	for _, file := range moved {
		from, to := p.threeWay.states.Get(file.from), p.threeWay.states.Get(file.to)
		switch provenContent(from, to, s) {
		case differs:
			p.distrust(moved, s)
			return dirProof{proof: differs}
		case impossible, pending:
			open = append(open, file)
		}
	}
	d := dirProof{proof: proven, compared: len(moved) - len(open)}
	if len(open) == 0 {
		if len(moved) == 0 {
			d.proof = impossible // identities of directories are reused, too
		}
		return d
	}
	ask, unproven := open, []movePair(nil)
	if s == Remote {
		ask, unproven = p.worthAsking(moved, open)
	}
	unknown := int64(0) // bytes that have to be read on the other side, too
	for _, file := range ask {
		if from := p.threeWay.states.Get(file.from); from.oldSum(s) == "" {
			unknown += from.was(s).Size
		}
	}
	for _, file := range ask {
		if unknown > 0 && s == Local || unknown > provenBytes {
			return dirProof{proof: impossible}
		}
		p.askIfMoved(file, s)
		p.threeWay.states.Get(file.to).hashOnly = s == Remote && !p.tellsNoHash(file.to)
	}
	if len(ask) > 0 {
		p.hold(pair)
		return dirProof{proof: pending}
	}
	d.unproven = unproven
	return d
}

// distrust notes that the files of a directory only look as if they had been renamed. On
// the server it would cost a download each to find out which of them were.
func (p *planner) distrust(moved []movePair, s Side) {
	for _, file := range moved {
		if s == Remote {
			p.rebuilt[file.to] = true
		}
	}
}

// likelyMoved returns the files of the old directory that are found in the new one
// with the same stamp, in the order of paths.
func (p *planner) likelyMoved(pair movePair, s Side) (moved []movePair) {
	for path, st := range p.threeWay.states.Within(pair.from) {
		if !st.hasBase || st.base.Kind() != manifest.File || path == pair.from {
			continue
		}
		to := p.threeWay.states.Get(path.Rebase(pair.from, pair.to))
		if to == nil || !to.now[s].IsFile() || !manifest.Unchanged(st.was(s), to.now[s]) || !sameID(st.was(s), to.now[s]) {
			continue
		}
		moved = append(moved, movePair{path, to.path})
	}
	slices.SortFunc(moved, func(a, b movePair) int { return a.to.Compare(b.to) })
	return moved
}

// worthAsking divides those files of a directory of the server whose content is not
// known. It asks for every hash first. Where the server tells none, reading all of
// them would cost what the rename saves: then files with strong evidence are read as
// samples only.
func (p *planner) worthAsking(moved, open []movePair) (ask, unproven []movePair) {
	for _, file := range open {
		if p.threeWay.states.Get(file.from).base.Sum != "" && !p.tellsNoHash(file.to) {
			ask = append(ask, file)
		}
	}
	if len(ask) > 0 {
		return ask, nil
	}
	strong := p.strongEvidence(moved)
	samples := make(map[movePair]bool)
	for i := range sampledContents {
		samples[moved[i*(len(moved)-1)/(sampledContents-1)]] = true
	}
	for _, file := range open {
		if samples[file] || !strong(file) {
			ask = append(ask, file)
		} else {
			unproven = append(unproven, file)
		}
	}
	return ask, unproven
}

// tellsNoHash reports whether the server was asked for the hash of a file, and has none.
func (p *planner) tellsNoHash(path manifest.Path) bool {
	return p.policy.untold.has(p.currentPath(path, Remote))
}

// strongEvidence returns a function that reports whether a file of the server has
// kept its identity together with a time that no other file in its directory has,
// and that is not recent. A build gives its files one time, or the present one.
func (p *planner) strongEvidence(moved []movePair) func(movePair) bool {
	times := make(map[int64]int)
	for _, file := range moved {
		times[p.threeWay.states.Get(file.to).now[Remote].ModTime]++
	}
	return func(file movePair) bool {
		was, now := p.threeWay.states.Get(file.from).was(Remote), p.threeWay.states.Get(file.to).now[Remote]
		return was.ID != 0 && was.ID == now.ID && now.Precision <= manifest.Second && now.ModTime > 0 &&
			times[now.ModTime] == 1 && now.Time().Before(p.policy.RecentAfter)
	}
}

// statesOf returns copies of the states at both names of each file.
func (p *planner) statesOf(files []movePair) map[manifest.Path]pathState {
	states := make(map[manifest.Path]pathState)
	for _, file := range files {
		states[file.from], states[file.to] = *p.threeWay.states.Get(file.from), *p.threeWay.states.Get(file.to)
	}
	return states
}

// recordUnproven plans to note in the base which contents were not compared when
// their directory was renamed on the server.
func (p *planner) recordUnproven(files []movePair, before map[manifest.Path]pathState) {
	for _, file := range files {
		if p.threeWay.states.Get(file.to) != nil {
			continue // something else is done there
		}
		from, to := before[file.from], before[file.to]
		a := Action{Op: Refresh, Path: file.to, Why: "not compared yet", Local: from.now[Local], Remote: to.now[Remote], Base: from.base}
		a.Local.Name, a.Remote.Changed = "", unprovenContent
		p.plan.Actions.Add(-1, a)
	}
}
