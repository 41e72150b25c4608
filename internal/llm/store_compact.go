package llm

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// Compacted is what Compact and Prune have done.
type Compacted struct {
	Files   []string `json:"files"`   // that the answers are in now, sorted
	Lines   int      `json:"lines"`   // that were kept
	Doubled int      `json:"doubled"` // lines that were dropped because they are there already
	Pruned  int      `json:"pruned"`  // lines that were dropped because they are not wanted
	InUse   []string `json:"in_use"`  // files of writers that are at work; they are left as they are
}

// packFrom is the size from which a compacted file is compressed: up to it a
// difference can be read where the study is reviewed.
const packFrom = 1 << 20

// Compact merges the files of a store into one a model, sorted by key. Which
// bytes come out depends on the set of answers alone, not on who wrote them in
// which order. Second replies stay, behind the earliest.
//
// A new file takes its place before the old ones go, so that whoever stops the
// work at any moment leaves at worst answers that are kept twice. A store with
// lines that are not as they were written is refused, unless they are to be
// dropped.
func Compact(dir string, dropChanged bool) (*Compacted, error) {
	return rewrite(dir, dropChanged, func(Key) bool { return true })
}

// Prune is Compact without the answers to requests that are not wanted.
func Prune(dir string, wanted func(Key) bool) (*Compacted, error) {
	return rewrite(dir, false, wanted)
}

func rewrite(dir string, dropChanged bool, wanted func(Key) bool) (_ *Compacted, err error) {
	unlock, err := lockStore(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return &Compacted{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("compact the store: %w", err)
	}
	defer unlock()
	c := &compaction{dir: dir, wanted: wanted, out: make(map[string]*sorted)}
	defer c.cleanUp()
	if err := c.run(dropChanged); err != nil {
		return nil, fmt.Errorf("compact the store: %w", err)
	}
	return &c.done, nil
}

// compaction is the work of Compact.
type compaction struct {
	dir    string
	wanted func(Key) bool
	files  []*os.File         // to be merged
	out    map[string]*sorted // by the model's part of the file name
	done   Compacted
}

func (c *compaction) run(dropChanged bool) error {
	if err := removeUnfinished(c.dir); err != nil {
		return err
	}
	if err := c.open(); err != nil {
		return err
	}
	passes, err := c.passes()
	if err != nil {
		return err
	}
	for pass := range passes {
		if err := c.merge(pass, passes, dropChanged); err != nil {
			return err
		}
	}
	return c.replace()
}

func (c *compaction) cleanUp() {
	closeFiles(c.files)
	for _, o := range c.out {
		o.f.Close()
		os.Remove(o.f.Name())
	}
}

// removeUnfinished removes what a compaction that was killed has left.
func removeUnfinished(dir string) error {
	left, err := filepath.Glob(filepath.Join(globbed(dir), "*"+writingSuffix))
	if err != nil {
		return err
	}
	for _, name := range left {
		if err := os.Remove(name); err != nil {
			return err
		}
	}
	return nil
}

// globbed returns a path as a pattern that matches it alone.
func globbed(path string) string {
	return strings.NewReplacer(`*`, `[*]`, `?`, `[?]`, `[`, `[[]`).Replace(path)
}

// open opens the files that no writer holds.
func (c *compaction) open() error {
	all, err := openFiles(c.dir)
	if err != nil {
		return err
	}
	for _, f := range all {
		free := true
		if strings.HasSuffix(f.Name(), partSuffix) {
			if free, err = lockFile(f); err != nil {
				closeFiles(all)
				return err
			}
		}
		if free {
			c.files = append(c.files, f)
		} else {
			c.done.InUse = append(c.done.InUse, filepath.Base(f.Name()))
			f.Close()
		}
	}
	return nil
}

// passSize is how much text is held and sorted at a time.
const passSize = 128 << 20

// passes returns how often the files must be read so that each time no more
// than passSize is held. Keys are digests, so that each of n ranges of them
// holds about the n-th part.
func (c *compaction) passes() (int, error) {
	size := int64(0)
	for _, f := range c.files {
		info, err := f.Stat()
		if err != nil {
			return 0, err
		}
		n := info.Size()
		if strings.HasSuffix(f.Name(), packedSuffix) {
			n *= 8 // about what zstd makes of answers
		}
		size += n
	}
	return int(size/passSize) + 1, nil
}

// kept is a line on its way into a compacted file.
type kept struct {
	key   Key
	line  []byte
	model string // part of the file name
}

// compareKept orders lines by key, and those of one key as they take
// precedence: by date, then by digest, which is what a line begins with.
func compareKept(a, b kept) int {
	if c := bytes.Compare(a.key[:], b.key[:]); c != 0 {
		return c
	}
	if bytes.Equal(a.line, b.line) {
		return 0
	}
	return cmp.Or(cmp.Compare(a.date(), b.date()), bytes.Compare(a.line, b.line))
}

func (k kept) date() string {
	l, err := parse(k.line)
	if err != nil {
		return ""
	}
	return dateOf(l.reply)
}

// merge appends to the compacted files the answers with keys in the pass-th of
// so many equal ranges.
func (c *compaction) merge(pass, passes int, dropChanged bool) error {
	var all []kept
	found := make(findings)
	for _, f := range c.files {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return err
		}
		each := func(ks *[]kept, l line) error {
			if rangeOf(l.key, passes) != pass {
				return nil
			}
			model, err := modelOf(l)
			if err != nil {
				return err
			}
			*ks = append(*ks, kept{l.key, l.appendText(nil), fileName(model)})
			return nil
		}
		take := func(ks *[]kept, _ string, _ int) error {
			all = append(all, *ks...)
			return nil
		}
		if err := readFile(f, found, each, take); err != nil {
			return err
		}
	}
	if err := refuse(found.list(), dropChanged); err != nil {
		return err
	}
	slices.SortFunc(all, compareKept)
	for i, k := range all {
		switch {
		case i > 0 && bytes.Equal(all[i-1].line, k.line):
			c.done.Doubled++
		case !c.wanted(k.key):
			c.done.Pruned++
		default:
			if err := c.write(k); err != nil {
				return err
			}
		}
	}
	return nil
}

