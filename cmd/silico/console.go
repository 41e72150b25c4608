package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"silico/internal/study"
)

func newConsole(out, errOut io.Writer, quiet bool) *console {
	con := &console{out: out, err: errOut, in: os.Stdin, quiet: quiet}
	if f, ok := errOut.(*os.File); ok {
		person := term.IsTerminal(int(f.Fd()))
		con.terminal = person && os.Getenv("TERM") != "dumb" // which cannot draw a bar
		con.asks = person && term.IsTerminal(int(os.Stdin.Fd()))
	}
	con.color = con.terminal && os.Getenv("NO_COLOR") == ""
	return con
}

// note prints a line for people on standard error, unless told to be quiet.
func (con *console) note(format string, args ...any) {
	if !con.quiet {
		fmt.Fprintf(con.err, format+"\n", args...)
	}
}

// confirm asks a person and returns an error unless the answer is yes.
func (con *console) confirm(question string) error {
	fmt.Fprintf(con.err, "%s [y/N] ", question)
	answer, _ := bufio.NewReader(con.in).ReadString('\n') // the end of the input is no yes
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	return &stopped{"nothing was asked"}
}

// columns is how many characters a line of the terminal has, 0 when nobody
// knows.
func (con *console) columns() int {
	f, ok := con.err.(*os.File)
	if !ok {
		return 0
	}
	w, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return w
}

// problems prints all problems of a study, each with its source line, and a
// last line that counts them.
func (con *console) problems(ps study.Problems) {
	text := ps.Format()
	if con.color {
		text = colored(ps, text)
	}
	fmt.Fprintf(con.err, "%s%s\n", text, count(len(ps), "problem"))
}

// colored returns the printed problems with their first lines in bold.
func colored(ps study.Problems, text string) string {
	heads := make(map[string]bool, len(ps))
	for _, p := range ps {
		heads[p.Error()] = true
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if heads[line] {
			lines[i] = "\x1b[1m" + line + "\x1b[0m"
		}
	}
	return strings.Join(lines, "\n")
}

// count returns "1 problem", "2 problems".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// progress shows how far a command is: a bar on a terminal, a line a stage
// otherwise, nothing when quiet.
type progress struct {
	con         *console
	done, total int
}

func (con *console) progress(total int) *progress { return &progress{con: con, total: total} }

// step says that the next of the stages begins.
func (p *progress) step(what string) {
	p.done++
	switch {
	case p.con.quiet:
	case p.con.terminal:
		const width = 24
		full := min(width, width*p.done/max(1, p.total))
		fmt.Fprintf(p.con.err, "\r\x1b[K%s%s %s", strings.Repeat("█", full), strings.Repeat("░", width-full), what)
	default:
		fmt.Fprintf(p.con.err, "[%d/%d] %s\n", p.done, p.total, what)
	}
}

// clear removes the bar, so that what follows starts on a line of its own.
func (p *progress) clear() {
	if p.con.terminal && !p.con.quiet {
		fmt.Fprint(p.con.err, "\r\x1b[K")
	}
}
