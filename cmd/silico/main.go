// Command silico turns one TOML file into a reproducible paper.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"silico/internal/collect"
	"silico/internal/llm/foreign"
	"silico/internal/study"
	"silico/templates"
)

// Version is the version of the program, written into every manifest. It is a
// constant so that the same source gives the same bytes everywhere.
const Version = "0.1.0"

// Exit codes, a contract with scripts.
const (
	exitDone     = 0
	exitFailed   = 1 // the world: a disk, a folder, a file
	exitUsage    = 2 // the command line
	exitProblems = 3 // the study
	exitMissing  = 4 // answers
	exitDiffers  = 5 // the output is not what the study gives
)

type commands struct {
	New     newCommand     `cmd:"" help:"Write a small commented study that builds at once."`
	Check   checkCommand   `cmd:"" help:"Report every problem of a study."`
	Prompts promptsCommand `cmd:"" help:"Show what would be sent to models, word by word."`
	Plan    planCommand    `cmd:"" help:"Show what would be asked, and how many answers are kept."`
	Run     runCommand     `cmd:"" help:"Ask models what is missing, and keep every answer."`
	Build   buildCommand   `cmd:"" help:"Write the paper, from what is on disk."`
	Verify  verifyCommand  `cmd:"" help:"Build again in memory and compare with the output folder."`
	Tune    tuneCommand    `cmd:"" help:"Write the training sets of tuned models, train them, or take a training back."`
	Data    dataCommand    `cmd:"" help:"Show the analysis frame and its codebook."`
	Answers answersCommand `cmd:"" help:"Show kept answers, with what was asked and replied."`
	Why     whyCommand     `cmd:"" help:"Say what one answer is kept under, or in what its request differs from those that are kept."`
	Audit   auditCommand   `cmd:"" help:"Ask a share again, and compare; what is kept stays as it is."`
	Import  importCommand  `cmd:"" help:"Keep replies that another program got as answers of a study."`
	List    listCommand    `cmd:"" help:"Show what can be used in a study."`
	Store   storeCommand   `cmd:"" help:"Look after the kept answers of a study."`

	Quiet   bool             `short:"q" help:"No progress and no notes on standard error."`
	Version kong.VersionFlag `help:"Print the version and stop."`
}

// console is where a command reads its surroundings from and writes to.
type console struct {
	out, err io.Writer
	in       io.Reader
	quiet    bool
	terminal bool // err is a terminal that can move its cursor
	asks     bool // there is a person at in and err who can be asked
	color    bool
}

func main() {
	paceCollector()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second signal ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is the whole program: it reads the command line, runs one command and
// returns the exit code.
func run(ctx context.Context, args []string, out, errOut io.Writer) (code int) {
	var c commands
	parser, err := kong.New(&c,
		kong.Name("silico"),
		kong.Description("One TOML file is the study, the registration and the paper.\n\nSTUDY is a folder or its study.toml."),
		kong.Vars{"version": Version, "examples": strings.Join(templates.Examples(), ", "), "statuses": strings.Join(statusNames()[:len(statusNames())-1], ", "),
			"foreign": strings.Join(foreign.Formats(), ", ")},
		kong.Writers(out, errOut),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.Exit(func(code int) { panic(exit(code)) }),
	)
	if err != nil {
		panic(err)
	}
	defer func() { // --help and --version end here
		if r := recover(); r != nil {
			e, ok := r.(exit)
			if !ok {
				panic(r)
			}
			code = int(e)
			if len(args) == 0 {
				code = exitUsage
			}
		}
	}()
	if len(args) == 0 {
		parser.Parse([]string{"--help"}) // panics with the exit code, see above
	}
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(errOut, "silico: %v\nsilico --help shows the commands and their flags\n", err)
		return exitUsage
	}
	con := newConsole(out, errOut, c.Quiet)
	command.BindTo(ctx, (*context.Context)(nil))
	return finish(con, command.Run(con))
}

type exit int

// finish says what went wrong, on standard error, and returns the exit code.
func finish(con *console, err error) int {
	var problems study.Problems
	var missing *collect.Missing
	var diff *differs
	var use usage
	var stop *stopped
	var lacks *unfinished
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errReported):
		return exitProblems
	case errors.As(err, &problems):
		con.problems(problems)
		return exitProblems
	case errors.As(err, &missing):
		fmt.Fprintf(con.err, "%v\n", missing)
		return exitMissing
	case errors.As(err, &diff):
		fmt.Fprintf(con.err, "silico: %v\n", diff)
		return exitDiffers
	case errors.As(err, &stop):
		fmt.Fprintf(con.err, "silico: %v\n", stop)
		return exitFailed
	case errors.As(err, &lacks):
		fmt.Fprintf(con.err, "silico: %v\n", lacks)
		return exitMissing
	case errors.As(err, &use):
		fmt.Fprintf(con.err, "silico: %v\n", use)
		return exitUsage
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(con.err, "silico: stopped; nothing was written")
		return exitFailed
	}
	fmt.Fprintf(con.err, "silico: %v\n", err)
	return exitFailed
}

// errReported says that the problems of a study are already printed.
var errReported = errors.New("problems reported")

// usage is a mistake in the command line that the parser does not see.
type usage string

func (u usage) Error() string { return string(u) }
