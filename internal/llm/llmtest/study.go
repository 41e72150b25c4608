package llmtest

import (
	"fmt"
	"strings"
)

// Study returns the text of a study without people: n respondents, no two of whom
// are described in the same words, are asked a question, want, by a model, small,
// with the given keys. More are further tables.
func Study(n int, model string, more ...string) string {
	return fmt.Sprintf(`silico = 1
[study]
title = "Asking"
authors = ["A"]
seed = 7
[respondents]
n = %d
[variable.number]
type = "number"
min = 0
max = 1e9
role = "covariate"
[variable.want]
type = "ordinal"
levels = ["no", "perhaps", "yes"]
role = "belief"
[persona.numbered]
text = "You are number {{number}}."
[question.want]
text = "Would you want to shout? Answer no, perhaps or yes."
[model.small]
persona = "numbered"
%s
%s`, n, model, strings.Join(more, ""))
}

// Local returns the keys of a model on this machine.
func Local(endpoint string) string {
	return fmt.Sprintf("provider = \"openai\"\nname = \"small\"\nrevision = \"sha256:aa\"\nendpoint = %q", endpoint)
}
