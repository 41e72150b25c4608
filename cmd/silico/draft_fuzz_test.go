package main

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzDraft holds that what is drafted from any CSV file has no problems.
func FuzzDraft(f *testing.F) {
	for _, seed := range []string{
		"id,age,answer\n1,30,low\n2,40,high\n3,35,medium\n4,52,low\n",
		"person,item,topic,answer\na,x,work,1\na,y,home,2\nb,x,work,2\nb,y,home,3\nc,x,work,3\nc,y,home,1\nd,x,work,1\nd,y,home,1\n",
		"\"\",\"trust\",\"mood\"\n\"1\",\"agree\",3\n\"2\",\"neutral\",99\n\"3\",\"disagree\",2\n\"4\",\"agree\",1\n\"5\",NA,4\n",
		"answer\nyes\nno\nyes\nno\n",
		"\"\",\"true\",00\n,\"0\",0\n,\"00\",0\n,,",
		"Größe,condition,condition\n1.5,a,b\n2e3,b,b\n-0,a,a\n,a,b\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := draft("people.csv", "title", data)
		if err != nil {
			return
		}
		content, err := d.withIdentifier(data)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		for name, b := range map[string][]byte{"study.toml": []byte(d.spec()), "people.csv": content} {
			if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if _, problems := load(dir); problems != nil {
			t.Errorf("the draft of %q has problems:\n%s\n%s", data, problems.Format(), d.spec())
		}
	})
}
