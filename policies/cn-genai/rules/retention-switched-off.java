package app;

import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.data.redis.core.RedisTemplate;

class Memory {
    // ruleid: cn-genai-retention-switched-off-java
    @Value("${chat.history.retention-days:-1}")
    private int days;
    // ruleid: cn-genai-retention-switched-off-java
    private static final long CHAT_HISTORY_TTL = -1L;
    // ruleid: cn-genai-retention-switched-off-java
    private boolean autoDeleteConversations = false;
    // ok: cn-genai-retention-switched-off-java
    @Value("${chat.history.retention-days:90}")
    private int declared;
    // ok: cn-genai-retention-switched-off-java
    private static final Duration CHAT_TTL = Duration.ofDays(30);
    // ok: cn-genai-retention-switched-off-java
    private boolean autoDeleteDrafts = false;

    void keep(RedisTemplate<String, Object> redis, Properties properties, String user) {
        // ruleid: cn-genai-retention-switched-off-java
        redis.persist("chat:history:" + user);
        // ruleid: cn-genai-retention-switched-off-java
        properties.setConversationRetentionDays(Integer.MAX_VALUE);
        // ruleid: cn-genai-retention-switched-off-java
        String never = System.getProperty("conversation.retention.days", "-1");
        // ok: cn-genai-retention-switched-off-java
        redis.expire("chat:history:" + user, Duration.ofDays(30));
        // ok: cn-genai-retention-switched-off-java
        properties.setConversationRetentionDays(90);
        // ok: cn-genai-retention-switched-off-java
        redis.persist("plan:" + user);
    }
}
