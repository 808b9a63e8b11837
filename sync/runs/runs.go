// Package runs decides which actions a side is given at a time. It is pure.
package runs

// The limits of a run of small transfers, which is what one session is given at a
// time.
const (
	Files = 64
	bytes = 4 << 20
	Large = 1 << 20 // a file of at least this size is a run of its own
	dirs  = 200     // directories that are made; what is below one that was refused is in a later run, or refused with it
)

// A Task is what is known of an action before its run begins.
type Task struct {
	Size int64 // bytes to transfer
	N    int32 // its number in the plan
	Side uint8 // 0 or 1
}

// A Kind says what the actions of a stage are.
type Kind uint8

// The kinds. Transfers and deletions may be carried out at the same time.
const (
	InOrder Kind = iota
	Dirs
	Transfers
	Deletions
)

// InParallel reports whether actions of the kind may be carried out at the same time.
func (k Kind) InParallel() bool { return k >= Transfers }

// Split splits the actions of a stage into runs of one side each, in their order. In
// a stage that is not carried out in parallel, consecutive actions on one side make
// one run.
func Split(kind Kind, tasks []Task, workers int) (runs [][]Task) {
	most := lengths(kind, tasks, workers)
	var open [2][]Task
	var size [2]int64
	flush := func(s uint8) {
		if len(open[s]) > 0 {
			runs = append(runs, open[s])
		}
		open[s], size[s] = nil, 0
	}
	for _, t := range tasks {
		if kind == Transfers && t.Size >= Large {
			runs = append(runs, []Task{t})
			continue
		}
		if !kind.InParallel() {
			flush(1 - t.Side)
		}
		if len(open[t.Side]) >= most[t.Side] || size[t.Side] > bytes {
			flush(t.Side)
		}
		open[t.Side] = append(open[t.Side], t)
		size[t.Side] += t.Size
	}
	flush(0)
	flush(1)
	return runs
}

// lengths returns how many actions of each side make a run. Each run costs
// round trips of its own, so a worker gets all of its actions in one run, or in the
// smallest number of equal runs that are not too long.
func lengths(kind Kind, tasks []Task, workers int) (most [2]int) {
	switch {
	case kind == Dirs:
		return [2]int{dirs, dirs}
	case !kind.InParallel():
		return [2]int{len(tasks), len(tasks)}
	}
	var small [2]int
	for _, t := range tasks {
		if kind != Transfers || t.Size < Large {
			small[t.Side]++
		}
	}
	for s, n := range small {
		waves := max(1, (n+Files*workers-1)/(Files*workers))
		most[s] = max(1, (n+waves*workers-1)/(waves*workers))
		if kind == Deletions {
			most[s] = max(most[s], Files)
		}
	}
	return most
}
