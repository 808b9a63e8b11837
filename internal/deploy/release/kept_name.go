package release

import (
	"strconv"
	"strings"
)

// Directories of the work directory.
const (
	StageDir = "stage" // the next release
	KeptDirs = "d"     // what the releases keep, each in a directory of its own
)

// KeptDir is the directory of the work directory with what a release keeps.
func KeptDir(number int) string { return KeptDirs + "/" + strconv.Itoa(number) }

// KeptName returns where a file of the stage of a release is, once the stage is kept.
func KeptName(number int, name string) string {
	return KeptDir(number) + "/" + strings.TrimPrefix(name, StageDir+"/")
}
