package pack

import (
	"os"
	"runtime/debug"
	"sync"
)

// largeTrees is from how many entries on a pass is one over large trees.
const largeTrees = 200_000

var collectOften sync.Once

// Expect says how many entries the trees of a pass have. From the first large ones on, the garbage
// collector of this process lets the heap grow by half before it runs, and not to double: packed
// trees have no pointers, so that a run costs next to nothing. GOGC in the environment has the
// last word.
func Expect(entries int) {
	if _, set := os.LookupEnv("GOGC"); entries >= largeTrees && !set {
		collectOften.Do(func() { debug.SetGCPercent(50) })
	}
}
