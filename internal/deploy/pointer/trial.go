package pointer

import (
	"path"
	"strings"
)

// A Trial is a small site in a directory of the site, to find out whether the web server shows
// what a pointer names: two slots with a text each, and a pointer to the first of them. Another
// pointer, to the second one, stands beside it.
type Trial struct {
	*File
	Dir   string    // in the site
	Page  string    // that is asked for, relative to Dir
	Texts [2]string // that it shows, one by one
}

// Trial returns a trial in a directory of the site.
func (f *File) Trial(dir, first, second string) *Trial {
	in := *f
	in.Base = path.Join(f.Base, dir) + "/"
	page, _ := f.probe()
	return &Trial{File: &in, Dir: dir, Page: page, Texts: [2]string{first, second}}
}

// Next is the name of the pointer to the second slot, relative to Dir.
func (t *Trial) Next() string { return string(t.Path) + ".next" }

// Files returns what the small site is made of, by names relative to Dir. was is what stands in the
// place of the pointer of the site.
func (t *Trial) Files(was []byte) (map[string][]byte, error) {
	_, names := t.probe()
	files := make(map[string][]byte)
	for i, name := range []string{string(t.Path), t.Next()} {
		slot := Slot(i + 1)
		content, err := t.Write(was, slot)
		if err != nil {
			return nil, err
		}
		files[name] = content
		for _, page := range names {
			files[slot+"/"+page] = []byte(t.Texts[i] + "\n")
		}
	}
	return files, nil
}

// Hint says what a web server needs to follow the pointer.
func (t *Trial) Hint() string {
	if t.Template == nil {
		return "this switch needs Apache with mod_rewrite and AllowOverride for this directory; rules in .htaccess that take all pages must come after the lines of ferry"
	}
	return "is check.url the address of this directory? The template must find the release by " + Mark + " relative to its own directory, as require __DIR__ . '/" + Mark + "/index.php';"
}

// probe returns a page of the site, and the files of a slot of which it shows one.
func (f *File) probe() (page string, files []string) {
	if f.Template == nil {
		return probeName, []string{probeName}
	}
	for _, m := range named.FindAllSubmatch(f.Template, -1) {
		if name := path.Clean(string(m[1])); !strings.HasPrefix(name, "..") {
			files = append(files, name)
		}
	}
	if files == nil {
		files = []string{f.Path.Base()}
	}
	return string(f.Path), files
}

const probeName = "ferry-probe.txt"
