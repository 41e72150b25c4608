package llmtest

import "net/http"

// Batching is how batches are worked on.
type Batching struct{}

type batches struct{}

func (b *batches) serve(s *Server, w http.ResponseWriter, r *http.Request, body []byte) {
	failure(w, 404, `{"error":{"message":"Not Found"}}`)
}
