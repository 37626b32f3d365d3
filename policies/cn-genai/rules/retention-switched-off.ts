import { UpstashRedisChatMessageHistory } from "@langchain/community/stores/message/upstash_redis"
import mongoose from "mongoose"

// ruleid: cn-genai-retention-switched-off-javascript
const CHAT_HISTORY_TTL = Infinity
// ruleid: cn-genai-retention-switched-off-javascript
const retention = process.env.CONVERSATION_RETENTION_DAYS ?? "-1"
// ruleid: cn-genai-retention-switched-off-javascript
export default { promptLogRetention: "never" }
// ruleid: cn-genai-retention-switched-off-javascript
const autoDeleteConversations = false
// ruleid: cn-genai-retention-switched-off-javascript
await redis.persist(`chat:${user}`)
// ruleid: cn-genai-retention-switched-off-javascript
const chatHistory = new ChatHistoryStore({ client, ttl: null })
// ruleid: cn-genai-retention-switched-off-javascript
await conversationStore.save(id, { ttl: -1 })

// ok: cn-genai-retention-switched-off-javascript
const CHAT_TTL = 30 * 24 * 3600
// ok: cn-genai-retention-switched-off-javascript
const retentionDays = process.env.CONVERSATION_RETENTION_DAYS ?? "90"
// ok: cn-genai-retention-switched-off-javascript
const sessionTtl = Infinity
// ok: cn-genai-retention-switched-off-javascript
const autoDeleteDrafts = false
// ok: cn-genai-retention-switched-off-javascript
await redis.persist(`plan:${user}`)
// ok: cn-genai-retention-switched-off-javascript
const store = new ChatHistoryStore({ client, ttl: 86400 })
// ok: cn-genai-retention-switched-off-javascript
const popup = { chatInput: null, keepOpen: true }
