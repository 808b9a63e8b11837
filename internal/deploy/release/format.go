package release

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// A release is kept in one file:
//
//	ferry-deploy 1                      first line; with a key "ferry-deploy 1 encrypted"
//	{"reader":1,"release":42,...}       one line of JSON
//	...                                 zlib of a line a file, a line a change, and the sums
//	...                                 SHA-256 of all above, 32 bytes
//
// With a key, all between the first line and the checksum is encrypted, see format_key.go.
// The first line and the checksum are the same in all versions, so that a damaged file is
// told from one of a newer version.
const (
	plainLine     = "ferry-deploy 1\n"
	encryptedLine = "ferry-deploy 1 encrypted\n"
	// reader is the version of the format that this program reads and writes.
	reader = 1
)

// MostBytes is the most that a release may take, encoded.
const MostBytes = 64 << 20

// mostText is the most that the lines of a release may take, and mostLines how many there
// may be of each kind.
const (
	mostText  = 256 << 20
	mostLines = 1 << 20
)

// Errors of [Decode], besides [*NewerError].
var (
	ErrDamaged      = errors.New("the record of the release is damaged")
	ErrKeyNeeded    = errors.New("the record of the release is encrypted, and no state-key is given")
	ErrWrongKey     = errors.New("the record of the release was encrypted with another state-key")
	ErrNotEncrypted = errors.New("a state-key is given, but the record of the release is not encrypted")
)

// A NewerError says that a release was written by a newer version of this program.
type NewerError struct {
	By string // that version, such as "ferry 1.4"; "": not known
}

func (e *NewerError) Error() string {
	by := e.By
	if by == "" {
		by = "a newer version of ferry"
	}
	return "the record of the release was written by " + by + ", which this version cannot read: update ferry"
}

// A header is the line of JSON.
type header struct {
	Reader   int       `json:"reader"`
	Release  int       `json:"release"`
	ID       string    `json:"id,omitempty"`
	Time     time.Time `json:"time"`
	Revision string    `json:"revision,omitempty"`
	Sequence int64     `json:"sequence,omitempty"`
	Source   string    `json:"source,omitempty"`
	Root     string    `json:"root,omitempty"`
	By       string    `json:"by,omitempty"`
	Held     int64     `json:"held,omitempty"`
	Back     int       `json:"back,omitempty"`
	// Maintenance is the path of the maintenance file, MaintenanceSeen what the server shows
	// of it, as in the lines of files.
	Maintenance     string         `json:"maintenance,omitempty"`
	MaintenanceSeen string         `json:"maintenance_seen,omitempty"`
	Files           int            `json:"files"`
	Changes         int            `json:"changes"`
	History         []headerRecord `json:"history,omitempty"`
}

type headerRecord struct {
	Number   int       `json:"release"`
	Time     time.Time `json:"time"`
	Revision string    `json:"revision,omitempty"`
	Source   string    `json:"source,omitempty"`
	Sequence int64     `json:"sequence,omitempty"`
	By       string    `json:"by,omitempty"`
	Put      int       `json:"put,omitempty"`
	Deleted  int       `json:"deleted,omitempty"`
	Drift    int       `json:"drift,omitempty"`
}

