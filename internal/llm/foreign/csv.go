package foreign

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"silico/internal/llm"
)

func init() { register("csv", readCSV) }

// readCSV reads a table with a header. The column reply holds what was said;
// either cell names the answer that it is, or prompt, with system before it,
// holds what was asked. Further columns that are read when there are any are
// model, finish, served, date, request_id, input and output.
func readCSV(f *File, s Sources) error {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(s.Replies, []byte("\uFEFF"))))
	head, err := r.Read()
	if err != nil {
		return err
	}
	column := make(map[string]int)
	for i, name := range head {
		column[name] = i
	}
	has := func(name string) bool { _, ok := column[name]; return ok }
	if !has("reply") || !has("cell") && !has("prompt") {
		return errors.New("the header needs a column reply, and cell or prompt")
	}
	for {
		row, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		number, _ := r.FieldPos(0)
		place := fmt.Sprintf("line %d", number)
		field := func(name string) string {
			if i, ok := column[name]; ok {
				return row[i]
			}
			return ""
		}
		if field("cell") == "" && field("prompt") == "" {
			f.leave(place, "it does not say what was asked")
			continue
		}
		a := Answer{Place: place, Cell: field("cell"), Model: field("model")}
		if text := field("system"); text != "" {
			a.Messages = append(a.Messages, llm.Message{Role: llm.System, Text: text})
		}
		if text := field("prompt"); text != "" && a.Cell == "" {
			a.Messages = append(a.Messages, llm.Message{Role: llm.User, Text: text})
		}
		a.Reply = llm.Reply{Text: field("reply"), Finish: llm.Finish(field("finish")), Served: field("served"), Date: dateOf(field("date")), RequestID: field("request_id")}
		if slices.Contains([]string{"", "end_turn"}, string(a.Reply.Finish)) {
			a.Reply.Finish = llm.Stop
		}
		a.Reply.Input, _ = strconv.Atoi(field("input"))
		a.Reply.Output, _ = strconv.Atoi(field("output"))
		f.Answers = append(f.Answers, a)
	}
}
