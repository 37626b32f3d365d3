package app;

import lombok.extern.slf4j.Slf4j;
import org.springframework.web.bind.annotation.*;

@Slf4j
@RestController
class Chat {
    @PostMapping("/chat")
    String chat(@RequestBody ChatRequest request) {
        // ruleid: cn-genai-prompt-logged-in-clear-java
        log.info("prompt: {}", request.getPrompt());
        // ok: cn-genai-prompt-logged-in-clear-java
        log.info("prompt of {} characters", request.getPrompt().length());
        return model.call(request.getPrompt());
    }

    @GET
    String ask(@QueryParam("q") String question) {
        // ruleid: cn-genai-prompt-logged-in-clear-java
        LOGGER.debug("question " + question);
        // ok: cn-genai-prompt-logged-in-clear-java
        LOGGER.debug("question " + DigestUtils.sha256Hex(question));
        return model.call(question);
    }

    void record(VideoRequest request) {
        String text = request.prompt().trim();
        // ruleid: cn-genai-prompt-logged-in-clear-java
        logger.warn(text);
        // ok: cn-genai-prompt-logged-in-clear-java
        logger.warn("job {}", request.id());
    }

    void register(UserDto user) {
        // ruleid: cn-genai-prompt-logged-in-clear-java
        log.info("registered {}", user.getPhone());
        // ok: cn-genai-prompt-logged-in-clear-java
        log.info("registered {}", user.getId());
    }

    void verify(String idCard) {
        // ruleid: cn-genai-prompt-logged-in-clear-java
        log.error(String.format("not verified: %s", idCard));
        // ok: cn-genai-prompt-logged-in-clear-java
        log.error(String.format("not verified: %s", Privacy.mask(idCard)));
    }

    void stream(ChatCommand cmd) {
        // ruleid: cn-genai-prompt-logged-in-clear-java
        this.logger.trace("messages {}", cmd.getMessages());
        // ok: cn-genai-prompt-logged-in-clear-java
        this.logger.trace("messages {}", cmd.getMessages().size());
    }

    String tell(String topic) {
        String answer = chatClient.prompt().user(topic).call().content();
        // ruleid: cn-genai-prompt-logged-in-clear-java
        log.info("answer: {}", answer);
        // ok: cn-genai-prompt-logged-in-clear-java
        log.info("answer of {} characters", answer.length());
        return answer;
    }
}
