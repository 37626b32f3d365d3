import { Logger } from "@nestjs/common"

export class ChatController {
  @Post()
  chat(@Body() dto: ChatDto) {
    // ruleid: cn-genai-prompt-logged-in-clear-javascript
    this.logger.log(`asked ${dto.prompt}`)
    // ok: cn-genai-prompt-logged-in-clear-javascript
    this.logger.log(`asked ${dto.prompt.length} characters`)
  }
}

export async function POST(request: Request) {
  const { messages, model } = await request.json()
  // ruleid: cn-genai-prompt-logged-in-clear-javascript
  console.log("messages", messages)
  // ok: cn-genai-prompt-logged-in-clear-javascript
  console.log("model", model)
}

fastify.post("/register", async (req) => {
  // ruleid: cn-genai-prompt-logged-in-clear-javascript
  req.log.info({ phone: req.body.phone }, "registered")
  // ok: cn-genai-prompt-logged-in-clear-javascript
  req.log.info({ phone: mask(req.body.phone) }, "registered")
})

router.post("/chat", async (ctx) => {
  const { question } = ctx.request.body
  // ruleid: cn-genai-prompt-logged-in-clear-javascript
  logger.warn("question: " + question)
  // ok: cn-genai-prompt-logged-in-clear-javascript
  logger.warn("question: " + sha256(question))
})

app.get("/callback", async (req, res) => {
  // ok: cn-genai-prompt-logged-in-clear-javascript
  logger.warn("denied", { error: req.query.error })
})

export async function getReply(prompt: string, model: string) {
  // ruleid: cn-genai-prompt-logged-in-clear-javascript
  console.log("prompt", prompt)
  // ok: cn-genai-prompt-logged-in-clear-javascript
  console.log("model", model)
  const response = await client.chat.completions.create({ model, messages: [{ role: "user", content: prompt }] })
  // ok: cn-genai-prompt-logged-in-clear-javascript
  console.log("usage", response.usage)
  return response
}

export async function told(model: string) {
  const { text, usage } = await generateText({ model, temperature: 0 })
  // ruleid: cn-genai-prompt-logged-in-clear-javascript
  console.log("answer", text)
  // ok: cn-genai-prompt-logged-in-clear-javascript
  console.log("usage", usage)
}
