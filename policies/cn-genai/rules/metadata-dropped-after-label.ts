import { exec, execFileSync } from "node:child_process"
import sharp from "sharp"

app.post("/image", async (req, res) => {
  const labelled = await writeMetadata(await draw(req.body.prompt))
  // ruleid: cn-genai-metadata-dropped-after-label-javascript
  res.send(await sharp(labelled).resize(512).jpeg().toBuffer())
})

export async function POST(request: Request) {
  const picture = await embedAigcLabel(await draw(request))
  // ruleid: cn-genai-metadata-dropped-after-label-javascript
  await sharp(picture).webp().toFile("out.webp")
}

function removed(data: string) {
  // ruleid: cn-genai-metadata-dropped-after-label-javascript
  return piexif.remove(insertExif(data))
}

async function tool(generatedImage: string) {
  // ruleid: cn-genai-metadata-dropped-after-label-javascript
  exec(`exiftool -all= ${generatedImage}`)
}

class Videos {
  encode(generatedVideo: string) {
    // ruleid: cn-genai-metadata-dropped-after-label-javascript
    execFileSync("ffmpeg", ["-i", generatedVideo, "-map_metadata", "-1", "out.mp4"])
  }
}

async function canvas(ctx: Context) {
  const marked = await addXmp(await draw(ctx.prompt))
  // ruleid: cn-genai-metadata-dropped-after-label-javascript
  ctx.drawImage(marked, 0, 0)
}

async function kept(prompt: string) {
  const labelled = await writeMetadata(await draw(prompt))
  // ok: cn-genai-metadata-dropped-after-label-javascript
  return sharp(labelled).withMetadata().jpeg().toBuffer()
}

async function labelledLast(prompt: string) {
  // ok: cn-genai-metadata-dropped-after-label-javascript
  const small = await sharp(await draw(prompt)).jpeg().toBuffer()
  return writeMetadata(small)
}

async function avatar(upload: Buffer) {
  // ok: cn-genai-metadata-dropped-after-label-javascript
  return sharp(upload).resize(64).png().toBuffer()
}

function cleanedUpload(upload: string) {
  // ok: cn-genai-metadata-dropped-after-label-javascript
  exec(`exiftool -all= ${upload}`)
}

function copied(generatedVideo: string) {
  // ok: cn-genai-metadata-dropped-after-label-javascript
  execFileSync("ffmpeg", ["-i", generatedVideo, "-map_metadata", "0", "out.mp4"])
}

async function looked(prompt: string) {
  const labelled = await writeMetadata(await draw(prompt))
  // ok: cn-genai-metadata-dropped-after-label-javascript
  return sharp(labelled).metadata()
}
