package app

import (
	"net/http"

	"github.com/getsentry/sentry-go"
	"github.com/gin-gonic/gin"
	"github.com/posthog/posthog-go"
)

func chat(c *gin.Context) {
	var req ChatRequest
	c.BindJSON(&req)
	// ruleid: cn-genai-prompt-sent-to-analytics-go
	sentry.CaptureMessage("asked " + req.Prompt)
	// ok: cn-genai-prompt-sent-to-analytics-go
	sentry.CaptureMessage("asked " + req.UserID)
}

func ask(w http.ResponseWriter, r *http.Request) {
	// ruleid: cn-genai-prompt-sent-to-analytics-go
	mp.Track("someone", "asked", r.FormValue("prompt"))
	// ok: cn-genai-prompt-sent-to-analytics-go
	mp.Track("someone", "asked", r.FormValue("model"))
}

func (s *Server) Answer(question string) string {
	// ruleid: cn-genai-prompt-sent-to-analytics-go
	s.posthog.Enqueue(posthog.Capture{Event: "asked", Properties: posthog.NewProperties().Set("question", question)})
	// ok: cn-genai-prompt-sent-to-analytics-go
	s.posthog.Enqueue(posthog.Capture{Event: "asked", Properties: posthog.NewProperties().Set("length", len(question))})
	return s.model.Call(question)
}

func echoed(scope *sentry.Scope, in *TalkRequest) {
	// ruleid: cn-genai-prompt-sent-to-analytics-go
	scope.SetExtra("messages", in.Messages)
	// ok: cn-genai-prompt-sent-to-analytics-go
	scope.SetExtra("model", in.Model)
}

func form(c *gin.Context) {
	text := c.PostForm("prompt")
	// ruleid: cn-genai-prompt-sent-to-analytics-go
	amplitude.Track(amplitude.Event{EventType: "asked", EventProperties: map[string]any{"text": text}})
	// ok: cn-genai-prompt-sent-to-analytics-go
	amplitude.Track(amplitude.Event{EventType: "asked"})
}

func openLine(prompt string) {
	// ruleid: cn-genai-prompt-sent-to-analytics-go
	http.Post("http://collector.example.com/events", "text/plain", strings.NewReader(prompt))
	// ok: cn-genai-prompt-sent-to-analytics-go
	http.Post("http://model:8080/generate", "text/plain", strings.NewReader(prompt))
}
