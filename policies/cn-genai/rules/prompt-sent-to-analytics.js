export async function chat(userInput) {
  // ruleid: cn-genai-prompt-sent-to-analytics
  mixpanel.track("chat", { text: userInput })
  // ruleid: cn-genai-prompt-sent-to-analytics
  gtag("event", "chat", { text: userInput })
  // ok: cn-genai-prompt-sent-to-analytics
  mixpanel.track("chat", { length: userInput.length })
  // ok: cn-genai-prompt-sent-to-analytics
  gtag("event", "chat")
  return reply(userInput)
}
