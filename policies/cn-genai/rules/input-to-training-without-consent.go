package app

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

func chat(c *gin.Context) {
	var req ChatRequest
	c.BindJSON(&req)
	// ruleid: cn-genai-input-to-training-without-consent-go
	trainingSet.InsertOne(c, req.Prompt)
	// ok: cn-genai-input-to-training-without-consent-go
	history.InsertOne(c, req.Prompt)
}

func ask(w http.ResponseWriter, r *http.Request) {
	// ruleid: cn-genai-input-to-training-without-consent-go
	saveTrainingSample(r.FormValue("prompt"))
}

func (s *Server) Answer(question string) string {
	// ruleid: cn-genai-input-to-training-without-consent-go
	s.trainingStore.Save(question)
	return s.model.Call(question)
}

func (s *Server) Talk(ctx context.Context, in *TalkRequest) (*TalkReply, error) {
	// ruleid: cn-genai-input-to-training-without-consent-go
	s.fineTuneQueue.Publish(in.UserInput)
	return s.reply(in)
}

func form(c *gin.Context) {
	text := c.PostForm("prompt")
	// ruleid: cn-genai-input-to-training-without-consent-go
	sftFile.WriteString(text)
}

func fiberView(userInput string) {
	// ruleid: cn-genai-input-to-training-without-consent-go
	collector.AppendTraining(Sample{Text: userInput})
}

func chatChecked(c *gin.Context, req ChatRequest) {
	if !consents.Given(c) {
		return
	}
	// ok: cn-genai-input-to-training-without-consent-go
	trainingSet.InsertOne(c, req.Prompt)
}

func (s *Server) AnswerAllowed(user User, question string) string {
	if user.OptIn {
		// ok: cn-genai-input-to-training-without-consent-go
		s.trainingStore.Save(question)
	}
	return s.model.Call(question)
}

func clean(prompt string) {
	// ok: cn-genai-input-to-training-without-consent-go
	trainingSet.Add(Anonymize(prompt))
}

func licensed(row Row) {
	// ok: cn-genai-input-to-training-without-consent-go
	trainingSet.Add(row)
}

func remember(prompt string) {
	// ok: cn-genai-input-to-training-without-consent-go
	conversations.Add(prompt)
}
