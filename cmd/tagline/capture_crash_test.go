package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"tagline/internal/sqldb/sqldbtest"
)

// TestACaptureJobSurvivesSIGKILL kills the server while a job takes in a document, and
// starts it again: the job is finished, and each event is there once.
func TestACaptureJobSurvivesSIGKILL(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes; not in short mode")
	}
	t.Run("sqlite", func(t *testing.T) { captureCrash(t, "") })
	t.Run("postgres", func(t *testing.T) { captureCrash(t, sqldbtest.NewServer(t).DSN()) })
}

type captureJob struct {
	Running bool `json:"running"`
	Success bool `json:"success"`
	Counts  struct {
		Events, Stored, Repeated, Refused int
	} `json:"tagline:counts"`
}

func captureCrash(t *testing.T, database string) {
	args := []string{"--data", t.TempDir()}
	if database != "" {
		args = append(args, "--db", database)
	}
	const events = 8000 // more than a megabyte: it is taken in after the answer
	var doc strings.Builder
	doc.WriteString(`{"@context":"https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld","type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-11-01T00:00:00Z","epcisBody":{"eventList":[`)
	for i := range events {
		if i > 0 {
			doc.WriteByte(',')
		}
		fmt.Fprintf(&doc, `{"type":"ObjectEvent","eventID":"urn:x:%d","action":"OBSERVE","bizStep":"shipping","epcList":["urn:epc:id:sgtin:9506000.013435.%d"],"eventTime":"2026-10-01T00:00:00Z","eventTimeZoneOffset":"+00:00"}`, i, i)
	}
	doc.WriteString("]}}")
	n := startNode(t, args...)
	location := n.capture(doc.String())
	first := n.job(location)
	n.child.Kill()
	if !first.Running {
		t.Log("the job had ended before the kill: nothing is proved by this run")
	}
	n = startNode(t, args...)
	job := n.ended(location)
	if !job.Success || job.Counts.Events != events || job.Counts.Stored+job.Counts.Repeated != events {
		t.Errorf("after the restart the job says %+v\n%s", job, n.child.Log())
	}
	again := n.ended(n.capture(doc.String()))
	if !again.Success || again.Counts.Stored != 0 || again.Counts.Repeated != events {
		t.Errorf("the same document again: %+v", again)
	}
	if err := n.child.Stop(); err != nil {
		t.Errorf("the server did not drain: %v\n%s", err, n.child.Log())
	}
}

// epcis asks the surface of EPCIS.
func (n *node) epcis(method, path, body string) (*http.Response, []byte) {
	n.t.Helper()
	request, err := http.NewRequest(method, n.child.URL+"/epcis/v2"+path, strings.NewReader(body))
	if err != nil {
		n.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+bootstrapKey)
	request.Header.Set("Content-Type", "application/json")
	response, err := n.http.Do(request)
	if err != nil {
		n.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		n.t.Fatal(err)
	}
	return response, text
}

// capture sends a document and gives the path of its job.
func (n *node) capture(doc string) string {
	n.t.Helper()
	response, text := n.epcis("POST", "/capture", doc)
	if response.StatusCode != http.StatusAccepted {
		n.t.Fatalf("a capture is answered with %d %s", response.StatusCode, text)
	}
	_, path, _ := strings.Cut(response.Header.Get("Location"), "/epcis/v2")
	return path
}

func (n *node) job(path string) (j captureJob) {
	n.t.Helper()
	response, text := n.epcis("GET", path, "")
	if err := json.Unmarshal(text, &j); err != nil || response.StatusCode != http.StatusOK {
		n.t.Fatalf("%s: %d %s", path, response.StatusCode, text)
	}
	return j
}

// ended waits for the end of a job.
func (n *node) ended(path string) (j captureJob) {
	n.t.Helper()
	late := time.After(time.Minute)
	for {
		if j = n.job(path); !j.Running {
			return j
		}
		select {
		case <-late:
			n.t.Fatalf("the job has not ended: %+v\n%s", j, n.child.Log())
		case <-time.After(20 * time.Millisecond):
		}
	}
}