// rangeOf returns in which of n equal ranges a key lies.
func rangeOf(k Key, n int) int {
	return int((uint64(k[0])<<24 | uint64(k[1])<<16 | uint64(k[2])<<8 | uint64(k[3])) * uint64(n) >> 32)
}

// refuse returns an error when lines are changed and must not be dropped.
func refuse(found []Finding, dropChanged bool) error {
	if dropChanged {
		return nil
	}
	for _, f := range found {
		if !f.Harmless() {
			return fmt.Errorf("%s; or drop such lines with --drop-changed", f)
		}
	}
	return nil
}

// modelOf returns the model of a line's request.
func modelOf(l line) (string, error) {
	_, rest, ok := bytes.Cut(l.rest, []byte(`,"model":`)) // in no string: its quotes would be escaped
	end := bytes.Index(rest, []byte(`,"revision":`))
	if !ok || end < 0 {
		return "", errChanged
	}
	var model string
	err := json.Unmarshal(rest[:end], &model)
	return model, err
}

func (c *compaction) write(k kept) error {
	o := c.out[k.model]
	if o == nil {
		var err error
		if o, err = newSorted(c.dir, k.model+plainSuffix); err != nil {
			return err
		}
		c.out[k.model] = o
	}
	c.done.Lines++
	return o.append(k.line)
}

// replace puts the compacted files in the place of those that were merged.
func (c *compaction) replace() error {
	for model, o := range c.out {
		name, err := o.finish(c.dir, model)
		if err != nil {
			return err
		}
		delete(c.out, model)
		c.done.Files = append(c.done.Files, name)
	}
	slices.Sort(c.done.Files)
	if err := syncDir(c.dir); err != nil {
		return err
	}
	for _, f := range c.files {
		if name := filepath.Base(f.Name()); !slices.Contains(c.done.Files, name) {
			if err := os.Remove(f.Name()); err != nil {
				return err
			}
		}
	}
	return syncDir(c.dir)
}

// sorted is a compacted file that is being written.
type sorted struct {
	f    *os.File
	w    *bufio.Writer
	size int
}

func newSorted(dir, name string) (*sorted, error) {
	f, err := os.OpenFile(filepath.Join(dir, name+writingSuffix), os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o666)
	if err != nil {
		return nil, err
	}
	o := &sorted{f: f, w: bufio.NewWriterSize(f, 1<<16)}
	return o, o.append(bytes.TrimSuffix(header(), []byte("\n")))
}

func (o *sorted) append(line []byte) error {
	o.size += len(line) + 1
	o.w.Write(line)
	return o.w.WriteByte('\n')
}

// finish forces the file to the disk, compressed when it is large, and gives it
// its name.
func (o *sorted) finish(dir, model string) (name string, err error) {
	defer o.f.Close()
	if err := o.w.Flush(); err != nil {
		return "", err
	}
	if o.size < packFrom {
		name = model + plainSuffix
		return name, settle(o.f, filepath.Join(dir, name))
	}
	name = model + packedSuffix
	packed, err := os.OpenFile(filepath.Join(dir, name+writingSuffix), os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o666)
	if err != nil {
		return "", err
	}
	defer packed.Close()
	if err := pack(packed, o.f); err != nil {
		os.Remove(packed.Name())
		return "", err
	}
	if err := settle(packed, filepath.Join(dir, name)); err != nil {
		return "", err
	}
	return name, os.Remove(o.f.Name())
}

// pack compresses a file, in short lines. One thread, so that the bytes cannot depend on how
// many there are.
func pack(to io.Writer, from *os.File) error {
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return err
	}
	z, err := zstd.NewWriter(to, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithWindowSize(8<<20))
	if err != nil {
		return err
	}
	if err := shortenAll(z, from); err != nil {
		return err
	}
	return z.Close()
}

// settle forces a file to the disk and gives it its name.
func settle(f *os.File, name string) error {
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// dateOf returns the date of a reply, "" when it has none.
func dateOf(reply []byte) string {
	var r struct {
		Date string `json:"date"`
	}
	if json.Unmarshal(reply, &r) != nil {
		return ""
	}
	return r.Date
}
