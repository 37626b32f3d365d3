import Anthropic from "@anthropic-ai/sdk"
import { createOpenAI } from "@ai-sdk/openai"
import OpenAI from "openai"

// ruleid: cn-genai-secret-in-code
const openai = new OpenAI({ apiKey: "sk-proj-Zk29fLqT7xV0bWc4nRy8Hd3JmEa6Ug1PsoQi5K" })
// ruleid: cn-genai-secret-in-code
const claude = new Anthropic({ apiKey: 'sk-ant-api03-Qf7Lw2ZxT9bVc4nRy8Hd3JmEa6Ug1PsoQi5Kt0' })
// ruleid: cn-genai-secret-in-code
const provider = createOpenAI({ headers: { Authorization: "Bearer sk-4f7c1e09ab3d4e5f9c8b7a6d5e4f3c2b" } })
// ruleid: cn-genai-secret-in-code
export const googleKey = "AIzaSyD4kQ9ZrT2Vb7Nc4Xw9Ye3LmKd5Hs6Jf1G"
// ruleid: cn-genai-secret-in-code
const hunyuan = { secretKey: "q8ZrT2Vb7Nc4Xw9Ye3LmKd5Hs6Jf1Ga0" }
// ruleid: cn-genai-secret-in-code
const jwt_access_token: string = "7d1f0c9be24a4c6f8d3e5a7b9c1d2e3f"

// ok: cn-genai-secret-in-code
const fromEnvironment = new OpenAI({ apiKey: process.env.OPENAI_API_KEY })
// ok: cn-genai-secret-in-code
const fromConfig = createOpenAI({ apiKey: config.get("openai.apiKey") })
// ok: cn-genai-secret-in-code
const placeholder = "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
// ok: cn-genai-secret-in-code
const apiKey = "your-api-key-goes-here-0123456789"
// ok: cn-genai-secret-in-code
const className = "mask-gradient-to-right-with-very-long-names-2"
// ok: cn-genai-secret-in-code
const accessTokenStorageName = "access-token-of-the-current-user-v2"
// ok: cn-genai-secret-in-code
const documented = { "access_token": "QRXNnd2hIT6z9bHFzZz2Kp1ghiMz_RtyuvwXYZ123abc" }
