package llm

import (
	"bytes"
	"testing"
)

// lineOf returns a kept answer as a file holds it, without its newline.
func lineOf(t *testing.T, n int) []byte {
	t.Helper()
	r, w := question(n)
	line, err := encode(keyOf(n), identify(r, w), answerTo(n))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.TrimSuffix(line, []byte("\n"))
}

func TestShortLineIsTheLineWithoutKeyAndGivesItBack(t *testing.T) {
	full := lineOf(t, 3)
	short := shorten(full)
	if k := keyOf(3); bytes.Contains(short, []byte(k.String())) || len(short) > len(full)-80 {
		t.Fatalf("the short form still holds the key, or most of the digest:\n%s", short)
	}
	l, err := parse(short)
	if err != nil || !bytes.Equal(l.appendText(nil), full) || l.key != keyOf(3) {
		t.Fatalf("the short form gives back (%v)\n%s\nwant\n%s", err, l.appendText(nil), full)
	}
}

func TestShortLineThatWasChangedIsFoundWhereverItWas(t *testing.T) {
	short := shorten(lineOf(t, 3))
	for i := range short {
		changed := bytes.Clone(short)
		changed[i] ^= 0x01
		if _, err := parse(changed); err == nil {
			t.Errorf("a changed byte %d goes unseen: %s", i, changed)
		}
	}
}

func TestLineWhoseKeyIsNotThatOfItsRequestStaysWhole(t *testing.T) {
	r, w := question(3)
	other, err := encode(keyOf(4), identify(r, w), answerTo(3)) // as one of an older version would be
	if err != nil {
		t.Fatal(err)
	}
	other = bytes.TrimSuffix(other, []byte("\n"))
	if short := shorten(other); !bytes.Equal(short, other) {
		t.Errorf("it becomes %s", short)
	}
}
