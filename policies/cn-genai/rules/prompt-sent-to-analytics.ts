import * as Sentry from "@sentry/node"

export async function POST(request: Request) {
  const { prompt } = await request.json()
  // ruleid: cn-genai-prompt-sent-to-analytics-javascript
  posthog.capture({ distinctId: "x", event: "asked", properties: { prompt } })
  // ok: cn-genai-prompt-sent-to-analytics-javascript
  posthog.capture({ distinctId: "x", event: "asked", properties: { length: prompt.length } })
}

app.post("/chat", async (req, res) => {
  // ruleid: cn-genai-prompt-sent-to-analytics-javascript
  Sentry.setContext("chat", { messages: req.body.messages })
  // ok: cn-genai-prompt-sent-to-analytics-javascript
  Sentry.setContext("chat", { model: req.body.model })
})

export class ChatService {
  ask(dto: AskDto) {
    // ruleid: cn-genai-prompt-sent-to-analytics-javascript
    this.analytics.track({ event: "asked", properties: { question: dto.question } })
    // ok: cn-genai-prompt-sent-to-analytics-javascript
    this.model.track(dto.question)
  }
}

fastify.post("/ask", async (req) => {
  // ruleid: cn-genai-prompt-sent-to-analytics-javascript
  await fetch("https://oapi.dingtalk.com/robot/send", { method: "POST", body: JSON.stringify({ text: req.body.prompt }) })
  // ok: cn-genai-prompt-sent-to-analytics-javascript
  await fetch("http://localhost:11434/api/generate", { method: "POST", body: JSON.stringify({ prompt: req.body.prompt }) })
})
