const OpenAI = require("openai")

// ruleid: cn-genai-secret-in-code
const openai = new OpenAI({ apiKey: "sk-proj-Zk29fLqT7xV0bWc4nRy8Hd3JmEa6Ug1PsoQi5K" })
// ok: cn-genai-secret-in-code
const other = new OpenAI({ apiKey: process.env.OPENAI_API_KEY })
