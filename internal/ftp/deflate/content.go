package deflate

import (
	"compress/flate"
	"io"
	"path"
	"strings"
	stdsync "sync"
)

// SampleBytes is how much of the beginning of a file [Shrinks] looks at.
const SampleBytes = 16 << 10

// compressed are the extensions of files whose content is compressed already, or encrypted.
var compressed = func() map[string]bool {
	all := make(map[string]bool)
	for _, ext := range strings.Fields(`
		7z apk ar br bz bz2 cab deb dmg ear epub gz gzip jar lz lz4 lzma lzo msi rar rpm snap squashfs sz tbz tbz2 tgz tlz txz war
		whl xpi xz z zip zst zstd
		avif gif heic heif j2k jp2 jpe jpeg jpg jxl jxr png webp
		aac ac3 aif alac ape flac m4a m4b mka mp2 mp3 oga ogg opus wma
		3gp asf avi flv m2ts m4v mkv mov mp4 mpeg mpg mts ogv ts vob webm wmv
		docm docx dotx odp ods odt potx ppsx pptm pptx xlsb xlsm xlsx pages numbers key
		woff woff2 age asc gpg pgp kdbx pack pdf swf`) {
		all[ext] = true
	}
	delete(all, "ts")  // TypeScript as often as a film
	delete(all, "key") // a key in text as often as slides
	delete(all, "asc") // text
	return all
}()

// extension returns the extension of the last name in a path, in lower case.
func extension(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Ext(path.Base(name)), "."))
}

// IsCompressed reports whether a file is compressed already, by its name.
func IsCompressed(name string) bool { return compressed[extension(name)] }

// worthwhile is the size, in percent of what it was, below which compressing has been worth it.
const worthwhile = 85

// samplers compress quickly, because only how much smaller a sample gets is of interest.
var samplers = stdsync.Pool{New: func() any { w, _ := flate.NewWriter(io.Discard, flate.BestSpeed); return w }}

// Shrinks reports whether a file that begins with head becomes smaller by enough to be worth it.
func Shrinks(head []byte) bool {
	if len(head) == 0 {
		return false
	}
	var n counter
	w := samplers.Get().(*flate.Writer)
	defer samplers.Put(w)
	w.Reset(&n)
	w.Write(head) // it cannot fail, as a counter does not
	w.Close()
	return int64(n)*100 < int64(len(head))*worthwhile
}

// A counter counts what is written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
