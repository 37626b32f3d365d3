import { IsBoolean, IsOptional } from "class-validator"
import express from "express"
import { z } from "zod"

app.post("/image", async (req, res) => {
  // ruleid: cn-genai-label-removal-offered-javascript
  const picture = await draw(req.body.prompt, req.body.removeWatermark)
  // ok: cn-genai-label-removal-offered-javascript
  res.send(await crop(picture, req.body.removeBackground))
})

app.get("/video", async (req, res) => {
  // ruleid: cn-genai-label-removal-offered-javascript
  const { prompt, noWatermark } = req.query
  // ok: cn-genai-label-removal-offered-javascript
  const { watermarkText, hideLabels } = req.query
  res.send(await film(prompt, noWatermark))
})

export const body = z.object({
  prompt: z.string(),
  // ruleid: cn-genai-label-removal-offered-javascript
  hideAiLabel: z.boolean().optional(),
  // ok: cn-genai-label-removal-offered-javascript
  hideSidebar: z.boolean().optional(),
})

export async function POST(request: Request) {
  // ruleid: cn-genai-label-removal-offered-javascript
  const { prompt, disable_watermark } = await request.json()
  return draw(prompt, disable_watermark)
}

export async function GET(request: Request) {
  const { searchParams } = new URL(request.url)
  // ruleid: cn-genai-label-removal-offered-javascript
  const bare = searchParams.get("no_watermark")
  // ok: cn-genai-label-removal-offered-javascript
  const size = searchParams.get("size")
  return draw(size, bare)
}

export class ImageDto {
  @IsOptional()
  @IsBoolean()
  // ruleid: cn-genai-label-removal-offered-javascript
  stripWatermark?: boolean

  // ok: cn-genai-label-removal-offered-javascript
  @IsBoolean()
  stripMargins?: boolean
}

// ok: cn-genai-label-removal-offered-javascript
const removeWatermark = false
