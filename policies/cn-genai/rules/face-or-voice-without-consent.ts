import { ElevenLabsClient } from "elevenlabs"
import express from "express"
import Replicate from "replicate"

app.post("/swap", async (req, res) => {
  // ruleid: cn-genai-face-or-voice-without-consent-javascript
  res.send(await faceSwap(req.body.target, req.body.source))
})

export async function POST(request: Request) {
  const form = await request.formData()
  // ruleid: cn-genai-face-or-voice-without-consent-javascript
  return Response.json(await client.voices.add({ name: "me", files: [form.get("sample")] }))
}

async function talk(photo: string, audio: string) {
  // ruleid: cn-genai-face-or-voice-without-consent-javascript
  return replicate.run("cjwbw/sadtalker:3aa3dac9353cc4d6bd62a8f95957bd844003b401ca4e4a9b33baa574c549d376", { input: { photo, audio } })
}

fastify.post("/clone", async (request) => {
  // ruleid: cn-genai-face-or-voice-without-consent-javascript
  return speech.cloneVoice(request.body)
})

@Controller("portraits")
class Portraits {
  @Post()
  async animate(@Body() dto: Dto) {
    // ruleid: cn-genai-face-or-voice-without-consent-javascript
    return animatePortrait(dto.photo)
  }
}

router.post("/voice", async (ctx) => {
  // ruleid: cn-genai-face-or-voice-without-consent-javascript
  ctx.body = await client.voices.ivc.create({ name: "me", files: ctx.files })
})

app.post("/swap-checked", async (req, res) => {
  if (!(await hasConsent(req.user, req.body.person))) return res.status(403).end()
  // ok: cn-genai-face-or-voice-without-consent-javascript
  res.send(await faceSwap(req.body.target, req.body.source))
})

app.post("/swap-guarded", requireConsent, async (req, res) => {
  // ok: cn-genai-face-or-voice-without-consent-javascript
  res.send(await faceSwap(req.body.target, req.body.source))
})

async function ownVoice(sample: File, record: Record) {
  if (record.personAgreed !== true) throw new Error("no")
  // ok: cn-genai-face-or-voice-without-consent-javascript
  return client.voices.add({ name: "me", files: [sample] })
}

async function landscape(prompt: string) {
  // ok: cn-genai-face-or-voice-without-consent-javascript
  return replicate.run("stability-ai/sdxl", { input: { prompt } })
}

async function listed() {
  // ok: cn-genai-face-or-voice-without-consent-javascript
  return client.voices.getAll()
}

function shown(options: object) {
  // ok: cn-genai-face-or-voice-without-consent-javascript
  return mergeStyles(structuredClone(options))
}
