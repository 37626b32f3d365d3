package app

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/labstack/echo/v4"
	facefusion "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/facefusion/v20220927"
)

func swap(c *gin.Context) {
	// ruleid: cn-genai-face-or-voice-without-consent-go
	c.Data(200, "image/png", faces.SwapFace(c.PostForm("target"), c.PostForm("source")))
}

func fuse(c echo.Context) error {
	// ruleid: cn-genai-face-or-voice-without-consent-go
	request := facefusion.NewFuseFaceRequest()
	return c.JSON(200, client.FuseFace(request))
}

func (s *Server) clone(w http.ResponseWriter, r *http.Request) {
	// ruleid: cn-genai-face-or-voice-without-consent-go
	w.Write(s.speech.CloneVoice(r.Body))
}

func (s *Server) Talk(ctx context.Context, in *TalkRequest) (*TalkReply, error) {
	// ruleid: cn-genai-face-or-voice-without-consent-go
	return createTalkingHead(in.Photo, in.Audio)
}

func routes(app *fiber.App) {
	app.Post("/lips", func(c *fiber.Ctx) error {
		// ruleid: cn-genai-face-or-voice-without-consent-go
		return c.Send(LipSync(c.Body()))
	})
}

func convert(sample []byte) []byte {
	// ruleid: cn-genai-face-or-voice-without-consent-go
	return rvc.ConvertVoice(sample)
}

func swapChecked(c *gin.Context) {
	if !consents.Given(c.PostForm("person")) {
		c.AbortWithStatus(403)
		return
	}
	// ok: cn-genai-face-or-voice-without-consent-go
	c.Data(200, "image/png", faces.SwapFace(c.PostForm("target"), c.PostForm("source")))
}

func (s *Server) cloneChecked(w http.ResponseWriter, r *http.Request) {
	if err := s.requireConsent(r); err != nil {
		return
	}
	// ok: cn-genai-face-or-voice-without-consent-go
	w.Write(s.speech.CloneVoice(r.Body))
}

func talkAgreed(in *TalkRequest) ([]byte, error) {
	if !in.PersonAgreed {
		return nil, errRefused
	}
	// ok: cn-genai-face-or-voice-without-consent-go
	return createTalkingHead(in.Photo, in.Audio)
}

func stock(text string) []byte {
	// ok: cn-genai-face-or-voice-without-consent-go
	return tts.Speak(text, "narrator")
}

func copyOf(header http.Header) http.Header {
	// ok: cn-genai-face-or-voice-without-consent-go
	return header.Clone()
}

func joined(a, b Config) Config {
	// ok: cn-genai-face-or-voice-without-consent-go
	return merge(a, b)
}
