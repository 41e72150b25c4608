package llm

import "encoding/json"

// Roles of messages.
const (
	System    = "system"
	User      = "user"
	Assistant = "assistant"
)

// Message is one message of a conversation.
type Message struct {
	Role string `json:"role"`
	Text string `json:"content"`
}

// Request is one question to a model: everything that can change the answer,
// and where the model is reached.
type Request struct {
	Provider string // name of a registered provider
	Model    string // as its server knows it
	Revision string // digest or revision of the weights, "" where the server has one
	Endpoint string // address of the server, "" for the provider's own; no part of the key
	KeyEnv   string // environment variable of the API key, "" for the provider's own; no part of the key

	// Messages of the conversation so far. When the last one is the
	// assistant's, the model is to continue it.
	Messages []Message
	Options  Options
	// Sampled says whether chance has a part in the answer. A request that asks
	// for probabilities alone involves none, and has the zero Place.
	Sampled bool
	Place   Place
}

// Options say how the model answers. The zero value is the server's default
// throughout.
type Options struct {
	Temperature *float64
	TopP        *float64
	MaxTokens   int    // 0 for the server's own limit
	Seed        *int64 // of the server's sampling
	Logprobs    int    // alternatives to report at each token, 0 for none
	// Schema is the JSON schema that the reply must follow, nil for free text.
	Schema json.RawMessage
	// Template renders the messages into the prompt of a plain completion, for
	// models and servers without a chat interface: "" for the chat interface,
	// otherwise the name of a registered template such as "chatml".
	Template string
	// Extra are further keys of the request body, such as a server's own
	// sampling parameters, by name.
	Extra map[string]json.RawMessage
}

// Place is where a request stands among those with the same words. The zero
// Place is that of a request whose answer involves no sampling: equal prompts
// then share one call.
type Place struct {
	Opening string // digest of the session's first request, in hexadecimal
	Turn    int    // requests of the session before this one
	Draw    int    // sessions with an equal opening before this one, in the order of the plan
	Attempt int    // how often the question was asked before
}

// Reply is what a model answered, as it was received. It is never changed;
// what it means is found out when the paper is built.
type Reply struct {
	Text      string  `json:"text"`
	Reasoning string  `json:"reasoning,omitempty"` // what a reasoning model showed of its thinking
	Finish    Finish  `json:"finish"`
	Refusal   string  `json:"refusal,omitempty"` // the words of a refusal that the interface marks as one
	Tokens    []Token `json:"tokens,omitempty"`  // of the reply, when log-probabilities were asked for

	Input     int    `json:"input"`                 // tokens of the prompt
	Output    int    `json:"output"`                // tokens of the reply, reasoning included
	Cached    int    `json:"cached,omitempty"`      // of Input, those that the server had in its cache
	Served    string `json:"served,omitempty"`      // the model that answered, as the server names it
	Print     string `json:"fingerprint,omitempty"` // the server's system fingerprint
	RequestID string `json:"request_id,omitempty"`
	Date      string `json:"date"`       // when it was received, RFC 3339 in UTC, to the second
	LatencyMS int64  `json:"latency_ms"` // from sending to the last byte
	// Price in USD by the price table of that day, nil when it was unknown.
	Price *float64 `json:"price,omitempty"`
	// Imported says where a reply comes from that another program has asked
	// for: the format of its file, and a digest of what that says. "" for one
	// that silico asked for.
	Imported string `json:"imported,omitempty"`
}

// Finish says why a reply ended.
type Finish string

// Reasons why a reply ended. Anything else that a server says is kept as it is.
const (
	Stop     Finish = "stop"
	Length   Finish = "length"         // cut off at the limit of tokens
	Filtered Finish = "content_filter" // withheld by the provider
	Refused  Finish = "refusal"        // the interface itself marks a refusal
)

// Token is one token of a reply with the alternatives to it.
type Token struct {
	Text    string  `json:"t"`
	Logprob float64 `json:"p"`
	Top     []Token `json:"top,omitempty"` // the likeliest tokens in this place, likeliest first
}
