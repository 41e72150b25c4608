package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"silico/analysis"
	"silico/report"
	"silico/templates"
)

type newCommand struct {
	Dir    string `arg:"" name:"DIR" help:"Folder to make; or the word paper, to write the default paper of STUDY out for editing."`
	Study  string `arg:"" optional:"" name:"STUDY" help:"With paper: the study whose default paper is written."`
	From   string `help:"The example to begin with: ${examples}." default:"survey" placeholder:"NAME"`
	People string `help:"A CSV file of answers: its columns become the variables." placeholder:"FILE.csv"`
}

// Run writes a study that builds at once.
func (c *newCommand) Run(ctx context.Context, con *console) error {
	if c.Study != "" {
		if c.Dir != "paper" {
			return usage(fmt.Sprintf("unexpected argument %s; silico new takes one folder", c.Study))
		}
		return newPaper(ctx, con, c.Study)
	}
	if strings.TrimSpace(c.Dir) == "" {
		return usage("the folder to make has no name; write silico new DIR")
	}
	var content files
	var err error
	if c.People != "" {
		content, err = c.drafted(con)
	} else {
		content, err = example(c.From)
	}
	if err != nil {
		return err
	}
	if err := fill(con, c.Dir, content); err != nil {
		return err
	}
	con.note("next: silico build %s", filepath.ToSlash(c.Dir))
	return nil
}

// drafted returns the files of a study that is drafted from people's answers.
func (c *newCommand) drafted(con *console) (files, error) {
	data, err := os.ReadFile(c.People)
	if err != nil {
		return nil, fmt.Errorf("read the people: %w", plainError(err))
	}
	name := filepath.Base(c.People)
	d, err := draft(name, strings.ReplaceAll(filepath.Base(filepath.Clean(c.Dir)), "_", " "), data)
	if err != nil {
		return nil, err
	}
	if d.numbered {
		con.note("%s: no column identifies the respondents, so each row is taken for one; the copy has a column %q that numbers them", name, d.id.header)
	}
	content := files{}
	content.add("study.toml", []byte(d.spec()))
	content[name], err = d.withIdentifier(data)
	return content, err
}

// example returns the files of an example.
func example(name string) (files, error) {
	shipped, err := fs.Sub(templates.Studies, "study/"+name)
	if err == nil {
		_, err = fs.Stat(shipped, "study.toml")
	}
	if err != nil || !fs.ValidPath(name) {
		return nil, usage(fmt.Sprintf("no example %q; there are %s", name, strings.Join(templates.Examples(), ", ")))
	}
	content := files{}
	err = fs.WalkDir(shipped, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(shipped, p)
		content.add(p, b)
		return err
	})
	return content, err
}

// fill writes files into a new folder, and says which.
func fill(con *console, dir string, content files) error {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return fmt.Errorf("%s is not empty; choose a new folder", dir)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("make the study: %w", plainError(err))
	}
	for _, p := range content.paths() {
		name := filepath.Join(dir, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			return fmt.Errorf("make the study: %w", plainError(err))
		}
		if err := create(name, content[p]); err != nil {
			return fmt.Errorf("make the study: %w", plainError(err))
		}
		con.note("%s", filepath.ToSlash(name))
	}
	return nil
}

// newPaper writes the default paper of a study to its paper.md.
func newPaper(ctx context.Context, con *console, path string) error {
	s, problems := load(path)
	if problems != nil {
		return problems
	}
	name := filepath.Join(s.study.Dir, notebookFile)
	if s.notebook != nil {
		return fmt.Errorf("%s is there already; move it away to start from the default paper", filepath.ToSlash(name))
	}
	workers := runtime.GOMAXPROCS(0)
	answers, err := s.answers(ctx, workers, false)
	if err != nil {
		return err
	}
	results, err := s.compute(ctx, answers, workers, con.progress(len(s.analyses)))
	if err != nil {
		return err
	}
	text, err := report.Default(s.input(answers, results, analysis.NewValues(results)))
	if err != nil {
		return err
	}
	if err := create(name, text); err != nil {
		return fmt.Errorf("write the paper: %w", plainError(err))
	}
	con.note("%s", filepath.ToSlash(name))
	return nil
}

// create writes a new file; one that is there is an error and stays as it is.
func create(name string, content []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}

// plainError returns an error of the file system without the name of the
// system call: "people.csv: no such file or directory".
func plainError(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return fmt.Errorf("%s: %w", p.Path, p.Err)
	}
	return err
}
