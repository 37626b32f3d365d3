package app

import (
	"image/jpeg"
	"image/png"
	"os/exec"

	"github.com/disintegration/imaging"
	"github.com/h2non/bimg"
)

func image(c *gin.Context) {
	labelled := writeMetadata(draw(c.Query("prompt")))
	// ruleid: cn-genai-metadata-dropped-after-label-go
	jpeg.Encode(c.Writer, decode(labelled), nil)
}

func picture(w http.ResponseWriter, r *http.Request) {
	marked := labels.EmbedAIGC(draw(r.FormValue("prompt")))
	// ruleid: cn-genai-metadata-dropped-after-label-go
	png.Encode(w, marked)
}

func small(c echo.Context) error {
	marked := addXMP(draw(c.QueryParam("prompt")))
	// ruleid: cn-genai-metadata-dropped-after-label-go
	return imaging.Save(marked, "out.jpg")
}

func resized(c *fiber.Ctx) ([]byte, error) {
	marked := labels.WriteMetadata(draw(c.Query("prompt")))
	// ruleid: cn-genai-metadata-dropped-after-label-go
	return bimg.Resize(marked, bimg.Options{Width: 512, StripMetadata: true})
}

func tool(generatedImage string) error {
	// ruleid: cn-genai-metadata-dropped-after-label-go
	return exec.Command("exiftool", "-all=", generatedImage).Run()
}

func encoded(generatedVideo string) error {
	// ruleid: cn-genai-metadata-dropped-after-label-go
	return exec.Command("ffmpeg", "-i", generatedVideo, "-map_metadata", "-1", "out.mp4").Run()
}

func labelledLast(picture Picture, out *bytes.Buffer) []byte {
	// ok: cn-genai-metadata-dropped-after-label-go
	jpeg.Encode(out, picture, nil)
	return writeMetadata(out.Bytes())
}

func avatar(upload Picture, w io.Writer) {
	// ok: cn-genai-metadata-dropped-after-label-go
	png.Encode(w, upload)
}

func cleanedUpload(upload string) error {
	// ok: cn-genai-metadata-dropped-after-label-go
	return exec.Command("exiftool", "-all=", upload).Run()
}

func copied(generatedVideo string) error {
	// ok: cn-genai-metadata-dropped-after-label-go
	return exec.Command("ffmpeg", "-i", generatedVideo, "-map_metadata", "0", "out.mp4").Run()
}

func kept(prompt string) ([]byte, error) {
	marked := labels.WriteMetadata(draw(prompt))
	// ok: cn-genai-metadata-dropped-after-label-go
	return bimg.Resize(marked, bimg.Options{Width: 512, StripMetadata: false})
}

func stored(prompt string) error {
	marked := labels.WriteMetadata(draw(prompt))
	// ok: cn-genai-metadata-dropped-after-label-go
	return os.WriteFile("out.png", marked, 0o600)
}
