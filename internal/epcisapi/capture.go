package epcisapi

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"time"

	"tagline/internal/access"
	"tagline/internal/fault"
	"tagline/internal/trace/capture"
	"tagline/internal/trace/repository"
)

// captureLimits are the headers that declare what one capture takes.
func captureLimits() map[string]string {
	return map[string]string{
		"GS1-EPCIS-Capture-Limit":           strconv.Itoa(capture.MaxEvents),
		"GS1-EPCIS-Capture-File-Size-Limit": strconv.Itoa(capture.MaxBytes),
		"GS1-Capture-Error-Behaviour":       "all",
	}
}

// capture takes a document (POST /capture).
func (x *exchange) capture() error {
	kind, _, err := mime.ParseMediaType(x.r.Header.Get("Content-Type"))
	format := capture.JSON
	switch {
	case err == nil && (kind == "application/json" || kind == "application/ld+json"):
	case err == nil && (kind == "application/xml" || kind == "text/xml"):
		format = capture.XML
	default:
		return fault.New(fault.Unsupported, "this type of body is not read", "Send an EPCIS document as application/json or application/xml.")
	}
	behaviour := capture.Rollback
	switch v := x.r.Header.Get("GS1-Capture-Error-Behaviour"); v {
	case "", "rollback":
	case "proceed":
		behaviour = capture.Proceed
	default:
		return problem{status: http.StatusBadRequest, name: "ValidationException", detail: "GS1-Capture-Error-Behaviour is rollback or proceed"}
	}
	if x.r.ContentLength > capture.MaxBytes {
		return fault.Newf(fault.TooLarge, "the document is larger than %d MB", capture.MaxBytes>>20).WithHint("Send its events in several documents.")
	}
	j, err := x.Captures.Accept(x.r.Context(), x.r.Body, format, behaviour, x.who.ID)
	if err != nil {
		return err
	}
	x.w.Header().Set("Location", x.BaseURL+Prefix+"/capture/"+j.ID)
	x.said("")
	x.w.WriteHeader(http.StatusAccepted)
	return nil
}

// jobBody is a job in JSON and in XML.
type jobBody struct {
	XMLName   xml.Name   `json:"-" xml:"urn:epcglobal:epcis:xsd:2 EPCISCaptureJob"`
	ID        string     `json:"captureID" xml:"captureID,attr"`
	Created   string     `json:"createdAt" xml:"createdAt"`
	Finished  string     `json:"finishedAt,omitempty" xml:"finishedAt,omitempty"`
	Running   bool       `json:"running" xml:"running,attr"`
	Success   bool       `json:"success" xml:"success,attr"`
	Behaviour string     `json:"captureErrorBehaviour" xml:"captureErrorBehaviour"`
	Errors    []jobError `json:"errors,omitempty" xml:"errors>error,omitempty"`
	Counts    *jobCounts `json:"tagline:counts,omitempty" xml:"-"`
}

// jobError is a problem with the place in the document.
type jobError struct {
	Type    string `json:"type" xml:"type"`
	Title   string `json:"title" xml:"title"`
	Status  int    `json:"status" xml:"status"`
	Detail  string `json:"detail" xml:"detail"`
	Pointer string `json:"pointer,omitempty" xml:"-"`
	Line    int    `json:"line,omitempty" xml:"-"`
	Column  int    `json:"column,omitempty" xml:"-"`
	Index   *int   `json:"eventIndex,omitempty" xml:"-"`
	EventID string `json:"eventID,omitempty" xml:"-"`
}

type jobCounts struct {
	Events   int64 `json:"events"`
	Stored   int64 `json:"stored"`
	Repeated int64 `json:"repeated"`
	Refused  int64 `json:"refused"`
}

func jobOf(j capture.Job) jobBody {
	b := jobBody{
		ID: j.ID, Created: j.Created.UTC().Format(time.RFC3339Nano), Running: j.Running, Success: j.Success(), Behaviour: string(j.Behaviour),
		Counts: &jobCounts{j.Events, j.Stored, j.Repeated, j.Refused},
	}
	if !j.Finished.IsZero() {
		b.Finished = j.Finished.UTC().Format(time.RFC3339Nano)
	}
	for _, p := range j.Errors {
		e := jobError{Type: "epcisException:ValidationException", Title: title("ValidationException"), Status: http.StatusBadRequest,
			Detail: p.Detail, Pointer: p.Pointer, Line: p.Line, Column: p.Column, EventID: p.EventID}
		if p.Rule == "event-exists" {
			e.Type, e.Title, e.Status = "epcisException:ResourceAlreadyExistsException", title("ResourceAlreadyExistsException"), http.StatusConflict
		}
		if p.Index >= 0 {
			e.Index = &p.Index
		}
		if p.Line > 0 {
			e.Detail = fmt.Sprintf("line %d: %s", p.Line, p.Detail)
		}
		b.Errors = append(b.Errors, e)
	}
	return b
}

// own tells whether the caller may see a job.
func (x *exchange) own(j capture.Job) bool { return x.who.Role != access.Partner || j.By == x.who.ID }

func (x *exchange) job() error {
	j, err := x.Captures.Job(x.r.Context(), x.parts[1])
	if err != nil {
		return err
	}
	if !x.own(j) {
		return noResource()
	}
	if x.accept.XML {
		b, err := xml.Marshal(jobOf(j))
		if err != nil {
			return err
		}
		x.send(http.StatusOK, "application/xml", append([]byte(xml.Header), b...))
		return nil
	}
	return x.json(http.StatusOK, jobOf(j))
}

func (x *exchange) jobExists() error {
	j, err := x.Captures.Job(x.r.Context(), x.parts[1])
	if err == nil && !x.own(j) {
		err = noResource()
	}
	return err
}

// jobs lists captures, the newest first.
func (x *exchange) jobs() error {
	size, at, err := x.page()
	if err != nil {
		return err
	}
	by := ""
	if x.who.Role == access.Partner {
		by = x.who.ID
	}
	list, err := x.Captures.Jobs(x.r.Context(), by, capture.Cursor{Created: at.After.Micro, ID: at.Text}, size+1)
	if err != nil {
		return err
	}
	if len(list) > size {
		list = list[:size]
		last := list[size-1]
		if err := x.next(size, place{Text: last.ID, After: repository.Position{Micro: last.Created.UnixMicro()}}); err != nil {
			return err
		}
	}
	out := make([]jobBody, len(list))
	for i, j := range list {
		out[i] = jobOf(j)
	}
	return x.json(http.StatusOK, out)
}

// json answers a value.
func (x *exchange) json(status int, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	contentType := "application/json"
	if x.accept.LD {
		contentType = "application/ld+json"
	}
	x.send(status, contentType, b)
	return nil
}