// Encode returns r as it is kept on the server, encrypted if there is a key.
func Encode(r *Release, key []byte) ([]byte, error) {
	if len(r.Files) > mostLines || len(r.Changes) > mostLines {
		return nil, fmt.Errorf("a release may have at most %d files; this one has %d, and %d changes", mostLines, len(r.Files), len(r.Changes))
	}
	h := header{
		Reader: reader, Release: r.Number, ID: r.ID, Time: r.Time.UTC(), Revision: r.Revision, Sequence: r.Sequence,
		Source: r.Source, Root: r.Root, By: r.By, Held: r.Held, Back: r.Back, Files: len(r.Files), Changes: len(r.Changes),
	}
	if r.Maintenance.Path != "" {
		h.Maintenance, h.MaintenanceSeen = string(r.Maintenance.Path), string(appendEntry(nil, r.Maintenance.Is))
	}
	for _, rec := range r.History {
		rec.Time = rec.Time.UTC()
		h.History = append(h.History, headerRecord(rec))
	}
	line, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	body := append(line, '\n')
	if body, err = appendLines(body, r); err != nil {
		return nil, err
	}
	b := []byte(plainLine)
	if len(key) > 0 {
		b = []byte(encryptedLine)
		if body, err = encrypt(body, key, b); err != nil {
			return nil, err
		}
	}
	b = append(b, body...)
	sum := sha256.Sum256(b)
	b = append(b, sum[:]...)
	if len(b) > MostBytes {
		return nil, fmt.Errorf("the record of the release takes %d bytes, which is more than %d: deploy fewer files", len(b), MostBytes)
	}
	return b, nil
}

// Decode reads what [Encode] wrote. The error wraps [ErrDamaged], [ErrKeyNeeded],
// [ErrWrongKey] or [ErrNotEncrypted], or is a [*NewerError]. Whoever wants to read a
// release that is not encrypted although there is a key calls it without the key.
func Decode(b, key []byte) (*Release, error) {
	if len(b) > MostBytes {
		return nil, fmt.Errorf("%w: it takes more than %d bytes", ErrDamaged, MostBytes)
	}
	end := len(b) - sha256.Size
	if end < 0 {
		return nil, fmt.Errorf("%w: it is cut off", ErrDamaged)
	}
	if sum := sha256.Sum256(b[:end]); !bytes.Equal(sum[:], b[end:]) {
		return nil, fmt.Errorf("%w: its checksum is wrong", ErrDamaged)
	}
	first, body, _ := bytes.Cut(b[:end], []byte("\n"))
	switch string(first) + "\n" {
	case plainLine:
		if len(key) > 0 {
			return nil, ErrNotEncrypted
		}
	case encryptedLine:
		if len(key) == 0 {
			return nil, ErrKeyNeeded
		}
		var err error
		if body, err = decrypt(body, key, []byte(encryptedLine)); err != nil {
			return nil, err
		}
	default:
		if bytes.HasPrefix(first, []byte("ferry-deploy ")) {
			return nil, new(NewerError)
		}
		return nil, fmt.Errorf("%w: it is not one of ferry's", ErrDamaged)
	}
	return decodeBody(body)
}

func decodeBody(body []byte) (*Release, error) {
	line, packed, _ := bytes.Cut(body, []byte("\n"))
	var h header
	if err := json.Unmarshal(line, &h); err != nil {
		var version struct {
			Reader int    `json:"reader"`
			By     string `json:"by"`
		}
		if json.Unmarshal(line, &version) == nil && version.Reader > reader {
			return nil, &NewerError{By: version.By}
		}
		return nil, fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	if h.Reader > reader {
		return nil, &NewerError{By: h.By}
	}
	if h.Reader < 1 || h.Release < 0 || h.Files < 0 || h.Files > mostLines || h.Changes < 0 || h.Changes > mostLines || len(h.History) > MostHistory {
		return nil, fmt.Errorf("%w: its first lines make no sense", ErrDamaged)
	}
	r := &Release{
		Number: h.Release, ID: h.ID, Time: h.Time, Revision: h.Revision, Sequence: h.Sequence, Source: h.Source,
		Root: h.Root, By: h.By, Held: h.Held, Back: h.Back,
	}
	if h.Maintenance != "" {
		path, okPath := readPath(h.Maintenance)
		is, okEntry := readEntry(h.MaintenanceSeen, "")
		if !okPath || !okEntry {
			return nil, fmt.Errorf("%w: its maintenance file makes no sense", ErrDamaged)
		}
		r.Maintenance = MaintenanceFile{path, is}
	}
	for _, rec := range h.History {
		r.History = append(r.History, Record(rec))
	}
	if err := readLines(packed, r, h.Files, h.Changes); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrDamaged, err)
	}
	return r, nil
}
