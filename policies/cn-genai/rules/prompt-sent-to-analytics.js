export async function chat(userInput) {
  // ruleid: cn-genai-prompt-sent-to-analytics-javascript
  mixpanel.track("chat", { text: userInput })
  // ruleid: cn-genai-prompt-sent-to-analytics-javascript
  gtag("event", "chat", { text: userInput })
  // ok: cn-genai-prompt-sent-to-analytics-javascript
  mixpanel.track("chat", { length: userInput.length })
  // ok: cn-genai-prompt-sent-to-analytics-javascript
  gtag("event", "chat")
  return reply(userInput)
}
