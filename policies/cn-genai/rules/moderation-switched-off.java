package app;

import com.google.cloud.vertexai.api.SafetySetting;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;

@Component
class Chat {
    // ruleid: cn-genai-moderation-switched-off-java
    @Value("${chat.moderation.enabled:false}")
    private boolean moderation;
    // ruleid: cn-genai-moderation-switched-off-java
    private boolean enableSensitiveWordCheck = false;
    // ruleid: cn-genai-moderation-switched-off-java
    private final boolean filtered = Boolean.parseBoolean(System.getenv("CONTENT_FILTER_ENABLED"));
    // ruleid: cn-genai-moderation-switched-off-java
    private final String on = System.getProperty("moderation.enabled", "false");
    // ok: cn-genai-moderation-switched-off-java
    @Value("${chat.moderation.enabled:true}")
    private boolean moderationByDefault;
    // ok: cn-genai-moderation-switched-off-java
    private boolean contentFilterEnabled = true;
    // ok: cn-genai-moderation-switched-off-java
    private boolean stopped = false;
    // ok: cn-genai-moderation-switched-off-java
    private final String byDefault = System.getProperty("moderation.enabled", "true");

    Object options() {
        // ruleid: cn-genai-moderation-switched-off-java
        SafetySetting open = SafetySetting.newBuilder().setThreshold(SafetySetting.HarmBlockThreshold.BLOCK_NONE).build();
        // ruleid: cn-genai-moderation-switched-off-java
        ChatOptions chat = ChatOptions.builder().enableModeration(false).build();
        // ok: cn-genai-moderation-switched-off-java
        SafetySetting strict = SafetySetting.newBuilder().setThreshold(SafetySetting.HarmBlockThreshold.BLOCK_LOW_AND_ABOVE).build();
        // ok: cn-genai-moderation-switched-off-java
        ChatOptions checked = ChatOptions.builder().enableModeration(true).streaming(false).build();
        return null;
    }

    void configure(ChatProperties properties) {
        // ruleid: cn-genai-moderation-switched-off-java
        properties.setModerationEnabled(false);
        // ok: cn-genai-moderation-switched-off-java
        properties.setCacheEnabled(false);
    }

    HarmBlockThreshold translated(Threshold own) {
        return switch (own) {
            // ok: cn-genai-moderation-switched-off-java
            case BLOCK_NONE -> new HarmBlockThreshold(HarmBlockThreshold.Known.BLOCK_NONE);
            default -> new HarmBlockThreshold(HarmBlockThreshold.Known.BLOCK_LOW_AND_ABOVE);
        };
    }
}
