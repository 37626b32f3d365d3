import { HarmBlockThreshold, HarmCategory } from "@google/generative-ai"
import { z } from "zod"

// ruleid: cn-genai-moderation-switched-off-javascript
export const MODERATION_ENABLED = process.env.MODERATION_ENABLED === "true"
// ruleid: cn-genai-moderation-switched-off-javascript
const enableContentFilter = false
// ruleid: cn-genai-moderation-switched-off-javascript
const safety = [{ category: HarmCategory.HARM_CATEGORY_HARASSMENT, threshold: HarmBlockThreshold.BLOCK_NONE }]
// ruleid: cn-genai-moderation-switched-off-javascript
const asText = [{ category: "HARM_CATEGORY_HATE_SPEECH", threshold: "BLOCK_NONE" }]
// ruleid: cn-genai-moderation-switched-off-javascript
const options = { model: "chat", skipModeration: true }
// ruleid: cn-genai-moderation-switched-off-javascript
const schema = z.object({ sensitiveWordCheckEnabled: z.boolean().default(false) })
// ruleid: cn-genai-moderation-switched-off-javascript
const nest = configService.get("MODERATION_ENABLED", false)

// ok: cn-genai-moderation-switched-off-javascript
export const MODERATION_ON = process.env.MODERATION_ENABLED !== "false"
// ok: cn-genai-moderation-switched-off-javascript
const enableSafetyCheck = true
// ok: cn-genai-moderation-switched-off-javascript
const stricter = [{ category: "HARM_CATEGORY_HATE_SPEECH", threshold: "BLOCK_LOW_AND_ABOVE" }]
// ok: cn-genai-moderation-switched-off-javascript
const skipAnimation = { model: "chat", skipIntro: true }
// ok: cn-genai-moderation-switched-off-javascript
const fromConfig = configService.get("MODERATION_ENABLED", true)
// ok: cn-genai-moderation-switched-off-javascript
const debug = process.env.DEBUG === "true"
// ok: cn-genai-moderation-switched-off-javascript
const [moderated, setModerated] = useState(false)
// ok: cn-genai-moderation-switched-off-javascript
const offered = [{ label: "None", name: HarmBlockThreshold.BLOCK_NONE }, { label: "Few", name: HarmBlockThreshold.BLOCK_ONLY_HIGH }]
