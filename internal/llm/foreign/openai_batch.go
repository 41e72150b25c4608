package foreign

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"silico/internal/llm"
)

func init() { register("openai-batch", readBatch) }

// batchRequest is a line of a batch's input, batchReply one of its output, as
// OpenAI's reference of the Batch API has them under "The request input object"
// and "The request output object".
type batchRequest struct {
	ID   string                     `json:"custom_id"`
	Body map[string]json.RawMessage `json:"body"`
}

type batchReply struct {
	ID       string `json:"custom_id"`
	Response *struct {
		Status    int             `json:"status_code"`
		RequestID string          `json:"request_id"`
		Body      json.RawMessage `json:"body"`
	} `json:"response"`
	Error *struct {
		Message string `json:"message"`
	} `json:"error"`
}

// readBatch reads the output of a batch. The requests are in the batch's input;
// without it, replies are known by their custom ids alone.
func readBatch(f *File, s Sources) error {
	requests := make(map[string]*batchRequest)
	lines(s.Requests, func(_ int, line []byte) {
		var r batchRequest
		if json.Unmarshal(line, &r) == nil {
			requests[r.ID] = &r
		}
	})
	if len(s.Requests) > 0 && len(requests) == 0 {
		return errors.New("the file of requests holds no line with a custom_id and a body")
	}
	replies := 0
	lines(s.Replies, func(number int, line []byte) {
		place := fmt.Sprintf("line %d", number)
		var r batchReply
		switch err := json.Unmarshal(line, &r); {
		case err != nil || r.ID == "":
			f.leave(place, "no line of a batch's output")
			return
		case r.Response == nil && r.Error == nil:
			f.leave(place, "neither a response nor an error; is this the batch's input?")
			return
		}
		replies++
		a, err := r.answer(requests[r.ID])
		if err != nil {
			f.leave(place, "%v", err)
			return
		}
		a.Place = place
		f.Answers = append(f.Answers, *a)
	})
	if replies == 0 {
		return errors.New("no line has a custom_id with a response")
	}
	return nil
}

// answer returns the reply with what its request says, which may be nil.
func (r *batchReply) answer(request *batchRequest) (*Answer, error) {
	if r.Response == nil || r.Response.Status >= 400 {
		why := "the request failed"
		if r.Error != nil && r.Error.Message != "" {
			why += ": " + r.Error.Message
		}
		return nil, errors.New(why)
	}
	reply, err := llm.ReadOpenAI(r.Response.Body)
	if err != nil {
		return nil, err
	}
	if r.Response.RequestID != "" {
		reply.RequestID = r.Response.RequestID
	}
	a := &Answer{ID: r.ID, Reply: *reply}
	if request == nil {
		return a, nil
	}
	a.Said, a.Whole = settingsOf(request.Body), true
	var list []message
	if json.Unmarshal(request.Body["model"], &a.Model) != nil || json.Unmarshal(request.Body["messages"], &list) != nil {
		return nil, fmt.Errorf("its request, %s, names no model or no messages", strings.TrimSpace(r.ID))
	}
	a.Messages, err = messages(list)
	return a, err
}
