package manifest

import (
	"strings"
	"testing"
)

func TestTempName(t *testing.T) {
	const fingerprint = "0123456789abcdef"
	mark := NewTempMark(fingerprint, "us")
	if other := NewTempMark(fingerprint, "us"); mark == other || !strings.HasPrefix(mark, fingerprint) || len(mark) != len(other) {
		t.Errorf("two marks of one source: %s, %s", mark, other)
	}
	if !TempIsFrom(mark, "us") || TempIsFrom(mark, "") || TempIsFrom(mark, "them") {
		t.Errorf("the owner of %s is not known", mark)
	}
	for _, plain := range []bool{false, true} {
		name := TempName(mark, plain)
		if back, ok := TempMark(name); !ok || back != mark || strings.HasPrefix(name, ".") == plain {
			t.Errorf("TempMark(%q) = %q, %v", name, back, ok)
		}
		if err := CheckName(name); err != nil || len(name) > 64 {
			t.Errorf("%s: %d bytes, %v", name, len(name), err)
		}
	}
}

// TestTempMark holds names that are ferry's, and names that look like them and are
// somebody else's.
func TestTempMark(t *testing.T) {
	const old = "0123456789abcdef01234567"
	ours := TempName(NewTempMark("0123456789abcdef", "us"), false)
	flipped := []byte(ours)
	flipped[len(".ferry-")] ^= 1
	for _, c := range []struct {
		name string
		want bool
	}{
		{ours, true},
		{ours[1:], true},
		{string(flipped), false},
		{strings.ToUpper(ours), false},
		{"." + ours, false},
		{ours + ".txt", false},
		{strings.TrimSuffix(ours, ".part"), false},
		{strings.TrimSuffix(ours, ".part") + "0.part", false},
		{strings.Replace(ours, ".part", "-index.php.part", 1), false},

		// As versions before the check digits named them.
		{".ferry-" + old + "-index.html.part", true},
		{".ferry-" + old + "-.part", true},
		{".ferry-0000000000000000deadbeef-f.part", true},
		{"ferry-" + old + "-index.html.part", false},
		{".ferry-" + old + ".part", false},
		{".ferry-" + old + "0-f.part", false},
		{".ferry-" + old[1:] + "-f.part", false},
		{".ferry-" + old[:16] + "-f.part", false},
		{".ferry-202401010930000000000000-crossing.mp4.part", false},
		{".ferry-" + old + "-my file.part", false},
		{".ferry-" + old + "-" + strings.Repeat("x", 81) + ".part", false},

		// Names that users give their files.
		{"ferry-20240101-crossing.mp4.part", false},
		{".ferry-20240101-crossing.mp4.part", false},
		{"ferry-507f1f77bcf86cd799439011-timetable.part", false},
		{"ferry-01234567-x.part", false},
		{"ferry-deadbeefdeadbeefdeadbeefdeadbeef-x.part", false},
		{"ferry-" + strings.Repeat("0", 48) + ".part", false},
		{".ferry-" + strings.Repeat("a1", 24) + ".part", false},
		{"", false},
		{"ferry", false},
		{".ferry", false},
		{".ferry-.part", false},
		{"ferry.part", false},
	} {
		if mark, ok := TempMark(c.name); ok != c.want {
			t.Errorf("TempMark(%q) = %q, %v", c.name, mark, ok)
		} else if ok && !strings.HasPrefix(c.name, ".ferry-"+mark) && !strings.HasPrefix(c.name, "ferry-"+mark) {
			t.Errorf("TempMark(%q) = %q", c.name, mark)
		}
	}
	if TempIsFrom(old, "us") || TempIsFrom(old, "") {
		t.Error("a mark without an owner has one")
	}
}

func TestIsOwn(t *testing.T) {
	mark := NewTempMark("0123456789abcdef", "")
	for _, c := range []struct {
		dir  Path
		name string
		want bool
	}{
		{Root, ".ferry", true},
		{Root, ".FERRY", true},
		{Root, ".fe\u200crry", true},
		{"a", ".ferry", false},
		{Root, "ferry-data", true},
		{Root, "Ferry-Data", true},
		{Root, "ferry\u200d-data", true},
		{"a", "ferry-data", false},
		{Root, "ferry-data2", false},
		{Root, ".ferryignore", false},
		{Root, "ferry.yaml", false},
		{"a/b", TempName(mark, false), true},
		{Root, TempName(mark, true), true},
		{Root, "x.part", false},
	} {
		if got := IsOwn(c.dir, c.name); got != c.want {
			t.Errorf("IsOwn(%q, %q) = %v", c.dir, c.name, got)
		}
	}
}

// FuzzTempMark holds that only names with true check digits, or of the old form, are
// ferry's.
func FuzzTempMark(f *testing.F) {
	f.Add(TempName(NewTempMark("0123456789abcdef", "us"), false))
	f.Add("ferry-20240101-crossing.mp4.part")
	f.Fuzz(func(t *testing.T, name string) {
		mark, ok := TempMark(name)
		if ok && len(mark) == markDigits && name != TempName(mark, false) && name != TempName(mark, true) {
			t.Errorf("TempMark(%q) = %q, whose name is %q", name, mark, TempName(mark, false))
		}
	})
}
