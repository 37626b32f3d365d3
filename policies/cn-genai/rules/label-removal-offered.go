package app

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/gofiber/fiber/v2"
	"github.com/labstack/echo/v4"
)

type ImageRequest struct {
	Prompt string `json:"prompt"`
	// ruleid: cn-genai-label-removal-offered-go
	Bare bool `json:"remove_watermark"`
	// ok: cn-genai-label-removal-offered-go
	Cut bool `json:"remove_background"`
}

type Settings struct {
	// ok: cn-genai-label-removal-offered-go
	Bare bool `json:"remove_watermark"`
}

func image(c *gin.Context) {
	// ruleid: cn-genai-label-removal-offered-go
	bare := c.Query("no_watermark")
	// ruleid: cn-genai-label-removal-offered-go
	plain := c.DefaultPostForm("hide_ai_label", "false")
	// ok: cn-genai-label-removal-offered-go
	text := c.Query("watermark_text")
	draw(bare, plain, text)
}

func video(c echo.Context) error {
	// ruleid: cn-genai-label-removal-offered-go
	return film(c.QueryParam("without_watermark"))
}

func sketch(c *fiber.Ctx) error {
	// ruleid: cn-genai-label-removal-offered-go
	bare := c.QueryBool("disableWatermark", false)
	// ok: cn-genai-label-removal-offered-go
	dark := c.QueryBool("dark", false)
	return c.Send(draw(bare, dark))
}

func photo(w http.ResponseWriter, r *http.Request) {
	// ruleid: cn-genai-label-removal-offered-go
	bare := r.URL.Query().Get("strip_watermark")
	// ok: cn-genai-label-removal-offered-go
	size := r.URL.Query().Get("size")
	// ok: cn-genai-label-removal-offered-go
	removeWatermark := false
	w.Write(draw(bare, size, removeWatermark))
}
