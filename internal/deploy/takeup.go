package deploy

import (
	"encoding/hex"
	"path"
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

// parseStagedName reads a name that [StagedName] made.
func parseStagedName(name string) (sum Sum, seen manifest.Entry, ok bool) {
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

// Reusable returns which staged files a deploy can use again, by their content: the name
// says which it is, and the server shows the size and the time that the name says. There
// are at most as many of one content as local files have it. All others are useless.
func Reusable(staged []WorkFile, local []LocalFile) (usable map[Sum][]WorkFile, useless []WorkFile) {
	type content struct {
		sum  Sum
		size int64
	}
	wanted := map[content]int{}
	for i := range local {
		wanted[content{local[i].Sum, local[i].Size}]++
	}
	usable = map[Sum][]WorkFile{}
	for _, w := range staged {
		sum, seen, ok := parseStagedName(path.Base(w.Name))
		is := content{sum, seen.Size}
		if !ok || !manifest.Unchanged(seen, w.Entry) || wanted[is] == 0 {
			useless = append(useless, w)
			continue
		}
		wanted[is]--
		usable[sum] = append(usable[sum], w)
	}
	return usable, useless
}
