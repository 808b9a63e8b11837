package release

import (
	"strconv"
	"strings"
)

// KeptDir is the directory of the work directory with what a release keeps.
func KeptDir(number int) string { return "d/" + strconv.Itoa(number) }

// KeptName returns where a file of the stage of a release is, once the stage is kept.
func KeptName(number int, name string) string {
	return KeptDir(number) + "/" + strings.TrimPrefix(name, "stage/")
}
