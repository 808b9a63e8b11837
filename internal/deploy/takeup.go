package deploy

import (
	"path"

	"ferry/internal/deploy/release"
	"ferry/manifest"
)

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
		sum, seen, ok := release.ParseStagedName(path.Base(w.Name))
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
