package llm

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// JobFolder keeps the jobs that are under way, a file each: what it takes to
// find them again after a crash. Its owner is the only one of its jobs.
type JobFolder struct {
	dir    string
	unlock func()
}

const (
	jobSuffix = ".json"
	jobLock   = "run.lock"
)

// OpenJobs opens a folder of jobs, and makes it where there is none. The error
// says so when another process has it open.
func OpenJobs(dir string) (*JobFolder, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	unlock, err := lockFolder(dir, jobLock, "another run looks after the batches; wait until it is done, or end it: the batches go on by themselves")
	if err != nil {
		return nil, err
	}
	return &JobFolder{dir, unlock}, nil
}

// Close lets others have the folder, and removes it when no job is left.
func (f *JobFolder) Close() {
	f.unlock()
	os.Remove(f.dir) // fails when there is something in it
}

// Jobs returns the jobs in a folder, in the order of their tags; none when
// there is no folder. A file that is no job is an error that names it.
func Jobs(dir string) ([]*Job, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*"+jobSuffix)) // sorted
	if err != nil {
		return nil, err
	}
	var jobs []*Job
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		j := new(Job)
		if err := json.Unmarshal(text, j); err != nil || j.Tag+jobSuffix != filepath.Base(name) {
			return nil, fmt.Errorf("%s describes no batch; put it back as it was, or remove it: what it stood for is asked again then", name)
		}
		if j.Format > jobFormat {
			return nil, fmt.Errorf("%s was written by a newer version of silico (format %d, this one reads up to %d)", name, j.Format, jobFormat)
		}
		jobs = append(jobs, j)
	}
	return jobs, nil
}

// Jobs returns the jobs of the folder.
func (f *JobFolder) Jobs() ([]*Job, error) { return Jobs(f.dir) }

// Save writes a job in the place of what was written of it before. When it
// returns, the job is on the disk.
func (f *JobFolder) Save(j *Job) error {
	text, err := json.MarshalIndent(j, "", " ")
	if err != nil {
		return err
	}
	next, err := os.CreateTemp(f.dir, j.Tag+"-*"+writingSuffix)
	if err != nil {
		return err
	}
	_, err = next.Write(append(text, '\n'))
	err = errors.Join(err, next.Sync(), next.Close())
	if err == nil {
		err = os.Rename(next.Name(), f.name(j))
	}
	if err != nil {
		os.Remove(next.Name())
		return fmt.Errorf("write down a batch: %w", err)
	}
	return syncDir(f.dir)
}

// Remove forgets a job.
func (f *JobFolder) Remove(j *Job) error { return os.Remove(f.name(j)) }

func (f *JobFolder) name(j *Job) string {
	return filepath.Join(f.dir, j.Tag+jobSuffix)
}
