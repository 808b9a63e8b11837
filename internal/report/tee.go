package report

import "ferry/sync"

// Passes shows a pass in several ways.
type Passes []Pass

// Connecting implements [Pass].
func (all Passes) Connecting() {
	for _, p := range all {
		p.Connecting()
	}
}

// Begin implements [Pass].
func (all Passes) Begin() {
	for _, p := range all {
		p.Begin()
	}
}

// Event implements [Pass].
func (all Passes) Event(ev sync.Event) {
	for _, p := range all {
		p.Event(ev)
	}
}

// End implements [Pass].
func (all Passes) End(s sync.Summary, err error) {
	for _, p := range all {
		p.End(s, err)
	}
}
