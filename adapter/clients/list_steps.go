// Prints every step of the organization, page after page.
// KEY is the API key; BASE is the address, http://127.0.0.1:8080 unless set.

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"
)

type page struct {
	Data []struct {
		RunID  string `json:"run_id"`
		StepID string `json:"step_id"`
	} `json:"data"`
	ListMetadata struct {
		After *string `json:"after"`
	} `json:"list_metadata"`
}

func get(client *http.Client, address string) (*page, error) {
	for wait := 500 * time.Millisecond; ; wait *= 2 {
		request, err := http.NewRequest("GET", address, nil)
		if err != nil {
			return nil, err
		}
		request.Header.Set("Api-Key", os.Getenv("KEY"))
		response, err := client.Do(request)
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			return nil, err
		}
		if response.StatusCode == 200 {
			result := new(page)
			return result, json.Unmarshal(body, result)
		}
		retry := response.StatusCode == 429 || response.StatusCode == 503
		if !retry || wait > 4*time.Second {
			return nil, fmt.Errorf("%s %s", response.Status, body)
		}
		delay := wait
		seconds, _ := strconv.Atoi(response.Header.Get("Retry-After"))
		if after := time.Duration(seconds) * time.Second; after > delay {
			delay = after
		}
		time.Sleep(delay)
	}
}

func main() {
	base := os.Getenv("BASE")
	if base == "" {
		base = "http://127.0.0.1:8080"
	}
	client := &http.Client{Timeout: 30 * time.Second}
	parameters := url.Values{"limit": {"100"}}
	for {
		steps, err := get(client, base+"/v1/workflows/steps?"+parameters.Encode())
		if err != nil {
			log.Fatal(err)
		}
		for _, step := range steps.Data {
			fmt.Println(step.RunID, step.StepID)
		}
		if steps.ListMetadata.After == nil {
			return
		}
		parameters.Set("after", *steps.ListMetadata.After)
	}
}
