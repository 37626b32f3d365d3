app.post("/chat", async (req, res) => {
  // ruleid: cn-genai-input-to-training-without-consent-javascript
  await trainingSet.insertOne({ prompt: req.body.prompt })
  // ok: cn-genai-input-to-training-without-consent-javascript
  await history.insertOne({ prompt: req.body.prompt })
})

export async function POST(request: Request) {
  const { messages } = await request.json()
  // ruleid: cn-genai-input-to-training-without-consent-javascript
  await saveTrainingSample(messages)
  return Response.json(await reply(messages))
}

async function feedback(userInput: string) {
  // ruleid: cn-genai-input-to-training-without-consent-javascript
  await fineTuneData.push({ text: userInput })
}

class ChatService {
  keep(dto: ChatDto) {
    // ruleid: cn-genai-input-to-training-without-consent-javascript
    return this.trainingStore.save(dto.prompt)
  }
}

fastify.post("/ask", async (req) => {
  const text = req.body.question.trim()
  // ruleid: cn-genai-input-to-training-without-consent-javascript
  exportForTraining(text)
})

router.post("/talk", async (ctx) => {
  // ruleid: cn-genai-input-to-training-without-consent-javascript
  trainingQueue.send(ctx.request.body.prompt)
})

app.post("/chat-checked", async (req, res) => {
  if (!req.user.trainingConsent) return res.end()
  // ok: cn-genai-input-to-training-without-consent-javascript
  await trainingSet.insertOne({ prompt: req.body.prompt })
})

async function feedbackChecked(user: User, userInput: string) {
  if (await user.optedIn()) {
    // ok: cn-genai-input-to-training-without-consent-javascript
    await fineTuneData.push({ text: userInput })
  }
}

async function clean(userInput: string) {
  // ok: cn-genai-input-to-training-without-consent-javascript
  await fineTuneData.push({ text: anonymize(userInput) })
}

function licensed(rows: Row[]) {
  // ok: cn-genai-input-to-training-without-consent-javascript
  trainingSet.push(...rows)
}

function trained(model: Model) {
  // ok: cn-genai-input-to-training-without-consent-javascript
  saveTrainingState(model.weights)
}
