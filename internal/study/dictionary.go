package study

import (
	"hash/maphash"
	"slices"
)

// dictionary numbers distinct texts in the order in which they come.
//
// Note: a map was tried. For a million respondents it took three times as long
// and five times the memory.
type dictionary struct {
	texts []string
	seed  maphash.Seed
	slots []slot // a power of two, at most half of them taken
}

// slot is the place of a text: half of its hash, and its number + 1.
type slot struct{ hash, code uint32 }

// newDictionary returns a dictionary of some distinct texts.
func newDictionary(texts []string) *dictionary {
	d := &dictionary{seed: maphash.MakeSeed()}
	for _, t := range texts {
		d.add(t)
	}
	return d
}

// find returns the number of a text, -1 when it is not there.
func (d *dictionary) find(text string) int32 {
	if len(d.slots) == 0 {
		return -1
	}
	hash := uint32(maphash.String(d.seed, text))
	return int32(d.at(hash, text).code) - 1
}

// add returns the number of a text, which it puts in when it is not there.
func (d *dictionary) add(text string) int32 {
	if 2*len(d.texts) >= len(d.slots) {
		d.grow()
	}
	hash := uint32(maphash.String(d.seed, text))
	s := d.at(hash, text)
	if s.code == 0 {
		d.texts = append(d.texts, text)
		*s = slot{hash, uint32(len(d.texts))}
	}
	return int32(s.code) - 1
}

// at returns the slot of a text, a free one when it is not there.
func (d *dictionary) at(hash uint32, text string) *slot {
	mask := uint32(len(d.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		s := &d.slots[i]
		if s.code == 0 || s.hash == hash && d.texts[s.code-1] == text {
			return s
		}
	}
}

// reset forgets all texts and keeps the room for them.
func (d *dictionary) reset() {
	clear(d.slots)
	d.texts = d.texts[:0]
}

func (d *dictionary) grow() {
	old := d.slots
	d.slots = make([]slot, max(16, 2*len(old)))
	d.texts = slices.Grow(d.texts, len(d.slots)/2-len(d.texts))
	mask := uint32(len(d.slots) - 1)
	for _, s := range old {
		if s.code == 0 {
			continue
		}
		i := s.hash & mask
		for d.slots[i].code != 0 {
			i = (i + 1) & mask
		}
		d.slots[i] = s
	}
}
