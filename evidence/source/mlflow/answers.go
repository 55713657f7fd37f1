package mlflow

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// number is a whole number that MLflow writes as one or, by the rules of
// protocol buffers, as text.
type number int64

// UnmarshalJSON implements json.Unmarshaler.
func (n *number) UnmarshalJSON(b []byte) error {
	text := strings.Trim(string(b), `"`)
	if text == "null" || text == "" {
		return nil
	}
	v, err := strconv.ParseInt(text, 10, 64)
	*n = number(v)
	return err
}

// real is a figure; NaN where the server says so.
type real float64

// UnmarshalJSON implements json.Unmarshaler.
func (r *real) UnmarshalJSON(b []byte) error {
	text := strings.Trim(string(b), `"`)
	if text == "null" || text == "" {
		*r = real(math.NaN())
		return nil
	}
	v, err := strconv.ParseFloat(text, 64)
	*r = real(v)
	return err
}

// text is a text, or a number written without quotation marks.
type text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *text) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, (*string)(t))
	}
	if s := string(b); s != "null" {
		*t = text(s)
	}
	return nil
}

type pair struct {
	Key   string `json:"key"`
	Value text   `json:"value"`
}

type pairs []pair

func (p pairs) byKey() map[string]string {
	out := make(map[string]string, len(p))
	for _, x := range p {
		out[x.Key] = string(x.Value)
	}
	return out
}

type modelsAnswer struct {
	Models []struct {
		Name    string `json:"name"`
		Tags    pairs  `json:"tags"`
		Aliases []struct {
			Alias   string `json:"alias"`
			Version text   `json:"version"`
		} `json:"aliases"`
	} `json:"registered_models"`
	Next string `json:"next_page_token"`
}

type versionsAnswer struct {
	Versions []version `json:"model_versions"`
	Next     string    `json:"next_page_token"`
}

type version struct {
	Name    string  `json:"name"`
	Version text    `json:"version"`
	Created number  `json:"creation_timestamp"`
	User    string  `json:"user_id"`
	Stage   *string `json:"current_stage"`
	RunID   string  `json:"run_id"`
	Tags    pairs   `json:"tags"`
}

type runAnswer struct {
	Run run `json:"run"`
}

type runsAnswer struct {
	Runs []run  `json:"runs"`
	Next string `json:"next_page_token"`
}

type run struct {
	Info struct {
		ID      string `json:"run_id"`
		User    string `json:"user_id"`
		Started number `json:"start_time"`
		Ended   number `json:"end_time"`
	} `json:"info"`
	Data struct {
		Metrics []struct {
			Key   string `json:"key"`
			Value real   `json:"value"`
		} `json:"metrics"`
		Params pairs `json:"params"`
		Tags   pairs `json:"tags"`
	} `json:"data"`
	Inputs struct {
		Datasets []struct {
			Tags    pairs `json:"tags"`
			Dataset struct {
				Name   string `json:"name"`
				Digest string `json:"digest"`
			} `json:"dataset"`
		} `json:"dataset_inputs"`
	} `json:"inputs"`
}

type experimentAnswer struct {
	Experiment struct {
		ID string `json:"experiment_id"`
	} `json:"experiment"`
}
