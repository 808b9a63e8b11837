package release

import (
	"encoding/hex"
	"strconv"
	"strings"

	"ferry/manifest"
)

// StagedName returns the name that the file number n of a stage gets once the server has shown
// that it is whole: its content, size and time. So any later run can use it, whoever has sent
// it.
func StagedName(n int, sum Sum, seen manifest.Entry) string {
	name := strconv.AppendInt(nil, int64(n), 10)
	name = append(name, '-')
	name = hex.AppendEncode(name, sum[:])
	name = append(name, '-')
	name = strconv.AppendInt(name, seen.Size, 10)
	name = append(name, '-', precisionLetters[min(seen.Precision, manifest.NoTime)])
	return string(appendTime(name, seen.ModTime))
}

// ParseStagedName reads a name that [StagedName] made.
func ParseStagedName(name string) (sum Sum, seen manifest.Entry, ok bool) {
	number, rest, _ := strings.Cut(name, "-")
	n, err := strconv.Atoi(number)
	fields := strings.SplitN(rest, "-", 3)
	if err != nil || len(fields) != 3 || len(fields[0]) != 2*len(sum) || len(fields[2]) < 2 {
		return sum, seen, false
	}
	if _, err := hex.Decode(sum[:], []byte(fields[0])); err != nil {
		return sum, seen, false
	}
	size, err := strconv.ParseInt(fields[1], 10, 64)
	precision := strings.IndexByte(precisionLetters, fields[2][0])
	time, okTime := readTime(fields[2][1:])
	if err != nil || size < 0 || precision < 0 || !okTime {
		return sum, seen, false
	}
	seen = manifest.Entry{Kind: manifest.File, Size: size, Precision: manifest.Precision(precision), ModTime: time}
	return sum, seen, StagedName(n, sum, seen) == name
}
