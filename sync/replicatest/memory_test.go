package replicatest_test

import (
	"testing"
	"time"

	"ferry/manifest"
	"ferry/sync/replicatest"
)

func TestMemory(t *testing.T) {
	for _, side := range []struct {
		name string
		set  func(m *replicatest.Memory)
	}{
		{"disk", func(*replicatest.Memory) {}},
		{"mlsd server", func(m *replicatest.Memory) { m.Server, m.Precision, m.NoSums = true, manifest.Second, true }},
		{"list server", func(m *replicatest.Memory) {
			m.Server, m.Precision, m.NoSums, m.NoIDs, m.FixedTimes, m.Skew = true, manifest.Minute, true, true, true, -3*time.Hour
		}},
		{"day server", func(m *replicatest.Memory) {
			m.Server, m.Precision, m.NoReplace, m.NoResume, m.NoIDs = true, manifest.Day, true, true, true
		}},
		{"server without times", func(m *replicatest.Memory) {
			m.Server, m.Precision, m.NoReplace, m.FixedTimes = true, manifest.NoTime, true, true
		}},
	} {
		t.Run(side.name, func(t *testing.T) {
			replicatest.Run(t, func(*testing.T) replicatest.Fixture {
				m := replicatest.NewMemory()
				m.Clock = time.Now
				side.set(m)
				return m.Fixture()
			})
		})
	}
}
