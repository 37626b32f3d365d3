app.post("/api/chat", async (req, res) => {
  // ruleid: cn-genai-prompt-logged-in-clear-javascript
  console.log("chat", req.body.prompt)
  res.json(await reply(req.body.prompt))
})

app.post("/api/ask", async (req, res) => {
  const { question, model } = req.body
  // ruleid: cn-genai-prompt-logged-in-clear-javascript
  logger.info(`asked ${question}`)
  // ok: cn-genai-prompt-logged-in-clear-javascript
  logger.info(`asked ${model}`)
  res.json(await reply(question))
})

function keep(userInput) {
  // ruleid: cn-genai-prompt-logged-in-clear-javascript
  log.debug("input " + userInput)
}

app.post("/api/quiet", async (req, res) => {
  // ok: cn-genai-prompt-logged-in-clear-javascript
  console.log("chat of", req.body.prompt.length)
  // ok: cn-genai-prompt-logged-in-clear-javascript
  console.log("chat", digest(req.body.prompt))
  // ok: cn-genai-prompt-logged-in-clear-javascript
  console.log("listening")
  res.json(await reply(req.body.prompt))
})
