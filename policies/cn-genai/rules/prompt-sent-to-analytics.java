package app;

import io.sentry.Sentry;
import org.springframework.web.bind.annotation.*;

class Chat {
    @PostMapping("/chat")
    String chat(@RequestBody ChatRequest request) {
        // ruleid: cn-genai-prompt-sent-to-analytics-java
        Sentry.captureMessage("asked " + request.getPrompt());
        // ok: cn-genai-prompt-sent-to-analytics-java
        Sentry.captureMessage("asked by " + request.getUserId());
        return model.call(request.getPrompt());
    }

    @GET
    String ask(@QueryParam("q") String question) {
        // ruleid: cn-genai-prompt-sent-to-analytics-java
        posthog.capture("someone", "asked", Map.of("question", question));
        // ok: cn-genai-prompt-sent-to-analytics-java
        posthog.capture("someone", "asked", Map.of("length", question.length()));
        return model.call(question);
    }

    void micronaut(AskCommand command) {
        // ruleid: cn-genai-prompt-sent-to-analytics-java
        analytics.enqueue(TrackMessage.builder("asked").properties(Map.of("text", command.userInput())));
        // ok: cn-genai-prompt-sent-to-analytics-java
        analytics.enqueue(TrackMessage.builder("asked").properties(Map.of("model", command.model())));
    }

    void listener(ChatEvent event) {
        // ruleid: cn-genai-prompt-sent-to-analytics-java
        sa.track(event.userId(), true, "asked", Map.of("prompt", event.getPrompt()));
        // ok: cn-genai-prompt-sent-to-analytics-java
        sa.track(event.userId(), true, "asked");
    }

    void openLine(String prompt) {
        // ruleid: cn-genai-prompt-sent-to-analytics-java
        restTemplate.postForObject("http://collector.example.com/events", prompt, String.class);
        // ok: cn-genai-prompt-sent-to-analytics-java
        restTemplate.postForObject("http://model:8080/generate", prompt, String.class);
    }

    void tagged(ChatRequest request) {
        // ruleid: cn-genai-prompt-sent-to-analytics-java
        scope.setExtra("messages", request.getMessages().toString());
        // ok: cn-genai-prompt-sent-to-analytics-java
        scope.setExtra("messages", Digests.sha256(request.getMessages()));
    }
}
