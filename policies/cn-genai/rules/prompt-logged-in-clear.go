package app

import (
	"log"
	"log/slog"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/sirupsen/logrus"
	"go.uber.org/zap"
)

func chat(c *gin.Context) {
	var req ChatRequest
	c.BindJSON(&req)
	// ruleid: cn-genai-prompt-logged-in-clear-go
	log.Printf("prompt: %s", req.Prompt)
	// ok: cn-genai-prompt-logged-in-clear-go
	log.Printf("prompt of %d bytes", len(req.Prompt))
}

func ask(w http.ResponseWriter, r *http.Request) {
	text := r.FormValue("prompt")
	// ruleid: cn-genai-prompt-logged-in-clear-go
	slog.Info("asked", "prompt", text)
	// ok: cn-genai-prompt-logged-in-clear-go
	slog.Info("asked", "digest", sha256.Sum256([]byte(text)))
}

func (s *Server) Answer(question string) string {
	// ruleid: cn-genai-prompt-logged-in-clear-go
	s.logger.Infof("question %s", question)
	// ok: cn-genai-prompt-logged-in-clear-go
	s.logger.Infof("question %s", redact(question))
	return s.model.Call(question)
}

func register(user User) {
	// ruleid: cn-genai-prompt-logged-in-clear-go
	logrus.Warn("registered ", user.Phone)
	// ok: cn-genai-prompt-logged-in-clear-go
	logrus.Warn("registered ", user.ID)
}

func echoed(c echo.Context) error {
	prompt := c.QueryParam("prompt")
	// ruleid: cn-genai-prompt-logged-in-clear-go
	c.Logger().Print(prompt)
	// ruleid: cn-genai-prompt-logged-in-clear-go
	zap.L().Info(prompt)
	// ok: cn-genai-prompt-logged-in-clear-go
	zap.L().Info("asked")
	// ok: cn-genai-prompt-logged-in-clear-go
	return c.String(200, prompt)
}

func failed(prompt string) {
	_, err := model.Call(prompt)
	// ok: cn-genai-prompt-logged-in-clear-go
	log.Errorf("not answered: %s", err)
}

func told(ctx context.Context, client *openai.Client) error {
	resp, err := client.CreateChatCompletion(ctx, openai.ChatCompletionRequest{Model: "chat"})
	if err != nil {
		// ok: cn-genai-prompt-logged-in-clear-go
		log.Printf("not answered: %v", err)
		return err
	}
	// ruleid: cn-genai-prompt-logged-in-clear-go
	log.Printf("answer: %s", resp.Choices[0].Message.Content)
	// ok: cn-genai-prompt-logged-in-clear-go
	log.Printf("used: %d", resp.Usage.TotalTokens)
	return nil
}
